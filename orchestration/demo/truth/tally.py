"""Sums and value lists by measure, period and dimension member, and the table they become.

A measure is counted once, by month; longer periods are added up at the end. A metric names the
measures it is made of, so that a ratio can only ever be sum over sum.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.demo.clock import iso_day, month_start, to_date, to_day

HEADER = (
    "metric_id", "period_grain", "period_start_date", "dimension", "dimension_value",
    "numerator", "denominator", "value", "p90_value",
)  # fmt: skip
GRAINS = ("month", "quarter", "year", "all")
ALL_TIME = 0
"""Start of the one period of grain ``all``."""

Row = dict[int, float | None]
"""Member -> sum; None where every amount that came together is unknown."""


@dataclass(frozen=True)
class Metric:
    """One KPI: a sum, a ratio of two sums, or the middle of a list of values."""

    metric_id: str
    numerator: str
    """Measure of the sum or of the ratio's upper part, or the list of a median."""
    denominator: str = ""
    kind: str = "sum"
    """sum, ratio or median."""
    dimensions: tuple[str, ...] = ()
    """Published beside ``all``."""
    share_dimensions: tuple[str, ...] = ()
    """The denominator of their members is that of ``all``."""
    has_total: bool = True
    """Whether there is a row over everything."""
    times: int = 1
    """Multiplies a sum."""


class Members:
    """Small numbers for (dimension, value), 0 is ``all``, and for several of them at once."""

    def __init__(self) -> None:
        self._ids: dict[tuple, int] = {("all", "all"): 0}
        self.names: list[tuple[str, str]] = [("all", "all")]
        self.parts: list[tuple[int, ...]] = [(0,)]
        """The members each number stands for: itself, or those of a bundle."""

    def id(self, dimension: str, value: str) -> int:
        key = dimension, value
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = self._next(key)
            self.parts.append((found,))
        return found

    def bundle(self, *members: int) -> int:
        """One number for members that are counted together: one addition instead of many."""
        found = self._ids.get(members)
        if found is None:
            found = self._ids[members] = self._next(("", ""))
            self.parts.append(members)
        return found

    def _next(self, name: tuple[str, str]) -> int:
        self.names.append(name)
        return len(self.names) - 1


class Tally:
    """Everything the truth counts. Memory grows with members, months and the medians' values.

    Wherever members are asked for, a bundle of them does as well.
    """

    def __init__(self) -> None:
        self.members = Members()
        # what is counted together -> (grain, first day) -> sums
        self._sums: dict[tuple[str, ...], dict[tuple[str, int], Row]] = {}
        # measures whose amounts come together -> (grain, first day) -> member -> sums
        self._lines: dict[tuple[str, ...], dict[tuple[str, int], dict[int, list[float]]]] = {}
        self._lists: dict[str, dict[int, dict[int, array]]] = {}
        self._fixed: set[str] = set()

    def count(self, measures: Iterable[str], day: int, members: Iterable[int]) -> None:
        """One more of each of these measures, in the month of a local day."""
        self._add(tuple(measures), ("month", month_start(day)), members, 1)

    def add(self, measure: str, day: int, members: Iterable[int], amount: float | None = 1) -> None:
        """Count ``amount`` in the month of a local day. None leaves a sum unknown, not zero."""
        self._add((measure,), ("month", month_start(day)), members, amount)

    def put(
        self, measure: str, grain: str, start: int, members: Iterable[int],
        amount: float | None = 1,
    ) -> None:  # fmt: skip
        """Add in one period of one grain only: measures that longer periods do not add up."""
        self._fixed.add(measure)
        self._add((measure,), (grain, start), members, amount)

    def add_all(self, amounts: dict[str, float], day: int, members: Iterable[int]) -> None:
        """`add` of several measures with known amounts."""
        self._add_all(amounts, ("month", month_start(day)), members)

    def put_all(
        self, amounts: dict[str, float], grain: str, start: int, members: Iterable[int]
    ) -> None:
        """`put` of several measures with known amounts."""
        self._fixed.update(amounts)
        self._add_all(amounts, (grain, start), members)

    def _add_all(
        self, amounts: dict[str, float], period: tuple[str, int], members: Iterable[int]
    ) -> None:
        names = tuple(amounts)
        try:
            row = self._lines[names][period]
        except KeyError:
            row = self._lines.setdefault(names, {}).setdefault(period, {})
        for member in members:
            sums = row.get(member)
            if sums is None:
                row[member] = list(amounts.values())
            else:
                for place, amount in enumerate(amounts.values()):
                    sums[place] += amount

    def _add(
        self,
        measures: tuple[str, ...],
        period: tuple[str, int],
        members: Iterable[int],
        amount: float | None,
    ) -> None:
        try:
            row = self._sums[measures][period]
        except KeyError:
            row = self._sums.setdefault(measures, {}).setdefault(period, {})
        if amount is None:
            for member in members:
                row.setdefault(member, None)
            return
        for member in members:
            row[member] = (row.get(member) or 0) + amount

    def value(self, measure: str, day: int, members: Iterable[int], value: float) -> None:
        """One of the values a median is taken of."""
        try:
            row = self._lists[measure][month_start(day)]
        except KeyError:
            row = self._lists.setdefault(measure, {}).setdefault(month_start(day), {})
        for member in members:
            values = row.get(member)
            if values is None:
                row[member] = array("d", (value,))
            else:
                values.append(value)

    def total(self, measure: str, grain: str = "all", start: int = ALL_TIME) -> Row:
        """A measure's sums by member in one period."""
        return self.sums(measure).get((grain, start), {})

    def middle(self, measure: str, member: int = 0) -> float | None:
        """The median of everything a list holds for a member."""
        values = array("d")
        for row in self._lists.get(measure, {}).values():
            for bundle, part in row.items():
                if member in self.members.parts[bundle]:
                    values.extend(part)
        return median(values)

    def write(self, metrics: Iterable[Metric], path: Path) -> None:
        """One row per metric, period and member with anything in it, sorted."""
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(HEADER)
            for metric in metrics:
                for grain, start, member, values in self._rows(metric):
                    dimension, name = self.members.names[member]
                    first_day = "" if grain == "all" else iso_day(start)
                    rows.writerow([
                        metric.metric_id, grain, first_day, dimension, name, *map(number, values),
                    ])  # fmt: skip

    def _rows(self, metric: Metric) -> Iterator[tuple[str, int, int, tuple[float | None, ...]]]:
        if metric.kind == "median":
            yield from self._medians(metric)
            return
        upper = self.sums(metric.numerator)
        lower = self.sums(metric.denominator) if metric.denominator else {}
        periods = sorted({*upper, *lower}, key=lambda key: (GRAINS.index(key[0]), key[1]))

        def is_share(member: int) -> bool:
            return self.members.names[member][0] in metric.share_dimensions

        for period in periods:
            above, below = upper.get(period, {}), lower.get(period, {})
            found = {*above, *below}
            if metric.share_dimensions and below:
                # Whoever has no part in this period is 0 of its total.
                found.update(*(filter(is_share, row) for row in upper.values()))
            for member in self._published(metric, found):
                if metric.kind == "sum":
                    amount = above[member]
                    amount = None if amount is None else amount * metric.times
                    yield *period, member, (amount, None, amount, None)
                    continue
                over = above.get(member, 0.0)
                under = below.get(0 if is_share(member) else member, 0.0)
                ratio = None if over is None or not under else over / under
                yield *period, member, (over, under, ratio, None)

    def _medians(self, metric: Metric) -> Iterator[tuple[str, int, int, tuple[float | None, ...]]]:
        months = self._lists.get(metric.numerator, {})
        for grain in GRAINS:
            for start, parts in sorted(_grouped(months, grain).items()):
                values: dict[int, array] = {}
                for month in parts:
                    for bundle, part in months[month].items():
                        for member in self.members.parts[bundle]:
                            values.setdefault(member, array("d")).extend(part)
                for member in self._published(metric, values):
                    listed = values[member]
                    yield grain, start, member, (None, None, median(listed), ninth_tenth(listed))

    def _published(self, metric: Metric, found: Iterable[int]) -> list[int]:
        names = self.members.names
        wanted = {"all", *metric.dimensions} if metric.has_total else set(metric.dimensions)
        return sorted(
            (member for member in found if names[member][0] in wanted),
            key=lambda member: (names[member][0] != "all", names[member]),
        )

    def sums(self, measure: str) -> dict[tuple[str, int], Row]:
        """A measure's sums by (grain, first day); what was put into one period stays there.

        Added up anew in each call: whoever needs several periods asks once.
        """
        parts: dict[tuple[str, int], list[Row]] = {}
        for measures, periods in self._sums.items():
            if measure in measures:
                for period, row in periods.items():
                    parts.setdefault(period, []).append(row)
        for measures, lines in self._lines.items():
            if measure in measures:
                place = measures.index(measure)
                for period, line in lines.items():
                    row: Row = {member: sums[place] for member, sums in line.items()}
                    parts.setdefault(period, []).append(row)
        found = {period: self._added(rows) for period, rows in parts.items()}
        if measure in self._fixed:
            return found
        months = [month for _, month in found]
        for grain in GRAINS[1:]:
            for start, group in _grouped(months, grain).items():
                found[grain, start] = self._added([found["month", month] for month in group])
        return found

    def _added(self, rows: Iterable[Row]) -> Row:
        """Rows added up, bundles taken apart."""
        total: Row = {}
        for row in rows:
            for bundle, amount in row.items():
                for member in self.members.parts[bundle]:
                    if amount is None:
                        total.setdefault(member, None)
                    else:
                        total[member] = (total.get(member) or 0) + amount
        return total


def period_start(day: int, grain: str) -> int:
    """First day of the month, quarter or year of a day; `ALL_TIME` for all."""
    if grain == "all":
        return ALL_TIME
    if grain == "month":
        return month_start(day)
    value = to_date(day)
    month = value.month - (value.month - 1) % 3 if grain == "quarter" else 1
    return to_day(value.replace(month=month, day=1))


def median(values: array) -> float | None:
    """The middle value, or the mean of the middle two."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ninth_tenth(values: array) -> float | None:
    """What nine of ten do not exceed, between two values where it must."""
    if not values:
        return None
    ordered = sorted(values)
    whole, tenths = divmod(9 * (len(ordered) - 1), 10)
    if not tenths:
        return ordered[whole]
    return ordered[whole] + (ordered[whole + 1] - ordered[whole]) * tenths / 10


def number(value: float | None) -> str:
    """Empty for unknown, whole numbers without a point, others to the last digit that tells."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(round(value, 9))


def _grouped(months: Iterable[int], grain: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for month in sorted(months):
        found.setdefault(period_start(month, grain), []).append(month)
    return found
