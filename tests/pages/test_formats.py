"""Durations carry their unit in both languages."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from orchestration.pages.formats import Formatter
from orchestration.pages.kpis import Kpi, Observation
from orchestration.pages.texts import Language


@pytest.mark.parametrize(
    ("unit", "number", "en", "zh"),
    [
        ("minutes", 210.0, "210 minutes", "210 分钟"),
        ("minutes", 1.0, "1 minute", "1 分钟"),
        ("minutes", 90.5, "90.5 minutes", "90.5 分钟"),
        ("days", 1.0, "1 day", "1 天"),
        ("days", 36.0, "36 days", "36 天"),
    ],
)
def test_a_duration_is_written_with_its_unit(unit: str, number: float, en: str, zh: str):
    kpi = Kpi({"metric_id": "wait", "kind": "median", "unit": unit})
    observation = Observation(None, 9, number, None, None, None, is_mature=True, low_n=False)
    languages: tuple[Language, ...] = ("en", "zh")
    written = [
        Formatter(language, "USD", ZoneInfo("UTC")).value(kpi, observation)
        for language in languages
    ]
    assert written == [en, zh]


def test_beside_a_median_stands_what_nine_of_ten_do_not_exceed():
    kpi = Kpi({"metric_id": "wait", "kind": "median", "unit": "days"})
    seen = Observation(None, 9, 12.0, None, None, None, is_mature=True, low_n=False, p90=17.8)
    unseen = Observation(None, 0, None, None, None, None, is_mature=True, low_n=True)
    expected: dict[Language, str] = {"en": "9 of 10 up to 17.8 days", "zh": "九成不超过 17.8 天"}
    for language, said in expected.items():
        fmt = Formatter(language, "USD", ZoneInfo("UTC"))
        assert [fmt.p90(kpi, seen), fmt.p90(kpi, unseen)] == [said, ""]
