"""INV-02 from a CRM's export files to the marts: what was merged away counts once, as its survivor.

HubSpot forgets a merged record; the record that is left names the ids it took over. Older exports
and histories still hold those ids. Salesforce keeps merged records, as deleted ones that name their
master, and turns leads into contacts.
"""

from __future__ import annotations

import duckdb
import pytest

from orchestration import pipeline
from orchestration.settings import Settings

MAPPING = """\
version: 1
company: Merging company
source: crm
time_zone: UTC
currency: EUR
as_of: 2025-07-01T00:00:00Z
stages:
  - {name: Open, order: 10, outcome: open, qualified: true}
  - {name: Won, order: 90, outcome: won}
sources:
  - {reader: hubspot, folder: hubspot}
  - {reader: salesforce, folder: salesforce}
"""
CONTACTS = "Record ID,Email,First Name,Last Name,Create Date,Last Modified Date,Original Source"
FILES = {
    "hubspot/contacts_january.csv": f"{CONTACTS},Became a Marketing Qualified Lead Date\n"
    "501,b@beta.example,B,B,2025-01-10,2025-01-31,Direct Traffic,\n"
    "502,old@beta.example,B,B,2025-01-05,2025-01-31,Paid Search,2025-01-20\n",
    "hubspot/contacts_today.csv": f"{CONTACTS},Merged object IDs,hs_calculated_merged_vids\n"
    "501,b@beta.example,B,B,2025-01-10,2025-06-30,Direct Traffic,502;503,503:1735689600000\n"
    "600,c@gamma.example,C,C,2025-02-01,2025-06-30,Direct Traffic,,\n",
    # 503 stands in no list of contacts any more.
    "hubspot/history.csv": "Record ID,Property,Value,Date of change\n"
    "503,Lifecycle Stage,Sales Qualified Lead,2025-01-22\n",
    "hubspot/merge_audit.csv": "canonical_vid,vid_to_merge\n600,601\n",
    "hubspot/companies.csv": "Record ID,Company name,Create Date,hs_merged_object_ids\n"
    "9,Beta,2025-01-01,8\n",
    "hubspot/deals_january.csv": "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date,"
    "Associated Company IDs,Associated Contact IDs,Last Modified Date\n"
    "5,Beta,Open,100,2025-01-25,2025-03-01,9,501,2025-01-31\n"
    "51,Beta again,Won,100,2025-01-26,2025-01-30,8,502,2025-01-31\n",
    "hubspot/deals_today.csv": "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date,"
    "Associated Company IDs,Associated Contact IDs,Last Modified Date,hs_merged_object_ids\n"
    "5,Beta,Won,100,2025-01-25,2025-03-01,8,503,2025-06-30,51\n",
    "salesforce/Lead.csv": "Id,LastName,Company,Status,Email,CreatedDate,IsDeleted,MasterRecordId,"
    "ConvertedContactId,ConvertedAccountId\n"
    "00Q1,D,Delta,Open,d@delta.example,2025-03-01T08:00:00Z,false,,0031,0011\n"
    "00Q2,D,Delta,Open,,2025-03-02T08:00:00Z,false,,0031,0011\n"
    "00Q3,D,Delta,Open,d3@delta.example,2025-03-03T08:00:00Z,true,00Q1,,\n",
    "salesforce/Contact.csv": "Id,LastName,Email,AccountId,CreatedDate,IsDeleted\n"
    "0031,D,dd@delta.example,0011,2025-04-01T08:00:00Z,false\n",
    "salesforce/Account.csv": "Id,Name,ParentId,IsDeleted,MasterRecordId\n"
    "0011,Delta,,false,\n0012,Delta Ltd,0099,true,0011\n",
}


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("merges")
    exports = folder / "exports"
    for name, text in FILES.items():
        path = exports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (exports / "exports.yaml").write_text(MAPPING, encoding="utf-8")
    settings = Settings.load({}, home=folder / "home", exports=exports)
    report = pipeline.load(settings, "test-run")
    assert report.unmatched_files == ()
    assert report.totals["rows_quarantined"] == 0
    pipeline.build(settings).raise_for_status()
    return duckdb.connect(str(settings.warehouse), read_only=True)


def test_merged_people_are_kept_excluded_and_point_at_their_survivor(
    marts: duckdb.DuckDBPyConnection,
):
    assert marts.execute(
        "select person_id, surviving_person_id, excluded_reason, is_inferred "
        "from marts.dim_person order by 1"
    ).fetchall() == [
        ("hubspot:501", "hubspot:501", None, False),
        ("hubspot:502", "hubspot:501", "merged_away", False),
        ("hubspot:503", "hubspot:501", "merged_away", True),
        ("hubspot:600", "hubspot:600", None, False),
        ("hubspot:601", "hubspot:600", "merged_away", True),
        ("salesforce:0031", "salesforce:00Q1", "merged_away", False),
        ("salesforce:00Q1", "salesforce:00Q1", None, False),
        # The contact that both leads went on as makes one person of them.
        ("salesforce:00Q2", "salesforce:00Q1", "merged_away", False),
        ("salesforce:00Q3", "salesforce:00Q1", "deleted", False),
    ]


def test_the_survivor_was_known_as_early_as_any_of_them_and_by_that_channel(
    marts: duckdb.DuckDBPyConnection,
):
    assert marts.execute(
        "select created_date::varchar, channel, account_id from marts.dim_person "
        "where person_id in ('hubspot:501', 'salesforce:00Q1') order by 1"
    ).fetchall() == [
        ("2025-01-05", "paid_search", None),
        ("2025-03-01", "__missing__", "salesforce:0011"),
    ]


def test_stages_of_merged_ids_are_a_cycle_of_the_survivor(marts: duckdb.DuckDBPyConnection):
    assert marts.execute(
        "select person_id, cycle_no, mql_at::date::varchar, sql_at::date::varchar "
        "from marts.fct_lead_cycles where mql_at is not null"
    ).fetchall() == [("hubspot:501", 1, "2025-01-20", "2025-01-22")]


def test_a_merged_deal_counts_nowhere_and_the_other_one_once(marts: duckdb.DuckDBPyConnection):
    assert marts.execute(
        "select opportunity_id, outcome, excluded_reason, person_id, amount "
        "from marts.fct_opportunities order by 1"
    ).fetchall() == [
        ("hubspot:5", "won", None, "hubspot:501", 100.0),
        ("hubspot:51", "excluded", "merged", "hubspot:501", 100.0),
    ]
    assert marts.execute("select sum(amount) from marts.fct_bookings").fetchall() == [(100.0,)]


def test_a_merged_account_belongs_to_the_one_it_was_merged_into(
    marts: duckdb.DuckDBPyConnection,
):
    assert marts.execute("select distinct account_id from marts.fct_opportunities").fetchall() == [
        ("hubspot:9",)
    ]
    assert marts.execute(
        "select account_id, ultimate_parent_id from marts.dim_account order by 1"
    ).fetchall() == [
        ("hubspot:8", "hubspot:9"),
        ("hubspot:9", "hubspot:9"),
        ("salesforce:0011", "salesforce:0011"),
        ("salesforce:0012", "salesforce:0011"),
        ("salesforce:0099", "salesforce:0099"),
    ]
