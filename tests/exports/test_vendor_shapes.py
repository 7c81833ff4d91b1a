"""Exports as vendors write them: titles above the header, totals and remarks below the rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import Company

TARGETS = """\
files:
  - name: spend
    pattern: "report*"
    entity: targets
    {keys}
    columns:
      metric_id: {{constant: spend}}
      period_grain: {{constant: day}}
      period_start_date: {day}
      dimension: {{constant: campaign}}
      dimension_value: {campaign}
      target_value: {cost}
"""


def _spend(
    company: Company, name: str, content: str | bytes, keys: str, day: str, campaign: str, cost: str
) -> list:
    """Row, day, campaign and cost of a report, read as the amounts of one entity."""
    company.write(name, content)
    company.map(TARGETS.format(keys=keys, day=day, campaign=campaign, cost=cost))
    company.load()
    return company.rows(
        "select _source_row, period_start_date::varchar, dimension_value, target_value::double "
        "from raw_mapped.targets order by 1"
    )


def _counts(company: Company) -> tuple:
    (counts,) = company.rows(
        "select rows_read, rows_loaded, rows_quarantined, rows_superseded, rows_filtered, "
        "rows_footer from raw_meta.file_loads"
    )
    return counts


GOOGLE_ADS = """\
Campaign report
"January 1, 2025 - January 31, 2025"
Day,Campaign status,Campaign,Budget,Currency code,Impr.,Clicks,Avg. CPM,Cost
2025-01-01,Enabled,Brand,10.00,EUR,"1,204",44, --,"1,012.50"
2025-01-02,Enabled,"Total, wellness",10.00,EUR,7,0, --, --
Total: Campaigns, --, --, --, --,"1,211",44, --,"1,012.50"
Total: Account, --, --, --,EUR,"1,211",44, --,"1,012.50"
"""
LINKEDIN = """\
Campaign Performance Report (in UTC)
"Report Start: January 1, 2025, 12:00 AM"
"Report End: January 31, 2025, 11:59 PM"
"Date Generated: February 1, 2025, 9:00 AM"

Start Date (in UTC),Account Name,Campaign Name,Campaign ID,Total Spent,Currency
1/2/2025,Ours,Brand,101,12.50,EUR
1/13/2025,Ours,Total war,102,0.00,EUR
Total,,,,12.50,EUR
"""
GA4 = """\
# ----------------------------------------
# Traffic acquisition
# Start date: 20250101
# End date: 20250131
# ----------------------------------------

Date,Session primary channel group (Default Channel Group),Sessions
,,30,Grand total
20250101,Paid Search,10
20250102,Email,20
"""
META = (
    "\ufeffReporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR)\n"
    '2025-01-01,2025-01-31,Brand,2025-01-01,"1,012.50"\n'
)
SALESFORCE = """\
"Close Date","Opportunity Name","Amount"
"31.01.2025","Brand","1.012,50"
"01.02.2025","Total, wellness","7,00"


"Grand Totals (2 records)"
"Confidential Information - Do Not Distribute"
"Copyright © 2000-2026 salesforce.com, inc. All rights reserved."
"""


def test_google_ads_below_two_titles_and_above_its_totals(company: Company):
    footer = "footer: ['^Total: ']"
    for text in (GOOGLE_ADS, GOOGLE_ADS.replace("\n", "\r\n")):
        assert _spend(company, "report.csv", text, footer, "Day", "Campaign", "Impr.") == [
            (4, "2025-01-01", "Brand", 1204.0),
            (5, "2025-01-02", "Total, wellness", 7.0),
        ]
        assert _counts(company) == (2, 2, 0, 0, 0, 2)


def test_google_ads_for_excel_is_utf_16_with_tabs(company: Company):
    rows = [
        "Kampagnenbericht",
        "Gesamte Zeit",
        "Tag\tKampagne\tWährungscode\tKosten",
        "2025-01-01\tMüller\tEUR\t12.5",
        "Gesamt: Konto\t --\tEUR\t12.5",
    ]
    content = "\r\n".join(rows).encode("utf-16")
    assert _spend(
        company, "report.csv", content, "footer: ['^Gesamt: ']", "Tag", "Kampagne", "Kosten"
    ) == [(4, "2025-01-01", "Müller", 12.5)]
    assert _counts(company) == (1, 1, 0, 0, 0, 1)


def test_linkedin_below_four_lines_and_a_blank_one(company: Company):
    keys = "footer: ['^Total,,']\n    date_format: '%m/%d/%Y'"
    assert _spend(
        company, "report.csv", LINKEDIN, keys, "Start Date (in UTC)", "Campaign Name", "Total Spent"
    ) == [
        (7, "2025-01-02", "Brand", 12.5),
        (8, "2025-01-13", "Total war", 0.0),
    ]
    assert _counts(company) == (2, 2, 0, 0, 0, 1)


def test_ga4_below_a_block_of_hashes_with_a_total_above_the_rows(company: Company):
    channel = "Session primary channel group (Default Channel Group)"
    assert _spend(
        company, "report.csv", GA4, "footer: ['Grand total$']", "Date", channel, "Sessions"
    ) == [(9, "2025-01-01", "Paid Search", 10.0), (10, "2025-01-02", "Email", 20.0)]
    assert _counts(company) == (2, 2, 0, 0, 0, 1)


def test_meta_with_a_byte_order_mark(company: Company):
    assert _spend(
        company, "report.csv", META, "footer: ['^Results from']", "Day", "Campaign name",
        "Amount spent (EUR)",
    ) == [(2, "2025-01-01", "Brand", 1012.5)]  # fmt: skip
    assert _counts(company) == (1, 1, 0, 0, 0, 0)


def test_a_salesforce_report_ends_with_remarks_that_are_no_rows(company: Company):
    keys = (
        "footer: ['^Grand Totals', '^Confidential', '^Copyright .* inc.* reserved\\.$']\n"
        "    decimal: ','\n    date_format: '%d.%m.%Y'"
    )
    assert _spend(
        company, "report.csv", SALESFORCE, keys, "Close Date", "Opportunity Name", "Amount"
    ) == [(2, "2025-01-31", "Brand", 1012.5), (3, "2025-02-01", "Total, wellness", 7.0)]
    assert _counts(company) == (2, 2, 0, 0, 0, 3)
    assert company.quarantined() == []


def test_a_footer_nobody_stated_is_kept_back_not_dropped(company: Company):
    keys = "decimal: ','\n    date_format: '%d.%m.%Y'"
    _spend(company, "report.csv", SALESFORCE, keys, "Close Date", "Opportunity Name", "Amount")
    assert _counts(company) == (5, 2, 3, 0, 0, 0)
    assert [(row, reason) for row, _, _, reason in company.quarantined()] == [
        (6, "1 fields where the header has 3"),
        (7, "1 fields where the header has 3"),
        (8, "2 fields where the header has 3"),
    ]


def test_a_footer_with_a_broken_quote_and_one_with_a_comma_are_footers(company: Company):
    text = 'day,campaign,cost\n2025-01-01,a,1\n"Copyright, we\nTotal: 1,2,3,4,5\n'
    keys = "footer: ['^\"?Copyright', '^Total: ']"
    assert _spend(company, "report.csv", text, keys, "day", "campaign", "cost") == [
        (2, "2025-01-01", "a", 1.0)
    ]
    assert _counts(company) == (1, 1, 0, 0, 0, 2)


def test_a_line_break_inside_a_cell_is_no_line_of_its_own(company: Company):
    text = 'day,campaign,cost\n2025-01-01,"a\nTotal: b",1\n'
    keys = "footer: ['^Total: ']"
    assert _spend(company, "report.csv", text, keys, "day", "campaign", "cost") == [
        (2, "2025-01-01", "a\nTotal: b", 1.0)
    ]


def test_a_sheet_may_have_titles_and_footers_too(company: Company, tmp_path: Path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Campaign report"],
        [],
        ["Day", "Campaign", "Cost"],
        ["2025-01-01", "Brand", 1.5],
        ["Total: Account", None, 1.5],
    ):
        sheet.append(row)
    book.save(tmp_path / "report.xlsx")
    content = (tmp_path / "report.xlsx").read_bytes()
    assert _spend(
        company, "report.xlsx", content, "footer: ['^Total: ']", "Day", "Campaign", "Cost"
    ) == [(4, "2025-01-01", "Brand", 1.5)]
    assert _counts(company) == (1, 1, 0, 0, 0, 1)


@pytest.mark.parametrize("size", [1, 49])
def test_the_header_is_looked_for_in_the_first_fifty_rows(company: Company, size: int):
    text = "title\n" * size + "day,campaign,cost\n2025-01-01,a,1\n"
    assert _spend(company, "report.csv", text, "optional: true", "day", "campaign", "cost") == [
        (size + 2, "2025-01-01", "a", 1.0)
    ]
    with pytest.raises(LoadFailed, match="its header comes out as one column, 'title'"):
        _spend(
            company, "report.csv", "title\n" * 50 + text, "optional: true", "day", "campaign",
            "cost",
        )  # fmt: skip


def test_curly_and_straight_quotes_in_headers_are_equal(company: Company):
    text = 'day,“Cost” of ‘us’,"""a"" b"\n2025-01-01,1,x\n'
    assert _spend(
        company, "report.csv", text, "optional: true", "day", "'“a” b'", "'\"Cost\" of ''us'''"
    ) == [(2, "2025-01-01", "x", 1.0)]


def test_a_file_of_blank_lines_is_refused(company: Company):
    with pytest.raises(LoadFailed, match="none of its lines holds anything"):
        _spend(company, "report.csv", "\n \n\n", "optional: true", "day", "campaign", "cost")


@pytest.mark.parametrize(
    ("name", "keys", "fact"),
    [
        ("report.csv", "records: items", "states `records`, which means nothing for .csv"),
        ("report.json", "footer: ['^Total']", "states `footer`, which means nothing for .json"),
    ],
)
def test_a_key_of_another_kind_of_file_is_refused(
    company: Company, name: str, keys: str, fact: str
):
    with pytest.raises(LoadFailed) as raised:
        _spend(company, name, "[]", keys, "day", "campaign", "cost")
    assert fact in str(raised.value)


PEOPLE = """\
files:
  - name: contacts
    pattern: "contacts*"
    entity: people
    {keys}
    columns: {{person_id: id, created_at: {at}, account_id: {account}}}
"""


def _contacts(
    company: Company, files: dict[str, str], records: str | None = None, at: str = "at",
    account: str = "account",
) -> list:  # fmt: skip
    for name, text in files.items():
        company.write(name, text)
    keys = f"records: {records}" if records else "optional: true"
    company.map(PEOPLE.format(keys=keys, at=at, account=account))
    company.load()
    return company.rows(
        "select person_id, account_id, created_at::varchar, _source_file, _source_row, _extra "
        "from raw_mapped.people order by _source_file, _source_row"
    )


def _page(*ids: str) -> dict:
    items = [{"id": name, "at": "2025-01-01T00:00:00Z", "account": 7} for name in ids]
    return {"paging": {"next": None}, "data": {"items": items}}


AT = "2025-01-01 00:00:00"


def test_records_are_taken_out_of_their_envelopes_page_by_page(company: Company):
    files = {
        "contacts_1.json": json.dumps(_page("a", "b"), indent=2),
        "contacts_2.json": "\ufeff" + json.dumps(_page("c")),
        "contacts_3.json": json.dumps([_page("d"), _page(), _page("e", "f")]),
        "contacts_4.jsonl": f"{json.dumps(_page('g'))}\n\n{json.dumps(_page('h'))}\n",
    }
    assert _contacts(company, files, "data.items") == [
        ("a", "7", AT, "contacts_1.json", 1, None),
        ("b", "7", AT, "contacts_1.json", 2, None),
        ("c", "7", AT, "contacts_2.json", 1, None),
        ("d", "7", AT, "contacts_3.json", 1, None),
        ("e", "7", AT, "contacts_3.json", 2, None),
        ("f", "7", AT, "contacts_3.json", 3, None),
        ("g", "7", AT, "contacts_4.jsonl", 1, None),
        ("h", "7", AT, "contacts_4.jsonl", 2, None),
    ]


def test_a_page_may_be_larger_than_a_line_of_text(company: Company):
    page = _page(*(f"{number:09}" for number in range(300_000)))
    text = json.dumps(page)
    assert len(text) > 17 * 1024 * 1024
    assert len(_contacts(company, {"contacts.json": text}, "data.items")) == 300_000


@pytest.mark.parametrize(
    ("text", "records"), [('{"items": []}', "items"), ("[]", None), ('[{"items": []}]', "items")]
)
def test_a_page_without_records_is_no_mistake(company: Company, text: str, records: str | None):
    assert _contacts(company, {"contacts.json": text}, records) == []
    assert _counts(company) == (0, 0, 0, 0, 0, 0)
    assert company.rows("from raw_meta.drift") == []


def test_a_document_over_many_lines_is_asked_where_its_records_stand(company: Company):
    with pytest.raises(LoadFailed) as raised:
        _contacts(company, {"contacts.json": json.dumps({"items": []}, indent=1)})
    assert str(raised.value.errors[0]) == (
        "Reading contacts.json: none of its 3 lines or items is a JSON object; the first is '{'. A "
        "retry will not help. Export one object a line (JSONL) or an array, or, if it is one "
        "document, say in `records` of the file's entry where the array of its records stands."
    )


def test_a_key_with_dots_is_found_on_the_way_to_the_records(company: Company):
    text = json.dumps({"v1.data": {"items": [{"id": "a", "at": "", "account": ""}]}})
    assert _contacts(company, {"contacts.json": text}, "v1.data.items") == [
        ("a", None, None, "contacts.json", 1, None)
    ]


def test_odd_records_of_a_page_are_kept_back_one_by_one(company: Company):
    text = json.dumps({"items": [{"id": "a", "at": "x", "account": 1}, 5, {"id": "b"}]})
    assert _contacts(company, {"contacts.json": text}, "items") == [
        ("b", None, None, "contacts.json", 3, None)
    ]
    assert company.quarantined() == [
        (1, "created_at", "x", "not a time in ISO form"),
        (2, None, None, "not a JSON object"),
    ]
    assert _counts(company) == (3, 1, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            '{"data": {"item": [], "total": 0}, "page": 1}',
            "its records should stand at 'data.items', but there is no 'items'; the keys found in "
            "'data' are 'item', 'total' (nearest: item)",
        ),
        (
            '{"date": {}}',
            "should stand at 'data.items', but there is no 'data.items'; the keys found are "
            "'date' (known: date)",
        ),
        (
            '{"data": {"items": {"id": 1}}}',
            "should stand at 'data.items', but in document 1 it is object and no array",
        ),
        (
            '[{"data": {"items": []}}, {"error": "quota"}]',
            "should stand at 'data.items', but in document 2 it is missing; the keys found are "
            "'error'",
        ),
        ('{"data": {"items": [{"id": 1}', "The file is cut off or damaged"),
        ('{"data": {"items": []}}\n{"data": \n', "The file is cut off or damaged"),
    ],
)
def test_a_document_without_its_records_is_refused(company: Company, text: str, fact: str):
    with pytest.raises(LoadFailed) as raised:
        _contacts(company, {"contacts.json": text}, "data.items")
    assert fact in str(raised.value)
    assert "A retry will not help" in str(raised.value) or "a retry will not help" in str(
        raised.value
    )


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_nested_objects_have_dotted_headers_to_any_depth(company: Company, kind: str):
    records = [
        {
            "id": "a",
            "meta": {"event_time": "2025-01-01T00:00:00Z", "tags": ["x", {"y": 1}]},
            "data": {"custom_fields": {"Company id": {"value": 7}, "MQL date": None}},
            "mixed": {"in": 1},
            "empty": {},
        },
        {"id": "b", "meta": None, "mixed": "plain"},
    ]
    text = json.dumps(records)
    if kind == "jsonl":
        text = "\n".join(json.dumps(record) for record in records)
    found = _contacts(
        company,
        {f"contacts.{kind}": text},
        at="meta.event_time",
        account="data.custom_fields.Company id.value",
    )
    assert [row[:3] for row in found] == [("a", "7", AT), ("b", None, None)]
    assert [json.loads(row[5]) for row in found] == [
        {
            "data.custom_fields.MQL date": None,
            "empty": "{}",
            "meta.tags": '["x",{"y":1}]',
            "mixed": '{"in":1}',
        },
        {
            "data.custom_fields.MQL date": None,
            "empty": None,
            "meta.tags": None,
            "mixed": "plain",
        },
    ]


def test_a_dot_in_a_key_stays_and_the_shorter_way_has_the_name(company: Company):
    text = json.dumps([{"id": "a", "meta.at": "2025-01-01", "meta": {"at": "x"}, "account": None}])
    ((person, _, at, _, _, extra),) = _contacts(
        company, {"contacts.json": text}, at="{column: meta.at, date_format: '%Y-%m-%d'}"
    )
    assert (person, at, json.loads(extra)) == ("a", "2024-12-31 23:00:00", {"meta.at (2)": "x"})
