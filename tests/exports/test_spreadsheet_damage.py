"""What a spreadsheet does to an export is kept back and said, never loaded as if it were data."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import DEALS, Company

LOST = (
    "a spreadsheet made a number of this id and its digits are lost. Export it again with the "
    "column formatted as text, and do not open the file in a spreadsheet before"
)
FORMULA = "the error of a formula in a spreadsheet. Correct it there and export again"
PEOPLE = """\
files:
  - name: people
    pattern: "people*"
    entity: people
    columns: {person_id: id, account_id: account, company_name: company, channel: channel,
              employees: staff, created_at: at, is_test: test}
"""
HEADER = "id,account,company,channel,staff,at,test\n"


@pytest.mark.parametrize("value", ["1.23457E+11", "1,23457E+11", "1E+15", "1.23457e+11"])
def test_an_id_that_became_a_rounded_number_is_kept_back(company: Company, value: str):
    cell = f'"{value}"'
    company.write("people.csv", f"{HEADER}{cell},9,,,,,\n2,{cell},,,,,\n3,9,{cell},,,,\n")
    company.map(PEOPLE)
    totals = company.load().totals
    assert company.rows("select person_id, account_id, company_name from raw_mapped.people") == [
        ("3", "9", value)
    ]
    assert company.quarantined() == [
        (2, "person_id", value, LOST),
        (3, "account_id", value, LOST),
    ]
    assert (totals["rows_read"], totals["rows_loaded"], totals["rows_quarantined"]) == (3, 1, 2)


@pytest.mark.parametrize("value", ["12E5", "1e3", "1.5E", "a.lee+1@x.example", "E+11", "2+2"])
def test_an_id_with_an_e_or_a_plus_of_its_own_stays(company: Company, value: str):
    company.write("people.csv", f"{HEADER}{value},{value},,,,,\n")
    company.map(PEOPLE)
    company.load()
    assert company.quarantined() == []
    assert company.rows("select count(*) from raw_mapped.people") == [(1,)]


def test_long_ids_that_all_end_where_a_spreadsheet_stops_counting_are_refused(company: Company):
    cut = ["1234567890123450000", "1234567890123460000", "12345678901234700"]
    company.write("people.csv", HEADER + "".join(f"{number},,,,,,\n" for number in cut))
    company.map(PEOPLE)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert str(raised.value.errors[0]) == (
        "Reading people.csv as people: person_id holds ids of which a spreadsheet kept 15 digits: "
        "'1234567890123450000' (row 2), '1234567890123460000' (row 3), '12345678901234700' "
        "(row 4). A retry will not help. Export it again with the column formatted as text, and do "
        "not open the file in a spreadsheet before."
    )
    whole = [*cut, "1234567890123470001"]
    company.write("people.csv", HEADER + "".join(f"{number},,,,,,\n" for number in whole))
    assert company.load().totals["rows_loaded"] == 4


@pytest.mark.parametrize(
    "error", ["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#BEZUG!", "#WERT!", "#VALEUR!", "#NOM?"]
)
def test_the_error_of_a_formula_is_no_value_of_any_column(company: Company, error: str):
    company.write(
        "people.csv",
        HEADER + f"{error},,,,,,\n2,{error},,,,,\n3,,{error},,,,\n4,,,{error},,,\n5,,,,{error},,\n"
        f"6,,,,,{error},\n7,,,,,,{error}\n8,,#1 Ltd,email,5,2025-01-01,no\n",
    )
    company.map(PEOPLE)
    report = company.load()
    assert company.rows("select person_id, company_name from raw_mapped.people") == [
        ("8", "#1 Ltd")
    ]
    assert company.quarantined() == [
        (row, column, error, FORMULA)
        for row, column in enumerate(
            ("person_id", "account_id", "company_name", "channel", "employees", "created_at",
             "is_test"),
            start=2,
        )
    ]  # fmt: skip
    assert report.unmapped == ()


def test_what_a_lookup_did_not_find_is_no_value(company: Company):
    company.write("people.csv", HEADER + "1,#N/A,#N/A,#N/A,#N/A,#N/A,#NV\n#N/A,,,,,,\n")
    company.map(PEOPLE)
    company.load()
    assert company.rows("select * from (select person_id, account_id, company_name, channel, "
        "employees, created_at, is_test from raw_mapped.people)") == [
        ("1", None, None, None, None, None, None)
    ]  # fmt: skip
    assert company.quarantined() == [(3, "person_id", "#N/A", "a required value is missing")]


def test_errors_in_the_cells_of_a_workbook_are_the_same(company: Company, tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([None, "id", "stage", "amount", "closed"], [None, "1", "Won", 5, None]):
        sheet.append(row)
    for number, error in enumerate(("#N/A", "#REF!"), start=3):
        sheet.append([None, str(number), "Won", None, None])
        sheet.cell(number, 4, error).data_type = "e"
    book.save(tmp_path / "deals.xlsx")
    assert company.deals((tmp_path / "deals.xlsx").read_bytes(), "deals.xlsx") == [
        ("1", "Won", 5.0, None),
        ("3", "Won", None, None),
    ]
    assert company.quarantined() == [(4, "amount", "#REF!", FORMULA)]


AMOUNTS = (
    DEALS.replace("pattern", "{stated}pattern")
    .replace("closed}", "closed}}")
    .replace("columns: {", "columns: {{")
)


def _deals(company: Company, amounts: list[str], stated: str = "") -> list:
    text = "".join(f"{number}\tWon\t{amount}\t\n" for number, amount in enumerate(amounts))
    files = AMOUNTS.format(stated=f"{stated}\n    " if stated else "")
    rows = company.deals(f"id\tstage\tamount\tclosed\n{text}", "deals.tsv", files)
    return [row[2] for row in rows]


@pytest.mark.parametrize("amounts", [["1.234"], ["-12.500 €", "100"], ["1.234", "1,234"]])
def test_a_point_before_three_digits_is_refused_while_nothing_says_what_it_is(
    company: Company, amounts: list[str]
):
    with pytest.raises(LoadFailed) as raised:
        _deals(company, amounts)
    assert str(raised.value.errors[0]) == (
        "Reading deals.tsv as deals: column 'amount' holds numbers whose sign could be that of "
        f"decimals or of thousands: {amounts[0]!r} (row 2). A retry will not help. State "
        '`decimal: "."` or `decimal: ","` for the source or the entry.'
    )
    first = float(amounts[0].removesuffix(" €"))
    assert _deals(company, amounts[:1], 'decimal: "."') == [first]
    assert _deals(company, amounts[:1], 'decimal: ","') == [first * 1000]


@pytest.mark.parametrize("evidence", ["1.5", "0.125", "1,000.125", "1234.500", "1.2345", ".5"])
def test_another_number_of_the_file_says_that_the_point_is_that_of_decimals(
    company: Company, evidence: str
):
    assert _deals(company, ["1.234", evidence]) == [1.234, float(evidence.replace(",", ""))]


def test_groups_are_of_three_digits_and_none_begins_with_zero(company: Company):
    refused = ["0,925", "12 34", "1234 567", "1 234 5", "1,2345"]
    assert _deals(company, ["1 234 567", "1 234.50", "12,345", *refused]) == [
        1234567, 1234.5, 12345,
    ]  # fmt: skip
    assert [value for _, _, value, _ in company.quarantined()] == refused


def test_german_french_and_swiss_amounts_are_read_once_stated(company: Company):
    assert _deals(company, ["1.234,56", "1 234,56", "1\u202f234,56"], 'decimal: ","') == [
        1234.56
    ] * 3  # fmt: skip
    assert _deals(company, ["1'234.56", "1’234.56"], 'thousands: "\'"') == [1234.56] * 2
    with_comma = _deals(company, ["1'234,56"], 'decimal: ","\n    thousands: "\'"')
    assert with_comma == [1234.56]
    assert _deals(company, ["1.234,56", "1'234.56"]) == []
    assert [row[2] for row in company.quarantined()] == ["1.234,56", "1'234.56"]
