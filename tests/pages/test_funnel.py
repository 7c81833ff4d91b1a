"""The page of the funnel, on a version made by hand whose numbers a reader can check on paper."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.pages import build_site
from tests.pages.conftest import HOSTILE, manifest, write_analytics
from tests.pages.page import Page

# metric_id, name_en, name_zh, unit, kind, date_basis, dimensions
DEFINITIONS = (
    ("mql_count", "MQLs", "MQL 数", "cycles", "count", "event", "origin"),
    ("mql_new_count", "New MQLs", "新增 MQL", "cycles", "count", "event", "origin"),
    ("mql_recycled_count", "Recycled MQLs", "再次激活 MQL", "cycles", "count", "event", "origin"),
    ("mql_to_sql_rate", "MQL rate", "MQL 转化率", "ratio", "proportion", "cohort", "origin"),
    ("rejected_count", "Rejected", "被拒", "cycles", "count", "event", "origin, reason"),
    ("recycled_count", "Recycled", "退回", "cycles", "count", "event", "origin, reason"),
    ("disqualified_count", "Disqualified", "不合格", "cycles", "count", "event", "origin, reason"),
)
STEPS = """
    insert into marts.funnel_steps values
        ('quarter', '2026-04-01', 'lead_to_mql', 1, 'lead', 'mql', 90,
         30, 6, 0, 2, 0, 22, 0.2, 0.1, 0.37, 4, 9, false, false, false),
        ('quarter', '2026-01-01', 'lead_to_mql', 1, 'lead', 'mql', 90,
         8, 4, 0, 1, 3, 0, 0.5, 0.22, 0.78, 4.5, 11, true, true, true),
        ('quarter', '2025-10-01', 'lead_to_mql', 1, 'lead', 'mql', 90,
         40, 10, 0, 1, 29, 0, 0.25, 0.14, 0.4, 5, 12, true, false, false),
        ('quarter', '2026-07-01', 'mql_to_sql', 3, 'mql', 'sql', 30,
         9, 9, 0, 0, 0, 0, 1, 0.7, 1, 1, 1, true, false, false),
        ('quarter', '2026-04-01', 'mql_to_sql', 3, 'mql', 'sql', 30,
         30, 6, 0, 4, 0, 20, 0.2, 0.095, 0.373, 6, 18, false, false, false),
        ('quarter', '2026-01-01', 'mql_to_sql', 3, 'mql', 'sql', 30,
         40, 10, 2, 16, 14, 0, 0.25, 0.142, 0.402, 9, 21.25, true, false, false),
        ('quarter', '2025-10-01', 'mql_to_sql', 3, 'mql', 'sql', 30,
         50, 20, 0, 10, 20, 0, 0.4, 0.276, 0.538, 9, 20, true, false, false),
        ('month', '2026-06-01', 'mql_to_sql', 3, 'mql', 'sql', 30,
         1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, true, false, false)
"""


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("funnel")
    analytics = folder / "analytics.duckdb"
    write_analytics(analytics)
    with duckdb.connect(str(analytics)) as connection:
        connection.executemany(
            "insert into marts.metric_definitions by name select $1 as metric_id, "
            "1 as metric_version, date '2026-01-01' as effective_from, $2 as name_en, "
            "$3 as name_zh, 'Meaning' as definition_en, '含义' as definition_zh, $4 as unit, "
            "$5 as kind, $6 as date_basis, $7 as dimensions",
            DEFINITIONS,
        )
        connection.execute(STEPS)
        values = [
            ("mql_count", "quarter", "2026-04-01", "all", "all", 30),
            ("mql_new_count", "month", "2026-05-01", "all", "all", 11),
            ("mql_new_count", "all", "2025-01-01", "all", "all", 11),
            ("mql_recycled_count", "month", "2026-06-01", "all", "all", 3),
            ("mql_recycled_count", "all", "2025-01-01", "all", "all", 3),
            *(
                (metric_id, grain, start, "reason", reason, count)
                for metric_id, reason, count in (
                    ("rejected_count", "no_budget", 5),
                    ("disqualified_count", "no_budget", 4),
                    ("recycled_count", "no_timing", 3),
                    ("rejected_count", HOSTILE, 2),
                )
                for grain, start in (("quarter", "2026-04-01"), ("all", "2025-01-01"))
            ),
        ]
        connection.executemany(
            "insert into marts.kpi_values by name select $1 as metric_id, $2 as period_grain, "
            "cast($3 as date) as period_start_date, $4 as dimension, $5 as dimension_value, "
            "cast($6 as double) as numerator, cast($6 as double) as value, "
            "true as is_mature, false as low_n",
            values,
        )
    build_site(analytics, folder / "docs", manifest())
    return folder / "docs"


@pytest.fixture(scope="module")
def page(docs: Path) -> Page:
    return Page(docs / "en" / "funnel.html")


def rows(page: Page, first: str) -> list[list[str]]:
    return [row for row in page.rows if row and row[0] == first]


def test_the_newest_mature_cohort_stands_above_the_one_that_is_still_open(page: Page) -> None:
    mature, still_open = rows(page, "MQL → SQL")
    assert mature == [
        "MQL → SQL", "Q1 2026 within 30 days", "40",
        "25.0% 10 ÷ 40 14.2% – 40.2% −15.0 pp vs Q4 2025", "40.0% 16", "35.0% 14", "2", "9.0",
        "21.2",
    ]  # fmt: skip
    assert still_open == [
        "MQL → SQL", "Q2 2026 within 30 days", "30",
        "20.0% 6 ÷ 30 9.5% – 37.3% still maturing", "13.3% 4", "0.0% 0", "66.7% 20", "0", "6.0",
        "18.0",
    ]  # fmt: skip


def test_a_small_cohort_is_marked_and_never_compared(page: Page) -> None:
    mature, _ = rows(page, "Lead → MQL")
    assert mature[3] == "50.0% 4 ÷ 8 22.0% – 78.0% small sample not compared"
    assert mature[7] == "4.5 small sample"


def test_arrows_show_mature_cohorts_only(page: Page) -> None:
    items = [text for text in page.texts if "within" in text and "·" in text]
    assert items == ["50.0% Q1 2026 · within 90 days small sample"]
    assert "30" in next(text for text in page.texts if text.startswith("MQL "))


def test_reasons_are_listed_with_their_totals(page: Page) -> None:
    assert page.row("No budget") == ["No budget", "5", "0", "4"]
    assert page.row("Wrong moment") == ["Wrong moment", "0", "3", "0"]
    assert page.row("Total") == ["Total", "7", "3", "4"]


def test_what_the_exports_say_is_escaped(docs: Path) -> None:
    for language in ("en", "zh"):
        source = (docs / language / "funnel.html").read_text(encoding="utf-8")
        assert HOSTILE not in source
        assert "<script" not in source


def test_terms_lead_to_their_definitions(page: Page, docs: Path) -> None:
    links = {address for address in page.addresses if address.startswith("kpi/")}
    assert {
        "kpi/lead_count.html", "kpi/mql_count.html", "kpi/mql_to_sql_rate.html",
        "kpi/rejected_count.html", "kpi/mql_new_count.html",
    } <= links  # fmt: skip
    assert all((docs / "en" / link).is_file() for link in links)


def test_the_parts_of_the_mqls_stand_side_by_side(page: Page) -> None:
    assert page.row("May 2026")[1] == "11"
    assert page.row("Jun 2026")[2] == "3"


def test_chinese_page_says_the_same(docs: Path) -> None:
    mature, still_open = rows(Page(docs / "zh" / "funnel.html"), "MQL → SQL")
    assert mature[1:4] == [
        "2026年第1季度 30 天内", "40", "25.0% 10 ÷ 40 14.2% – 40.2% −15.0 个百分点 较2025年第4季度",
    ]  # fmt: skip
    assert "未成熟" in still_open[3]


def test_without_anything_beyond_leads_there_is_no_page(pages: dict[str, Page]) -> None:
    assert not [name for name in pages if name.endswith("funnel.html")]
