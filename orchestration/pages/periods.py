"""Calendar periods of the KPIs: which is complete, which came before, which a year earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
ALL = "all"


@dataclass(frozen=True)
class Period:
    """A month, quarter or year by its first day; half-open, so ``end`` is the day after it."""

    start: date
    grain: str

    @property
    def end(self) -> date:
        return _add_months(self.start, MONTHS_IN[self.grain])

    @property
    def before(self) -> Period:
        """The period that ends where this one starts."""
        return self.moved(-1)

    @property
    def year_before(self) -> Period:
        return Period(_add_months(self.start, -12), self.grain)

    def moved(self, steps: int) -> Period:
        """The period ``steps`` periods of the same grain later."""
        return Period(_add_months(self.start, steps * MONTHS_IN[self.grain]), self.grain)


def containing(day: date, grain: str) -> Period:
    """The period of ``grain`` that ``day`` lies in."""
    months = MONTHS_IN[grain]
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), grain)


def last_complete(as_of: date, grain: str) -> Period:
    """The newest period of ``grain`` that had ended when the exports were taken."""
    return containing(as_of, grain).before


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, day.day)
