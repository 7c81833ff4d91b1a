"""Pages of an API: one without records is sound, and one that has no successor is named."""

from __future__ import annotations

import json
import logging
import os

import pytest

from orchestration import pipeline
from orchestration.exports.checking import check_file, describe
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


def salesforce(record: str, done: bool, total: int = 2) -> str:
    deal = {"Id": record, "StageName": "Won", "CloseDate": "2025-01-01", "Amount": 1, "IsWon": True}
    page = {"totalSize": total, "done": done, "records": [deal | {"IsClosed": True}]}
    more = {} if done else {"nextRecordsUrl": "/services/data/v60.0/query/01g-2000"}
    return json.dumps(page | more)


FIRST, LAST = salesforce("0061", done=False), salesforce("0062", done=True)


@pytest.mark.parametrize(
    ("files", "unfinished"),
    [
        ({"a.json": FIRST}, ["a.json"]),
        ({"a.json": LAST}, []),
        ({"a.json": FIRST, "b.json": LAST}, []),
        ({"a.jsonl": f"{FIRST}\n{LAST}\n"}, []),
        ({"a.jsonl": f"{FIRST}\n{salesforce('0063', done=False)}\n"}, ["a.jsonl"]),
        # The whole list of the day before ends another one.
        ({"a.json": salesforce("0062", done=True, total=1), "b.json": FIRST}, ["b.json"]),
        # A page between the first and the last one.
        (
            {"a.json": salesforce("0061", done=False, total=3),
             "b.json": salesforce("0062", done=True, total=3)},
            ["a.json"],
        ),
    ],
)  # fmt: skip
def test_a_list_that_goes_on_nowhere_is_named(
    company: Company, files: dict[str, str], unfinished: list[str]
):
    for name, content in files.items():
        company.write(name, content)
    company.map("sources:\n  - {reader: salesforce}\n")
    report = company.load()
    assert report.unmatched_files == ()
    assert list(report.unfinished_files) == unfinished


@pytest.mark.parametrize(
    ("reader", "page", "more"),
    [
        ("hubspot", {"results": [CONTACT]}, {"paging": {"next": {"after": "2"}}}),
        (
            "zendesk_sell",
            {"items": [{"data": {"id": 1, "status": "New", "organization_name": "x"}}]},
            {"meta": {"links": {"next_page": "https://api.getbase.com/v2/leads?page=2"}}},
        ),
        (
            "pipedrive",
            {"data": [{"id": 1, "done": True, "marked_as_done_time": "2025-01-01 08:00:00"}]},
            {"additional_data": {"pagination": {"more_items_in_collection": True}}},
        ),
        (
            "stripe",
            {"data": [{"id": "re_1", "object": "refund", "amount": 5, "currency": "eur",
                       "created": 1735689600, "charge": "ch_1", "reason": None,
                       "status": "succeeded"}]},
            {"has_more": True},
        ),
    ],
)  # fmt: skip
def test_each_api_says_in_its_own_way_that_more_follow(
    company: Company, reader: str, page: dict, more: dict
):
    company.write("page.json", json.dumps(page | more))
    company.map(f"sources:\n  - {{reader: {reader}}}\n")
    assert company.load().unfinished_files == ("page.json",)
    company.write("page.json", json.dumps(page))
    assert company.load().unfinished_files == ()


def stripe(*records: int, more: bool = False) -> str:
    refunds = [
        {"id": f"re_{id_}", "object": "refund", "amount": 5, "currency": "eur",
         "created": 1735689600, "charge": "ch_1", "reason": None, "status": "succeeded"}
        for id_ in records
    ]  # fmt: skip
    return json.dumps({"data": refunds, "has_more": more})


REFUNDS = """\
files:
  - name: refunds
    pattern: "*.json*"
    entity: invoices
    records: data
    columns:
      invoice_id: id
      invoice_type: {constant: refund}
      posting_date: {column: created, date_format: epoch}
      amount: amount
      currency: currency
"""


@pytest.mark.parametrize("mapping", ["sources:\n  - {reader: stripe}\n", REFUNDS])
@pytest.mark.parametrize(
    ("pages", "unfinished"),
    [
        pytest.param([stripe(3, 2, 1), stripe(4, 3, more=True)], [1], id="beside a whole list"),
        pytest.param([stripe(4, 3, more=True), stripe(3, 2, 1)], [0], id="before a whole list"),
        pytest.param([stripe(3, 2, more=True), stripe(1)], [], id="a list of two pages"),
        pytest.param([stripe(3, 2, more=True), stripe(1), stripe(4, 3, more=True)], [2],
                     id="beside a list of two pages"),
        pytest.param([stripe(3, 2, more=True), stripe(1), stripe(4, 3, more=True), stripe(2, 1)],
                     [], id="two lists of two pages"),
        pytest.param([stripe(2, 1), stripe(3, 2, 1), stripe(4)], [], id="three whole lists"),
        pytest.param([f"{stripe(3, 2, more=True)}\n{stripe(1)}", stripe(4, 3, more=True)], [1],
                     id="beside two pages in one file"),
        pytest.param([stripe(3, more=True), stripe(2, more=True)], [0, 1], id="no end at all"),
        pytest.param([stripe(2, more=True), stripe()], [], id="an empty page"),
        pytest.param([stripe(3, 2, 1), stripe(3, 2, more=True), stripe(3, more=True), stripe()],
                     [1, 2], id="one empty page for two lists"),
    ],
)  # fmt: skip
def test_a_whole_list_ends_no_other_one(
    company: Company, mapping: str, pages: list[str], unfinished: list[int]
):
    for number, page in enumerate(pages):
        path = company.write(f"{number}.json", page)
        os.utime(path, (number + 1, number + 1))
    company.map(mapping)
    report = company.load()
    assert report.unfinished_files == tuple(f"{number}.json" for number in unfinished)


def sell(page: int, *leads: int, more: bool = False) -> str:
    address = "https://api.getbase.com/v2/leads?per_page=2"
    links = {"self": address if page == 1 else f"{address}&page={page}"}
    if more:
        links["next_page"] = f"https://api.getbase.com/v2/leads?page={page + 1}&per_page=2"
    items = [{"data": {"id": id_, "status": "New", "organization_name": "x"}} for id_ in leads]
    return json.dumps({"items": items, "meta": {"links": links}})


def pipedrive(start: int, *activities: int, more: bool = False) -> str:
    data = [
        {"id": id_, "done": True, "marked_as_done_time": "2025-01-01 08:00:00"}
        for id_ in activities
    ]
    pagination = {"start": start, "limit": 2, "more_items_in_collection": more}
    pagination |= {"next_start": start + 2} if more else {}
    return json.dumps({"data": data, "additional_data": {"pagination": pagination}})


@pytest.mark.parametrize(
    ("reader", "pages", "unfinished"),
    [
        pytest.param("zendesk_sell", [sell(1, 1), sell(1, 2, 3, more=True)], [1], id="sell"),
        pytest.param("zendesk_sell", [sell(2, 1), sell(1, 2, 3, more=True)], [], id="sell, whole"),
        pytest.param("zendesk_sell",
                     [sell(1, 1, 2, more=True), sell(2, 3), sell(1, 1, 2, 4, more=True)], [2],
                     id="sell, the second list"),
        pytest.param("pipedrive", [pipedrive(0, 1, 2, more=True), pipedrive(4, 3)], [0],
                     id="pipedrive, a page between"),
        # Between two pages a record was added, so that one is shown twice.
        pytest.param("pipedrive", [pipedrive(0, 1, 2, more=True), pipedrive(2, 2, 3)], [],
                     id="pipedrive, whole"),
    ],
)  # fmt: skip
def test_the_next_place_of_a_list_needs_a_page(
    company: Company, reader: str, pages: list[str], unfinished: list[int]
):
    for number, page in enumerate(pages):
        company.write(f"{number}.json", page)
    company.map(f"sources:\n  - {{reader: {reader}}}\n")
    report = company.load()
    assert report.unfinished_files == tuple(f"{number}.json" for number in unfinished)


@pytest.mark.parametrize(("hours", "unfinished"), [(1, ()), (-1, ()), (24, ("0.json",)),
                                                   (-24, ("0.json",))])  # fmt: skip
def test_a_list_that_is_pulled_on_another_day_ends_no_other_one(
    company: Company, hours: int, unfinished: tuple[str, ...]
):
    company.map("sources:\n  - {reader: stripe}\n")
    for number, page in enumerate([stripe(4, 3, more=True), stripe(2, 1)]):
        at = 1_700_000_000 + number * hours * 3600
        os.utime(company.write(f"{number}.json", page), (at, at))
    assert company.load().unfinished_files == unfinished


def test_an_empty_page_ends_a_list(company: Company):
    company.write("1.json", json.dumps({"results": [CONTACT], "paging": {"next": {"after": "2"}}}))
    company.write("2.json", '{"results": []}')
    company.map(HUBSPOT)
    assert company.load().unfinished_files == ()


def test_the_run_and_the_check_of_a_file_say_what_is_missing(
    company: Company, caplog: pytest.LogCaptureFixture
):
    path = company.write("a.json", FIRST)
    company.map("sources:\n  - {reader: salesforce}\n")
    with caplog.at_level(logging.INFO):
        pipeline.load(company.settings, "run-1")
    (said,) = (line for line in caplog.messages if "a.json" in line)
    assert "more pages follow, and the next one is not among the files" in said
    (check,) = check_file(path, None, path.parent, company.settings.state)
    assert "  it says that more pages follow; the next one must be among the files" in list(
        describe(check)
    )
