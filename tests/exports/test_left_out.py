"""What a file is recognised for and cannot be read for is said with the load."""

from __future__ import annotations

import logging

import pytest

from orchestration import pipeline
from orchestration.exports.errors import LoadFailed, MappingError
from orchestration.exports.report import LeftOut
from tests.exports.conftest import Company

PIPEDRIVE = "sources:\n  - {reader: pipedrive}\n"
NO_STAGE = "Deal - ID,Deal - Status,Deal - Mood\n1,Open,good\n2,Won,bad\n"


def test_an_entry_that_a_file_lacks_columns_for_is_named_beside_those_that_are_read(
    company: Company,
):
    company.write("deals.csv", NO_STAGE)
    company.map(PIPEDRIVE)
    report = company.load()
    assert company.rows("select opportunity_id, stage from raw_mapped.opportunities") == [
        ("pipedrive:2", "Won")
    ]
    assert report.unmatched_files == ()
    lacks = "the file has no 'Deal - Stage' or "
    assert [(left.file, left.entity) for left in report.left_out] == [
        ("deals.csv", "opportunities"),
        ("deals.csv", "opportunities"),
    ]
    assert all(left.reason.startswith(lacks) for left in report.left_out)
    assert report.as_dict()["left_out"][0]["reason"] == report.left_out[0].reason
    # Read by no entry, beside the rows that are.
    assert [column.column for column in report.unknown_columns] == ["Deal - Mood"]


def test_a_file_with_all_its_columns_leaves_nothing_out(company: Company):
    company.write("deals.csv", "Deal - ID,Deal - Status,Deal - Stage\n1,Open,Open\n")
    company.map(PIPEDRIVE)
    report = company.load()
    assert (report.left_out, report.unknown_columns) == ((), ())


def test_a_file_of_which_nothing_is_read_is_named_once(company: Company):
    company.write("people.csv", "Record ID,Email,First Name,Last Modified Date\n1,a@x.example,A,\n")
    company.write("member.csv", "Id,CampaignId,LeadId\n1,2,3\n")
    company.map("sources:\n  - {reader: hubspot}\n  - {reader: salesforce}\n")
    report = company.load()
    assert [left.file for left in report.unmatched_files] == ["member.csv"]
    assert report.left_out == (
        LeftOut(
            "people.csv",
            "lead_stage_events",
            "the file has no column that holds entered_at",
        ),
    )


@pytest.mark.parametrize("history", ["", '"propertiesWithHistory": {"lifecyclestage": [%s]},'])
def test_stages_that_are_read_as_a_history_are_not_missed_as_dates(company: Company, history: str):
    """Wrong: a page with the history of each contact is said to hold no stages."""
    entered = '{"value": "lead", "timestamp": "2025-01-10T08:00:00Z"}'
    company.write(
        "contacts.json",
        f'{{"results": [{{"id": "1", {history.replace("%s", entered)} "properties": '
        '{"createdate": "2025-01-10", "email": "a@x.example"}}]}',
    )
    company.map("sources:\n  - {reader: hubspot}\n")
    report = company.load()
    events = company.rows("select person_id, stage from raw_mapped.lead_stage_events")
    assert events == ([("hubspot:1", "lead")] if history else [])
    missed = set() if history else {"lead_stage_events"}
    assert {left.entity for left in report.left_out} == missed


def test_the_log_of_a_load_says_what_it_left(company: Company, caplog: pytest.LogCaptureFixture):
    for number in range(6):
        company.write(f"deals{number}.csv", NO_STAGE.replace("1,", f"{number}1,"))
    company.map(PIPEDRIVE)
    with caplog.at_level(logging.INFO):
        pipeline.load(company.settings, "run-1")
    lines = [record.getMessage() for record in caplog.records]
    assert sum("deals0.csv: no opportunities are read from it (" in line for line in lines) == 2
    assert "  … and 2 more that are not read from their files" in lines
    assert any(line.startswith("  6 columns of 6 files are mapped to nothing") for line in lines)


def test_deals_of_pipedrive_close_when_they_were_won_or_lost(company: Company):
    company.write(
        "deals.csv",
        "Deal - ID,Deal - Status,Deal - Stage (Sales),Deal - Won time,Deal - Lost time\n"
        "1,Open,in progress,,\n2,Won,Open,2025-01-02 09:00,\n3,Lost,Open,,2025-02-03 09:00\n"
        "4,Lost,Open,,soon\n",
    )
    company.map(PIPEDRIVE)
    report = company.load()
    assert company.rows(
        "select opportunity_id, stage, close_date::varchar, closed_at::varchar "
        "from raw_mapped.opportunities order by 1"
    ) == [
        ("pipedrive:1", "Open", None, None),
        ("pipedrive:2", "Won", "2025-01-02", "2025-01-02 08:00:00"),
        ("pipedrive:3", "Lost", "2025-02-03", "2025-02-03 08:00:00"),
    ]
    assert [row[:3] for row in company.quarantined()] == [(5, "close_date", "soon")]
    assert (report.left_out, report.unknown_columns) == ((), ())


FALLBACK = """\
files:
  - name: deals
    pattern: deals.csv
    entity: opportunities
    columns:
      opportunity_id: id
      stage: stage
      close_date: {column: closed, fallback: [won, lost], nulls: [none]}
"""


def test_an_empty_cell_takes_the_first_filled_fallback(company: Company):
    rows = (
        "id,stage,closed,won,lost\n1,Won,2025-01-01,2025-01-02,2025-01-03\n"
        "2,Won,,2025-01-02,2025-01-03\n3,Lost,none,--, 2025-01-03\n4,Lost, ,,\n"
    )
    found = company.deals(rows, files=FALLBACK)
    assert [row[3] for row in found] == ["2025-01-01", "2025-01-02", "2025-01-03", None]
    with pytest.raises(LoadFailed) as raised:
        company.deals(rows.replace("lost\n", "gone\n"), files=FALLBACK)
    assert "lacks 'lost' for the fallback of close_date" in str(raised.value)
    with pytest.raises(MappingError) as mapping:
        company.deals(rows, files=FALLBACK.replace("column: closed", "constant: 2025-01-01"))
    assert "columns.close_date.fallback: a constant is never empty" in str(mapping.value)


def test_stages_of_companies_are_none_of_persons(company: Company):
    """A history of companies has the header of one of contacts: the lists tell, or a column."""
    head = "Record ID,Property,Value,Date of change"
    mql = "Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30"
    company.write("contacts.csv", "Record ID,First Name,Email\n1,A,a@x.example\n2,B,b@x.example\n")
    # Contacts and companies are numbered apart, so that both may have a number.
    company.write("companies.csv", "Record ID,Company name\n1,One\n51,Two\n52,Three\n")
    company.write("of_contacts.csv", f"{head}\n1,{mql}\n2,{mql}\n3,{mql}\n")
    company.write("of_companies.csv", f"{head}\n51,{mql}\n51,{mql}\n52,{mql}\n1,{mql}\n53,{mql}\n")
    company.write("of_nobody.csv", f"{head}\n51,{mql}\n61,{mql}\n62,{mql}\n")
    company.write(
        "typed.csv",
        f"{head},Object type\n52,{mql},Company\n4,{mql},Contact\n"
        "52,Deal Stage,Won,2025-01-12 10:30,Deal\n53,Deal Stage,Won,2025-01-12 10:30,Ticket\n",
    )
    company.map("sources:\n  - {reader: hubspot}\n")
    report = company.load()
    stages = "select person_id from raw_mapped.lead_stage_events order by 1"
    assert company.rows(stages) == [(f"hubspot:{id_}",) for id_ in (1, 2, 3, 4, 51, 61, 62)]
    assert company.rows("select opportunity_id from raw_mapped.opportunity_stage_events") == [
        ("hubspot:52",)
    ]
    (left,) = (left for left in report.left_out if left.file == "of_companies.csv")
    assert left == LeftOut(
        "of_companies.csv",
        "lead_stage_events",
        "its header does not say whose stages these are, and of its 4 records 3 are exported "
        "accounts and 1 exported people: they are stages of accounts, of which none are counted. "
        "A retry will not help. Take the file out; where they are of people all the same, name it "
        "under `files`",
    )
    loads = {
        (load.file, load.rows_loaded, load.rows_filtered)
        for load in report.file_loads
        if load.rows_read and load.entity == "lead_stage_events"
    }
    assert {load for load in loads if load[0] == "of_companies.csv"} == {("of_companies.csv", 0, 5)}
