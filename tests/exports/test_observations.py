"""What a file shows of a record's stage is remembered, the same whatever the order of delivery."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import Company

ENTRY = """\
files:
  - name: deals
    pattern: "deals*.csv"
    entity: opportunities
    columns: {opportunity_id: id, stage: stage, created_at: {column: created, optional: true}}
"""
PEOPLE = """\
files:
  - name: people
    pattern: people.csv
    entity: people
    columns:
      person_id: id
      owner_id: owner
      stage: {column: status, values: {Qualified: sql, Customer: null}}
"""
KNOWN = (
    "select record_id, stage, observed_at::varchar from raw_meta.stage_observations "
    "order by observed_at, record_id, stage"
)


def deliver(company: Company, name: str, pulled: str, content: str) -> None:
    """A file as it was written at ``pulled``, UTC."""
    path = company.write(name, content)
    at = datetime.fromisoformat(pulled).replace(tzinfo=UTC).timestamp()
    os.utime(path, (at, at))


def test_one_file_that_is_overwritten_each_day_leaves_its_stages(company: Company):
    company.map(ENTRY)
    for pulled, stage in (
        ("2025-06-01 08:00:00", "Open"),
        ("2025-06-02 08:00:00", "Open"),
        ("2025-06-03 08:00:00", "Won"),
    ):
        deliver(company, "deals.csv", pulled, f"id,stage\n1,{stage}\n")
        company.load()
        company.load()
    assert company.rows(KNOWN) == [
        ("1", "Open", "2025-06-01 08:00:00"),
        ("1", "Open", "2025-06-02 08:00:00"),
        ("1", "Won", "2025-06-03 08:00:00"),
    ]
    assert company.rows("select stage from raw_mapped.opportunities") == [("Won",)]


def test_people_have_a_stage_and_an_owner_as_of_the_pull(company: Company):
    company.map(PEOPLE)
    rows = "1,ann,Lead\n2,bob,Qualified\n3,bob,Customer\n4,ann,\n5,ann,New\n"
    deliver(company, "people.csv", "2025-06-01 08:00:00", "id,owner,status\n" + rows)
    company.load()
    assert company.rows(
        "select record_id, stage, stage_source_value, owner_id, source_file, source_system "
        "from raw_meta.stage_observations order by 1"
    ) == [
        ("1", "lead", "Lead", "ann", "people.csv", "test"),
        ("2", "sql", "Qualified", "bob", "people.csv", "test"),
        ("5", "__unmapped__", "New", "ann", "people.csv", "test"),
    ]


def test_a_word_that_the_mapping_learns_later_is_known_from_the_start(company: Company):
    company.map(ENTRY)
    deliver(company, "deals.csv", "2025-06-01 08:00:00", "id,stage\n1,Geparkt\n")
    company.load()
    company.map(ENTRY, company.head.replace("[in progress]", "[in progress, Geparkt]"))
    deliver(company, "deals.csv", "2025-06-02 08:00:00", "id,stage\n1,Geparkt\n")
    company.load()
    assert [stage for _, stage, _ in company.rows(KNOWN)] == ["Open", "Open"]


def test_where_the_source_says_when_it_changed_a_record_that_is_when_it_was_so(company: Company):
    company.map(ENTRY.replace("    columns:", "    modified: changed\n    columns:"))
    head = "id,stage,created,changed\n"
    late = head + "1,Open,2025-05-01T10:00:00Z,2025-06-01T10:00:00Z\n"
    deliver(company, "deals.csv", "2025-06-02 08:00:00", late)
    company.load()
    new = head + "1,Won,2025-05-01T10:00:00Z,2025-06-02T10:00:00Z\n2,Open,2025-06-02T09:00:00Z,\n"
    deliver(company, "deals.csv", "2025-06-03 08:00:00", new)
    company.load()
    # An old version that is delivered again is no move back.
    deliver(company, "deals_again.csv", "2025-06-04 08:00:00", late)
    company.load()
    assert company.rows(KNOWN) == [
        ("1", "Open", "2025-06-01 10:00:00"),
        ("2", "Open", "2025-06-02 09:00:00"),
        ("1", "Won", "2025-06-02 10:00:00"),
    ]


def test_rows_from_before_they_had_a_company_are_those_of_the_present_one(company: Company):
    company.map(ENTRY)
    deliver(company, "deals.csv", "2025-06-01 08:00:00", "id,stage\n1,Open\n")
    company.load()
    company.rows("alter table raw_meta.stage_observations drop company_name")
    deliver(company, "deals.csv", "2025-06-02 08:00:00", "id,stage\n1,Won\n")
    company.load()
    assert company.rows(
        "select company_name, stage from raw_meta.stage_observations order by observed_at"
    ) == [("Test company", "Open"), ("Test company", "Won")]


def test_stages_remembered_under_a_short_id_of_salesforce_are_those_of_the_full_one(
    company: Company,
):
    """As homes have them from before ids were completed. Wrong: of a deal that nobody exports."""
    company.map(ENTRY.replace("entity: opp", "source: salesforce\n    entity: opp"))
    for day, stage in (("01", "Open"), ("02", "Open"), ("03", "Won")):
        deliver(
            company,
            "deals.csv",
            f"2025-06-{day} 08:00:00",
            f"id,stage\n0068d00000AbCdEAAV,{stage}\n0068d00000aBcDeAAK,Open\n",
        )
        company.load()
    before = company.rows(KNOWN)
    company.rows(
        "update raw_meta.stage_observations set record_id = left(record_id, -3), "
        "owner_id = 'salesforce:0058d00000AbCdE' where observed_at < '2025-06-03'"
    )
    # The first day was read again since; it was seen earlier under the short id.
    company.rows(
        "insert into raw_meta.stage_observations by name select * replace (record_id || 'AAV' as "
        "record_id, timestamp '2025-06-01 09:00:00' as observed_at) from "
        "raw_meta.stage_observations where record_id like '%E' and observed_at < '2025-06-02'"
    )
    company.load()
    assert company.rows(KNOWN) == before
    assert company.rows("select distinct owner_id from raw_meta.stage_observations order by 1") == [
        ("salesforce:0058d00000AbCdEAAV",),
        (None,),
    ]


def test_a_load_that_fails_remembers_nothing(company: Company):
    company.map(ENTRY)
    deliver(company, "deals.csv", "2025-06-01 08:00:00", "id,stage\n1,Open\n")
    company.load()
    deliver(company, "deals.csv", "2025-06-02 08:00:00", "id,phase\n1,Won\n")
    with pytest.raises(LoadFailed, match="lacks 'stage'"):
        company.load()
    assert company.rows(KNOWN) == [("1", "Open", "2025-06-01 08:00:00")]


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_of_delivery_kept_or_overwritten_is_remembered_the_same(company: Company, data):
    stages = st.sampled_from(["Open", "Won", "Lost"])
    days = data.draw(
        st.dictionaries(
            st.tuples(st.integers(1, 9), st.integers(0, 23)),
            st.dictionaries(st.sampled_from("ab"), stages, min_size=1),
            min_size=1,
            max_size=4,
        )
    )
    pulls = sorted(days.items())
    company.map(ENTRY)
    expected = {}
    for (day, hour), records in pulls:
        for record, stage in records.items():
            expected.setdefault((record, stage, day), f"2025-06-{day:02d} {hour:02d}:00:00")
    found = []
    for kept in (True, False):
        company.settings.warehouse.unlink(missing_ok=True)
        for path in company.settings.exports.glob("*.csv"):
            path.unlink()
        for (day, hour), records in data.draw(st.permutations(pulls)):
            name = f"deals_{day:02d}_{hour:02d}.csv" if kept else "deals.csv"
            # The hour is in the file: another content, or a kept one would be a repetition.
            rows = "".join(f"{record},{stage}\n" for record, stage in records.items())
            content = f"id,stage,{day}-{hour}\n" + rows.replace("\n", ",\n")
            deliver(company, name, f"2025-06-{day:02d} {hour:02d}:00:00", content)
            company.load()
        found.append(sorted(company.rows(KNOWN)))
    assert found[0] == found[1]
    assert found[0] == sorted((record, stage, at) for (record, stage, _), at in expected.items())
