"""What the pages say about the numbers: the values of ``kpi_values``, and why one is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from expectations.suites import load_suites
from orchestration.pages import build_site
from orchestration.pages.checks import TOLD_BY_THE_LOAD
from orchestration.settings import PROJECT_ROOT
from tests.pages.conftest import HOSTILE, manifest, write_analytics
from tests.pages.page import Page

GetPage = Callable[[str], Page]


def test_the_instant_is_shown_in_the_reporting_zone(page: GetPage) -> None:
    assert "1 Jul 2026, 00:00 (Europe/Berlin)" in page("en/index.html").texts
    assert "2026年7月1日 00:00（Europe/Berlin）" in page("zh/index.html").texts


def test_june_is_complete_at_midnight_in_berlin(page: GetPage) -> None:
    heading = next(row for row in page("en/index.html").rows if "Jun 2026" in row)
    assert heading == [
        "Jun 2026", "vs May 2026", "vs Jun 2025", "Q2 2026", "vs Q1 2026", "vs Q2 2025",
    ]  # fmt: skip


def test_counts_stand_beside_their_changes_and_their_target(page: GetPage) -> None:
    assert page("en/index.html").row("Leads") == [
        "Leads",
        "",
        "5",
        "−50.0% worse was 10",
        "+25.0% better was 4",
        "1,200 target 1,000",
        "×600.0 better was 2",
        "+1,200 better was 0",
        "1,219",
    ]


def test_a_rate_shows_its_parts_and_is_compared_only_when_it_may_be(page: GetPage) -> None:
    assert page("en/index.html").row("Lead rate") == [
        "Lead rate",
        "",
        "2.5% 1 ÷ 40 still maturing",
        "— no leads",
        "not compared was 25.0% small sample",
        "12.0% 24 ÷ 200",
        "+2.0 pp better was 10.0%",
        "— no data",
        "0.0% 0 ÷ 300",
    ]


def test_a_shorter_cycle_is_better_and_one_day_is_one_day(page: GetPage) -> None:
    row = page("en/index.html").row("Sales cycle")
    assert (row[2], row[3], row[8]) == (
        "30.5 days n = 8",
        "−23.8% better was 40",
        "1 day n = 17",
    )


def test_money_after_a_negative_month_has_a_difference_and_no_percentage(page: GetPage) -> None:
    row = page("en/index.html").row("Revenue")
    assert row[2:5] == ["EUR 1,150", "+EUR 1,200 better was −50", "— no data"]


def test_chinese_rows_hold_the_same_numbers(page: GetPage) -> None:
    assert page("zh/index.html").row("转化率")[2:8] == [
        "2.5% 1 ÷ 40 未成熟",
        "— 无线索",
        "不作比较 基期 25.0% 样本较少",
        "12.0% 24 ÷ 200",
        "+2.0 个百分点 向好 基期 10.0%",
        "— 无数据",
    ]


def test_a_snapshot_names_its_instant_and_has_no_past(page: GetPage) -> None:
    assert page("en/index.html").row("Open pipeline") == [
        "Open pipeline",
        "EUR 1,000 A snapshot at 1 Jul 2026, 00:00 (Europe/Berlin); "
        "the past is never rebuilt from today’s records.",
    ]
    seen = page("en/kpi/open_pipeline_amount.html")
    assert "svg" not in seen.tags
    assert "1 Jul 2026, 00:00 (Europe/Berlin) EUR 1,000" in seen.texts


def test_a_kpi_that_cannot_be_measured_says_why(page: GetPage) -> None:
    assert "Win rate by amount — amounts not recorded" in page("en/index.html").texts
    assert "金额赢单率 — 未记录金额" in page("zh/index.html").texts
    assert "All time — amounts not recorded" in page("en/kpi/win_rate_amount.html").texts


def test_the_months_behind_a_chart_are_the_published_ones(page: GetPage) -> None:
    rows = page("en/kpi/lead_to_customer_rate.html").rows
    assert ["Jun 2026", "1 ÷ 40", "still maturing 2.5%"] in rows
    assert ["May 2026", "0 ÷ 0", "no leads —"] in rows
    assert ["Jun 2025", "3 ÷ 12", "small sample 25.0% (9.0% – 53.0%)"] in rows
    assert ["Apr 2026", "", "no data —"] in rows


def test_members_are_named_and_missing_ones_translated(page: GetPage) -> None:
    rows = page("en/kpi/sales_revenue.html").rows
    assert [HOSTILE, "EUR 900", "no data —", "EUR 1,000"] in rows
    assert ["Unassigned", "no data —", "no data —", "EUR 200"] in rows
    assert ["Widget & Söhne", "no data —", "no data —", "EUR 700"] in rows
    channels = page("zh/kpi/lead_count.html")
    assert [row[0] for row in channels.rows if row[-1] in ("1,000", "200", "19")] == [
        "付费搜索", "未映射", "缺失",
    ]  # fmt: skip


def test_an_abbreviation_stays_one_at_the_head_of_a_table(page: GetPage) -> None:
    assert page("en/kpi/lead_count.html").row("ICP tier")


def test_a_lead_before_the_first_cost_is_not_read_as_one_for_nothing(tmp_path: Path) -> None:
    write_analytics(tmp_path / "analytics.duckdb")
    with duckdb.connect(str(tmp_path / "analytics.duckdb")) as connection:
        connection.execute(
            """
            insert into marts.metric_definitions by name
            select * replace (
                'cpl' as metric_id, 'Cost per lead' as name_en, 'money' as unit, 'mean' as kind,
                'channel, campaign' as dimensions
            )
            from marts.metric_definitions
            where metric_id = 'lead_count';
            insert into marts.kpi_values (
                metric_id, period_grain, period_start_date, dimension, dimension_value,
                numerator, denominator, value, is_mature, low_n
            ) values
                ('cpl', 'month', '2026-05-01', 'all', 'all', 0, 10, 0, true, false),
                ('cpl', 'month', '2026-06-01', 'all', 'all', 500, 10, 50, true, false),
                ('cpl', 'all', '2025-01-01', 'all', 'all', 500, 20, 25, true, false);
            """
        )
    build_site(tmp_path / "analytics.duckdb", tmp_path / "docs", manifest())
    row = Page(tmp_path / "docs" / "en" / "index.html").row("Cost per lead")
    assert row[2:4] == ["EUR 50.00 500 ÷ 10", "not compared was 0.00 no records"]


def test_of_a_long_list_the_largest_are_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    write_analytics(tmp_path / "analytics.duckdb")
    with duckdb.connect(str(tmp_path / "analytics.duckdb")) as connection:
        connection.execute(
            """
            insert into marts.kpi_values by name
            select
                metric_id, period_grain, period_start_date, 'campaign' as dimension,
                concat('campaign ', size) as dimension_value, size as numerator, size as value
            from marts.kpi_values
            cross join range(1, 61) as sizes (size)
            where metric_id = 'lead_count' and dimension = 'all' and period_grain = 'all'
            """
        )
    build_site(tmp_path / "analytics.duckdb", tmp_path / "docs", manifest())
    for language, note in (
        ("en", "The 50 largest of 60. All of them are in the mart kpi_values."),
        ("zh", "仅列出最大的 50 个，共 60 个；完整数据见 kpi_values 表。"),
    ):
        seen = Page(tmp_path / "docs" / language / "kpi" / "lead_count.html")
        campaigns = [row[0] for row in seen.rows if row and row[0].startswith("campaign ")]
        assert campaigns == [f"campaign {size}" for size in range(60, 10, -1)]
        assert note in seen.texts


def test_the_newest_definition_is_in_force_and_an_unsigned_one_says_so(page: GetPage) -> None:
    texts = page("en/kpi/sales_revenue.html").texts
    assert "Meaning, version 2." in texts
    assert "version 2, in force since 1 Jan 2026 sales_revenue" in texts
    assert "Head of Sales, signed 2 Jan 2026" in texts
    assert "—, not signed" in texts


def test_what_was_not_loaded_comes_before_what_was_checked(page: GetPage) -> None:
    seen = page("en/index.html")
    notices = [
        text for text in seen.texts if text.endswith(("Details", "holds.")) or "Details " in text
    ]
    assert [notice.split(" Details ")[0].replace(HOSTILE, "X") for notice in notices] == [
        "1 of 1,307 rows was set aside. Not readable, and so in none of these numbers: "
        "javascript:X.csv (1).",
        "The word “X” is not in the mapping. 200 rows of people count under “Unmapped” "
        "(column channel).",
        "Not met in 16 cases: win_rate_amount_is_usual holds.",
    ]
    assert (
        "1,303 of 1,307 rows loaded 1 set aside, 1 replaced by newer ones, 2 not asked for"
        in seen.texts
    )
    assert "3 passed, 2 warned" in seen.texts


def test_findings_are_told_in_the_language_of_the_page(page: GetPage) -> None:
    assert f"16 cases found, for example {HOSTILE}" in page("en/checks.html").texts
    assert f"发现 16 处，例如 {HOSTILE}" in page("zh/checks.html").texts
    assert "发现 1 处，例如 deals.csv line 98" in page("zh/checks.html").texts


def test_a_kpi_lists_the_checks_of_its_own_numbers(page: GetPage) -> None:
    def guards(metric_id: str) -> list[str]:
        seen = page(f"en/kpi/{metric_id}.html").addresses
        return sorted(one.partition("#")[2] for one in seen if "checks.html#" in one)

    shared = ["kpi_values_key_is_unique", "no_row_is_in_quarantine"]
    assert guards("lead_count") == ["kpi_lead_count_within_bounds", *shared]
    assert guards("sales_revenue") == shared
    assert guards("win_rate_amount") == [*shared, "win_rate_amount_is_usual"]


def test_rules_that_the_load_tells_itself_exist() -> None:
    rules = {rule.id for suite in load_suites(PROJECT_ROOT / "dbt_project") for rule in suite.rules}
    assert set(TOLD_BY_THE_LOAD) <= rules


def test_a_caution_of_all_members_stands_once_in_the_heading(page: GetPage) -> None:
    rows = page("en/kpi/lead_to_customer_rate.html").rows
    assert ["Origin", "Q2 2026", "2025", "All time still maturing"] in rows
    assert ["Marketing", "", "no data —", "", "no data —", "0 ÷ 200", "0.0%"] in rows
    assert [
        "Sales",
        "",
        "no data —",
        "",
        "no data —",
        "0 ÷ 5",
        "small sample 0.0% (0.0% – 43.0%)",
    ] in rows


def test_a_zero_after_the_newest_record_is_not_read_as_a_fall(tmp_path: Path) -> None:
    write_analytics(tmp_path / "analytics.duckdb")
    later = manifest() | {"as_of": "2026-10-01 12:00:00"}
    build_site(tmp_path / "analytics.duckdb", tmp_path / "docs", later)
    seen = Page(tmp_path / "docs" / "en" / "index.html")
    assert seen.row("Leads")[2] == "0 no records"
    ends = [text for text in seen.texts if text.startswith("The newest")]
    assert [text.split(" Details ")[0] for text in ends] == [
        "The newest lead is of 20 Jun 2026. "
        "A zero after that day, up to Sep 2026, may only mean that nothing was exported.",
        "The newest deal record is of 28 Jun 2026. "
        "A zero after that day, up to Sep 2026, may only mean that nothing was exported.",
    ]


def test_a_zero_before_the_first_record_is_not_read_as_a_rise(tmp_path: Path) -> None:
    write_analytics(tmp_path / "analytics.duckdb")
    with duckdb.connect(str(tmp_path / "analytics.duckdb")) as connection:
        connection.execute(
            """
            insert into marts.kpi_values by name
            select * replace (date '2025-04-01' as period_start_date, 0 as numerator, 0 as value)
            from marts.kpi_values
            where metric_id = 'sales_revenue' and dimension = 'all'
                and period_grain = 'quarter' and period_start_date = date '2026-04-01'
            """
        )
    build_site(tmp_path / "analytics.duckdb", tmp_path / "docs", manifest())
    seen = Page(tmp_path / "docs" / "en" / "index.html")
    assert "not compared was 0 no records" in " ".join(seen.row("Revenue"))


def test_campaigns_stand_by_cost_and_one_without_customers_says_so(page: GetPage) -> None:
    seen = page("en/campaigns.html")
    rows = [row for row in seen.rows if len(row) == 9][1:]
    assert rows[0][0].startswith(HOSTILE.strip())
    assert rows[0][1:] == [
        "20,000", "40", "9", "no customer 0", "0", "500", "—", "since 1 Jan 2026",
    ]  # fmt: skip
    assert rows[1] == [
        "Fair Event", "9,000", "30", "12", "3", "45,000", "300", "3,000",
        "1 Jun 2025 – 31 Aug 2025",
    ]  # fmt: skip
    assert [row[0] for row in rows[2:]] == ["Unallocated", "Missing"]
    assert "Never ran" not in " ".join(seen.texts)


def test_a_company_without_campaigns_has_no_page_of_them(tmp_path: Path) -> None:
    write_analytics(tmp_path / "analytics.duckdb")
    with duckdb.connect(str(tmp_path / "analytics.duckdb")) as connection:
        connection.execute("delete from marts.campaign_performance where campaign <> '__missing__'")
    build_site(tmp_path / "analytics.duckdb", tmp_path / "docs", manifest())
    assert not (tmp_path / "docs" / "en" / "campaigns.html").exists()
    assert "campaigns.html" not in (tmp_path / "docs" / "en" / "index.html").read_text("utf-8")
