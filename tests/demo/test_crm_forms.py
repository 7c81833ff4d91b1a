"""Each CRM's files have the headers, encodings, ids and times that its vendor writes."""

from __future__ import annotations

import json
import re

import pytest

from orchestration.demo.clock import zone
from orchestration.demo.mapping import TEMPLATE
from orchestration.exports.mapping import load_mapping
from tests.demo.demo_company import Demo

HUBSPOT = "hubspot/hubspot-crm-exports-{}-2026-07-01.csv"


def _salesforce_suffix(fifteen: str) -> str:
    """The three letters that tell capitals of an id apart, by the published algorithm."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    return "".join(
        letters[sum(1 << place for place, sign in enumerate(fifteen[start : start + 5])
                    if sign.isupper())]
        for start in (0, 5, 10)
    )  # fmt: skip


def test_hubspot_headers_are_those_of_a_portal(clean: Demo):
    heads = {
        "all-contacts": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,",
        "all-companies": "Record ID,Company name,Company Domain Name,Company owner,Create Date,",
        "all-deals": "Record ID,Deal Name,Pipeline,Deal Stage,Amount,Currency,Deal owner,",
        "contact-property-history": "Record ID,Property,Value,",
    }
    for name, head in heads.items():
        content = (clean.exports / HUBSPOT.format(name)).read_bytes()
        assert content.decode("utf-8").startswith(head), name
        assert content.count(b"\r\n") == content.count(b"\n")
    (deal, *_) = clean.table(HUBSPOT.format("all-deals"))
    assert 'Date entered "Qualified (Sales Pipeline)"' in deal
    assert deal["Deal Stage"].endswith(" (Sales Pipeline)")


def test_hubspot_times_are_berlin_time_to_the_minute(clean: Demo):
    written = {
        row["Record ID"]: row["Create Date"] for row in clean.table(HUBSPOT.format("all-contacts"))
    }
    here = zone("Europe/Berlin")
    summer = 0
    for person in clean.people:
        if person.leg.name != "core":
            continue
        wall = here.local(person.created_at)
        summer += wall - person.created_at == 7200
        minutes = wall // 60
        text = written[f"301{person.number:08d}"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)
        assert int(text[11:13]) * 60 + int(text[14:]) == minutes % 1440
    assert 0 < summer < len(written)


def test_hubspot_lists_are_joined_and_stage_columns_hold_first_entries(everything: Demo):
    deals = {row["Record ID"]: row for row in everything.table(HUBSPOT.format("all-deals"))}
    assert any(";" in row["Associated Contact IDs"] for row in deals.values())
    reopened = 0
    here = zone("Europe/Berlin")
    for deal in everything.deals:
        if deal.account.leg.name != "core":
            continue
        entered = [move.at for move in deal.moves if move.stage == "Negotiation"]
        reopened += len(entered) > 1
        cell = deals[f"489{deal.number:08d}"]['Date entered "Negotiation (Sales Pipeline)"']
        if entered:
            minute = here.local(entered[0]) % 86_400 // 60
            assert cell.endswith(f" {minute // 60:02d}:{minute % 60:02d}")
        else:
            assert cell == ""
    assert reopened > 0


def test_hubspot_history_holds_words_that_are_no_stage_of_a_lead(clean: Demo):
    rows = clean.table(HUBSPOT.format("contact-property-history"))
    values = {row["Value"] for row in rows}
    assert {"Opportunity", "Customer", "Marketing Qualified Lead", "Accepted"} <= values
    assert any(value.startswith("Rejected - no_") for value in values)
    assert {row["Property"] for row in rows} == {"Lifecycle Stage", "Lead Status"}


def test_salesforce_extracts_are_quoted_api_names(clean: Demo):
    for name, head in {
        "Lead": '"Id","IsDeleted","MasterRecordId","FirstName","LastName","Company","Email",',
        "Opportunity": '"Id","IsDeleted","AccountId","Name","StageName","Amount",',
        "OpportunityHistory": '"Id","OpportunityId","StageName","Amount","Probability",',
        "LeadHistory": '"Id","IsDeleted","LeadId","CreatedById","CreatedDate","Field",'
        '"OldValue","NewValue"\n',
        "CampaignMember": '"Id","CampaignId","LeadId",',
    }.items():
        content = clean.read(f"salesforce/{name}.csv")
        assert content.startswith(head), name
        assert "\r" not in content
    times = [row["CreatedDate"] for row in clean.table("salesforce/LeadHistory.csv")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000\+0000", text) for text in times)
    fields = {row["Field"] for row in clean.table("salesforce/LeadHistory.csv")}
    assert fields == {"created", "Status", "Owner", "Reject_Reason__c"}


def test_the_salesforce_report_ends_as_reports_do(clean: Demo):
    lines = clean.read("salesforce/report_renewals.csv").splitlines()
    renewals = [
        deal for deal in clean.deals
        if deal.account.leg.name == "enterprise" and deal.order_type == "renewal"
    ]  # fmt: skip
    assert len(renewals) > 0
    assert lines[0].startswith('"Opportunity ID","Opportunity Name","Account ID",')
    assert lines[-5:] == [
        "",
        f'"Grand Totals ({len(renewals)} records)"',
        "",
        '"Confidential Information - Do Not Distribute"',
        '"Copyright © 2000-2026 salesforce.com, inc. All rights reserved."',
    ]
    footers = {load.file: load.rows_footer for load in clean.report.file_loads}
    assert footers["salesforce/report_renewals.csv"] == 3


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("Lead", "00Q"), ("Contact", "003"), ("Account", "001"), ("Opportunity", "006"),
     ("Task", "00T"), ("User", "005"), ("Campaign", "701"), ("CampaignMember", "00v"),
     ("OpportunityHistory", "008"), ("LeadHistory", "017"), ("Hand_Off__c", "a01"),
     ("OpportunitySplit", "0Jz"), ("OpportunitySplitType", "149")],
)  # fmt: skip
def test_salesforce_ids_have_eighteen_signs(everything: Demo, name: str, prefix: str):
    ids = [row["Id"] for row in everything.table(f"salesforce/{name}.csv")]
    assert len(set(ids)) == len(ids) > 0
    for record in ids:
        assert record.startswith(prefix)
        assert len(record) == 18
        assert record[15:] == _salesforce_suffix(record[:15])


def test_sell_pages_hold_at_most_a_hundred_items(clean: Demo):
    ids: dict[str, list[int]] = {}
    for path in sorted((clean.exports / "zendesk_sell").glob("*.jsonl")):
        pages = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        counts = [len(page["items"]) for page in pages]
        assert all(count == 100 for count in counts[:-1]), path.name
        assert counts[-1] < 100 or len(counts) == 1
        assert [page["meta"]["count"] for page in pages] == counts
        assert ["next_page" in page["meta"]["links"] for page in pages] == [
            *[True] * (len(pages) - 1), False,
        ]  # fmt: skip
        items = [item for page in pages for item in page["items"]]
        assert all({"data", "meta"} == set(item) for item in items)
        ids[path.stem] = [item["data"]["id"] for item in items]
    assert len(ids["leads"]) > 100
    assert not set(ids["leads"]) & set(ids["contacts"])
    assert not set(ids["calls"]) & set(ids["tasks"])


def test_sell_streams_are_events_with_what_was_before(clean: Demo):
    items = [
        item
        for line in clean.read("zendesk_sell/deals_stream.jsonl").splitlines()
        for item in json.loads(line)["items"]
    ]
    created = [item for item in items if item["meta"]["event_type"] == "created"]
    updated = [item for item in items if item["meta"]["event_type"] == "updated"]
    assert len(created) == len({item["data"]["id"] for item in items}) > 0
    assert all("stage_id" in item["meta"]["previous"] for item in updated)
    assert all(item["meta"]["event_time"].endswith(":00Z") for item in items)
    names = [
        item["data"]["last_name"]
        for item in json.loads(clean.read("zendesk_sell/leads.jsonl").splitlines()[0])["items"]
    ]
    assert all(not name.isascii() for name in names)


def test_the_chinese_lists_are_gb18030_only_with_that_defect(clean: Demo, odd_files: Demo):
    for name in ("zendesk_sell/公司列表.csv", "zendesk_sell/业绩分成.csv"):
        clean.read(name, "utf-8")
        with pytest.raises(UnicodeDecodeError):
            odd_files.read(name, "utf-8")
        head = odd_files.read(name, "gb18030").splitlines()[0]
        assert head == clean.read(name).splitlines()[0]
    encodings = {load.file: load.encoding for load in odd_files.report.file_loads}
    assert encodings["zendesk_sell/公司列表.csv"] == "gb18030"


def test_pipedrive_headers_name_the_entity(clean: Demo):
    for name, entity in (
        ("people", "Person - "), ("organizations", "Organization - "), ("deals", "Deal - "),
        ("activities", "Activity - "),
    ):  # fmt: skip
        (row, *_) = clean.table(f"pipedrive/{name}-2026-07-01.csv")
        assert all(header.startswith(entity) for header in row), name
    deals = clean.table("pipedrive/deals-2026-07-01.csv")
    assert {row["Deal - Status"] for row in deals} <= {"Open", "Won", "Lost"}
    for row in deals:
        assert bool(row["Deal - Won time"]) == (row["Deal - Status"] == "Won")
        assert bool(row["Deal - Lost time"]) == (row["Deal - Status"] == "Lost")


def test_pipedrive_dates_are_ambiguous_only_with_that_defect(clean: Demo, odd_files: Demo):
    def created(demo: Demo) -> dict[str, str]:
        rows = demo.table("pipedrive/people-2026-07-01.csv")
        return {row["Person - ID"]: row["Person - Person created"] for row in rows}

    plain, swapped = created(clean), created(odd_files)
    for record, text in plain.items():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:00", text)
        year, month, day = text[:4], text[5:7], text[8:10]
        assert swapped[record] == f"{day}/{month}/{year} {text[11:16]}"
    assert any(int(text[8:10]) <= 12 for text in plain.values())


def test_the_mapping_states_what_the_files_are(clean: Demo, odd_files: Demo):
    template = load_mapping(TEMPLATE)
    assert clean.read("exports.yaml") == TEMPLATE.read_text(encoding="utf-8")
    for demo in (clean, odd_files):
        mapping = load_mapping(demo.exports / "exports.yaml")
        assert mapping.as_of is not None
        assert mapping.as_of.timestamp() == demo.company.as_of
        assert mapping.reporting_zone == demo.company.zone_name
    for mapping, encoding in (
        (template, "utf-8"),
        (load_mapping(odd_files.exports / "exports.yaml"), "gb18030"),
    ):
        stated = [(source.pattern, source.encoding) for source in mapping.sources]
        assert [pair for pair in stated if pair[1]] == [("*.csv", encoding)]
        assert {entry.encoding for entry in mapping.files} == {None}


def test_only_custom_objects_and_rows_that_mean_two_things_are_mapped_by_the_company(clean: Demo):
    """The CRMs' own files are read by the shipped readers."""
    mapping = load_mapping(clean.exports / "exports.yaml")
    assert {entry.pattern for entry in mapping.files} == {
        "hubspot/hubspot-crm-exports-hand-offs-*.csv",
        "salesforce/Hand_Off__c.csv",
        "salesforce/LeadHistory.csv",
        "zendesk_sell/leads_stream.jsonl",
        "automation/interactions.csv",
    }


def test_an_export_that_is_not_read_says_why(clean: Demo, everything: Demo):
    for demo in (clean, everything):
        assert {(file.file, file.reason) for file in demo.report.unmatched_files} == {
            (
                "salesforce/CampaignMember.csv",
                "known as Salesforce, campaign_members, but touches: the file has no "
                "'FirstRespondedDate' or 'first_responded_date'",
            )
        }
