"""Money is read with its currency or not at all, whatever language the list is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.exports.checking import STAND_IN, check_file
from orchestration.exports.errors import LoadFailed
from orchestration.exports.mapping_model import ColumnMapping, SourceMapping
from tests.conftest import SHARED_DATA
from tests.exports.conftest import Company

SOURCES = "sources:\n  - {reader: invoices}\n"
INVOICES = (
    "select invoice_id, posting_date::varchar, amount::double, currency, status "
    "from raw_mapped.invoices order by 1"
)


def test_a_german_list_is_read_once_its_signs_are_stated(company: Company):
    company.write(
        "re.csv",
        "Rechnungsnummer;Rechnungsdatum;Nettobetrag in EUR;CRM-Kunde;Status\n"
        "R-1;01.02.2025;1.234,50;hubspot:9;Bezahlt\nR-2;13.02.2025;-10;;Storniert\n".encode(
            "windows-1252"
        ),
    )
    company.map(
        'sources:\n  - {reader: invoices, decimal: ",", date_format: "%d.%m.%Y", '
        "encoding: windows-1252}\n"
    )
    company.load()
    assert company.rows(INVOICES) == [
        ("invoices:R-1", "2025-02-01", 1234.5, "EUR", "paid"),
        ("invoices:R-2", "2025-02-13", -10.0, "EUR", "void"),
    ]


def test_a_chinese_list_is_read_as_it_is(company: Company):
    company.write(
        "发票.csv",
        "单据编号,单据类型,过账日期,不含税金额,币种,对应发票\n"
        "F-1,发票,2025年3月1日,100,CNY,\nH-1,红字发票,2025/3/2,-20,CNY,F-1\n".encode("gb18030"),
    )
    company.map(SOURCES)
    company.load()
    assert company.rows(
        "select invoice_id, invoice_type, corrects_invoice_id, posting_date::varchar, "
        "amount::int, currency from raw_mapped.invoices order by 1"
    ) == [
        ("invoices:F-1", "invoice", None, "2025-03-01", 100, "CNY"),
        ("invoices:H-1", "credit_note", "invoices:F-1", "2025-03-02", -20, "CNY"),
    ]


def test_money_without_a_currency_is_kept_back_row_by_row_with_what_to_add(company: Company):
    company.write("list.csv", "Invoice number,Invoice date,Amount\n1,2025-01-01,5\n")
    company.map(SOURCES)
    company.load()
    reason = (
        "a required value is missing. Export the currency of the amounts, or state `currency: EUR` "
        "(or another) for the source or entry in the mapping"
    )
    assert company.quarantined() == [(2, "currency", "", reason)]
    company.map(SOURCES, company.head.replace("max_quarantine_rate: 1", "max_quarantine_rate: 0"))
    with pytest.raises(LoadFailed) as raised:
        company.load()
    (error,) = raised.value.errors
    assert str(error) == (
        "Loading list.csv as invoices_invoices: 1 of 1 rows cannot be used, more than "
        f"max_quarantine_rate 0 allows. currency: {reason} (1 rows, first row 2). A retry will not "
        "help. Correct the export or the mapping, or raise max_quarantine_rate."
    )
    company.map("sources:\n  - {reader: invoices, currency: GBP}\n")
    company.load()
    assert company.rows(INVOICES) == [("invoices:1", "2025-01-01", 5.0, "GBP", None)]


def test_an_entry_of_the_mapping_needs_a_currency_too(company: Company):
    entry = (
        "files:\n  - {{name: mine, pattern: list.csv, entity: invoices, {0}columns: {{invoice_id: "
        "no, posting_date: day, amount: net, invoice_type: {{constant: invoice}}}}}}\n"
    )
    company.write("list.csv", "no,day,net\n1,2025-01-01,5\n")
    company.map(entry.format(""))
    company.load()
    assert [row[:3] for row in company.quarantined()] == [(2, "currency", "")]
    company.map(entry.format("currency: USD, "))
    company.load()
    assert company.rows(INVOICES) == [("1", "2025-01-01", 5.0, "USD", None)]


def test_a_row_without_its_currency_is_kept_back_and_counted(company: Company):
    company.write(
        "list.csv",
        "Invoice number,Invoice date,Amount,Currency\n1,2025-01-01,5,EUR\n2,2025-01-01,5,\n"
        "3,2025-01-01,5,Euro\n4,2025-01-01,USD 5,EUR\n",
    )
    company.map(SOURCES)
    report = company.load()
    assert [row[:3] for row in company.quarantined()] == [
        (3, "currency", ""),
        (4, "currency", "Euro"),
        (5, "amount", "USD 5"),
    ]
    totals = report.totals
    assert (totals["rows_read"], totals["rows_loaded"], totals["rows_quarantined"]) == (4, 1, 3)


def test_ids_of_one_crm_need_its_word_stated(company: Company):
    company.write(
        "list.csv",
        "Invoice number,Invoice date,Amount,Currency,Kunde\n1,2025-01-01,5,EUR,204\n",
    )
    company.map(
        "sources:\n  - reader: invoices\n"
        "    columns: {invoices: {account_id: {column: Kunde, source: hubspot}}}\n"
    )
    company.load()
    assert company.rows("select account_id from raw_mapped.invoices") == [("hubspot:204",)]


def test_a_total_with_tax_is_not_taken_for_one_without(company: Company):
    company.write(
        "stripe.csv",
        "id,Amount Due,Currency,Customer,Date (UTC),Total\nin_1,119,eur,cus_1,2025-01-10,119\n",
    )
    company.map("sources:\n  - {reader: stripe}\n")
    (left,) = company.load().unmatched_files
    assert left.reason == (
        "known as Stripe, invoices, but invoices: the file has no 'Total Excluding Tax'"
    )
    company.map("sources:\n  - {reader: stripe, columns: {invoices: {amount: Total}}}\n")
    company.load()
    assert company.rows(INVOICES) == [("stripe:in_1", "2025-01-10", 119.0, "EUR", None)]


def test_a_rate_whose_direction_is_not_said_is_not_read(company: Company):
    company.write("rates.csv", "Currency,Date,Rate\nUSD,2025-01-01,1.08\n")
    company.map("sources:\n  - {reader: fx_rates}\n")
    (left,) = company.load().unmatched_files
    assert left.reason.startswith("nearest is Exchange rates, rates (list of rates, CSV or XLSX)")
    assert "'Rate to reporting currency'" in left.reason


def test_real_orders_are_read_once_their_currency_is_stated(tmp_path: Path):
    folder = SHARED_DATA / "relay_foods"
    if not folder.is_dir():
        pytest.skip(f"the real exports are not beside the project: {folder} is absent")
    (path,) = folder.iterdir()
    source = SourceMapping(
        reader="invoices",
        currency="USD",
        columns={"orders": {"account_id": ColumnMapping(column="UserId")}},
    )
    mapping = STAND_IN.model_copy(update={"sources": [source]})
    checks = check_file(path, mapping, folder, tmp_path)
    read = {
        check.claim.header.sheet: (entry.loaded.rows_read, entry.loaded.rows_loaded)
        for check in checks
        for entry in check.entries
        if check.claim and entry.loaded
    }
    assert read == {"Purchase Data - Full Study": (2891, 2891), "Pilot Study Data": (732, 732)}
    assert {entry.filled["account_id"] for check in checks for entry in check.entries} == {
        2891, 732,
    }  # fmt: skip
    assert sum(check.claim is None for check in checks) == 2
