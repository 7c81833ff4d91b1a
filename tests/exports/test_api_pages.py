"""Pages of an API: one without records is sound, and one that has no successor is named."""

from __future__ import annotations

import json

import pytest

from tests.exports.conftest import DEALS, Company

HUBSPOT = "sources:\n  - {reader: hubspot}\n"
CONTACT = {
    "id": "1",
    "properties": {"email": "a@b.example", "createdate": "2025-01-01T00:00:00Z"},
    "createdAt": "2025-01-01T00:00:00Z",
}
COUNT = "select count(*) from raw_mapped.people"


@pytest.mark.parametrize(
    ("page", "fact"),
    [
        ('{"results": []}', "there are no records at 'results'"),
        ('{"results": null}', "there are no records at 'results'"),
        ("[]", "there are no records in it"),
        ("[\n]\n", "there are no records in it"),
    ],
)
def test_a_page_without_records_is_no_damage_though_it_had_some_before(
    company: Company, page: str, fact: str
):
    company.write("contacts.json", json.dumps({"results": [CONTACT]}))
    company.map(HUBSPOT)
    company.load()
    assert company.rows(COUNT) == [(1,)]
    company.write("contacts.json", page)
    assert [(left.file, left.reason) for left in company.load().unmatched_files] == [
        ("contacts.json", fact)
    ]
    assert company.rows(COUNT) == [(0,)]


@pytest.mark.parametrize("page", ['{"data": []}', '{"data": null}', '{"data":null}\n{"data":[]}'])
def test_a_page_that_an_entry_names_may_be_empty_or_null(company: Company, page: str):
    files = DEALS.replace("entity:", "records: data\n    entity:")
    assert company.deals(page, "deals.json", files) == []
    assert company.rows("select rows_read from raw_meta.file_loads") == [(0,)]


def test_a_page_beside_others_may_be_null(company: Company):
    files = DEALS.replace("entity:", "records: data\n    entity:")
    deal = {"id": "d1", "stage": "Won", "amount": 1, "closed": None}
    pages = json.dumps({"data": [deal]}) + '\n{"data": null}\n'
    assert company.deals(pages, "deals.jsonl", files) == [("d1", "Won", 1.0, None)]
