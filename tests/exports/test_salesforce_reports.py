"""Reports of Salesforce: total rows are no records, and say what the records must come to; an id of
15 signs is that of 18."""

from __future__ import annotations

import re

import pytest

from orchestration.exports.checking import check_file, describe
from orchestration.exports.errors import LoadFailed, MappingError, QuarantineOverflow
from orchestration.exports.report import ROWS, FileTotal
from tests.exports.conftest import DEALS, HEAD, Company

SOURCE = "sources:\n  - {reader: salesforce}\n"
HEADER = "Opportunity ID,Opportunity Name,Stage,Amount Currency,Amount,Close Date\n"
# Each of the three last signs says which of five are capitals: AbCdE is 10101, 21, V.
FIRST, FIRST_IN_FULL = "0068d00000AbCdE", "0068d00000AbCdEAAV"
OTHER, OTHER_IN_FULL = "0068d00000aBcDe", "0068d00000aBcDeAAK"
THIRD, THIRD_IN_FULL = "006D000000ABCDE", "006D000000ABCDEIA5"
ROWS_OF_DATA = (
    f"{FIRST},One,Won,EUR,100.50,2025-02-03\n{OTHER},Two,Open,EUR,50,2025-02-04\n"
    f"{THIRD},Total,Lost,EUR,25,2025-02-05\n"
)


def _deals(company: Company) -> list:
    return company.rows(
        "select opportunity_id, amount::double from raw_mapped.opportunities order by 2"
    )


LOADED = [
    (f"salesforce:{THIRD_IN_FULL}", 25.0),
    (f"salesforce:{OTHER_IN_FULL}", 50.0),
    (f"salesforce:{FIRST_IN_FULL}", 100.5),
]


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        (["Total,,,,175.50,"], [("amount", 175.5, 175.5)]),
        (["Grand Total,,,,EUR 175.50,"], [("amount", 175.5, 175.5)]),
        (["Grand Totals (3 records)"], [(ROWS, 3.0, 3.0)]),
        (['"Total (3 records)",,,,"175.50",'], [("amount", 175.5, 175.5), (ROWS, 3.0, 3.0)]),
        (["总计（3 条记录）,,,,175.50,"], [("amount", 175.5, 175.5), (ROWS, 3.0, 3.0)]),
        (
            ["Subtotal,,,,150.50,", ",,Subtotal,,25,", "Total,,,,175.50,"],
            [("amount", 175.5, 175.5)],
        ),
        (["Sum,,,,175.50,", "Count,3,,,,", ",Sum of Amount,,,175.50,", "Average,,,,58.5,"], []),
        (["Stage: Won (1 record),,,,100.50,", "小计,,,,75,"], []),
        # One more than is there: what is missing is nobody's to guess.
        (["Total (4 records),,,,200,"], [("amount", 200.0, 175.5), (ROWS, 4.0, 3.0)]),
    ],
)
def test_total_rows_are_no_deals_and_are_held_against_them(
    company: Company, rows: list[str], totals: list
):
    company.write("report.csv", HEADER + ROWS_OF_DATA + "\n".join(rows) + "\n")
    company.map(SOURCE)
    report = company.load()
    assert _deals(company) == LOADED
    (load,) = report.file_loads
    assert [(total.column, total.stated, total.loaded) for total in load.totals] == totals
    assert report.broken_totals == (() if all(a == b for _, a, b in totals) else (load,))
    assert (load.rows_read, load.rows_footer) == (3, len(rows))
    assert company.quarantined() == []
    assert (
        company.rows("select column_name, stated_total, loaded_total from raw_meta.file_totals")
        == totals
    )


def test_a_total_row_that_nobody_knows_is_kept_back(company: Company):
    company.write("report.csv", HEADER + ROWS_OF_DATA + "Gesamtsumme,,,,175.50,\n")
    company.map(SOURCE)
    company.load()
    assert _deals(company) == LOADED
    assert company.quarantined() == [
        (5, "opportunity_id", "Gesamtsumme", "not an id of its system")
    ]
    company.head = HEAD
    company.map(SOURCE)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert isinstance(raised.value.errors[0], QuarantineOverflow)


def test_a_total_of_several_currencies_is_compared_with_nothing(company: Company):
    rows = ROWS_OF_DATA.replace("Open,EUR", "Open,USD")
    company.write("report.csv", HEADER + rows + "Total (3 records),,,,EUR 171.00,\n")
    company.map(SOURCE)
    (load,) = company.load().file_loads
    assert load.totals == (FileTotal(ROWS, 3.0, 3.0, 0.0),)


def test_records_of_leads_and_of_the_history_are_counted(company: Company, tmp_path):
    company.write(
        "leads.csv",
        "Lead ID,Lead Source,Email\n00Q8d00000AbCdE,Web,a@x.example\nGrand Totals (2 records)\n",
    )
    path = company.write(
        "history.csv",
        f"Opportunity ID,From Stage,To Stage,Last Modified\n{FIRST},Open,Won,2025-02-03 09:00\n"
        "Grand Totals (1 records)\n",
    )
    company.map(SOURCE)
    report = company.load()
    assert {load.file: load.totals for load in report.file_loads} == {
        "leads.csv": (FileTotal(ROWS, 2.0, 1.0, 0.0),),
        "history.csv": (FileTotal(ROWS, 1.0, 1.0, 0.0),),
    }
    assert [load.file for load in report.broken_totals] == ["leads.csv"]
    (check,) = check_file(path, None, path.parent, tmp_path)
    assert (
        "    its total row says (rows) 1.00, the rows loaded add up to 1.00: the same"
    ) in describe(check)


def test_one_deal_of_a_report_and_of_an_extract_is_one(company: Company):
    company.write("report.csv", HEADER + ROWS_OF_DATA)
    company.write(
        "extract.csv",
        "Id,AccountId,OwnerId,StageName,CloseDate,Amount,SystemModstamp\n"
        f"{FIRST_IN_FULL},0018d00000AbCdE,0058d00000AbCdE,Won,2025-02-03,101,2099-01-01\n",
    )
    company.write("members.csv", "id,name,username\n0058d00000AbCdEAAV,Ann,ann@x.example\n")
    company.map(SOURCE)
    report = company.load()
    assert report.unmatched_files == ()
    assert _deals(company) == [
        (f"salesforce:{THIRD_IN_FULL}", 25.0),
        (f"salesforce:{OTHER_IN_FULL}", 50.0),
        (f"salesforce:{FIRST_IN_FULL}", 101.0),
    ]
    assert company.rows(
        "select account_id, owner_id from raw_mapped.opportunities where account_id is not null"
    ) == [("salesforce:0018d00000AbCdEAAV", "salesforce:0058d00000AbCdEAAV")]
    assert company.rows("select owner_id from raw_mapped.owners") == [
        ("salesforce:0058d00000AbCdEAAV",)
    ]


def test_ids_that_a_list_names_are_found_in_either_spelling(company: Company):
    company.write(
        "campaigns.csv",
        "Id,Name,StartDate,EndDate\n7018d00000AbCdE,Fair,2025-01-01,2025-02-01\n",
    )
    company.write(
        "members.csv",
        "Id,CampaignId,LeadId,HasResponded,FirstRespondedDate\n"
        "00v8d00000AbCdE,7018d00000AbCdEAAV,00Q8d00000AbCdE,true,2025-01-07\n",
    )
    company.map(SOURCE)
    company.load()
    assert company.rows("select touch_id, person_id, campaign from raw_mapped.touches") == [
        ("salesforce:00v8d00000AbCdEAAV", "salesforce:00Q8d00000AbCdEEAV", "Fair")
    ]


OWN = """\
sources:
  - {reader: salesforce, source: emea, folder: emea}
files:
  - name: sheet
    pattern: sheet.csv
    entity: opportunities
    columns:
      opportunity_id: {column: id, source: emea}
      account_id: {column: account, source_column: crm}
      person_id: {column: person, source: hubspot}
      owner_id: {column: owner, source_column: crm}
      product_id: {column: product, source: shared}
      stage: stage
"""


def test_other_files_name_salesforce_records_in_either_spelling(company: Company):
    company.write(
        "sheet.csv",
        "id,account,crm,person,owner,product,stage\n"
        f"{FIRST},{FIRST},Salesforce,{FIRST},ChristopherSmit,{FIRST},Won\n"
        f"{OTHER_IN_FULL},{FIRST},hubspot,{FIRST},ann@x.example,emea:{FIRST},Won\n"
        f"3,,,,,Salesforce:{FIRST},Won\n4,,,,,hubspot:{FIRST},Won\n5,,,,,salesforce,Won\n",
    )
    company.map(OWN)
    company.load()
    first, second, *others = company.rows(
        "select opportunity_id, account_id, person_id, owner_id, product_id "
        "from raw_mapped.opportunities order by _source_row"
    )
    assert first == (
        f"emea:{FIRST_IN_FULL}",
        f"salesforce:{FIRST_IN_FULL}",
        f"hubspot:{FIRST}",
        "salesforce:ChristopherSmit",
        FIRST,
    )
    assert second[:2] == (f"emea:{OTHER_IN_FULL}", f"hubspot:{FIRST}")
    assert len(second[3]) == len("hubspot:") + 64
    # An id that carries the word itself.
    assert [row[4] for row in (second, *others)] == [
        f"emea:{FIRST_IN_FULL}",
        f"salesforce:{FIRST_IN_FULL}",
        f"hubspot:{FIRST}",
        "salesforce",
    ]


def test_a_mapping_states_the_form_of_ids_and_how_a_total_counts(company: Company):
    files = DEALS + "    footer: ['^Total']\n    total: {row: '^Total', rows: 'of (\\d+)'}\n"
    files = files.replace("opportunity_id: id", "opportunity_id: {column: id, pattern: 'd\\d'}")
    found = company.deals("id,stage,amount,closed\nd1,Won,,\nx,Won,,\nTotal of 2\n", files=files)
    assert [row[0] for row in found] == ["d1"]
    assert company.quarantined() == [(3, "opportunity_id", "x", "not an id of its system")]
    assert company.rows(
        "select column_name, stated_total, loaded_total from raw_meta.file_totals"
    ) == [(ROWS, 2.0, 1.0)]
    for wrong, problem in (
        (files.replace(", rows: 'of (\\d+)'", ""), "total: say the column that it adds up, or how"),
        (files.replace("of (\\d+)", "of"), "total.rows: 'of' needs one group, the number"),
        (files.replace("row: '^Total'", "empty: id, row: '^Total'"), "say by `row` or by `empty`"),
        (files + "    heading: '^#'\n", "heading: '^#' must stand under footer too"),
        (files.replace("row:", "part: '^M', row:"), "total.part: '^M' must stand under footer too"),
        (files.replace("stage: stage", "stage: {column: stage, pattern: x}"), "stage is no id"),
        (files.replace("'d\\d'", "'('"), "'(' is not a regular expression"),
    ):  # fmt: skip
        company.map(wrong)
        with pytest.raises(MappingError, match=re.escape(problem)):
            company.load()
