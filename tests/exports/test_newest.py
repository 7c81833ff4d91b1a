"""Of a record's versions the one changed last is kept, in whatever order they are delivered."""

from __future__ import annotations

import os
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exports.conftest import Company

ENTRY = """\
files:
  - name: deals
    pattern: "deals*.csv"
    entity: opportunities
    modified: changed
    columns: {opportunity_id: id, stage: stage, amount: amount}
"""
CLOCK = count(1_700_000_000)
STATE = "select opportunity_id, amount::int from raw_mapped.opportunities order by 1"


def _deliver(company: Company, files: list[list[tuple[str, str, int]]]) -> None:
    for path in company.settings.exports.glob("*.csv"):
        path.unlink()
    for age, rows in enumerate(files):
        lines = "".join(f"{id_},Won,{amount},{changed}\n" for id_, changed, amount in rows)
        # A file of nothing but a header must differ from another one to be read twice.
        path = company.write(f"deals{age}.csv", "id,stage,amount,changed\n" + lines)
        # Hashes are remembered by path, size and time: another content has another time.
        at = next(CLOCK)
        os.utime(path, (at, at))


def test_a_late_delivery_of_an_old_version_changes_nothing(company: Company):
    _deliver(company, [[("1", "2025-03-02", 2)], [("1", "2025-03-01", 1), ("2", "2025-01-01", 5)]])
    company.map(ENTRY)
    report = company.load()
    assert company.rows(STATE) == [("1", 2), ("2", 5)]
    assert [(load.rows_loaded, load.rows_superseded) for load in report.file_loads] == [
        (1, 0),
        (1, 1),
    ]


def test_of_versions_in_one_file_the_latest_is_kept_and_equal_ones_are_told_apart(
    company: Company,
):
    _deliver(
        company,
        [[("1", "2025-03-01", 1), ("1", "2025-03-02", 2), ("1", "", 3), ("1", "2025-03-02", 4)]],
    )
    company.map(ENTRY)
    totals = company.load().totals
    assert company.rows(STATE) == [("1", 2)]
    assert (totals["rows_superseded"], totals["rows_quarantined"]) == (2, 1)
    assert company.quarantined() == [
        (5, "opportunity_id", "1", "row 3 has the same key with other values")
    ]


def test_of_equal_versions_that_of_the_newer_file_is_kept(company: Company):
    _deliver(company, [[("1", "2025-03-01", 1)], [("1", "2025-03-01", 2)]])
    company.map(ENTRY)
    company.load()
    assert company.rows(STATE) == [("1", 2)]


def test_a_time_of_change_that_cannot_be_read_keeps_the_row_back(company: Company):
    _deliver(company, [[("1", "yesterday", 1)]])
    company.map(ENTRY)
    company.load()
    assert company.quarantined() == [(2, "modified", "yesterday", "not a time in ISO form")]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_and_repetition_of_deliveries_ends_in_the_same_state(company: Company, data):
    # A version of a record is its time of change: the same time never brings another amount.
    versions = data.draw(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 28)), min_size=1, max_size=12)
    )
    rows = [(id_, f"2025-03-{day:02d}", day) for id_, day in versions]
    delivered = data.draw(
        st.lists(st.lists(st.sampled_from(rows), min_size=1, max_size=6), min_size=1, max_size=4)
    )
    company.map(ENTRY)
    latest = {}
    for id_, _, amount in (row for file in delivered for row in file):
        latest[id_] = max(latest.get(id_, 0), amount)
    for files in (delivered, data.draw(st.permutations(delivered)), [*delivered, delivered[0]]):
        _deliver(company, files)
        totals = company.load().totals
        assert company.rows(STATE) == sorted(latest.items())
        assert totals["rows_quarantined"] == 0
        assert totals["rows_read"] == totals["rows_loaded"] + totals["rows_superseded"]
        assert totals["rows_loaded"] == len(latest)
