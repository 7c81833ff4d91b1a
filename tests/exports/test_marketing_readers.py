"""Ad reports and web analytics: totals that must agree, what is refused, real replica tables."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.exports.checking import check_file, describe
from orchestration.exports.errors import LoadFailed
from orchestration.exports.mapping import read_yaml
from orchestration.exports.mapping_model import Mapping, SourceMapping
from orchestration.exports.reader_model import readers
from orchestration.exports.report import FileTotal
from orchestration.settings import Settings
from tests.conftest import SHARED_DATA
from tests.exports.conftest import Company

ADS = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n"
SYSTEMS = {
    "google_ads", "meta_ads", "linkedin_ads", "microsoft_ads", "ga4", "search_console",
    "universal_analytics", "mailchimp", "events", "marketo",
}  # fmt: skip


def _ads(company: Company, *names: str, reader: str = "google_ads", more: str = "") -> None:
    """Load the files that are written, the first named the oldest."""
    for age, name in enumerate(reversed(names)):
        moment = 2_000_000_000 - age
        os.utime(company.settings.exports / name, (moment, moment))
    company.map(f"sources:\n  - {{reader: {reader}{more}}}\n")


def test_every_shape_has_a_file_and_the_rows_it_becomes():
    """The planning workbook has tests of its own, from the template that it writes."""
    fixtures = Path(__file__).parent / "fixtures"
    for reader in readers():
        if reader.system != "planning":
            expected = read_yaml(fixtures / reader.system / "expected.yaml")
            shown = dict.fromkeys(name.partition(".")[0] for name in expected)
            assert list(shown) == [shape.name for shape in reader.shapes], reader.system


@pytest.mark.parametrize(
    ("header", "total"),
    [
        ("Tag,Kampagne,Währungscode,Impr.,Klicks,Kosten", "Gesamt: Konto"),
        ("Jour,Campagne,Code de la devise,Impr.,Clics,Coût", "Total : compte"),
        ("天,广告系列,货币代码,展示次数,点击次数,费用", "总计：帐号"),
    ],
)
def test_google_reports_of_other_languages_mean_the_same(company: Company, header: str, total: str):
    company.write(
        "x.csv",
        f"Titel\n1\n{header}\n2025-01-02,Eins,GBP,10,2,1.50\n2025-01-02,Zwei,GBP,5,1,2.25\n"
        f"{total}, --,GBP,15,3,3.75\n",
    )
    _ads(company)
    report = company.load()
    assert company.rows(
        "select campaign, performance_date::varchar, impressions, clicks, cost::double, currency "
        "from raw_mapped.ad_performance_daily order by 1"
    ) == [("Eins", "2025-01-02", 10, 2, 1.5, "GBP"), ("Zwei", "2025-01-02", 5, 1, 2.25, "GBP")]
    assert [load.totals for load in report.file_loads] == [
        (FileTotal("amount", 3.75, 3.75, 0.015),),
        (FileTotal("cost", 3.75, 3.75, 0.015),),
    ]
    assert report.broken_totals == ()


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (
            "google_ads",
            ADS + '2025-01-02,One,GBP,10,2,1.50\nTotal: Account, --,GBP,10,2,"1,001.51"\n',
        ),
        # The row that sums up has no mark of its own: it is the one that names no campaign.
        (
            "meta_ads",
            'Day,Campaign name,Amount spent (GBP)\n,,"1,001.51"\n2025-01-02,One,1.50\n',
        ),
        (
            "costs",
            "Buchungsdatum;Kostenart;Betrag;Währung\n2025-01-02;Software;1.50;GBP\n"
            "Summe;;1001.51;\n",
        ),
        ("costs", "过账日期,费用类型,金额,币种\n2025-01-02,工具,1.50,GBP\n,合计,1001.51,GBP\n"),
    ],
)
def test_a_report_that_does_not_add_up_is_loaded_and_named(
    company: Company, tmp_path: Path, reader: str, text: str
):
    path = company.write("x.csv", text)
    _ads(company, reader=reader)
    report = company.load()
    sums = {"costs": "amount"} | ({} if reader == "costs" else {"ad_performance_daily": "cost"})
    assert (report.totals["rows_footer"], report.totals["rows_quarantined"]) == (len(sums), 0)
    assert [load.entity for load in report.broken_totals] == [*sums]
    assert company.rows(
        "select source_file, entity, column_name, stated_total, loaded_total, tolerance "
        "from raw_meta.file_totals order by 2 desc"
    ) == [("x.csv", entity, column, 1001.51, 1.5, 0.01) for entity, column in sums.items()]
    (check,) = check_file(path, None, path.parent, tmp_path)
    said = list(describe(check))
    for column in sums.values():
        verdict = f"{column} 1,001.51, the rows loaded add up to 1.50: NOT the same"
        assert f"    its total row says {verdict}" in said


COSTS = "Posting date,Document,Cost type,Campaign,Amount,Currency\n"
POSTINGS = "2025-01-31,K-1,media,Total Media,10,EUR\n2025-02-28,K-2,tools,Total,20,EUR\n"
JANUARY = "2025-01-31,K-1,media,,10,EUR\nTotal January 2025,,,,10,\n"


def test_rows_that_add_up_a_list_of_costs_are_told_from_postings(company: Company):
    """Wrong: postings of a type nobody mapped, or a month held against all of them."""
    agreeing = [
        POSTINGS + f"{row}\n"
        for row in (
            "2025-02-28,-,Total,,30,", "28.02.2025,,Summe,,30,", '"February 28, 2025",,总计,,30,',
            "28 February 2025,,Total costs,,30,", ",,,Total,30,", "Gesamtkosten,,,,30,",
            "Total costs,,,,30,", "Total 2025,,,,30,", "合计 2025,,,,30,", "2025年合计,,,,30,",
            "总费用:,,,,30,", "Total January 2025,,,,30,", "Summe Q1/2025,,,,30,",
            "本年合计,,,,30,", "Total EUR,,,,30,\n2025-02-28,,本年累计,,30,",
        )
    ]  # fmt: skip
    agreeing += [
        # Each month has a total, and nobody adds them up.
        "2025-01-31,K-1,media,,10,EUR\n2025-01-31,,Total,,10,\n"
        "2025-02-28,K-2,tools,,20,EUR\n2025-02-28,,Total,,20,\n",
        # Somebody does, with or without a total of the last month.
        *(
            f"{JANUARY}2025-02-28,K-2,tools,,20,EUR\n{last}Total,,,,30,\n"
            for last in ("", "Total February 2025,,,,20,\n", "2025-02-28,,Subtotal,,20,\n")
        ),
        # Quarters have one too.
        f"{JANUARY}2025-02-28,K-2,tools,,15,EUR\nTotal February 2025,,,,15,\nTotal Q1 2025,,,,25,"
        "\n2025-04-30,K-3,tools,,5,EUR\nTotal April 2025,,,,5,\nTotal Q2 2025,,,,5,\n",
    ]
    for number, rows in enumerate(agreeing):
        company.write(f"{number:02}.csv", COSTS + rows)
    wrong = f"{JANUARY}2025-02-28,K-2,tools,,20,EUR\nTotal February 2025,,,,21,\n"
    company.write("wrong.csv", COSTS + wrong)
    _ads(company, reader="costs")
    report = company.load()
    assert company.quarantined() == []
    assert [
        (load.file, [(total.stated, total.loaded) for total in load.totals])
        for load in report.file_loads
    ] == [
        *((f"{number:02}.csv", [(30, 30)]) for number in range(len(agreeing))),
        ("wrong.csv", [(31, 30)]),
    ]
    assert [load.file for load in report.broken_totals] == ["wrong.csv"]


def test_what_has_a_day_and_a_type_or_number_is_no_total(company: Company):
    rows = [
        # A vendor of that name, whatever stands first.
        "Vendor,Posting date,Cost type,Amount,Currency\nTotal,2025-01-31,media,10,EUR\n",
        "Posting date,Vendor,Cost type,Amount,Currency\n2025-01-31,Total,media,10,EUR\n",
        "Vendor,Posting date,Cost type,Amount,Currency\nTotal Energies,2025-01-31,media,10,EUR\n",
        # A type that nobody mapped, of a document.
        "Posting date,Cost type,Document,Amount,Currency\n2025-01-31,Total,K-1,10,EUR\n",
        COSTS + "2025-01-31,K-1,Total,,10,EUR\n",
    ]
    for number, text in enumerate(rows):
        company.write(f"{number}.csv", text)
    _ads(company, reader="costs")
    loads = company.load().file_loads
    assert [(load.rows_quarantined, load.rows_footer, load.totals) for load in loads] == [
        (0, 0, ())
    ] * len(rows)


# As Google Analytics puts two tables of one report into a file.
GA4 = """\
# Start date: 20250101
Date,Country,Sessions,Engaged sessions,Views
20250101,Chile,10,6,20
20250102,Peru,4,3,8
Grand total,,14,9,28
#
# {}
{}
Grand total,,4,3,{}
"""
AGAIN = "Date,Country,Sessions,Engaged sessions,Views\n"


def test_the_next_range_of_dates_goes_on_with_the_report(company: Company):
    """Wrong: its header is a row, and its total that of both."""
    text = GA4.format("Start date: 20250103", AGAIN + "20250103,Chile,5,3,9\n\n20250104,,1,1,2", 11)
    company.write("x.csv", text)
    _ads(company, reader="ga4")
    report = company.load()
    assert company.rows(
        "select traffic_date::varchar, country, pageviews from raw_mapped.web_traffic_daily "
        "order by 1"
    ) == [
        ("2025-01-01", "Chile", 20), ("2025-01-02", "Peru", 8), ("2025-01-03", "Chile", 9),
        ("2025-01-04", None, 2),
    ]  # fmt: skip
    assert company.quarantined() == []
    (load,) = report.file_loads
    assert [(total.column, total.stated, total.loaded) for total in load.totals] == [
        ("pageviews", 39, 39)
    ]
    assert load.rows_footer == 5
    # A table that states no total is compared with nothing, and is no part of the other's.
    without = {
        text.replace("Grand total,,4,3,11\n", ""): ("pageviews", 28, 28),
        text.replace("Grand total,,14,9,28\n", ""): ("pageviews", 11, 11),
    }
    for one, total in without.items():
        company.write("x.csv", one)
        (load,) = company.load().file_loads
        assert [(item.column, item.stated, item.loaded) for item in load.totals] == [total]


@pytest.mark.parametrize(
    ("below", "reason"),
    [
        (
            AGAIN + "20250102,Peru,1,1,8",
            "ga4_countries: its tables under each other state ga4, country, 2025-01-02 more than "
            "once, the last time in row 9. They compare groups of visitors",
        ),
        # Of the same width: its users would be sessions.
        (
            "Date,Country,Active users,Engaged sessions,Views\n20250103,Chile,1,1,8",
            "another one begins in row 8, with the header 'Date', 'Country', 'Active users', ",
        ),
        ("Nth day,Sessions\n0000,10", "another one begins in row 8, with the header 'Nth day', "),
    ],
)
def test_another_table_below_a_report_is_refused(company: Company, below: str, reason: str):
    company.write("x.csv", GA4.format("Mobile traffic", below, 8))
    _ads(company, reader="ga4")
    with pytest.raises(LoadFailed, match=re.escape(reason)):
        company.load()


def test_two_reports_in_one_file_are_named(company: Company):
    """Wrong: the devices of the second are countries of the first."""
    below = "Date,Device category,Sessions,Engaged sessions,Views\n20250103,mobile,1,1,8"
    company.write("x.csv", GA4.format("Mobile traffic", below, 8))
    _ads(company, reader="ga4")
    assert [file.reason for file in company.load().unmatched_files] == [
        "more than one table stands in it: Google Analytics 4 countries in row 2, Google Analytics "
        "4 devices in row 8. Export each as a file of its own"
    ]


def test_a_report_below_its_chart_is_read_and_the_chart_named(company: Company):
    """Wrong: the days of the chart are the report, or no header stands in the first rows."""
    head = "# ---\n# Countries\n# ---\n#\n# {}\n# Start date: 20250101\n"
    report = "#\n# All Users\n# Start date: 20250101\nDate,Country,Sessions\n202501{},Chile,10\n"
    days = "".join(f"2025010{number % 9 + 1},1\n" for number in range(60))
    charts = {
        "chart.csv": ("All Users", f"Date,Sessions\n{days}", "01"),
        "nth.csv": ("All Users", f"Nth day,Sessions\n{days}", "02"),
        "short.csv": ("All Users", "Date,Chile\n20250103,10\n", "03"),
        # Who knows whether those are all of them.
        "other.csv": ("Mobile traffic", f"Date,Sessions\n{days}", "04"),
    }
    for name, (segment, chart, day) in charts.items():
        company.write(name, head.format(segment) + chart + report.format(day))
    _ads(company, reader="ga4")
    loaded = company.load()
    assert company.rows(
        "select traffic_date::varchar, breakdown, country, sessions "
        "from raw_mapped.web_traffic_daily order by 1"
    ) == [(f"2025-01-0{day}", "country", "Chile", 10) for day in (1, 2, 3)]
    assert loaded.left_out == ()
    assert [(file.file, file.reason) for file in loaded.unmatched_files] == [
        *(
            (name, f"the table in row 7 ({header}), a chart above the report in row {row}")
            for name, header, row in (
                ("chart.csv", "Date, Sessions", 71), ("nth.csv", "Nth day, Sessions", 71),
                ("short.csv", "Date, Chile", 12),
            )
        ),
        (
            "other.csv",
            "more than one table stands in it: Google Analytics 4 countries in row 71, Google "
            "Analytics 4 days in row 7. Export each as a file of its own",
        ),
    ]  # fmt: skip


def test_visits_of_segments_are_never_added_up(company: Company):
    for number, names in enumerate(
        (
            "Date,Segment", "Date,Country,Comparison", "细分,日期,设备类别",
            "Segment,Date,Session source / medium", "Date,Landing page,Segment",
            "Session default channel group,Date,Comparison",
            "Default Channel Grouping,Date,Segment",
        )
    ):  # fmt: skip
        cells = ",".join(
            "20250101" if name in ("Date", "日期") else "x" for name in names.split(",")
        )
        company.write(f"{number}.csv", f"{names},Sessions\n{cells},10\n{cells},4\n")
    company.map("sources:\n  - {reader: ga4}\n  - {reader: universal_analytics}\n")
    reasons = [left.reason for left in company.load().unmatched_files]
    assert len(reasons) == 7
    assert all("Take comparisons and segments off" in reason for reason in reasons)


def test_a_row_in_quarantine_or_an_unreadable_total_breaks_the_total(company: Company):
    company.write(
        "x.csv",
        ADS + "2025-01-02,One,GBP,10,2,1.50\n2025-01-02,Two,GBP,1,1,odd\nTotal: Account,,,,,3.00\n",
    )
    company.write("y.csv", ADS + "2025-01-03,One,GBP,10,2,1.50\nTotal: Account,,,,,odd\n")
    _ads(company)
    company.load()
    assert company.rows(
        "select source_file, stated_total, loaded_total from raw_meta.file_totals "
        "where entity = 'costs' order by 1"
    ) == [("x.csv", 3.0, 1.5), ("y.csv", None, 1.5)]


def test_a_newer_report_of_a_day_replaces_the_older_one_and_nothing_else(company: Company):
    company.write(
        "old.csv",
        ADS + "2025-01-01,One,GBP,1,1,1.00\n2025-01-02,One,GBP,2,1,2.00\n"
        "2025-01-02,Two,GBP,3,1,4.00\n",
    )
    # The platform restates a day, and this report breaks it down further: two rows of one slice.
    company.write("new.csv", ADS + "2025-01-02,One,GBP,1,1,8.00\n2025-01-02,One,GBP,1,1,16.00\n")
    _ads(company, "old.csv", "new.csv")
    report = company.load()
    expected = [
        ("2025-01-01", "One", 1.0), ("2025-01-02", "One", 8.0), ("2025-01-02", "One", 16.0),
        ("2025-01-02", "Two", 4.0),
    ]  # fmt: skip
    for day, amount, table in (
        ("cost_date", "amount", "costs"),
        ("performance_date", "cost", "ad_performance_daily"),
    ):
        assert (
            company.rows(
                f"select {day}::varchar, campaign, {amount}::double from raw_mapped.{table} "
                "order by all"
            )
            == expected
        )
    assert [(load.file, load.rows_superseded) for load in report.file_loads] == [
        ("old.csv", 1), ("old.csv", 1), ("new.csv", 0), ("new.csv", 0),
    ]  # fmt: skip


def test_reports_of_two_sources_never_replace_one_another(company: Company):
    for folder in ("a", "b"):
        company.write(f"{folder}/x.csv", ADS + "2025-01-01,One,GBP,1,1,1.00\n")
    company.map(
        "sources:\n  - {reader: google_ads, source: ads_a, folder: a}\n"
        "  - {reader: google_ads, source: ads_b, folder: b, encoding: utf-8}\n"
    )
    company.write("b/x.csv", ADS + "2025-01-01,One,GBP,1,1,2.00\n")
    company.load()
    assert company.rows("select sum(amount)::double from raw_mapped.costs") == [(3.0,)]


def test_postings_of_accounting_have_no_slice(company: Company):
    entry = (
        "  - {{name: {0}, pattern: {0}.csv, entity: costs, columns: {{cost_date: d, amount: a, "
        "campaign: c, cost_type: {{constant: media}}, currency: {{constant: EUR}}}}}}\n"
    )
    company.write("books.csv", "d,a,c\n2025-01-01,1,One\n")
    company.write("more.csv", "d,a,c\n2025-01-01,2,One\n")
    company.map("files:\n" + entry.format("books") + entry.format("more"))
    company.load()
    assert company.rows("select sum(amount)::double from raw_mapped.costs") == [(3.0,)]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        ("google_ads", "Day,Campaign,Impr.,Clicks,Cost\n2025-01-01,One,1,1,1.00\n"),
        ("meta_ads", "Day,Campaign name,Amount spent,Impressions\n2025-01-01,One,1.00,1\n"),
        (
            "linkedin_ads",
            "Start Date (in UTC),Campaign Name,Total Spent,Clicks\n1/2/2025,One,1.00,1\n",
        ),
        ("microsoft_ads", "Gregorian date,Campaign name,Spend,Clicks\n1/2/2025,One,1.00,1\n"),
    ],
)
def test_rows_of_a_report_without_a_currency_are_kept_back_until_the_source_says_it(
    company: Company, reader: str, text: str
):
    company.write("x.csv", text)
    _ads(company, reader=reader)
    assert company.load().unmatched_files == ()
    reason = (
        "a required value is missing. Export the currency of the amounts, or state `currency: EUR` "
        "(or another) for the source or entry in the mapping"
    )
    assert company.rows(
        "select source_file, entity, source_row, column_name, reason from raw_meta.quarantine "
        "order by all"
    ) == [
        ("x.csv", "ad_performance_daily", 2, "currency", reason),
        ("x.csv", "costs", 2, "currency", reason),
    ]
    assert company.rows("select count(*) from raw_mapped.costs") == [(0,)]
    _ads(company, reader=reader, more=", currency: CHF")
    assert company.load().totals["rows_quarantined"] == 0
    assert company.rows("select amount::double, currency from raw_mapped.costs") == [(1.0, "CHF")]


def test_rows_of_a_report_without_a_day_are_kept_back_and_the_last_good_data_stays(
    company: Company,
):
    company.write("x.csv", ADS + "2025-01-02,One,GBP,10,2,1.50\n,Two,GBP,1,1,2.00\n")
    _ads(company)
    company.load()
    assert company.rows("select campaign from raw_mapped.costs") == [("One",)]
    assert {row[:2] for row in company.quarantined()} == {
        (3, "cost_date"), (3, "performance_date"),
    }  # fmt: skip
    company.head = company.head.replace("max_quarantine_rate: 1", "max_quarantine_rate: 0.5")
    company.write("y.csv", "Campaign,Currency code,Clicks,Cost\nOne,GBP,2,9.50\n")
    _ads(company)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    (error,) = raised.value.errors
    assert str(error) == (
        "Loading y.csv as google_ads_campaigns_without_day: 1 of 1 rows cannot be used, more than "
        "max_quarantine_rate 0.5 allows. cost_date: a required value is missing. Segment the "
        "report by Time, Day, and export again (1 rows, first row 2). A retry will not help. "
        "Correct the export or the mapping, or raise max_quarantine_rate."
    )
    assert company.rows("select campaign from raw_mapped.costs") == [("One",)]


def test_the_header_says_the_currency_of_meta_whatever_the_company_reports_in(company: Company):
    company.write("x.csv", "日期,广告系列名称,已花费金额（CNY）,展示次数\n2025-01-01,一,1.00,1\n")
    _ads(company, reader="meta_ads")
    company.load()
    assert company.rows(
        "select costs.currency, ads.currency from raw_mapped.costs cross join "
        "raw_mapped.ad_performance_daily as ads"
    ) == [("CNY", "CNY")]


def test_the_two_series_of_visits_and_two_breakdowns_are_kept_apart(company: Company):
    company.write("a.csv", "Date,Sessions\n20230101,10\n")
    company.write("b.csv", "Date,Country,Sessions\n20230101,Germany,9\n")
    company.write("c.csv", "Default Channel Grouping,Date,Sessions\nDirect,20230101,12\n")
    company.map("sources:\n  - {reader: ga4}\n  - {reader: universal_analytics}\n")
    company.load()
    assert company.rows(
        "select analytics, breakdown, sessions from raw_mapped.web_traffic_daily order by all"
    ) == [
        ("ga4", "country", 9.0),
        ("ga4", "day", 10.0),
        ("universal_analytics", "channel_group", 12.0),
    ]


REAL = {
    "google_ads": ("google", "campaign_stats_data.csv", 16, 231.33),
    "meta_ads": ("ads", "facebook_ads_basic_ad_data.csv", 10, 643.63),
    "linkedin_ads": ("ads", "linkedin_ad_analytics_by_campaign_data.csv", 20, 530.62),
    "microsoft_ads": (
        "ads", "microsoft_ads_campaign_performance_daily_report_data.csv", 2630, 946.34,
    ),
}  # fmt: skip


def _seeds(folder: str) -> Path:
    path = SHARED_DATA / "fivetran_seeds" / folder
    if not path.is_dir():
        pytest.skip(f"the real exports {folder} are not beside the project: {path} is absent")
    return path


@pytest.mark.parametrize("reader", REAL)
def test_of_real_replica_tables_the_campaign_level_alone_is_read(company: Company, reader: str):
    folder, name, rows, cost = REAL[reader]
    company.map(f"sources:\n  - {{reader: {reader}, currency: USD}}\n")
    seeds = {"google": "dbt_google_ads", "ads": "dbt_ad_reporting"}
    company.settings = _over(company, _seeds(seeds[folder]))
    report = company.load()
    assert {load.file for load in report.file_loads} == {name}
    assert company.rows(
        "select count(*), sum(amount)::double, min(currency), max(currency) from raw_mapped.costs"
    ) == [(rows, pytest.approx(cost), "USD", "USD")]
    if reader != "meta_ads":
        assert company.rows(
            "select count(*), sum(cost)::double from raw_mapped.ad_performance_daily"
        ) == [(rows, pytest.approx(cost))]


def _over(company: Company, folder: Path) -> Settings:
    """The company's settings with exports that may only be read."""
    config = company.settings.exports / "exports.yaml"
    return replace(company.settings, exports=folder, config=config)


def test_real_marketo_tables_become_people_and_touches(company: Company):
    company.map("sources:\n  - {reader: marketo}\n")
    company.settings = _over(company, _seeds("dbt_marketo"))
    company.load()
    assert company.rows(
        "select count(*), count(email), count(*) filter (is_deleted) from raw_mapped.people"
    ) == [(131, 100, 31)]
    assert company.rows("select touch_type, count(*) from raw_mapped.touches group by 1") == [
        ("email_click", 100)
    ]


@pytest.mark.parametrize(
    ("folder", "name", "shape"),
    [
        ("ga_merch_store", "all_sessions.csv", "universal_analytics bigquery_sessions"),
        ("ga_merch_store", "products.csv", None),
        ("online_shoppers", "online_shoppers_intention.csv", None),
        ("ga4_velir", "ga4_source_categories.csv", None),
    ],
)
def test_real_files_that_hold_no_day_of_visits_are_refused_with_the_reason(
    tmp_path: Path, folder: str, name: str, shape: str | None
):
    path = SHARED_DATA / folder / name
    if not path.is_file():
        pytest.skip(f"the real exports {folder} are not beside the project: {path} is absent")
    sources = [SourceMapping(reader=system) for system in sorted(SYSTEMS)]
    mapping = Mapping(
        version="1", company="", source="x", time_zone="UTC", currency="EUR", sources=sources
    )
    (check,) = check_file(path, mapping, path.parent, tmp_path)
    claimed = check.claim and f"{check.claim.reader.system} {check.claim.shape.name}"
    assert claimed == shape
    assert check.reason
    assert check.entries == []
