"""Text becomes the canonical type, or its row is kept back with the column, value and reason."""

from __future__ import annotations

from datetime import datetime

import pytest

from orchestration.exports.entities import ENTITIES
from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import DEALS, Company

ACCOUNTS = """\
files:
  - name: accounts
    pattern: accounts.csv
    entity: accounts
    columns: {account_id: id, created_at: at}
"""


def _one_column(company: Company, values: list[str], files: str, name: str, column: str) -> dict:
    """Load ``values`` as one column of a file; the typed value of each that landed."""
    rows = "".join(f"{number}\tWon\t{value}\n" for number, value in enumerate(values))
    entity = files.split("entity: ")[1].split("\n")[0]
    (key,) = ENTITIES[entity].key
    company.write(name, f"id\tstage\tat\n{rows}")
    company.map(files.replace(f"pattern: {name.split('.')[0]}.csv", f"pattern: {name}"))
    company.load()
    landed = dict(company.rows(f"select {key}::integer, {column} from raw_mapped.{entity}"))
    return {value: landed[number] for number, value in enumerate(values) if number in landed}


def test_timestamps_become_utc_from_their_own_offset_or_the_stated_zone(company: Company):
    expected = {
        "2025-01-31T10:00:00Z": datetime(2025, 1, 31, 10),
        "2025-01-31 10:00:00+08:00": datetime(2025, 1, 31, 2),
        "2025-01-31T10:00:00.250+0800": datetime(2025, 1, 31, 2, 0, 0, 250_000),
        "2025-01-31 10:00:00": datetime(2025, 1, 31, 9),
        "2025-05-02T15:00:00.000+0000": datetime(2025, 5, 2, 15),
        "2025-07-31 10:00": datetime(2025, 7, 31, 8),
        "2025-07-31": datetime(2025, 7, 30, 22),
        "2025/07/31 10:00:00": datetime(2025, 7, 31, 8),
        "20250731": datetime(2025, 7, 30, 22),
        "2025年7月31日": datetime(2025, 7, 30, 22),
        "31 Jul 2025": datetime(2025, 7, 30, 22),
        "Jul 31, 2025": datetime(2025, 7, 30, 22),
        "31/07/2025 10:00": datetime(2025, 7, 31, 8),
        "07/31/2025": datetime(2025, 7, 30, 22),
        "": None,
    }
    refused = ["yesterday", "2025-02-30", "0000-00-00", "infinity", "epoch", "0202-01-01", "45321"]
    found = _one_column(company, [*expected, *refused], ACCOUNTS, "accounts.tsv", "created_at")
    assert found == expected
    assert [(column, value, reason) for _, column, value, reason in company.quarantined()] == [
        ("created_at", value, "not a time in ISO form") for value in refused
    ]


def test_a_file_may_have_its_own_zone_apart_from_the_reporting_zone(company: Company):
    files = ACCOUNTS.replace("entity:", "time_zone: Asia/Shanghai\n    entity:")
    assert _one_column(
        company, ["2025-01-31 10:00:00", "2025-01-31"], files, "accounts.tsv", "created_at"
    ) == {
        "2025-01-31 10:00:00": datetime(2025, 1, 31, 2),
        "2025-01-31": datetime(2025, 1, 30, 23),
    }


@pytest.mark.parametrize(
    ("form", "counts"),
    [
        ("epoch", ["1746198000", "1746198000.25", "-1"]),
        ("epoch_ms", ["1746198000000", "1746198000250", "-1000"]),
        ("epoch_us", ["1746198000000000", "1746198000250000", "-1000000"]),
    ],
)
def test_counts_since_1970_are_times_where_the_mapping_says_so(
    company: Company, form: str, counts: list[str]
):
    files = ACCOUNTS.replace("entity:", f"date_format: {form}\n    entity:")
    refused = ["99999999999", "9" * 40, "1.7e9", "17461980001746198000"]
    refused[0] += {"epoch": "", "epoch_ms": "999", "epoch_us": "999999"}[form]
    iso = {"2025-05-02T15:00:00Z": datetime(2025, 5, 2, 15)}
    expected = dict(
        zip(
            counts,
            [
                datetime(2025, 5, 2, 15),
                datetime(2025, 5, 2, 15, 0, 0, 250_000),
                datetime(1969, 12, 31, 23, 59, 59),
            ],
            strict=True,
        )
    )
    found = _one_column(company, [*counts, *iso, *refused], files, "accounts.tsv", "created_at")
    assert found == expected | iso
    assert [(value, reason) for _, _, value, reason in company.quarantined()] == [
        (value, f"not a time in ISO form or in {form}") for value in refused
    ]


def test_a_count_since_1970_is_a_day_of_the_reporting_zone(company: Company):
    files = DEALS.replace(
        "close_date: closed", "close_date: {column: closed, date_format: epoch_ms}"
    )
    text = "id,stage,amount,closed\nd1,Won,1,1735685999000\nd2,Won,1,1735686000000\n"
    assert [row[3] for row in company.deals(text, files=files)] == ["2024-12-31", "2025-01-01"]


def test_a_date_stays_as_typed_and_a_time_becomes_the_reporting_day(company: Company):
    files = DEALS.replace("amount: amount, close_date: closed", "close_date: at")
    files = files.replace("entity:", "time_zone: UTC\n    entity:")
    expected = {
        "2025-01-31": "2025-01-31",
        "2025-01-31 22:59:59": "2025-01-31",
        "2025-01-31 23:00:00": "2025-02-01",
        "2025-01-31T23:30:00+05:00": "2025-01-31",
        "2025-01-31T23:30:00Z": "2025-02-01",
    }
    found = _one_column(company, list(expected), files, "deals.tsv", "close_date::varchar")
    assert found == expected


@pytest.mark.parametrize(
    "value", ["03/04/2025", "3.4.2025", "03-04-2025", "25/12/24", "3/4/2025 10:00"]
)
def test_ambiguous_dates_are_refused_with_examples(company: Company, value: str):
    with pytest.raises(LoadFailed) as raised:
        company.deals(f"id,stage,amount,closed\nd1,Won,1,2025-01-01\nd2,Won,1,{value}\n")
    assert str(raised.value.errors[0]) == (
        f"Reading deals.csv as deals: column 'closed' holds dates whose day and month could be "
        f"swapped: {value!r} (row 3). A retry will not help. State date_format for the file or the "
        'column, for example "%d/%m/%Y" or "%m/%d/%Y".'
    )


def test_a_day_that_equals_its_month_is_not_ambiguous(company: Company):
    text = "id,stage,amount,closed\nd1,Won,1,04/04/2025\nd2,Won,1,25/12/2024\nd3,Won,1,12/25/2024\n"
    assert [row[3] for row in company.deals(text)] == ["2025-04-04", "2024-12-25", "2024-12-25"]


@pytest.mark.parametrize(
    ("form", "expected"), [("%d/%m/%Y", "2025-04-03"), ("%m/%d/%Y", "2025-03-04")]
)
def test_a_stated_format_decides_and_iso_is_still_understood(
    company: Company, form: str, expected: str
):
    files = DEALS.replace("entity:", f'date_format: "{form}"\n    entity:')
    text = (
        "id,stage,amount,closed\nd1,Won,1,03/04/2025\nd2,Won,1,2025-04-03\n"
        "d3,Won,1,03/04/2025 18:30\nd4,Won,1,99/99/2025\n"
    )
    assert [row[3] for row in company.deals(text, files=files)] == [
        expected,
        "2025-04-03",
        expected,
    ]
    assert company.quarantined() == [
        (5, "close_date", "99/99/2025", f"not a date in ISO form or in {form}")
    ]


AMOUNTS = DEALS.replace("amount: amount, close_date: closed", "amount: at")


def test_amounts_are_read_with_their_signs(company: Company):
    expected = {
        "1054": 1054.0,
        "-12.5": -12.5,
        "1,234.50": 1234.5,
        "1,234,567": 1234567.0,
        "€ 1,234.50": 1234.5,
        "1 234.50 EUR": 1234.5,
        "EUR 99": 99.0,
        "(250.00)": -250.0,
        "-€5": -5.0,
        "1e3": 1000.0,
        ".5": 0.5,
        "": None,
        "n/a": None,
    }
    refused = [
        "1.234,50",
        "12,34",
        "1,50",
        "£5",
        "¥5",
        "USD 99",
        "5 apples",
        "1_000",
        "nan",
        "infinity",
        "99999999999999999",
    ]
    found = _one_column(company, [*expected, *refused], AMOUNTS, "deals.tsv", "amount::double")
    assert found == expected
    assert [value for _, _, value, _ in company.quarantined()] == refused


def test_a_decimal_comma_counts_only_when_stated(company: Company):
    files = AMOUNTS.replace("entity:", 'decimal: ","\n    entity:')
    expected = {"1.234,50": 1234.5, "1.234": 1234.0, "12,5": 12.5, "1.234.567,89 €": 1234567.89}
    refused = ["1,234.50", "12.34"]
    found = _one_column(company, [*expected, *refused], files, "deals.tsv", "amount::double")
    assert found == expected
    swiss = AMOUNTS.replace("entity:", 'thousands: "\'"\n    entity:')
    assert _one_column(company, ["1'234.50"], swiss, "deals.tsv", "amount::double") == {
        "1'234.50": 1234.5
    }


def test_booleans_are_read_in_words(company: Company):
    files = """\
files:
  - name: people
    pattern: people.tsv
    entity: people
    columns: {person_id: id, is_test: at}
"""
    expected = {
        "true": True, "YES": True, "y": True, "1": True, "是": True, "False": False, "no": False,
        "0": False, "否": False, "": None,
    }  # fmt: skip
    found = _one_column(company, [*expected, "maybe"], files, "people.tsv", "is_test")
    assert found == expected
    assert company.quarantined() == [(12, "is_test", "maybe", "not true or false")]


def test_an_outcome_that_nobody_mapped_says_nothing_and_is_shown(company: Company):
    """The call was made all the same. An id of a list that is not exported says nothing, even 1."""
    files = """\
files:
  - name: calls
    pattern: calls.tsv
    entity: activities
    columns:
      activity_id: id
      activity_at: {constant: "2025-01-01"}
      is_connected: {column: at, values: {Connected: "true", No answer: "false", Planned: null}}
"""
    expected = {
        "CONNECTED": True,
        "No answer": False,
        "Planned": None,
        "Gatekeeper": None,
        "yes": True,
    }
    found = _one_column(company, [*expected, "#REF!"], files, "calls.tsv", "is_connected")
    assert found == expected
    assert [row[:3] for row in company.quarantined()] == [(7, "is_connected", "#REF!")]
    words = "select source_value, mapped_value, is_unmapped from raw_meta.value_map_use order by 1"
    assert company.rows(words) == [
        ("CONNECTED", "true", False), ("Gatekeeper", "__unmapped__", True),
        ("No answer", "false", False),
    ]  # fmt: skip
    listed = files.replace("column: at,", "column: at, lookup: outcomes,")
    listed += """\
  - name: outcomes
    pattern: outcomes.csv
    entity: lookups
    columns: {lookup: {constant: outcomes}, code: id, label: name}
"""
    company.write("outcomes.csv", "id,name\n1,No answer\n2,Connected\n3,Gatekeeper\n")
    expected = {"1": False, "2": True, "3": None, "0": None}
    assert _one_column(company, [*expected], listed, "calls.tsv", "is_connected") == expected
    assert company.rows(words) == [
        ("0", "__unmapped__", True), ("Connected", "true", False),
        ("Gatekeeper", "__unmapped__", True), ("No answer", "false", False),
    ]  # fmt: skip


SPLITS = """\
files:
  - name: splits
    pattern: splits.csv
    entity: opportunity_splits
    columns: {opportunity_id: id, owner_id: owner, share: share}
"""


def test_shares_are_fractions_and_percentages_are_divided(company: Company):
    company.write("splits.csv", "id,owner,share\na,o,0.4\nb,o,60%\nc,o,60\nd,o,-0.1\n")
    company.map(SPLITS)
    company.load()
    query = "select opportunity_id, share from raw_mapped.opportunity_splits order by 1"
    assert company.rows(query) == [("a", 0.4), ("b", 0.6)]
    assert company.quarantined() == [
        (4, "share", "60", "not a share between 0 and 1"),
        (5, "share", "-0.1", "not a share between 0 and 1"),
    ]
    company.map(SPLITS.replace("share: share", "share: {column: share, percent: true}"))
    company.load()
    assert company.rows(query) == [("a", 0.004), ("b", 0.6), ("c", 0.6)]


def test_placeholders_are_null_and_a_column_may_add_its_own(company: Company):
    files = DEALS.replace("amount: amount", 'amount: {column: amount, nulls: ["0"]}')
    text = "id,stage,amount,closed\nd1,Lost,0,N/A\nd2,Won, -- ,NULL\nd3,Won,0.00,\n"
    assert company.deals(text, files=files) == [
        ("d1", "Lost", None, None),
        ("d2", "Won", None, None),
        ("d3", "Won", 0.0, None),
    ]


def test_words_are_matched_trimmed_in_any_case_and_strangers_are_unmapped(company: Company):
    files = DEALS.replace(
        "stage: stage", "stage: {column: stage, values: {gewonnen: Won, storno: ~}}"
    )
    text = (
        "id,stage,amount,closed\nd1,won,1,\nd2,\u00a0In Progress ,2,\nd3,GEWONNEN,3,\n"
        "d4,Limbo,4,\nd5,limbo,5,\nd6,storno,6,\nd7,,7,\n"
    )
    assert company.deals(text, files=files) == [
        ("d1", "Won", 1.0, None),
        ("d2", "Open", 2.0, None),
        ("d3", "Won", 3.0, None),
        ("d4", "__unmapped__", 4.0, None),
        ("d5", "__unmapped__", 5.0, None),
    ]
    assert company.rows(
        "select distinct stage_source_value from raw_mapped.opportunities order by 1"
    ) == [("GEWONNEN",), ("In Progress",), ("Limbo",), ("limbo",), ("won",)]
    assert company.rows("from raw_meta.value_map_use order by source_value") == [
        ("opportunities", "stage", "GEWONNEN", "Won", 1, False),
        ("opportunities", "stage", "In Progress", "Open", 1, False),
        ("opportunities", "stage", "Limbo", "__unmapped__", 1, True),
        ("opportunities", "stage", "limbo", "__unmapped__", 1, True),
        ("opportunities", "stage", "won", "Won", 1, False),
    ]
    assert company.quarantined() == [
        (7, "stage", "storno", "a required value is missing"),
        (8, "stage", "", "a required value is missing"),
    ]


def test_channels_are_a_closed_list_the_mapping_can_widen(company: Company):
    files = """\
files:
  - name: people
    pattern: people.csv
    entity: people
    columns: {person_id: id, channel: {column: source, values: {Ads: paid_search}}}
"""
    company.write("people.csv", "id,source\n1,ADS\n2,podcast\n3,Radio\n4,\n5,Email\n")
    company.head += "channels: [podcast]\n"
    company.map(files)
    report = company.load()
    assert company.rows(
        "select channel, channel_source_value from raw_mapped.people order by person_id"
    ) == [
        ("paid_search", "ADS"),
        ("podcast", "podcast"),
        ("__unmapped__", "Radio"),
        (None, None),
        ("email", "Email"),
    ]
    assert [(use.source_value, use.row_count) for use in report.unmapped] == [("Radio", 1)]
    assert ("podcast",) in company.rows("from raw_meta.channels")


def test_a_value_map_mends_any_column_and_passes_other_values(company: Company):
    files = DEALS.replace("closed}", "closed, product_id: {column: p, values: {GTXPro: GTX Pro}}}")
    company.deals(
        "id,stage,amount,closed,p\n1,Won,1,,GTXPro\n2,Won,1,,gtxpro\n3,Won,1,,X\n", files=files
    )
    assert company.rows("select product_id from raw_mapped.opportunities order by 1") == [
        ("GTX Pro",),
        ("X",),
        ("gtxpro",),
    ]
    assert company.rows("from raw_meta.value_map_use") == [
        ("opportunities", "product_id", "GTXPro", "GTX Pro", 1, False)
    ]


def test_constants_and_currencies_fill_what_the_export_does_not_say(company: Company):
    files = DEALS.replace("entity:", "currency: USD\n    entity:").replace(
        "closed}", "closed, order_type: {constant: new}}"
    )
    company.deals("id,stage,amount,closed\n1,Won,USD 7,\n", files=files)
    assert company.rows(
        "select amount::double, currency, order_type, order_type_source_value "
        "from raw_mapped.opportunities"
    ) == [(7.0, "USD", "new", "new")]
    files = DEALS.replace("closed}", "closed, currency: cur}")
    company.deals(
        "id,stage,amount,closed,cur\n1,Won,1,,chf\n2,Won,1,,Euro\n3,Won,€1,,USD\n", files=files
    )
    assert company.rows("select opportunity_id, currency from raw_mapped.opportunities") == [
        ("1", "CHF")
    ]
    assert [row[1:3] for row in company.quarantined()] == [("currency", "Euro"), ("amount", "€1")]


REFUNDS = """\
files:
  - name: refunds
    pattern: refunds.csv
    entity: refunds
    columns: {opportunity_id: id, refunded_date: day, amount: value}
"""


def test_a_refund_without_a_stated_currency_leaves_it_to_its_deal(company: Company):
    company.write("refunds.csv", "id,day,value\nd1,2025-01-01,5\n")
    company.map(REFUNDS)
    company.load()
    query = "select amount::double, currency from raw_mapped.refunds"
    assert company.rows(query) == [(5.0, None)]
    company.map(REFUNDS.replace("entity:", "currency: USD\n    entity:"))
    company.load()
    assert company.rows(query) == [(5.0, "USD")]


def test_a_refund_that_names_a_currency_needs_it_stated(company: Company):
    company.write("refunds.csv", "id,day,value,cur\nd1,2025-01-01,EUR 5,\nd2,2025-01-01,€6,EUR\n")
    company.map(REFUNDS.replace("value}", "value, currency: cur}"))
    company.load()
    query = "select opportunity_id, amount::double, currency from raw_mapped.refunds order by 1"
    assert company.rows(query) == [("d2", 6.0, "EUR")]
    assert [row[1:3] for row in company.quarantined()] == [("amount", "EUR 5")]
    company.map(REFUNDS.replace("entity:", "currency: EUR\n    entity:"))
    company.load()
    assert company.rows(query) == [("d1", 5.0, "EUR"), ("d2", 6.0, "EUR")]


def test_a_split_without_an_owner_is_kept(company: Company):
    company.write("splits.csv", "id,owner,share\na,o,0.4\na,,0.6\n")
    company.map(SPLITS)
    company.load()
    query = "select owner_id, share from raw_mapped.opportunity_splits order by share"
    assert company.rows(query) == [("o", 0.4), (None, 0.6)]
    assert company.quarantined() == []


def test_mail_addresses_as_account_ids_are_hashed_alike_everywhere(company: Company):
    files = """\
files:
  - name: accounts
    pattern: accounts.csv
    entity: accounts
    columns: {account_id: id, parent_account_id: parent}
  - name: people
    pattern: people.csv
    entity: people
    columns: {person_id: id, account_id: account}
  - name: deals
    pattern: deals.csv
    entity: opportunities
    columns: {opportunity_id: id, stage: stage, account_id: account}
"""
    company.write("accounts.csv", "id,parent\na1,Buyer@x.org\n")
    company.write("people.csv", "id,account\np1,buyer@x.org\n")
    company.write("deals.csv", "id,stage,account\nd1,Won,buyer@X.org\n")
    company.map(files)
    company.load()
    ((parent, of_person, of_deal),) = company.rows(
        "select parent_account_id, people.account_id, opportunities.account_id "
        "from raw_mapped.accounts, raw_mapped.people, raw_mapped.opportunities"
    )
    assert len(parent) == 64
    assert parent == of_person == of_deal


def test_ids_stay_text_and_mail_addresses_in_them_are_hashed_alike(company: Company):
    files = """\
files:
  - name: people
    pattern: people.csv
    entity: people
    columns: {person_id: id, owner_id: owner, email: mail}
  - name: owners
    pattern: owners.csv
    entity: owners
    columns: {owner_id: id}
"""
    company.write("people.csv", "id,owner,mail\n007,Rep@x.org,a@b.c\n1e5,r2,\n")
    company.write("owners.csv", "id\nrep@X.org\n")
    company.map(files)
    company.load()
    ((hashed,),) = company.rows("select owner_id from raw_mapped.owners")
    assert len(hashed) == 64
    assert company.rows(
        "select person_id, owner_id, has_contact_means from raw_mapped.people order by 1"
    ) == [("007", hashed, True), ("1e5", "r2", False)]


def test_business_hours_are_times_on_the_wall_of_a_known_zone(company: Company):
    company.write(
        "hours.csv",
        "zone,day,from,to\n"
        "Europe/Berlin,1,9:00,17:30:00\n"
        "Asia/Kolkata,7,00:00,24:00\n"
        "Asia/Shanghai,星期二,09:00,18:00\nEurope/Berlin,Mittwoch,09:00,17:00\n"
        "Europe/Dublin,THU,09:00,17:00\nEurope/Berlin,0,09:00,17:00\nEurope/Berlin,Mon-Fri,9:00,\n"
        "Europe/Berlin,2,9,17:00\n"
        "Europe/Berlin,3,09:00,25:00\n"
        "Berlin,4,09:00,17:00\n",
    )
    company.map(
        """\
files:
  - name: hours
    pattern: hours.csv
    entity: business_hours
    columns:
      calendar: {constant: Office}
      time_zone: zone
      weekday: day
      opens_at: from
      closes_at: to
"""
    )
    company.load()
    assert company.rows(
        "select time_zone, weekday, opens_at, closes_at from raw_mapped.business_hours order by 2"
    ) == [
        ("Europe/Berlin", 1, "09:00", "17:30"),
        ("Asia/Shanghai", 2, "09:00", "18:00"),
        ("Europe/Berlin", 3, "09:00", "17:00"),
        ("Europe/Dublin", 4, "09:00", "17:00"),
        ("Asia/Kolkata", 7, "00:00", "24:00"),
    ]
    weekday = "not a weekday: 1 (Monday) to 7, or Mon, Monday, 周一"
    assert [(column, value, reason) for _, column, value, reason in company.quarantined()] == [
        ("weekday", "0", weekday),
        ("weekday", "Mon-Fri", weekday),
        ("opens_at", "9", "not a time of day such as 09:00"),
        ("closes_at", "25:00", "not a time of day such as 09:00"),
        ("time_zone", "Berlin", "not a time zone name such as Europe/Berlin"),
    ]
