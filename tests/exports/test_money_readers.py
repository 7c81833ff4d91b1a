"""Money is read with its currency or not at all, whatever language the list is in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.exports.checking import STAND_IN, check_file
from orchestration.exports.currencies import in_header
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


@pytest.mark.parametrize(
    ("shape", "id_", "own"),
    [("invoices", "in_1", "Amount Due,Number"), ("credit_notes", "cn_1", "Reason,Invoice")],
)
def test_a_total_with_tax_is_not_taken_for_one_without(
    company: Company, shape: str, id_: str, own: str
):
    company.write(
        "stripe.csv",
        f"id,Currency,Customer,Date (UTC),Total,{own}\n{id_},eur,cus_1,2025-01-10,119,119,1\n",
    )
    company.map("sources:\n  - {reader: stripe}\n")
    (left,) = company.load().unmatched_files
    assert left.reason == (
        f"known as Stripe, {shape}, but invoices: the file has no 'Total Excluding Tax' or 'Total' "
        "with 'Tax'"
    )
    company.map("sources:\n  - {reader: stripe, columns: {invoices: {amount: Total}}}\n")
    company.load()
    assert company.rows(INVOICES) == [(f"stripe:{id_}", "2025-01-10", 119.0, "EUR", None)]


def test_a_credit_note_never_takes_the_place_of_the_invoice_that_it_corrects(company: Company):
    """R-1 is the number of an invoice and of a credit note, which are two documents."""
    company.write(
        "invoices.csv",
        "Invoice number,Posting date,Net amount,Currency\nR-1,2025-01-01,500,EUR\n",
    )
    company.write(
        "credits.csv",
        "Credit note number,Invoice number,Posting date,Net amount,Currency\n"
        "G-1,R-1,2025-02-01,80,EUR\nR-1,R-1,2025-02-02,20,EUR\n",
    )
    company.write(
        "stripe.csv",
        "id,Invoice,Reason,Currency,Created (UTC),Total Excluding Tax\n"
        "cn_1,in_1,duplicate,eur,2025-01-10,5\nre_1,in_1,duplicate,eur,2025-01-10,5\n",
    )
    company.map("sources:\n  - {reader: invoices}\n  - {reader: stripe}\n")
    company.load()
    assert company.rows(
        "select invoice_id, invoice_type, corrects_invoice_id, amount::int from "
        "raw_mapped.invoices order by 1, 2"
    ) == [
        ("invoices:G-1", "credit_note", "invoices:R-1", 80),
        ("invoices:R-1", "credit_note", "invoices:R-1", 20),
        ("invoices:R-1", "invoice", None, 500),
        ("stripe:cn_1", "credit_note", "stripe:in_1", 5),
    ]
    assert [row[:3] for row in company.quarantined()] == [(3, "invoice_id", "re_1")]


def test_the_tax_of_a_total_is_taken_off_and_one_that_is_no_number_keeps_the_row_back(
    company: Company,
):
    company.write(
        "stripe.csv",
        "id,Amount Due,Currency,Customer,Date (UTC),Total,Tax\n"
        "in_1,119,eur,cus_1,2025-01-10,119,19.00\nin_2,5,eur,cus_1,2025-01-10,5,\n"
        "in_3,119,eur,cus_1,2025-01-10,119,much\nin_4,119,eur,cus_1,2025-01-10,119,$19\n",
    )
    company.map("sources:\n  - {reader: stripe}\n")
    company.load()
    assert company.rows(INVOICES) == [
        ("stripe:in_1", "2025-01-10", 100.0, "EUR", None),
        ("stripe:in_2", "2025-01-10", 5.0, "EUR", None),
    ]
    assert company.quarantined() == [
        (4, "amount", "119",
         "'Tax', which is taken off it, is not a number in the stated currency and form (decimal "
         "sign '.', thousands ',')"),
        (5, "amount", "119",
         "names a currency that is not the stated one, EUR. Correct whichever is wrong"),
    ]  # fmt: skip


def test_a_rate_whose_direction_is_not_said_is_not_read(company: Company):
    company.write("rates.csv", "Currency,Date,Rate\nUSD,2025-01-01,1.25\n")
    company.map("sources:\n  - {reader: fx_rates}\n")
    (left,) = company.load().unmatched_files
    assert left.reason == (
        "known as Exchange rates, quotes, but fx_rates: the file has no word on which way its "
        "rates go; state `base: EUR` for the source where they are units of each currency for one "
        "euro"
    )
    company.map("sources:\n  - {reader: fx_rates, base: EUR}\n")
    company.load()
    assert company.rows("select currency, rate from raw_mapped.fx_rates") == [("USD", 0.8)]


@pytest.mark.parametrize(
    ("text", "more", "base"),
    [
        ("Currency,Date,Rate\nGBP,2025-01-01,1.25\n", ", base: USD", "USD"),
        ("Currency,Date,USD for one unit\nGBP,2025-01-01,1.25\n", "", "USD"),
        ("币种,日期,一单位折合 CNY\nEUR,2025-01-01,0\nGBP,2025-01-01,9.1\n", "", "CNY"),
    ],
)
def test_rates_that_never_name_the_currency_the_company_reports_in_stop_the_load(
    company: Company, text: str, more: str, base: str
):
    company.write("rates.csv", text)
    company.map(f"sources:\n  - {{reader: fx_rates{more}}}\n")
    with pytest.raises(LoadFailed, match=f"its rates are to {base}, and it has none of EUR, which"):
        company.load()


def test_rates_over_a_third_currency_are_those_of_one_day(company: Company, tmp_path: Path):
    """1 EUR = 1.25 USD and 1 GBP = 1.50 USD; on the second day nobody knows what a euro is."""
    path = company.write(
        "rates.csv",
        "Currency,Date,USD for one unit\nEUR,2025-01-01,1.25\nGBP,2025-01-01,1.5\n"
        "USD,2025-01-01,1\nGBP,2025-01-02,1.5\nGBP,2025-01-03,x\n",
    )
    company.map("sources:\n  - {reader: fx_rates}\n")
    company.load()
    assert company.rows(
        "select currency, rate_date::varchar, rate, _source_row from raw_mapped.fx_rates order by 1"
    ) == [("GBP", "2025-01-01", 1.2, 3), ("USD", "2025-01-01", 0.8, 2)]
    assert company.quarantined() == [
        (5, "rate", "1.5", "a rate to USD, and the file has none of EUR on that day to turn it by"),
        (6, "rate", "x", "not a number above 0 in the stated currency and form (decimal sign '.', "
         "thousands ',')"),
    ]  # fmt: skip
    # Before there is a mapping nobody knows what the company reports in.
    (check,) = check_file(path, None, path.parent, tmp_path)
    assert [entry.loaded and entry.loaded.rows_loaded for entry in check.entries] == [4]


def test_the_daily_list_of_the_central_bank_has_spaces_and_a_day_in_words(company: Company):
    company.write(
        "eurofxref.csv",
        "Date, USD, JPY, GBP, CHF, \n25 November 2024, 1.25, 160, 0.8, 0.5, \n",
    )
    company.map("sources:\n  - {reader: fx_rates}\n")
    company.load()
    assert company.rows(
        "select currency, rate_date::varchar, rate from raw_mapped.fx_rates order by 1"
    ) == [
        ("CHF", "2024-11-25", 2.0),
        ("GBP", "2024-11-25", 1.25),
        ("JPY", "2024-11-25", 0.00625),
        ("USD", "2024-11-25", 0.8),
    ]
    company.map("sources:\n  - {reader: fx_rates}\n", company.head.replace("EUR", "USD"))
    company.load()
    assert company.rows("select currency, rate from raw_mapped.fx_rates order by 1") == [
        ("CHF", 2.5), ("EUR", 1.25), ("GBP", 1.5625), ("JPY", 0.0078125),
    ]  # fmt: skip


@pytest.mark.parametrize(("header", "more"), [("Rate", ", base: EUR"), ("EUR for one unit", "")])
def test_a_rate_of_nothing_is_kept_back(company: Company, header: str, more: str):
    company.write(
        "rates.csv",
        f"Currency,Date,{header}\nUSD,2025-01-01,0\nGBP,2025-01-01,-1\nCHF,2025-01-01,0.94\n",
    )
    company.map(f"sources:\n  - {{reader: fx_rates{more}}}\n")
    company.load()
    reason = (
        "not a number above 0 in the stated currency and form (decimal sign '.', thousands ',')"
    )
    assert company.quarantined() == [(2, "rate", "0", reason), (3, "rate", "-1", reason)]


@pytest.mark.parametrize(
    ("header", "type_"),
    [
        ("Customer,Invoice number,Invoice date,Net amount,Currency", ""),
        ("Customer,Credit note number,Credit note date,Amount (EUR),Currency", ""),
        ("Customer,Order number,Order date,Order total,Currency", ""),
        ("Customer,Document number,Type,Posting date,Amount,Currency", "Refund,"),
    ],
)
def test_a_list_is_compared_with_its_total(company: Company, header: str, type_: str):
    """Total is a customer too."""
    rows = f'Total,R-1,{type_}2025-01-01,100.50,EUR\n"Total",R-2,{type_}2/13/2025,10,EUR\n'
    empty = "," if type_ else ""
    company.write("a.csv", f"{header}\n{rows}Total EUR,,{empty},110.50,\n")
    company.write("b.csv", f"{header}\n{rows},Total 2025,{empty}12/31/2025,120.50,\n")
    company.map('sources:\n  - {reader: invoices, date_format: ["%Y-%m-%d", "%m/%d/%Y"]}\n')
    report = company.load()
    assert company.quarantined() == []
    assert [(load.file, [total.stated for total in load.totals]) for load in report.file_loads] == [
        ("a.csv", [110.5]),
        ("b.csv", [120.5]),
    ]
    assert [load.file for load in report.broken_totals] == ["b.csv"]


def test_a_rate_with_a_comma_before_three_digits_is_asked_about(company: Company):
    company.write("rates.csv", 'Currency,Date,EUR for one unit\nGBP,2025-01-01,"1,125"\n')
    company.map("sources:\n  - {reader: fx_rates}\n")
    with pytest.raises(LoadFailed, match="could be that of decimals or of thousands: '1,125'"):
        company.load()
    company.map('sources:\n  - {reader: fx_rates, decimal: ","}\n')
    company.load()
    assert company.rows("select rate from raw_mapped.fx_rates") == [(1.125,)]


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


def _amounts(company: Company, currency: str, *amounts: str, source: str = "") -> dict[str, float]:
    """Load ``amounts`` as invoices of one currency; each that landed."""
    company.write(
        "list.tsv",
        "Invoice number\tInvoice date\tAmount\tCurrency\n"
        + "".join(
            f"{number}\t2025-01-01\t{amount}\t{currency}\n" for number, amount in enumerate(amounts)
        ),
    )
    company.map(f"sources:\n  - {{reader: invoices{source}}}\n")
    company.load()
    landed = dict(
        company.rows(
            "select split_part(invoice_id, ':', 2)::int, amount::double from raw_mapped.invoices"
        )
    )
    return {amounts[number]: amount for number, amount in landed.items()}


@pytest.mark.parametrize(
    ("currency", "agreeing", "naming_another"),
    [
        ("USD", ["$1,200", "US$ 1,200", "USD 1200", "1,200 usd", "$1,200.00 USD", "($1,200)",
                 "$(1,200)", "-$1,200", "$-1,200"],
         ["€1,200", "£1,200", "¥1,200", "1,200元", "C$1,200", "1,200 EUR", "EUR $1,200",
          "R$ 1,200"]),
        ("EUR", ["€1,200", "1,200 €", "1,200 EUR", "1,200 Euro"],
         ["$1,200", "US$1,200", "¥1,200", "￥1200", "1,200元", "kr 1,200", "RMB 1,200"]),
        ("CNY", ["¥1,200", "￥1,200", "1,200元", "RMB 1,200", "CN¥1,200", "人民币1,200"],
         ["$1,200", "€1,200", "JPY 1,200", "1,200円"]),
        ("JPY", ["¥1,200", "1,200円"], ["1,200元", "CN¥1,200", "$1,200"]),
        ("CAD", ["$1,200", "C$1,200", "CA$1,200"], ["US$1,200", "A$1,200", "HK$1,200"]),
        ("SEK", ["kr 1,200", "kr. 1,200", "1,200 kr"], ["KRW 1,200", "€1,200"]),
        ("KRW", ["KRW1,200", "₩1,200"], ["kr1,200"]),
        ("CHF", ["CHF 1,200", "Fr. 1,200"], ["$1,200", "€1,200"]),
        ("INR", ["₹1,200"], ["$1,200"]),
    ],
)  # fmt: skip
def test_the_mark_of_an_amount_agrees_with_the_stated_currency_or_the_row_is_kept_back(
    company: Company, currency: str, agreeing: list[str], naming_another: list[str]
):
    read = _amounts(company, currency, *agreeing, *naming_another)
    assert {amount: abs(value) for amount, value in read.items()} == dict.fromkeys(agreeing, 1200.0)
    assert [value for value in read.values() if value < 0] == [
        -1200.0 for amount in agreeing if "(" in amount or "-" in amount
    ]
    first = 2 + len(agreeing)
    assert company.quarantined() == [
        (
            first + number,
            "amount",
            amount,
            f"names a currency that is not the stated one, {currency}. Correct whichever is wrong",
        )
        for number, amount in enumerate(naming_another)
    ]


def test_a_mark_states_no_currency_by_itself(company: Company):
    assert _amounts(company, "", "$1,200", "€1,200", "5") == {}
    assert {(column, value) for _, column, value, _ in company.quarantined()} == {
        ("amount", "$1,200"), ("amount", "€1,200"), ("currency", ""),
    }  # fmt: skip
    assert {reason for _, column, _, reason in company.quarantined() if column == "amount"} == {
        "names a currency that is not the stated one, as none is stated. Correct whichever is wrong"
    }
    assert _amounts(company, "", "$1,200", "€1,200", source=", currency: AUD") == {"$1,200": 1200}


def test_a_row_that_leaves_its_currency_empty_has_the_one_that_is_stated_for_the_source(
    company: Company,
):
    company.write("deals.csv", "id,stage,amount,cur\n1,Won,5,\n2,Won,£7,\n3,Won,7,USD\n")
    company.map(
        "files:\n  - {name: deals, pattern: deals.csv, entity: opportunities, currency: GBP, "
        "columns: {opportunity_id: id, stage: stage, amount: amount, currency: cur}}\n"
    )
    company.load()
    assert company.rows(
        "select opportunity_id, amount::int, currency from raw_mapped.opportunities order by 1"
    ) == [("1", 5, "GBP"), ("2", 7, "GBP"), ("3", 7, "USD")]


def test_a_header_that_states_another_currency_than_the_mapping_stops_the_load(company: Company):
    company.write("list.csv", "Invoice number,Invoice date,Amount (EUR)\n1,2025-01-01,€5\n")
    company.map(SOURCES.replace("invoices", "invoices, currency: USD"))
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert str(raised.value.errors[0]) == (
        "Reading list.csv as invoices_invoices: the header 'Amount (EUR)' states EUR and the "
        "mapping USD. A retry will not help. Correct `currency` in the mapping, or take it away "
        "where the header is right, or export the amounts in one currency."
    )
    for fitting in ("", ", currency: EUR"):
        company.map(f"sources:\n  - {{reader: invoices{fitting}}}\n")
        company.load()
        assert company.rows(INVOICES) == [("invoices:1", "2025-01-01", 5.0, "EUR", None)]


def test_a_header_states_the_currency_of_an_entry_of_the_mapping_too(company: Company):
    columns = "{opportunity_id: id, stage: stage, amount: Umsatz in CHF}"
    company.write("deals.csv", "id,stage,Umsatz in CHF\n1,Won,5\n2,Won,CHF 6\n3,Won,€7\n")
    company.map(
        "files:\n  - {name: deals, pattern: deals.csv, entity: opportunities, columns: "
        f"{columns}}}\n"
    )
    company.load()
    assert company.rows(
        "select opportunity_id, amount::int, currency from raw_mapped.opportunities order by 1"
    ) == [("1", 5, "CHF"), ("2", 6, "CHF")]
    assert [row[:3] for row in company.quarantined()] == [(4, "amount", "€7")]


def test_a_row_whose_currency_is_not_that_of_the_header_is_kept_back(company: Company):
    company.write(
        "list.csv",
        "Invoice number,Invoice date,Amount (EUR),Currency\n1,2025-01-01,5,EUR\n"
        "2,2025-01-01,5,USD\n3,2025-01-01,5,\n4,2025-01-01,5,Euros\n",
    )
    company.map(SOURCES)
    company.load()
    assert company.rows(INVOICES) == [
        ("invoices:1", "2025-01-01", 5.0, "EUR", None),
        ("invoices:3", "2025-01-01", 5.0, "EUR", None),
    ]
    assert company.quarantined() == [
        (3, "currency", "USD",
         "the header 'Amount (EUR)' states another. Correct whichever is wrong"),
        (5, "currency", "Euros", "not a three-letter currency code"),
    ]  # fmt: skip


def test_a_plan_in_another_currency_than_the_company_reports_in_stops_the_load(company: Company):
    company.write("plan.csv", "metric,grain,start,Target (USD)\nsales_revenue,month,2025-01-01,5\n")
    company.map(
        "files:\n  - {name: plan, pattern: plan.csv, entity: targets, columns: {metric_id: metric, "
        "period_grain: grain, period_start_date: start, target_value: Target (USD)}}\n"
    )
    with pytest.raises(LoadFailed, match=r"'Target \(USD\)' states USD and the mapping EUR"):
        company.load()


@pytest.mark.parametrize("header", ["Revenue (ARR)", "Amount (net)", "Spend TOP", "TOTAL ALL"])
def test_three_letters_that_are_no_currency_say_nothing(header: str):
    assert in_header(header) is None


def test_an_interval_without_a_word_is_shown_and_a_price_by_tiers_is_unknown(company: Company):
    """Every two months is no interval that a value a month is known of. Wrong: that of a month."""
    subscriptions = [
        {"id": "sub_1", "object": "subscription", "currency": "eur", "customer": "cus_1",
         "start_date": 1736499600, "created": 1736499600, "items": {"data": [
             {"id": f"si_{n}", "quantity": 1, "price": {
                 "unit_amount": amount, "recurring": {"interval": "month", "interval_count": n}}}
             for n, amount in ((1, None), (2, 500), (3, 500))
         ]}},
    ]  # fmt: skip
    company.write("subscriptions.json", json.dumps({"data": subscriptions}))
    company.map("sources:\n  - {reader: stripe}\n")
    report = company.load()
    assert company.rows(
        "select item_id, interval_amount::double, billing_interval, billing_interval_source_value "
        "from raw_mapped.subscriptions order by 1"
    ) == [
        ("stripe:si_1", None, "month", "1 month"),
        ("stripe:si_2", 5.0, "__unmapped__", "2 month"),
        ("stripe:si_3", 5.0, "quarter", "3 month"),
    ]
    assert [(use.column, use.source_value) for use in report.unmapped] == [
        ("billing_interval", "2 month")
    ]
