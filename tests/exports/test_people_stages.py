"""The stage a list shows a lead in is read, in the words the company has for its lead stages."""

from __future__ import annotations

import pytest

from tests.exports.conftest import Company

FILES = {
    "hubspot": (
        "Record ID,First Name,Email,Lifecycle Stage\n1,A,a@x.example,Marketing Qualified Lead\n"
        "2,B,b@x.example,Customer\n3,C,c@x.example,Our own\n4,D,d@x.example,Odd\n"
        "5,E,e@x.example,\n"
    ),
    "salesforce": (
        "Id,LastName,Company,Status,LeadSource,CreatedDate\n1,A,X,Marketing Qualified,,\n"
        "2,B,X,Closed - Converted,,\n3,C,X,Our own,,\n4,D,X,Odd,,\n5,E,X,,,\n"
    ),
}


@pytest.mark.parametrize("reader", FILES)
def test_a_lead_status_is_a_stage_in_the_words_of_the_company_and_no_word_is_lost(
    company: Company, reader: str
):
    company.write("people.csv", FILES[reader])
    values = "{lead_stage_events.stage: {Our own: sal}}"
    company.map(f"sources:\n  - {{reader: {reader}, values: {values}}}\n")
    report = company.load()
    assert company.rows("select stage from raw_mapped.people order by person_id") == [
        ("mql",),
        # What is beyond a lead is no stage of one.
        (None,),
        ("sal",),
        ("__unmapped__",),
        (None,),
    ]
    assert [
        (use.entity, use.column, use.source_value, use.row_count) for use in report.unmapped
    ] == [("people", "stage", "Odd", 1)]
    assert ("Customer" if reader == "hubspot" else "Closed - Converted", None) in {
        (use.source_value, use.mapped_value) for use in report.mapped_values
    }
    assert company.rows("select record_id, stage from raw_meta.stage_observations order by 1") == [
        (f"{reader}:1", "mql"),
        (f"{reader}:3", "sal"),
        (f"{reader}:4", "__unmapped__"),
    ]


def test_a_stage_of_the_lists_own_counts_over_that_of_the_history(company: Company):
    company.write("people.csv", FILES["hubspot"])
    company.map(
        "sources:\n  - {reader: hubspot, values: {lead_stage_events.stage: {Our own: sal}, "
        "people.stage: {Our own: sql, Odd: null}}}\n"
    )
    assert company.load().unmapped == ()
    assert company.rows("select stage from raw_mapped.people where stage is not null") == [
        ("mql",),
        ("sql",),
    ]


def test_a_company_that_exports_the_history_leaves_the_column_empty(company: Company):
    company.write("people.csv", FILES["hubspot"])
    company.map("sources:\n  - {reader: hubspot, columns: {people: {stage: null}}}\n")
    report = company.load()
    assert company.rows("select count(stage) from raw_mapped.people") == [(0,)]
    assert "Lifecycle Stage" in {column.column for column in report.unknown_columns}
