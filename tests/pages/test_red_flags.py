"""The page of red flags as a reader sees it: open ones alone, by team, everyone before segments."""

from __future__ import annotations

from collections.abc import Callable

from tests.pages.conftest import HOSTILE
from tests.pages.page import Page

GetPage = Callable[[str], Page]


def test_open_flags_stand_by_team_with_their_line_and_cases(page: GetPage):
    rows = page("en/red_flags.html").rows
    assert rows[:7] == [
        ["Segment", "Period", "Value", "Line", "Last four, median", "Cases"],
        ["North region", "Q2 2026", "30.0%", "36.0%", "45.0%", "25"],
        ["Segment", "Period", "Value", "Line", "Cases", "Lead cycles"],
        ["everyone", "Jun 2026", "2", "0", "2", "c1, c2"],
        ["Segment", "Period", "Value", "Line", "Cases"],
        ["everyone", "Jun 2026", "75.0%", "80.0%", "20"],
        [f"{HOSTILE} owner", "Jun 2026", "50.0%", "80.0%", "40"],
    ]


def test_of_many_segments_the_largest_are_listed_and_the_others_counted(page: GetPage):
    seen = page("en/red_flags.html")
    assert [row[0] for row in seen.rows[8:]] == [f"s{number} segment" for number in range(10)]
    assert "10 of 12 segments" in seen.source


def test_chinese_readers_see_the_same_flags(page: GetPage):
    rows = page("zh/red_flags.html").rows
    assert rows[1] == ["North 区域", "2026年第2季度", "30.0%", "36.0%", "45.0%", "25"]
