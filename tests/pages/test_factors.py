"""What happened stands beside the numbers: in the chart, in the list beneath it, on the start."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from markupsafe import escape

from orchestration.exports.entities import FACTOR_TYPES
from orchestration.pages.charts import LANE, chart
from orchestration.pages.factors import FACTORS_CHARTED, Factor, charted, happened_before
from orchestration.pages.vocabulary import VOCABULARY
from tests.pages.conftest import HOSTILE
from tests.pages.page import Page
from tests.pages.test_charts import COUNT, months

GetPage = Callable[[str], Page]
FAIR = Factor(
    name_en="Fair", name_zh=None, factor_type="event", factor_type_source_value=None,
    start_date=date(2026, 1, 1), end_date=None, scope="all", metric_ids=None,
    is_hindsight=False, is_rule_change=False, signed_sales_on=None, signed_marketing_on=None,
)  # fmt: skip


def lasting(first: str, last: str | None = None, **changes: object) -> Factor:
    days = [date.fromisoformat(day) if day else None for day in (first, last)]
    return replace(FAIR, start_date=days[0], end_date=days[1], **changes)


def marked(*factors: Factor, narrow: bool = False, count: int = 4) -> ElementTree.Element:
    """The marks over a chart of ``count`` months from November 2025; 906 wide, unless narrow."""
    points = months(*[1.0] * count)
    numbered = dict(enumerate(factors, start=1))
    drawing = ElementTree.fromstring(chart(COUNT, points, narrow=narrow, factors=numbered))
    assert drawing[-1].get("class") == "factors"
    return drawing[-1]


def found(marks: ElementTree.Element, tag: str, kind: str | None) -> list[dict[str, str]]:
    name = f"{{http://www.w3.org/2000/svg}}{tag}"
    return [dict(one.attrib) for one in marks if one.tag == name and one.get("class") == kind]


def numbers(marks: ElementTree.Element) -> list[tuple[str, float, float]]:
    """Each number with where it stands, across and in which lane above the plot."""
    texts = [one for one in marks if one.tag.endswith("text")]
    lanes = [(-float(one.get("y", "")) + 3.8) / LANE - 0.5 for one in texts]
    return [
        (one.text or "", float(one.get("x", "")), lane)
        for one, lane in zip(texts, lanes, strict=True)
    ]


def test_a_factor_concerns_the_kpis_it_names_or_all() -> None:
    assert FAIR.concerns("win_rate")
    assert replace(FAIR, metric_ids=" ").concerns("win_rate")
    named = replace(FAIR, metric_ids="win_rate_amount, mql_count ,")
    assert [one for one in ("win_rate", "win_rate_amount", "mql_count") if named.concerns(one)] == [
        "win_rate_amount", "mql_count",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-02-28", "2026-02-28", False),
        ("2026-02-27", "2026-03-01", True),
        ("2026-03-31", None, True),
        ("2026-04-01", None, False),
        ("2026-02-28", None, False),
        ("2025-01-01", "2026-12-31", True),
    ],
)
def test_a_factor_happens_in_march(first: str, last: str | None, expected: bool) -> None:
    factor = lasting(first, last)
    assert factor.happens_between(date(2026, 3, 1), date(2026, 4, 1)) is expected


def test_the_last_twelve_months_end_today_and_stand_newest_first() -> None:
    days = ["2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01"]
    listed = happened_before([lasting(day) for day in days], date(2026, 6, 30))
    assert [str(one.start_date) for one in listed] == ["2026-06-30", "2025-07-01"]
    leap = [lasting("2023-02-28"), lasting("2023-03-01"), lasting("2024-02-29")]
    assert happened_before(leap, date(2024, 2, 29)) == leap[:0:-1]


def test_the_newest_factors_are_charted_and_the_others_counted() -> None:
    many = [
        replace(FAIR, start_date=date(2026, 1, 1) + timedelta(days=day))
        for day in range(FACTORS_CHARTED + 3)
    ]
    shown, left = charted(many, "win_rate", date(2026, 1, 1), date(2026, 3, 1))
    assert (left, list(shown)) == (3, list(range(1, FACTORS_CHARTED + 1)))
    assert shown[1] is many[3]
    assert charted(many, "win_rate", date(2026, 1, 1), date(2026, 1, 3)) == (
        {1: many[0], 2: many[1]},
        0,
    )


def test_a_shade_lasts_as_long_as_the_factor_and_a_day_is_a_line() -> None:
    marks = marked(lasting("2025-12-01", "2026-01-31"), lasting("2026-02-15"))
    (shade,) = found(marks, "rect", None)
    assert (shade["x"], shade["width"]) == ("226.5", "453.0")
    # February has 28 days and is the fourth of four months.
    assert numbers(marks) == [("1", 226.5, 0), ("2", pytest.approx(792.8, abs=0.1), 0)]
    assert len(found(marks, "path", "outside")) == 2
    day = marked(lasting("2026-02-15", "2026-02-15"), count=24)
    assert (found(day, "rect", None), len(found(day, "path", "outside"))) == ([], 1)


def test_what_began_before_or_ends_after_the_chart_is_cut_at_its_edges() -> None:
    (shade,) = found(marked(lasting("2024-01-01", "2027-01-01")), "rect", None)
    assert (shade["x"], shade["width"]) == ("0.0", "906.0")
    none = chart(COUNT, months(1, 2), narrow=False, factors={1: lasting("2027-01-01")})
    assert none == chart(COUNT, months(1, 2), narrow=False)


def test_numbers_that_would_touch_stand_in_lanes() -> None:
    marks = marked(
        lasting("2025-11-01", "2025-12-31"),
        lasting("2025-11-10"),
        lasting("2025-11-11"),
        lasting("2026-01-01"),
    )
    assert [(number, lane) for number, _, lane in numbers(marks)] == [
        ("1", 0), ("2", 1), ("3", 2), ("4", 1),
    ]  # fmt: skip
    assert max(lane for _, _, lane in numbers(marked(*[lasting("2025-11-10")] * 5))) == 4


def test_lanes_make_the_drawing_higher_so_that_no_number_is_cut_off() -> None:
    def height(*factors: Factor) -> float:
        svg = chart(COUNT, months(1, 2), narrow=False, factors=dict(enumerate(factors, 1)))
        return float(ElementTree.fromstring(svg).get("height", ""))

    one = lasting("2025-11-10")
    assert [height(one) - height(), height(one, one, one) - height()] == [LANE, 3 * LANE]


def test_a_changed_rule_has_a_square_and_an_unbroken_line() -> None:
    marks = marked(lasting("2025-12-01", is_rule_change=True), lasting("2026-01-01"))
    (square,), (circle,) = found(marks, "rect", "rule"), found(marks, "rect", "outside")
    assert (square["rx"], circle["rx"]) == ("2", "8")
    assert len(found(marks, "path", "rule")) == 1


def test_the_narrow_chart_keeps_the_numbers_of_the_wide_one() -> None:
    factors = lasting("2025-11-10"), lasting("2026-11-10")
    assert [one[0] for one in numbers(marked(*factors, count=14))] == ["1", "2"]
    assert [one[0] for one in numbers(marked(*factors, count=14, narrow=True))] == ["2"]


def _listed(page: Page) -> list[str]:
    """The lines under a chart, without what follows the list."""
    text = page.source.split("<ol>")[1].split("</ol>")[0]
    lines = [re.sub(r"<[^>]+>", " ", line) for line in text.split("</li>")]
    return [" ".join(line.split()) for line in lines if line.strip()]


def test_the_list_beneath_the_chart_names_what_its_numbers_mean(page: GetPage) -> None:
    assert _listed(page("en/kpi/lead_count.html")) == [
        "1 20 May 2025 – 1 Jul 2025 Downturn · Economy · only channel Paid search "
        "recording day unknown",
        "2 10 Jun 2025 – 12 Jun 2025 Fair · Event",
        "3 since 1 Jan 2026 Leads (v2) · Definition change "
        "The definition changed: all periods follow the new version. "
        "Sales: signed 2 Jan 2026, Marketing: not signed",
        "4 since 1 May 2026 Threshold · Rule change recorded afterwards "
        "The rule changed: values before and after follow different rules. "
        "Sales: signed 28 Apr 2026, Marketing: not signed",
    ]
    assert _listed(page("zh/kpi/lead_count.html"))[1:2] == [
        "2 2025年6月10日 – 2025年6月12日 展会 · 活动"
    ]


def test_only_a_chart_of_a_named_kpi_is_marked(page: GetPage) -> None:
    assert not [one for one in _listed(page("en/kpi/lead_to_customer_rate.html")) if "Fair" in one]
    assert "Downturn" in page("en/kpi/lead_to_customer_rate.html").source
    assert "Tomorrow" not in page("en/kpi/lead_count.html").source


def test_the_narrow_page_hides_what_its_chart_does_not_show(page: GetPage) -> None:
    """June 2026 and the eleven months before it; the downturn ends on the first day of them."""
    items = re.findall(
        r'<li( class="wide")?><span class="no', page("en/kpi/lead_count.html").source
    )
    assert items == ["", ' class="wide"', "", ""]


def test_the_start_lists_the_last_twelve_months_newest_first(page: GetPage) -> None:
    seen = page("en/index.html")
    text = seen.source.split('id="happened"')[1].split("</section>")[0]
    names = re.findall(r"<strong>(.*?)</strong>", text)
    assert names[:2] == [escape(HOSTILE), "Threshold"]
    assert names[-1] == "Downturn"
    assert sorted(names[2:-1])[0] == "Lead rate (v2)"
    assert len(names) == 3 + 6
    assert "Fair" not in names
    threshold = next(text for text in seen.texts if text.startswith("since 1 May 2026"))
    assert threshold.endswith("Marketing: not signed Leads")
    assert next(text for text in seen.texts if "Downturn" in text).endswith("all KPIs")


def test_hostile_names_of_factors_are_text(page: GetPage) -> None:
    seen = page("en/kpi/sales_revenue.html")
    assert HOSTILE not in seen.source
    (line,) = [text for text in seen.texts if text.startswith("1 since 15 Jun 2026")]
    assert line == f"1 since 15 Jun 2026 {HOSTILE} · Unmapped · only channel {HOSTILE}"


def test_every_type_of_factor_has_a_word() -> None:
    assert set(FACTOR_TYPES) < VOCABULARY["factor_type"].keys()
