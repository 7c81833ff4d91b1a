"""What two exports of one system tell alike counts once, and nothing else is taken for the same."""

from __future__ import annotations

import json
import os
from datetime import datetime

import pytest
import xlsxwriter

from orchestration.exports.errors import MappingError
from tests.exports.conftest import Company

HISTORY = "Record ID,Property,Value,Date of change\n"
TO_THE_MINUTE = """\
1,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30
2,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30
3,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30
4,Lead Status,Unqualified,2025-01-12 10:30
5,Deal Stage,in progress,2025-01-12 10:30
8,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30
9,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30
10,Lifecycle Stage,Odd,2025-01-12 10:30
"""
TO_THE_SECOND = """\
6,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30:00
7,Lifecycle Stage,Marketing Qualified Lead,2025-01-12 10:30:42
8,Lifecycle Stage,Customer,2025-01-12 10:30:00
9,Industry,Customer,2025-01-12 10:30:00
"""
REPLICA = """\
contact_id,name,value,timestamp
1,lifecyclestage,marketingqualifiedlead,2025-01-12 09:30:42.5
2,lifecyclestage,marketingqualifiedlead,2025-01-12 09:31:00
3,lifecyclestage,salesqualifiedlead,2025-01-12 09:30:42.5
4,lifecyclestage,Unqualified,2025-01-12 09:30:42.5
6,lifecyclestage,marketingqualifiedlead,2025-01-12 09:30:42.5
7,lifecyclestage,marketingqualifiedlead,2025-01-12 09:30:42.5
10,lifecyclestage,Odder,2025-01-12 09:30:42.5
11,lifecyclestage,marketingqualifiedlead,2025-01-12 09:30:42.5
"""
DEALS = {
    "id": "5",
    "properties": {"dealstage": "Won", "createdate": "2025-01-01T00:00:00Z"},
    "propertiesWithHistory": {
        "dealstage": [{"value": "Open", "timestamp": "2025-01-12T09:30:07.25Z"}]
    },
}
CONTACTS = "Record ID,First Name,Email,Became a Lead Date\n20,A,a@x.example,2025-01-12 10:30\n"
CONTACT = {
    "id": "20",
    "properties": {
        "email": "a@x.example",
        "createdate": "2025-01-01T00:00:00Z",
        "hs_lifecyclestage_lead_date": "2025-01-12T09:30:00Z",
    },
}
REPORT = (
    "Opportunity ID,Opportunity Split Type,Team Member: Full Name,Percent (%)\n"
    "0068d00000AbCd1,Revenue,Ann,60\n0068d00000AbCd1,Revenue,Bob,40\n"
    "0068d00000AbCd1,Overlay,Cem,100\n0068d00000AbCd2,Revenue,Ann,50\n"
    "0068d00000AbCd2,Revenue,Bob,50\n0068d00000AbCd3,Revenue,Ann,100\n"
)
SPLITS = "Id,OpportunityId,SplitOwnerId,SplitType.DeveloperName,SplitPercentage,IsDeleted\n"


def _write(company: Company, name: str, text: str, day: int) -> None:
    os.utime(company.write(name, text), (1_700_000_000 + day, 1_700_000_000 + day))


def test_a_change_that_two_exports_show_is_one_where_their_times_are_equal_as_far_as_written(
    company: Company,
):
    """Two words, properties, stages or times are two changes; the finer time is kept."""
    _write(company, "ui.csv", HISTORY + TO_THE_MINUTE, 1)
    _write(company, "ui_newer.csv", HISTORY + TO_THE_SECOND, 2)
    _write(company, "replica.csv", REPLICA, 0)
    # A cell of a workbook has seconds though its export has none.
    with xlsxwriter.Workbook(str(company.settings.exports / "ui.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HISTORY.strip().split(","))
        sheet.write_row(1, 0, ["11", "Lifecycle Stage", "Marketing Qualified Lead"])
        at = datetime(2025, 1, 12, 10, 30)
        sheet.write_datetime(1, 3, at, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    _write(company, "deals.json", json.dumps({"results": [DEALS]}), 0)
    _write(company, "contacts.csv", CONTACTS, 1)
    _write(company, "contacts.json", json.dumps({"results": [CONTACT]}), 0)
    company.map("sources:\n  - {reader: hubspot}\n")
    report = company.load()
    assert report.unmatched_files == ()
    assert company.quarantined() == []
    assert company.rows(
        "select split_part(person_id, ':', 2)::integer as id, stage, "
        "date_part('epoch', entered_at - timestamp '2025-01-12 09:30:00') "
        "from raw_mapped.lead_stage_events order by all"
    ) == [
        (1, "mql", 42.5),
        (2, "mql", 0.0),
        (2, "mql", 60.0),
        (3, "mql", 0.0),
        (3, "sql", 42.5),
        (4, "disqualified", 0.0),
        (4, "disqualified", 42.5),
        (6, "mql", 0.0),
        (6, "mql", 42.5),
        (7, "mql", 42.5),
        # The newer history of 8 says that this was no lead stage; of 9 it says something else.
        (9, "mql", 0.0),
        (10, "__unmapped__", 0.0),
        (10, "__unmapped__", 42.5),
        (11, "mql", 42.5),
        (20, "lead", 0.0),
    ]
    assert company.rows(
        "select opportunity_id, stage, entered_at::varchar from raw_mapped.opportunity_stage_events"
    ) == [("hubspot:5", "Open", "2025-01-12 09:30:07.25")]


def test_the_shares_of_a_deal_are_those_of_one_export_the_newest(company: Company):
    """A report names owners, an extract gives their ids: both together split a deal twice."""
    first, second = "0068d00000AbCd1AAF", "0068d00000AbCd2AAF"
    _write(company, "extract.csv", SPLITS + f"1,{second},0051,Revenue,100,false\n", 0)
    _write(company, "report.csv", REPORT, 1)
    shares = f"2,{first},0051,Revenue,70,false\n3,{first},0052,Revenue,30,false\n"
    _write(company, "newer.csv", SPLITS + shares, 2)
    company.map("sources:\n  - {reader: salesforce}\n")
    report = company.load()
    assert company.rows(
        "select right(opportunity_id, 4), split_type, split_part(owner_id, ':', 2), share "
        "from raw_mapped.opportunity_splits order by all"
    ) == [
        ("1AAF", "overlay", "Cem", 1.0),
        ("1AAF", "revenue", "0051", 0.7),
        ("1AAF", "revenue", "0052", 0.3),
        ("2AAF", "revenue", "Ann", 0.5),
        ("2AAF", "revenue", "Bob", 0.5),
        ("3AAF", "revenue", "Ann", 1.0),
    ]
    assert {load.file: load.rows_superseded for load in report.file_loads} == {
        "extract.csv": 1,
        "report.csv": 2,
        "newer.csv": 0,
    }


def test_what_several_exports_tell_is_stated_of_shares_and_stages_alone(company: Company):
    company.map(
        "files:\n  - {name: deals, pattern: d.csv, entity: opportunities, tells: deals, "
        "columns: {opportunity_id: id, stage: stage}}\n"
    )
    with pytest.raises(MappingError) as raised:
        company.load()
    assert raised.value.problems == (
        "files[0].tells: only of opportunity_splits, lead_stage_events, opportunity_stage_events",
    )
