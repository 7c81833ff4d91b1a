"""The page of the agreement as a reader sees it: both sides, what waits, each broken promise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.pages import build_site
from tests.pages.conftest import HOSTILE, manifest, write_analytics
from tests.pages.page import Page

GetPage = Callable[[str], Page]


def test_what_was_promised_stands_beside_what_came_of_it(page: GetPage):
    seen = page("en/agreement.html")
    assert seen.rows[:4] == [
        ["Promise", "Promised", "Came of it, Jun 2026", "Result"],
        [
            "MQLs delivered", "100 MQLs",
            "89 of 95 handed over: 1 not fit by the rules, 2 declined for want of fit; "
            "12 recycled; 1 begun by other teams; 2 more nobody had promised",
            "missed 89.0%",
        ],
        ["Promise", "Promised", "Came of it, Jun 2026", "Result"],
        [
            "First response", "within 240 business minutes 90.0% of hand-offs",
            "6 of 8 1 late, 1 unanswered half of the answers within 210 min, 9 in 10 within 11 h",
            "missed 75.0%",
        ],
    ]  # fmt: skip


def test_a_promise_nobody_made_says_so_and_is_measured_by_definition(page: GetPage):
    for language, words in (
        ("en", ["Accepted or rejected", "no commitment recorded",
                "3 of 4 within the limit of the definition", "no commitment recorded"]),
        ("zh", ["接受或拒收", "未记录承诺", "按定义的期限，4 中的 3", "未记录承诺"]),
    ):  # fmt: skip
        rows = page(f"{language}/agreement.html").rows
        assert next(row for row in rows if row and row[0] == words[0]) == words


def test_overdue_and_not_yet_due_stand_apart(page: GetPage):
    seen = page("en/agreement.html")
    assert ["First response", "1", "1"] in seen.rows


def test_those_who_wait_come_first_in_the_reporting_time_zone(page: GetPage):
    rows = page("en/agreement.html").rows
    start = next(index for index, row in enumerate(rows) if row[0] == "Owner")
    assert rows[start:] == [
        ["Owner", "Promise", "Region", "Clock started (Europe/Berlin)", "Due (Europe/Berlin)",
         "Over", "Result", "Record"],
        [HOSTILE, "First response within 240 business minutes", "South", "26 Jun 2026, 10:00",
         "26 Jun 2026, 14:00", "21 h", "still waiting", "Open"],
        ["o2", "First response within 240 business minutes", "North", "3 Jun 2026, 10:00",
         "3 Jun 2026, 14:00", "61 min", "late", ""],
    ]  # fmt: skip


def test_a_company_without_handoffs_has_no_such_page(tmp_path: Path):
    write_analytics(tmp_path / "analytics.duckdb")
    with duckdb.connect(str(tmp_path / "analytics.duckdb")) as connection:
        connection.execute("delete from marts.sla_attainment; delete from marts.sla_breaches")
    build_site(tmp_path / "analytics.duckdb", tmp_path / "docs", manifest())
    assert not (tmp_path / "docs" / "en" / "agreement.html").exists()
    assert "agreement.html" not in (tmp_path / "docs" / "en" / "index.html").read_text("utf-8")
