"""The charts as drawn: heights tell the values, and nothing but dates and numbers is in them."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest

from orchestration.pages.charts import Point, chart, sparkline, titled
from orchestration.pages.kpis import Kpi, Observation
from orchestration.pages.periods import Period

COUNT = Kpi({"unit": "deals", "kind": "count"})
RATE = Kpi({"unit": "ratio", "kind": "proportion"})
MONEY = Kpi({"unit": "money", "kind": "sum"})
DAYS = Kpi({"unit": "days", "kind": "median"})


def months(*values: float | None, low_n: bool = False) -> list[Point]:
    first = Period(date(2025, 11, 1), "month")
    return [
        (first.moved(steps), Observation(None, None, value, 0.0, 0.9, None, True, low_n))
        for steps, value in enumerate(values)
    ]


def drawn(kpi: Kpi, points: list[Point], *, narrow: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(chart(kpi, points, narrow=narrow))


def labels(drawing: ElementTree.Element) -> list[list[str]]:
    """The words of the x axis and of the y axis, in their order."""
    axes = [one for one in drawing.iter() if "role-axis-label" in one.get("class", "")]
    return [["".join(text.itertext()) for text in list(axis)] for axis in axes]


def marks(drawing: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    found = [one for one in drawing.iter() if f"mark-{kind} role-mark" in one.get("class", "")]
    return [mark for group in found for mark in group]


def test_bars_are_as_high_as_their_values_on_both_sides_of_zero() -> None:
    drawing = drawn(MONEY, months(1000, None, -250))
    assert labels(drawing)[1] == ["−500", "0", "500", "1k"]
    # M x,y h width v height h -width Z
    bars = [re.findall(r"[\d.-]+", mark.get("d", "")) for mark in marks(drawing, "rect")]
    heights = [float(bar[3]) for bar in bars]
    assert len(heights) == 2
    assert heights[0] / heights[1] == pytest.approx(4, rel=0.01)
    assert float(bars[0][1]) + heights[0] == pytest.approx(float(bars[1][1]), abs=0.01)


@pytest.mark.parametrize(
    ("kpi", "values", "expected"),
    [
        (COUNT, (0, 2), ["0", "1", "2"]),
        (COUNT, (0, 0), ["0", "1"]),
        (COUNT, (-1, 1), ["−1", "0", "1"]),
        (COUNT, (7, 3), ["0", "2", "4", "6", "8"]),
        (RATE, (0.5, 0.8), ["0%", "20%", "40%", "60%", "80%"]),
        (RATE, (0.0, 0.0), ["0%", "20%", "40%", "60%", "80%", "100%"]),
        (DAYS, (35, 41.5), ["0", "10", "20", "30", "40", "50"]),
        (MONEY, (2.3e9, 1e6), ["0", "500M", "1B", "1.5B", "2B", "2.5B"]),
    ],
)
def test_the_scale_has_zero_and_round_steps(
    kpi: Kpi, values: tuple[float, ...], expected: list[str]
) -> None:
    assert labels(drawn(kpi, months(*values)))[1] == expected


def test_months_are_numbers_and_a_year_stands_where_it_begins() -> None:
    points = months(*[1.0] * 14)
    assert labels(drawn(COUNT, points[:3]))[0] == ["112025", "12", "012026"]
    # Of the last twelve months; two years side by side would touch.
    narrow = labels(drawn(COUNT, points, narrow=True))[0]
    assert [narrow[0], narrow[-1], len(narrow)] == ["012026", "12", 12]
    assert labels(drawn(COUNT, points[1:3]))[0] == ["12", "012026"]


def test_intervals_of_small_samples_fit_and_others_are_not_drawn() -> None:
    drawing = drawn(RATE, months(0.2, 0.4, low_n=True))
    assert labels(drawing)[1] == ["0%", "20%", "40%", "60%", "80%", "100%"]
    assert len(marks(drawing, "rule")) == 2
    assert marks(drawn(RATE, months(0.2, 0.4)), "rule") == []


def test_what_must_not_be_compared_is_pale_or_hollow() -> None:
    def looks(kpi: Kpi, kind: str, of: str, *, low_n: bool) -> set[str | None]:
        return {mark.get(of) for mark in marks(drawn(kpi, months(0.2, low_n=low_n)), kind)}

    assert looks(COUNT, "rect", "fill-opacity", low_n=True) == {"0.4"}
    assert looks(COUNT, "rect", "fill-opacity", low_n=False) <= {"1", None}
    assert looks(RATE, "symbol", "fill", low_n=True) == {"var(--pico-background-color)"}
    assert looks(RATE, "symbol", "fill", low_n=False) == {"var(--mark)"}


def test_a_month_without_a_value_breaks_the_line() -> None:
    points = months(0.1, 0.2, 0.3, 0.2)
    points[1] = (points[1][0], None)
    drawing = drawn(RATE, points)
    (line,) = marks(drawing, "line")
    assert re.sub("[^ML]", "", line.get("d", "")) == "MML"
    assert len(marks(drawing, "symbol")) == 3


def test_colours_are_those_of_the_page_and_words_are_escaped() -> None:
    points = months(0.2, 0.4, low_n=True)
    svg = chart(RATE, points, narrow=False)
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) - {"none", "transparent"}
    assert all(colour.startswith("var(--") for colour in colours), colours
    assert "url(" not in svg
    named = titled(svg, {str(period.start): "<b> & co" for period, _ in points})
    assert named.count("<title>&lt;b&gt; &amp; co</title>") == 2
    assert "<b>" not in named
    assert len(ElementTree.fromstring(named)) == len(ElementTree.fromstring(svg))


def test_a_sparkline_needs_two_values_and_is_open_at_gaps() -> None:
    assert sparkline(months(3, None)) == ""
    assert sparkline(months(3, 4)).count("L") == 1
    path = sparkline(months(3, None, 4, 5)).split('d="')[1].split('"')[0]
    assert re.sub("[^ML]", "", path) == "MML"
