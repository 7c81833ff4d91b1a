"""No row is lost or doubled: read = loaded + quarantined + superseded, for each file."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.exports.errors import DamagedFile, LoadFailed, QuarantineOverflow
from orchestration.exports.report import LoadReport, UnmatchedFile
from tests.exports.conftest import DEALS, HEAD, Company


def _age(path: Path, seconds: int) -> None:
    os.utime(path, (1_750_000_000 - seconds, 1_750_000_000 - seconds))


def _loaded_or_failed(company: Company) -> LoadReport | LoadFailed:
    try:
        return company.load()
    except LoadFailed as failure:
        return failure


def _counts(company: Company) -> list:
    return company.rows(
        "select source_file, rows_read, rows_loaded, rows_quarantined, rows_superseded "
        "from raw_meta.file_loads order by 1"
    )


def test_a_repeated_row_is_superseded_and_a_differing_one_kept_back(company: Company):
    rows = ["d1,Won,1", "d2,Won,2", "d1,Won,1.00", "d1,Lost,1", "d2,Won,2", ",Won,1"]
    text = "id,stage,amount,closed\n" + "".join(f"{row},\n" for row in rows)
    assert company.deals(text) == [("d1", "Won", 1.0, None), ("d2", "Won", 2.0, None)]
    assert company.quarantined() == [
        (5, "opportunity_id", "d1", "row 2 has the same key with other values"),
        (7, "opportunity_id", "", "a required value is missing"),
    ]
    assert _counts(company) == [("deals.csv", 6, 2, 2, 2)]


def test_a_newer_file_supersedes_the_records_of_an_older_one(company: Company):
    _age(company.write("deals_b.csv", "id,stage,amount,closed\nd1,Open,1,\nd2,Open,2,\n"), 20)
    _age(company.write("deals_a.csv", "id,stage,amount,closed\nd2,Won,3,\nd3,Won,oops,\n"), 10)
    _age(company.write("deals_c.csv", "id,stage,amount,closed\nd3,Open,4,\n"), 10)
    company.map(DEALS)
    report = company.load()
    assert company.rows(
        "select opportunity_id, stage, amount::double, _source_file, _source_row, _source_system "
        "from raw_mapped.opportunities order by 1"
    ) == [
        ("d1", "Open", 1.0, "deals_b.csv", 2, "test"),
        ("d2", "Won", 3.0, "deals_a.csv", 2, "test"),
        ("d3", "Open", 4.0, "deals_c.csv", 2, "test"),
    ]
    assert _counts(company) == [
        ("deals_a.csv", 2, 1, 1, 0),
        ("deals_b.csv", 2, 1, 0, 1),
        ("deals_c.csv", 1, 1, 0, 0),
    ]
    assert report.totals == {
        "files": 3,
        "rows_read": 5,
        "rows_loaded": 3,
        "rows_quarantined": 1,
        "rows_superseded": 1,
        "rows_filtered": 0,
        "rows_footer": 0,
    }


def test_events_a_newer_file_repeats_count_once_but_twins_in_one_file_stay(company: Company):
    head = "deal,day,value\n"
    _age(company.write("refunds_1.csv", head + "d1,2025-01-01,5\nd1,2025-01-01,5\n"), 20)
    _age(
        company.write(
            "refunds_2.csv", head + "d1,2025-01-01,5\nd1,2025-01-01,5\nd2,2025-02-01,1\n"
        ),
        10,
    )
    company.map(
        "files:\n  - name: refunds\n    pattern: 'refunds*.csv'\n    entity: refunds\n"
        "    columns: {opportunity_id: deal, refunded_date: day, amount: value}\n"
    )
    company.load()
    assert company.rows("select opportunity_id from raw_mapped.refunds order by 1") == [
        ("d1",),
        ("d1",),
        ("d2",),
    ]
    assert _counts(company) == [("refunds_1.csv", 2, 0, 0, 2), ("refunds_2.csv", 3, 3, 0, 0)]


def test_the_same_file_twice_is_read_once(company: Company):
    text = "id,stage,amount,closed\nd1,Won,1,\n"
    company.write("deals.csv", text)
    company.write("deals copy.csv", text)
    company.map(DEALS)
    report = company.load()
    assert len(report.file_loads) == 1
    assert len(report.repeated_files) == 1
    assert company.rows("select count(*) from raw_mapped.opportunities") == [(1,)]


def test_loading_again_changes_nothing_and_a_removed_file_takes_its_rows_along(company: Company):
    query = "select * exclude (_loaded_at) from raw_mapped.opportunities"
    company.deals("id,stage,amount,closed\nd1,Won,1,\n")
    before = company.rows(query)
    company.load()
    assert company.rows(query) == before
    company.deals("id,stage,amount,closed\nd2,Won,1,\n")
    assert [row[0] for row in company.rows(query)] == ["d2"]


def test_one_file_may_be_mapped_by_several_entries(company: Company):
    files = """\
files:
  - name: deals
    pattern: deals.csv
    entity: opportunities
    columns: {opportunity_id: id, stage: stage, owner_id: rep}
  - name: owners
    pattern: deals.csv
    entity: owners
    columns: {owner_id: rep, role: {constant: rep}}
"""
    company.deals("id,stage,rep,more\nd1,Won,r1,x\nd2,Won,r1,y\n", files=files)
    assert company.rows("select entity, rows_loaded from raw_meta.file_loads order by 1") == [
        ("opportunities", 2),
        ("owners", 2),
    ]
    assert company.rows("from raw_meta.drift") == [
        ("deals.csv", "opportunities", "more", "unknown_column")
    ]
    assert company.rows("select distinct _extra from raw_mapped.owners order by 1") == [
        ('{"more":"x"}',),
        ('{"more":"y"}',),
    ]


def test_too_many_bad_rows_fail_the_load_and_keep_the_last_good_data(company: Company):
    company.head = HEAD + "max_quarantine_rate: 0.25\n"
    good = "id,stage,amount,closed\nd1,Won,1,\nd2,Won,2,\nd3,Won,3,\nd4,Won,x,\n"
    assert len(company.deals(good)) == 3
    company.write("deals.csv", good + "d5,Won,y,2025-01-01\n,Won,1,\n")
    company.write("deals_2.csv", "id,stage\nd9,Won\n")
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert [type(error) for error in raised.value.errors] != [QuarantineOverflow]
    messages = sorted(str(error) for error in raised.value.errors)
    assert messages[0] == (
        "Loading deals.csv as deals: 3 of 6 rows cannot be used, more than max_quarantine_rate "
        "0.25 allows. amount: not a number in the stated currency and form (decimal sign '.', "
        "thousands ',') (2 rows, first row 5); opportunity_id: a required value is missing (1 "
        "rows, first row 7). A retry will not help. Correct the export or the mapping, or raise "
        "max_quarantine_rate."
    )
    assert messages[1].startswith("Reading deals_2.csv as deals: its header is 'id', 'stage'")
    assert not raised.value.is_transient
    assert company.rows("select count(*) from raw_mapped.opportunities") == [(3,)]
    assert company.rows("select source_file, rows_read from raw_meta.file_loads") == [
        ("deals.csv", 4)
    ]


def test_an_entry_without_a_file_fails_unless_it_is_optional(company: Company):
    company.write("Deal.csv", "id\n")
    company.map(DEALS)
    with pytest.raises(LoadFailed, match=r"no file matches 'deals\*'; the folder holds Deal.csv"):
        company.load()
    company.map(DEALS.replace("entity:", "optional: true\n    entity:"))
    report = company.load()
    assert report.file_loads == ()
    assert report.unmatched_files == (UnmatchedFile("Deal.csv", "no entry names it"),)


def test_examples_of_quarantine_name_no_person(company: Company):
    company.write(
        "people.csv", "id,mail,at\n1,someone@example.com,someone@example.com\n2,,tomorrow\n"
    )
    company.map(
        "files:\n  - name: people\n    pattern: people.csv\n    entity: people\n"
        "    columns: {person_id: id, email: mail, created_at: at}\n"
    )
    report = company.load()
    assert [example.value for example in report.quarantine_examples] == ["(hidden)", "tomorrow"]
    assert "someone" not in str(report.as_dict())


cells = st.text(
    st.sampled_from(list("ab1,;\"'\n\r\t |é北\\$%-./")) | st.characters(codec="utf-8"), max_size=8
)
ids = st.sampled_from(["d1", "d2", "d3", "d4", ""]) | cells


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    records=st.lists(
        st.lists(cells, min_size=1, max_size=6)
        | st.tuples(ids, st.sampled_from(["Won", "open", "?"]), cells, st.just("2025-01-01")).map(
            list
        ),
        max_size=12,
    ),
    line_end=st.sampled_from(["\n", "\r\n"]),
    damage=st.none() | st.integers(0, 200),
)
def test_no_row_is_lost_whatever_the_file_holds(
    company: Company, records: list[list[str]], line_end: str, damage: int | None
):
    """Read counts non-blank records as Python's csv module sees them when nothing is damaged."""
    blank = " \t\r\n\x1a\xa0\u3000"
    records = [cells for cells in records if any(cell.strip(blank) for cell in cells)]
    text = io.StringIO(newline="")
    # With minimal quoting and this line end, csv.writer leaves a lone carriage return unquoted.
    quoting = csv.QUOTE_ALL if line_end == "\n" else csv.QUOTE_MINIMAL
    writer = csv.writer(text, lineterminator=line_end, quoting=quoting)
    writer.writerows(records)
    body = text.getvalue()
    if damage is not None:
        body = body[:damage] + '"' + body[damage:]
    company.write("deals.csv", "id,stage,amount,closed" + line_end + body)
    company.map(DEALS.replace("close_date: closed", "region: closed"))
    report = _loaded_or_failed(company)
    if isinstance(report, LoadFailed):
        # A quote that nothing closes and no whole row follows is the end of a file cut off.
        assert damage is not None
        assert [type(error) for error in report.errors] == [DamagedFile]
        return
    load = report.file_loads[0]
    assert load.rows_read == load.rows_loaded + load.rows_quarantined + load.rows_superseded
    counted = company.rows(
        "select (select count(*) from raw_mapped.opportunities), "
        "(select count(*) from raw_meta.quarantine)"
    )
    assert counted == [(load.rows_loaded, load.rows_quarantined)]
    if damage is None:
        assert load.rows_read == len(records)
