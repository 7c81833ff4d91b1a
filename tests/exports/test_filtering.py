"""Rows are asked for in any word for true and false, and one that says neither is kept back."""

from __future__ import annotations

import pytest

from orchestration.exports.errors import LoadFailed, MappingError, QuarantineOverflow
from tests.exports.conftest import HEAD, Company

PEOPLE = """\
files:
  - name: people
    pattern: people.csv
    entity: people
    columns: {person_id: Id}
    {condition}
"""
NEITHER = "not true or false, which says whether the row is wanted"
WORDS = ["true", "T", "yes", "1", "是", "FALSE", "f", "No", "0", "否", "", "maybe"]


def _people(company: Company, condition: str) -> list[str]:
    company.write(
        "people.csv", "Id,Flag\n" + "".join(f"{word or 'none'},{word}\n" for word in WORDS)
    )
    company.map(PEOPLE.replace("{condition}", condition))
    company.load()
    return [row[0] for row in company.rows("select person_id from raw_mapped.people order by all")]


@pytest.mark.parametrize(
    ("condition", "loaded", "kept_back"),
    [
        ('where: {Flag: ["true"]}', ["true", "T", "yes", "1", "是"], ["maybe"]),
        # An empty cell is not true; whether it is false nobody knows.
        ('where: {Flag: ["false"]}', ["FALSE", "f", "No", "0", "否"], ["", "maybe"]),
        ('where_not: {Flag: ["true"]}', ["FALSE", "f", "No", "0", "否", "none"], ["maybe"]),
        ('where_not: {Flag: ["false"]}', ["true", "T", "yes", "1", "是", "none"], ["maybe"]),
        (
            'where: {Flag: ["true"]}\n    known: {Flag: [maybe]}',
            ["true", "T", "yes", "1", "是"],
            [],
        ),
        ('where: {Flag: ["true"]}\n    known: {Flag: null}', ["true", "T", "yes", "1", "是"], []),
        ("where: {Flag: [maybe, 是]}", ["maybe", "是"], []),
    ],
)
def test_a_truth_value_is_understood_in_every_word_that_casting_reads(
    company: Company, condition: str, loaded: list[str], kept_back: list[str]
):
    assert _people(company, condition) == sorted(loaded)
    assert company.quarantined() == [
        (2 + WORDS.index(word), "Flag", word, NEITHER) for word in kept_back
    ]
    assert company.rows("select rows_read, rows_filtered from raw_meta.file_loads") == [
        (len(WORDS), len(WORDS) - len(loaded) - len(kept_back))
    ]


def test_a_placeholder_is_an_empty_cell(company: Company):
    company.write("people.csv", "Id,Flag\n1,NULL\n2,--\n3,t\n")
    company.map(PEOPLE.replace("{condition}", 'where_not: {Flag: ["true"]}'))
    company.load()
    assert company.rows("select person_id from raw_mapped.people order by 1") == [("1",), ("2",)]
    company.map(PEOPLE.replace("{condition}", 'where: {Flag: [""]}'))
    company.load()
    assert company.rows("select person_id from raw_mapped.people order by 1") == [("1",), ("2",)]
    assert company.quarantined() == []


def test_a_word_that_a_column_is_not_known_to_hold_keeps_its_row_back(company: Company):
    company.write("people.csv", "Id,Kind\n1,Lead\n2,contact\n3,Supplier\n4,\n")
    condition = "where: {Kind: [lead]}\n    known: {Kind: [Contact]}"
    company.map(PEOPLE.replace("{condition}", condition))
    company.load()
    assert company.rows("select person_id from raw_mapped.people") == [("1",)]
    reason = (
        "none of the words that say what the row is ('lead', 'contact'). Map it to one of them, "
        "or add it to those that are known"
    )
    assert company.quarantined() == [(4, "Kind", "Supplier", reason), (5, "Kind", "", reason)]


def test_words_are_known_of_columns_that_rows_are_filtered_by(company: Company):
    company.map(PEOPLE.replace("{condition}", "known: {Kind: [Contact]}"))
    with pytest.raises(MappingError) as raised:
        company.load()
    assert "files[0].known.Kind: no row is filtered by that column" in str(raised.value)


def test_rows_in_doubt_are_too_many_by_the_whole_file(company: Company):
    company.head = HEAD + "max_quarantine_rate: 0.2\n"
    rows = "".join(f"{number},0\n" for number in range(8))
    company.write("people.csv", f"Id,Flag\n{rows}8,1\n9,maybe\n")
    company.map(PEOPLE.replace("{condition}", 'where: {Flag: ["true"]}'))
    assert company.load().totals["rows_quarantined"] == 1
    company.write("people.csv", f"Id,Flag\n{rows}8,1\n9,maybe\n10,so\n11,so\n")
    with pytest.raises(LoadFailed) as raised:
        company.load()
    (error,) = raised.value.errors
    assert isinstance(error, QuarantineOverflow)
    assert "3 of 12 rows cannot be used" in str(error)
    assert f"Flag: {NEITHER} (3 rows, first row 11)" in str(error)


def test_contacts_of_sell_are_people_or_organizations_in_any_spelling(company: Company):
    company.write(
        "contacts.csv", "id,name,is_organization\n1,a,f\n2,b,T\n3,c,0\n4,d,1\n5,e,maybe\n6,f,\n"
    )
    company.map("sources:\n  - {reader: zendesk_sell}\n")
    company.load()
    assert company.rows("select person_id from raw_mapped.people order by 1") == [
        ("zendesk_sell:contact:1",),
        ("zendesk_sell:contact:3",),
    ]
    assert company.rows("select account_id from raw_mapped.accounts order by 1") == [
        ("zendesk_sell:2",),
        ("zendesk_sell:4",),
    ]
    # Once, though it could be either.
    assert company.rows(
        "select entity, source_row, column_name, value, reason from raw_meta.quarantine order by 2"
    ) == [
        ("people", 6, "is_organization", "maybe", NEITHER),
        ("people", 7, "is_organization", "", NEITHER),
    ]


def test_what_salesforce_deleted_or_closed_is_so_in_any_spelling(company: Company):
    company.write(
        "history.csv",
        "OpportunityId,StageName,CreatedDate,IsDeleted\n"
        "1,Won,2025-01-01T09:00:00Z,t\n1,Lost,2025-01-02T09:00:00Z,f\n"
        "1,Open,2025-01-03T09:00:00Z,?\n",
    )
    company.write(
        "tasks.csv",
        "id,who_id,activity_date,task_subtype,is_closed,completed_date_time\n"
        "a,1,2025-01-01,Call,t,2025-01-01T10:00:00Z\nb,1,2025-01-02,Call,f,\n"
        "c,1,2025-01-03,Call,1,\nd,1,2025-01-04,Call,?,\n",
    )
    company.map("sources:\n  - {reader: salesforce}\n")
    company.load()
    assert company.rows("select stage from raw_mapped.opportunity_stage_events") == [("Lost",)]
    assert company.rows("select activity_id from raw_mapped.activities order by 1") == [
        ("salesforce:a",),
        ("salesforce:c",),
    ]
    assert company.quarantined() == [
        (4, "IsDeleted", "?", NEITHER),
        (5, "is_closed", "?", NEITHER),
    ]


def test_a_status_of_pipedrive_that_is_none_is_kept_back_until_it_is_mapped(company: Company):
    company.write(
        "deals.csv",
        "Deal - ID,Deal - Status,Deal - Stage\n1,Open,in progress\n2,Won,Open\n3,Deleted,Open\n"
        "4,Parked,Open\n5,,Open\n",
    )
    company.map("sources:\n  - {reader: pipedrive}\n")
    company.load()
    deals = "select opportunity_id, stage, is_deleted from raw_mapped.opportunities order by 1"
    found = [
        ("pipedrive:1", "Open", None),
        ("pipedrive:2", "Won", None),
        ("pipedrive:3", "Open", True),
    ]
    assert company.rows(deals) == found
    assert [row[:3] for row in company.quarantined()] == [
        (5, "Deal - Status", "Parked"),
        (6, "Deal - Status", ""),
    ]
    assert (
        "('open', '进行中', 'won', 'lost', '赢单', '输单', 'deleted', '已删除')"
        in (company.quarantined()[0][3])
    )
    company.map(
        "sources:\n  - {reader: pipedrive, values: {opportunities.stage: {Parked: Lost}}}\n"
    )
    company.load()
    assert company.rows(deals) == [*found, ("pipedrive:4", "Lost", None)]


def test_a_list_of_attendees_says_who_came_in_any_spelling(company: Company):
    company.write(
        "attendees.csv",
        "Attended,First Name,Last Name,Email,Registration Time,Join Time,"
        "Time in Session (minutes)\n"
        "Y,A,B,a@x.example,2025-01-01,2025-01-02,5\nNo,A,B,b@x.example,2025-01-01,,\n"
        "late,A,B,c@x.example,2025-01-01,2025-01-02,5\n",
    )
    company.map("sources:\n  - {reader: events}\n")
    report = company.load()
    assert report.unmatched_files == ()
    assert company.rows("select count(*) from raw_mapped.touches") == [(1,)]
    assert company.quarantined() == [(4, "Attended", "late", NEITHER)]
