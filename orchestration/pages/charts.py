"""Charts as inline SVG, drawn by Vega-Lite at build time so that the pages need no script.

The marks of external factors are added to it by hand: they stand at days, not at months. Only
dates and numbers go into a drawing, so both languages share it. Its colours are variables of
the style sheet, so it follows dark mode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from orchestration.pages.factors import Factor
from orchestration.pages.kpis import Kpi, Observation
from orchestration.pages.periods import Period

if TYPE_CHECKING:
    from markupsafe import Markup

VEGA_LITE = "6.4"
NARROW_PERIODS = 12
SPARK_WIDTH, SPARK_HEIGHT = 108, 28
LEFT, TOP = 46, 10
# The numbers of the factors stand in lanes above the plot, so that none covers another.
LANE, NUMBER = 20, 18
SHORTEST_SHADE = 6

# Of the first day of a month. January and the first month name the year, too; not December, whose
# year would touch the next one.
MONTH_LABEL = """
    [slice(datum.value, 5, 7),
     slice(datum.value, 5, 7) == '01' || !datum.index && slice(datum.value, 5, 7) != '12'
     ? slice(datum.value, 0, 4) : '']
"""
FRACTION_LABELS = {
    "ratio": "format(datum.value, '~%')",
    "days": "format(datum.value, ',~f')",
    "minutes": "format(datum.value, ',~f')",
}
WHOLE_LABEL = "replace(format(datum.value, '~s'), 'G', 'B')"
NAMED_MARK = re.compile(r' aria-label="([^"]*)"([^>]*)/>')

LOOK = {
    "view": {"stroke": None},
    "mark": {"color": "var(--mark)"},
    "bar": {"width": {"expr": "min(0.7 * bandwidth('x'), 44)"}},
    "rule": {"color": "var(--mark)", "opacity": 0.45, "aria": False},
    "line": {"strokeJoin": "round", "aria": False},
    "point": {"size": 64, "strokeWidth": 1.5, "opacity": 1},
    "axis": {
        "title": None,
        "domain": False,
        "ticks": False,
        "gridColor": "var(--line)",
        "labelColor": "var(--muted)",
        "labelFontSize": 11.5,
        "labelPadding": 8,
        # Measuring the labels would take longer than all the rest.
        "labelLimit": 0,
        "labelOverlap": False,
    },
    "axisX": {"grid": False, "labelAngle": 0, "labelLineHeight": 15, "labelExpr": MONTH_LABEL},
}

Point = tuple[Period, Observation | None]


def chart(
    kpi: Kpi, points: Sequence[Point], *, narrow: bool, factors: Mapping[int, Factor] | None = None
) -> str:
    """One KPI by month: bars for counts and sums, else points on a line that is open at gaps.

    ``factors`` are marked by the numbers they carry.
    """
    from vl_convert import vegalite_to_svg

    points = points[-NARROW_PERIODS:] if narrow else points
    width, height = (296, 162) if narrow else (906, 202)
    lanes, marks = _factor_marks(factors or {}, [period for period, _ in points], width, height)
    top = TOP + LANE * lanes
    rows = [
        {
            "month": str(period.start),
            "value": seen and seen.value,
            "low": seen and seen.low_n and seen.ci_low,
            "high": seen and seen.low_n and seen.ci_high,
            "weak": not (seen and seen.is_comparable),
        }
        for period, seen in points
    ]
    values = [0.0, *(row["value"] or 0.0 for row in rows)]
    span = max(values) - min(values)
    # Counts have no steps below one, and a flat zero still has an axis.
    smallest = 0 if kpi.unit in FRACTION_LABELS else 1
    steps = min(4, max(1, int(span))) if smallest else 4
    spec = {
        "width": width,
        "height": height,
        "padding": {"left": LEFT, "top": top, "right": 8, "bottom": 38},
        "autosize": "none",
        "background": None,
        "config": LOOK,
        "data": {"values": rows},
        "encoding": {
            "description": {"field": "month"},
            "x": {
                "field": "month",
                "type": "ordinal",
                "scale": {"type": "band", "padding": 0, "domain": [row["month"] for row in rows]},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": True, "nice": steps}
                | ({"domainMax": 1} if span <= smallest else {}),
                "axis": {
                    "labelExpr": FRACTION_LABELS.get(kpi.unit, WHOLE_LABEL),
                    "tickCount": steps,
                },
            },
        },
        "layer": _bars() if kpi.kind in ("count", "sum") else _points_on_a_line(),
    }
    svg = vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    if not marks:
        return svg
    drawn = f'<g class="factors" transform="translate({LEFT},{top})">{marks}</g></svg>'
    return svg.removesuffix("</svg>") + drawn


def stacked_chart(
    points: Sequence[tuple[Period, Sequence[Observation | None]]], *, narrow: bool
) -> str:
    """The parts of a whole by month, one on the other, in the colours of the style sheet."""
    from vl_convert import vegalite_to_svg

    points = points[-NARROW_PERIODS:] if narrow else points
    width, height = (296, 162) if narrow else (906, 202)
    rows = [
        {"month": str(period.start), "part": part, "value": (seen and seen.value) or 0}
        for period, parts in points
        for part, seen in enumerate(parts)
    ]
    most = max(
        (sum((seen and seen.value) or 0 for seen in parts) for _, parts in points), default=0
    )
    steps = min(4, max(1, int(most)))
    colours = ["var(--mark)", "var(--part-2)", "var(--part-3)", "var(--part-4)"]
    spec = {
        "width": width,
        "height": height,
        "padding": {"left": LEFT, "top": TOP, "right": 8, "bottom": 38},
        "autosize": "none",
        "background": None,
        "config": LOOK,
        "data": {"values": rows},
        "mark": {"type": "bar", "aria": False},
        "encoding": {
            "x": {
                "field": "month",
                "type": "ordinal",
                "scale": {"type": "band", "padding": 0},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": True, "nice": steps} | ({"domainMax": 1} if most <= 1 else {}),
                "axis": {"labelExpr": WHOLE_LABEL, "tickCount": steps},
            },
            "order": {"field": "part"},
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": list(range(len(colours))), "range": colours},
                "legend": None,
            },
        },
    }
    return vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])


def _factor_marks(
    factors: Mapping[int, Factor], periods: Sequence[Period], width: int, height: int
) -> tuple[int, str]:
    """How many lanes the numbers need above the plot, and what is drawn over it.

    A line where a factor begins, a shade as long as it lasts, its number in a circle, or in a
    square where a rule changed.
    """
    ends: list[float] = []
    shades, lines, numbers = "", "", ""
    for number, factor in factors.items():
        if not factor.happens_between(periods[0].start, periods[-1].end):
            continue
        left = _place(factor.start_date, periods, width)
        last = factor.end_date or factor.start_date
        right = _place(last + timedelta(days=1), periods, width)
        is_long = bool(factor.end_date) and right - left >= SHORTEST_SHADE
        free = (lane for lane, end in enumerate(ends) if end <= left - NUMBER / 2)
        lane = next(free, len(ends))
        ends[lane : lane + 1] = [max(left + NUMBER / 2, right if is_long else 0)]
        y = -LANE * (lane + 0.5)
        kind = "rule" if factor.is_rule_change else "outside"
        if is_long:
            shades += f'<rect x="{left:.1f}" y="0" width="{right - left:.1f}" height="{height}"/>'
            lines += f'<path class="length" d="M{left:.1f},{y:.0f}H{right:.1f}V{height}"/>'
        lines += f'<path class="{kind}" d="M{left:.1f},{y:.0f}V{height}"/>'
        numbers += (
            f'<rect class="{kind}" x="{left - 8:.1f}" y="{y - 8:.0f}" width="16" height="16" '
            f'rx="{2 if factor.is_rule_change else 8}"/>'
            f'<text x="{left:.1f}" y="{y + 3.8:.1f}">{number}</text>'
        )
    return len(ends), shades + lines + numbers


def _place(day: date, periods: Sequence[Period], width: int) -> float:
    """How far from the left a day begins, where every period is as wide as the others."""
    for index, period in enumerate(periods):
        if day < period.end:
            passed = max((day - period.start).days, 0) / (period.end - period.start).days
            return (index + passed) * width / len(periods)
    return float(width)


def _bars() -> list[dict[str, Any]]:
    return [{"mark": "bar", "encoding": {"fillOpacity": _unless_weak(1, 0.4)}}]


def _points_on_a_line() -> list[dict[str, Any]]:
    fill = _unless_weak("var(--mark)", "var(--pico-background-color)")
    interval = {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}}
    return [
        {"mark": "rule", "transform": [{"filter": "isNumber(datum.high)"}], "encoding": interval},
        {"mark": "line"},
        {"mark": "point", "encoding": {"fill": fill}},
    ]


def _unless_weak(value: object, weak_value: object) -> dict[str, Any]:
    """How a mark looks, and how when its value must not be compared."""
    return {"value": value, "condition": {"test": "datum.weak", "value": weak_value}}


def titled(svg: str, titles: Mapping[str, str]) -> Markup:
    """The chart with a title for the pointer on each mark, by the first day of its month."""
    from markupsafe import Markup

    title = Markup("{}><title>{}</title></path>")
    return Markup(NAMED_MARK.sub(lambda mark: title.format(Markup(mark[2]), titles[mark[1]]), svg))


def sparkline(points: Sequence[Point]) -> str:
    """The course of a KPI in the height of a table row, open at gaps; empty below two values."""
    values = [seen.value if seen and seen.is_reached else None for _, seen in points]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(0.0, *known), max(known)
    path, pen, x, y = "", "M", 0.0, 0.0
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = 3 + index * (SPARK_WIDTH - 6) / (len(values) - 1)
        y = SPARK_HEIGHT - 3 - (value - low) * (SPARK_HEIGHT - 6) / ((high - low) or 1)
        path += f"{pen}{x:.1f},{y:.1f}"
        pen = "L"
    return (
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" aria-hidden="true" '
        f'focusable="false"><path d="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/></svg>'
    )
