"""Rows without a key of their own stand or fall with the record that an export shows them of."""

from __future__ import annotations

import os
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.exports.errors import LoadFailed, MappingError
from tests.exports.conftest import Company

CLOCK = count(1_700_000_000)
WIDE = """\
files:
  - name: people
    pattern: "people*.csv"
    entity: lead_stage_events
    modified: changed
    columns: {person_id: id}
    unpivot: {value: entered_at, label: stage, columns: {Lead on: lead, MQL on: mql}}
"""
SPLITS = """\
files:
  - name: splits
    pattern: "splits*.csv"
    entity: opportunity_splits
    record: deal
    columns: {opportunity_id: deal, owner_id: rep, share: {column: share, percent: true}}
"""
EVENTS = "select person_id, stage, day(entered_at) from raw_mapped.lead_stage_events order by all"
SHARES = (
    "select opportunity_id, round(sum(share), 2), count(*) from raw_mapped.opportunity_splits "
    "group by 1 order by 1"
)
Row = tuple[str, int, int | None, int | None]


def _deliver(company: Company, stem: str, texts: list[str]) -> None:
    for path in company.settings.exports.glob("*.csv"):
        path.unlink()
    for number, text in enumerate(texts):
        path = company.write(f"{stem}{number}.csv", text)
        # Hashes are remembered by path, size and time: another content has another time.
        at = next(CLOCK)
        os.utime(path, (at, at))


def _people(rows: list[Row]) -> str:
    lines = ["id,changed,Lead on,MQL on"]
    for id_, changed, *days in rows:
        cells = ["" if day is None else f"2025-01-{day:02d}T12:00:00Z" for day in days]
        lines.append(f"{id_},2025-03-{changed:02d},{','.join(cells)}")
    return "\n".join(lines) + "\n"


def test_a_corrected_date_replaces_the_one_of_before(company: Company):
    company.map(WIDE)
    _deliver(company, "people", [_people([("a", 1, 2, 3), ("b", 1, 2, 3)]),
                                 _people([("a", 2, 2, 9)])])  # fmt: skip
    report = company.load()
    assert company.rows(EVENTS) == [("a", "lead", 2), ("a", "mql", 9), ("b", "lead", 2),
                                    ("b", "mql", 3)]  # fmt: skip
    assert [(load.rows_loaded, load.rows_superseded) for load in report.file_loads] == [
        (2, 2),
        (2, 0),
    ]


def test_a_record_that_has_no_rows_any_more_takes_those_of_before_along(company: Company):
    company.map(WIDE)
    _deliver(company, "people", [_people([("a", 1, 2, 3)]), _people([("a", 2, None, None)])])
    company.load()
    assert company.rows(EVENTS) == []


def test_shares_that_were_split_anew_do_not_add_up_with_the_old_ones(company: Company):
    company.map(SPLITS)
    head = "deal,rep,share\n"
    _deliver(company, "splits", [head + "d1,r1,50\nd1,r2,50\nd2,r1,100\n", head + "d1,r3,100\n"])
    company.load()
    assert company.rows(SHARES) == [("d1", 1.0, 1), ("d2", 1.0, 1)]


def test_rows_that_name_no_record_are_compared_as_they_are(company: Company):
    company.map(SPLITS.replace("    record: deal\n", ""))
    head = "deal,rep,share\n"
    _deliver(company, "splits", [head + "d1,r1,50\nd1,r1,50\n", head + "d1,r1,50\nd1,r2,50\n"])
    company.load()
    assert company.rows(SHARES) == [("d1", 1.0, 2)]


def test_a_record_of_another_entry_is_another_record(company: Company):
    """The list of people and the log of changes each know something of a person."""
    log = """\
  - name: log
    pattern: "log*.csv"
    entity: lead_stage_events
    record: change
    columns: {person_id: id, stage: stage, entered_at: at}
"""
    company.map(WIDE + log)
    _deliver(company, "people", [_people([("1", 1, 2, 3)])])
    company.write("log.csv", "change,id,stage,at\n1,1,sal,2025-01-05T12:00:00Z\n")
    company.load()
    assert company.rows(EVENTS) == [("1", "lead", 2), ("1", "mql", 3), ("1", "sal", 5)]


def test_a_record_column_that_a_file_lacks_is_named(company: Company):
    company.map(SPLITS)
    _deliver(company, "splits", ["dael,rep,share\nd1,r1,50\n"])
    with pytest.raises(LoadFailed, match="'deal' for record"):
        company.load()


def test_a_record_of_rows_that_have_a_key_is_refused(company: Company):
    entry = "{name: deals, pattern: d.csv, entity: opportunities, record: id, history: true, "
    entry += "columns: {"
    company.map(f"files:\n  - {entry}opportunity_id: id, stage: stage}}}}\n")
    with pytest.raises(MappingError) as raised:
        company.load()
    assert raised.value.problems == (
        "files[0].record: rows of opportunities are told apart by opportunity_id; take record away",
        "files[0].history: only of stages entered, and without a record",
    )


def test_a_history_row_that_a_reader_knows_by_its_id_is_replaced_when_it_changes(company: Company):
    company.map("sources:\n  - {reader: salesforce}\n")
    head = "Id,OpportunityId,StageName,CreatedDate\n"
    first = head + "h1,d1,Open,2025-01-01T00:00:00Z\nh2,d1,Won,2025-01-02T00:00:00Z\n"
    _deliver(company, "history", [first, head + "h2,d1,Lost,2025-01-03T00:00:00Z\n"])
    company.load()
    assert company.rows(
        "select stage, day(entered_at) from raw_mapped.opportunity_stage_events order by 2"
    ) == [("Open", 1), ("Lost", 3)]


@pytest.mark.parametrize("source", ["", ", source: emea"])
def test_the_record_of_a_short_id_of_salesforce_is_that_of_its_full_one(
    company: Company, source: str
):
    company.map(f"sources:\n  - {{reader: salesforce{source}}}\n")
    head = "Opportunity Split: Opportunity Split ID,Team Member: Full Name,Percent (%),{}\n"
    texts = (
        head.format("Opportunity ID") + "1,Ann,60,0068d00000AbCdE\n2,Bob,40,0068d00000AbCdE\n",
        head.format("Opportunity ID 18") + "1,Ann,100,0068d00000AbCdEAAV\n",
    )
    _deliver(company, "splits", list(texts))
    company.load()
    assert [row[1:] for row in company.rows(SHARES)] == [(1.0, 1)]


SELL = '{"items": [{"data": {"id": %s, "stage_id": "%s"}, "meta": {"event_time": "%s"}}]}'
FLOW = (
    '{"data": [{"object": "dealChange", "data": {"item_id": %s, "field_key": "status", '
    '"new_value": "%s", "log_time": "%s"}}]}'
)
HISTORIES = (
    ("hubspot", "Record ID,Property,Value,Date of change", "%s,Deal Stage,%s,%s"),
    ("hubspot", "deal_id,name,value,timestamp", "%s,dealstage,%s,%s"),
    ("hubspot", "deal_id,value,date_entered", "%s,%s,%s"),
    ("salesforce", "Opportunity ID,To Stage,Last Modified", "%s,%s,%s"),
    ("salesforce", "Opportunity ID,Field / Event,New Value,Edit Date", "%s,Stage,%s,%s"),
    ("zendesk_sell", "", SELL),
    ("pipedrive", "", FLOW),
    ("hubspot", "Record ID,Property,Value,Date of change", "%s,Lifecycle Stage,%s,%s"),
    ("hubspot", "contact_id,name,value,timestamp", "%s,lifecyclestage,%s,%s"),
    ("salesforce", "Lead ID,Field / Event,New Value,Edit Date", "%s,Lead Status,%s,%s"),
    ("zendesk_sell", "", SELL.replace("stage_id", "status")),
)


def test_a_change_that_a_history_without_ids_corrects_is_replaced(company: Company):
    """Wrong: what it corrects stands beside it. A newer file need not hold all of a history."""
    first, second = "2025-01-01T09:00:00Z", "2025-01-02T09:00:00Z"
    sources = ""
    for number, (reader, head, row) in enumerate(HISTORIES, start=10):
        id_ = f"0068d00000AbC{number}" if reader == "salesforce" else str(number)
        sources += f"  - {{reader: {reader}, source: of_{number}, folder: f{number}, values: "
        sources += "{lead_stage_events.stage: {Won: mql, Lost: sal}}}\n"
        old = f"{head}\n{row % (id_, 'Won', first)}\n{row % (id_, 'Lost', second)}\n".lstrip()
        new = f"{head}\n{row % (id_, 'Won', second)}\n".lstrip()
        # Whatever their names, and delivered twice.
        for name, text, at in (("a", new, 1), ("b", old, 0), ("c", new, 1)):
            path = company.write(f"f{number}/{name}.{'csv' if head else 'jsonl'}", text)
            os.utime(path, (1_700_000_000 + at, 1_700_000_000 + at))
    company.map("sources:\n" + sources)
    assert company.load().unmatched_files == ()
    assert company.rows(
        "select _source_system, stage, day(entered_at) "
        "from raw_mapped.opportunity_stage_events union all "
        "select _source_system, stage, day(entered_at) from raw_mapped.lead_stage_events "
        "order by all"
    ) == [
        (f"of_{number}", "Won" if number < 17 else "mql", day)
        for number in range(10, 21)
        for day in (1, 2)
    ]


days = st.none() | st.integers(1, 28)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_and_repetition_of_deliveries_ends_in_the_same_state(company: Company, data):
    # A version of a record is its time of change: the same time never brings other dates.
    versions = data.draw(
        st.dictionaries(
            st.tuples(st.sampled_from("abc"), st.integers(1, 28)),
            st.tuples(days, days),
            min_size=1,
            max_size=10,
        )
    )
    rows: list[Row] = [(*version, *dates) for version, dates in versions.items()]
    delivered = data.draw(
        st.lists(
            st.lists(st.sampled_from(rows), min_size=1, max_size=6, unique=True),
            min_size=1,
            max_size=4,
        )
    )
    latest = {}
    for id_, changed, *dates in (row for file in delivered for row in file):
        latest[id_] = max(latest.get(id_, (0, ())), (changed, tuple(dates)), key=lambda one: one[0])
    expected = sorted(
        (id_, stage, day)
        for id_, (_, dates) in latest.items()
        for stage, day in zip(("lead", "mql"), dates, strict=True)
        if day is not None
    )
    company.map(WIDE)
    for files in (delivered, data.draw(st.permutations(delivered)), [*delivered, delivered[0]]):
        _deliver(company, "people", [_people(file) for file in files])
        totals = company.load().totals
        assert company.rows(EVENTS) == expected
        assert totals["rows_quarantined"] == 0
        assert totals["rows_read"] == totals["rows_loaded"] + totals["rows_superseded"]
