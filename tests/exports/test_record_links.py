"""Ids that another export names, and records that were merged into others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.exports.errors import LoadFailed, MappingError
from tests.exports.conftest import HEAD, Company

STAGES = '{"items": [{"data": {"id": 11, "name": "Open", "category": "x", "likelihood": 1}}]}'
DEALS = "id,stage,reason\n1,11,7\n2,12,8\n3,,\n"
LISTED = """\
files:
  - name: reasons
    pattern: "reasons*.csv"
    entity: lookups
    source: crm
    columns: {lookup: {constant: lost_reasons}, code: id, label: name}
  - name: stages
    pattern: stages.csv
    entity: lookups
    source: crm
    columns: {lookup: {constant: stages}, code: id, label: name}
  - name: deals
    pattern: deals.csv
    entity: opportunities
    source: crm
    columns:
      opportunity_id: id
      stage: {column: stage, default: (none), lookup: stages}
      lost_reason: {column: reason, lookup: lost_reasons}
"""


def _lists(company: Company, reasons: str = "id,name\n7,price\n") -> None:
    company.write("deals.csv", DEALS)
    company.write("reasons.csv", reasons)
    company.write("stages.csv", "id,name\n11,In progress\n13,Won\n")


def test_an_id_is_what_the_exported_list_calls_it_and_else_stays_and_is_counted(company: Company):
    _lists(company)
    # The lists are the newest files, and are read first all the same.
    os.utime(company.settings.exports / "deals.csv", (1_700_000_000, 1_700_000_000))
    company.map(LISTED)
    report = company.load()
    assert company.rows(
        "select opportunity_id, stage, stage_source_value, lost_reason "
        "from raw_mapped.opportunities order by 1"
    ) == [
        ("crm:1", "Open", "In progress", "price"),
        ("crm:2", "__unmapped__", "12", "8"),
        ("crm:3", "__unmapped__", "(none)", None),
    ]
    assert sorted(
        (use.column, use.source_value, use.mapped_value, use.row_count) for use in report.unmapped
    ) == [
        ("lost_reason", "8", "8", 1),
        ("stage", "(none)", "__unmapped__", 1),
        ("stage", "12", "__unmapped__", 1),
    ]
    named = {
        (use.column, use.source_value, use.mapped_value)
        for use in report.mapped_values
        if not use.is_unmapped
    }
    assert named == {("lost_reason", "7", "price"), ("stage", "In progress", "Open")}
    assert report.totals["rows_quarantined"] == 0


def test_an_id_that_the_company_spells_itself_needs_no_list(company: Company):
    _lists(company)
    company.map(LISTED, HEAD.replace("outcome: won}", 'outcome: won, spellings: ["11"]}'))
    company.load()
    assert company.rows(
        "select stage from raw_mapped.opportunities where opportunity_id = 'crm:1'"
    ) == [("Won",)]


def test_of_two_lists_the_newer_one_names_an_id(company: Company):
    _lists(company)
    new = company.write("reasons_2.csv", "id,name\n7,too dear\n")
    os.utime(new, (1_900_000_000, 1_900_000_000))
    company.map(LISTED)
    totals = company.load().totals
    assert company.rows(
        "select lost_reason from raw_mapped.opportunities where opportunity_id = 'crm:1'"
    ) == [("too dear",)]
    assert totals["rows_superseded"] == 1


def test_lists_of_one_account_do_not_name_the_ids_of_another(company: Company):
    deal = '{"items": [{"data": {"id": 5, "stage_id": 11, "value": "1"}}]}'
    for folder in ("a", "b"):
        company.write(f"{folder}/deals.json", deal)
    company.write("a/stages.json", STAGES)
    company.map(
        "sources:\n  - {reader: zendesk_sell, folder: a}\n"
        "  - {reader: zendesk_sell, folder: b, source: other}\n"
    )
    report = company.load()
    assert company.rows(
        "select opportunity_id, stage from raw_mapped.opportunities order by 1"
    ) == [
        ("other:5", "__unmapped__"),
        ("zendesk_sell:5", "Open"),
    ]
    assert [(use.source_value, use.row_count) for use in report.unmapped] == [("11", 1)]
    assert report.unmatched_files == ()


@pytest.mark.parametrize("word", ["stagess", "owners"])
def test_a_list_that_nothing_names_is_a_mistake(company: Company, word: str):
    _lists(company)
    company.map(LISTED.replace("lookup: stages}\n      lost", f"lookup: {word}}}\n      lost"))
    with pytest.raises(LoadFailed, match=f"stage is looked up in a list '{word}' that nothing"):
        company.load()


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("{column: reason, lookup: lost_reasons}", "only the exported id of a word, name"),
        ("{column: reason, unless_listed: lost_reasons}", "only an exported id is looked up"),
        ("{constant: x, each_of: ','}", "each_of: a constant is no list"),
    ],
)
def test_what_cannot_be_looked_up_or_listed_is_refused(company: Company, spec: str, problem: str):
    company.map(LISTED + f"      amount: {spec}\n")
    with pytest.raises(MappingError, match=problem):
        company.load()


def test_the_campaign_of_a_member_goes_by_its_name(company: Company):
    company.write(
        "member.csv",
        "Id,CampaignId,LeadId,ContactId,HasResponded,FirstRespondedDate\n"
        "00v1,7011,00Q1,,true,2025-01-07\n00v2,7019,00Q1,,true,2025-01-08\n",
    )
    company.write("campaign.csv", "Id,Name,StartDate,EndDate\n7011,Spring,2025-01-01,\n")
    company.map("sources:\n  - {reader: salesforce}\n")
    report = company.load()
    assert company.rows("select touch_id, campaign from raw_mapped.touches order by 1") == [
        ("salesforce:00v1", "Spring"),
        ("salesforce:00v2", "7019"),
    ]
    assert [(use.entity, use.source_value) for use in report.unmapped] == [("touches", "7019")]


def test_split_types_are_told_by_their_developer_name(company: Company):
    company.write(
        "split.csv",
        "Id,OpportunityId,SplitOwnerId,SplitTypeId,SplitPercentage\n"
        "1,0061,0051,149R,60\n2,0061,0051,149O,50\n3,0061,0051,149X,50\n",
    )
    company.write(
        "type.csv",
        "Id,DeveloperName,MasterLabel,IsTotalValidated\n149R,Revenue,Umsatz,true\n"
        "149O,Overlay,Beteiligung,false\n149X,Bonus,Bonus,true\n",
    )
    company.map("sources:\n  - {reader: salesforce}\n")
    report = company.load()
    assert company.rows(
        "select share, split_type, split_type_source_value from raw_mapped.opportunity_splits "
        "order by 3 desc"
    ) == [
        (0.6, "revenue", "Revenue"),
        (0.5, "overlay", "Overlay"),
        (0.5, "__unmapped__", "Bonus"),
    ]
    assert [use.source_value for use in report.unmapped] == ["Bonus"]


def test_what_two_systems_say_of_a_campaign_stays_and_a_newer_word_of_one_counts(
    company: Company,
):
    campaign = "    entity: campaigns\n    columns: {campaign: name, campaign_type: kind}\n"
    company.map(
        "files:\n"
        f"  - name: a\n    pattern: 'a*.csv'\n    source: one\n{campaign}"
        f"  - name: b\n    pattern: b.csv\n    source: two\n{campaign}"
    )
    for at, (name, kind) in enumerate((("a1.csv", "old"), ("b.csv", "other"), ("a2.csv", "new"))):
        path = company.write(name, f"name,kind\nSpring,{kind}\n")
        os.utime(path, (1_700_000_000 + at, 1_700_000_000 + at))
    company.load()
    assert company.rows(
        "select campaign, campaign_type, _source_system from raw_mapped.campaigns order by 2"
    ) == [("Spring", "new", "one"), ("Spring", "other", "two")]


@pytest.mark.parametrize(
    ("cell", "separator", "items"),
    [
        ("3;4", ";", ["3", "4"]),
        (" 3 ; ;4;", ";", ["3", "4"]),
        ('"[3, 4]"', ",", ["3", "4"]),
        ("[]", ",", []),
        ("", ";", []),
        ("3:1704067200000;4:1704067200001", ";", ["3", "4"]),
    ],
)
def test_each_item_of_a_list_is_a_row(
    company: Company, cell: str, separator: str, items: list[str]
):
    company.write("merges.csv", f"id,merged\n1,{cell}\n2,\n")
    company.map(
        "files:\n  - name: merges\n    pattern: merges.csv\n    entity: merges\n    columns:\n"
        "      record_type: {constant: person}\n"
        f"      merged_id: {{column: merged, each_of: '{separator}', first_of: ':'}}\n"
        "      surviving_id: id\n"
    )
    report = company.load()
    assert company.rows(
        "select merged_id, surviving_id, _source_row from raw_mapped.merges order by 1"
    ) == [(item, "1", 2) for item in items]
    assert report.totals["rows_read"] == report.totals["rows_loaded"] == len(items)


def test_a_column_that_a_source_leaves_empty_is_read_nowhere(company: Company):
    company.write(
        "users.csv", "Id,Name,Username,UserType,Department\n0051,Made Up,x,Standard,East\n"
    )
    company.map("sources:\n  - {reader: salesforce, columns: {owners: {team: null}}}\n")
    company.load()
    assert company.rows("select owner_id, team from raw_mapped.owners") == [
        ("salesforce:0051", None)
    ]
    company.map("sources:\n  - {reader: salesforce, columns: {owners: {owner_id: null}}}\n")
    with pytest.raises(MappingError, match="owners needs this column, so it cannot be left empty"):
        company.load()


def test_in_a_file_without_the_companys_own_header_what_the_reader_knows_counts(
    company: Company, tmp_path: Path
):
    company.write("lead.csv", "Id,LastName,Company,Status,Account__c\n00Q1,Up,Made,New,0011\n")
    company.write("contact.csv", "Id,LastName,Email,AccountId\n0031,Up,,0012\n")
    company.map("sources:\n  - {reader: salesforce, columns: {people: {account_id: Account__c}}}\n")
    company.load()
    assert company.rows("select person_id, account_id from raw_mapped.people order by 1") == [
        ("salesforce:0031", "salesforce:0012"),
        ("salesforce:00Q1", "salesforce:0011"),
    ]
    company.map("sources:\n  - {reader: salesforce, columns: {people: {account_id: Acount__c}}}\n")
    with pytest.raises(LoadFailed, match=r"people\.account_id: no file .* header 'Acount__c'"):
        company.load()
