"""Numbers, dates and reasons as people read them, in one language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from orchestration.pages.kpis import Kpi, Observation
from orchestration.pages.periods import Period
from orchestration.pages.texts import Language, known_text, member_text, text

NO_VALUE = "—"
MONTHS_EN = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
# Units of time, each with the text for exactly one of it.
DURATIONS = {"days": "one_day", "minutes": "one_minute"}
LONG_MINUTES = 600
# From here on a factor says more than a percentage.
FACTOR = 10


class Change(NamedTuple):
    """A difference in words, and whether the definition calls it better or worse, if either."""

    words: str
    verdict: str


@dataclass(frozen=True)
class Formatter:
    """Writes values of one version in one language: money in ``currency``, times in ``zone``."""

    language: Language
    currency: str
    zone: tzinfo

    def value(self, kpi: Kpi, observation: Observation | None) -> str:
        """The value with its unit, or a dash."""
        if observation is None or observation.value is None:
            return NO_VALUE
        return self._with_unit(kpi, observation.value)

    def p90(self, kpi: Kpi, observation: Observation | None) -> str:
        """What nine of ten cases do not exceed; empty but beside a median."""
        if observation is None or observation.p90 is None:
            return ""
        return text("p90_beside", self.language, value=self._with_unit(kpi, observation.p90))

    def _with_unit(self, kpi: Kpi, value: float) -> str:
        number = self.bare(kpi, value)
        if kpi.unit == "money":
            return f"{self.currency} {number}"
        if kpi.unit in DURATIONS:
            unit = DURATIONS[kpi.unit] if number == "1" else kpi.unit
            return f"{number} {text(unit, self.language)}"
        return number

    def bare(self, kpi: Kpi, number: float) -> str:
        """The number alone, for places whose unit stands nearby."""
        if kpi.unit == "ratio":
            return _percent(number)
        if kpi.unit == "money":
            return _fixed(number, 2 if kpi.kind in ("mean", "median") and abs(number) < 1e5 else 0)
        if kpi.unit in DURATIONS:
            return _fixed(number, 0 if number.is_integer() else 1)
        return _fixed(number, 0)

    def parts(self, kpi: Kpi, observation: Observation | None) -> str:
        """What the value was divided from, or how many cases lie behind a median."""
        if observation is None or observation.denominator is None:
            return ""
        denominator = _fixed(observation.denominator, 0)
        if observation.numerator is None:
            return f"n = {denominator}"
        return f"{_fixed(observation.numerator, 0)} ÷ {denominator}"

    def number(self, value: float | None) -> str:
        return NO_VALUE if value is None else _fixed(value, 0)

    def decimal(self, value: float | None) -> str:
        """With one digit, as days between stages are shown."""
        return NO_VALUE if value is None else _fixed(value, 1)

    def points(self, difference: float) -> str:
        """The difference of two shares in percentage points."""
        points = _signed(round(difference * 100, 1))
        return f"{points} {text('percentage_points', self.language)}"

    def amount(self, value: float | None) -> str:
        """A count that may be no whole number, with one digit then."""
        if value is None:
            return NO_VALUE
        return _fixed(value, 0 if float(value).is_integer() else 1)

    def share(self, value: float | None) -> str:
        return NO_VALUE if value is None else _percent(value)

    def business_time(self, minutes: float) -> str:
        """Business minutes, from ten hours on in hours."""
        if minutes < LONG_MINUTES:
            return f"{_fixed(minutes, 0)} {text('short_minutes', self.language)}"
        return f"{_fixed(minutes / 60, 0)} {text('short_hours', self.language)}"

    def reason(self, kpi: Kpi, observation: Observation | None) -> str:
        """Why there is a dash; empty when there is a value."""
        if observation is None:
            return text("reason_no_period", self.language)
        if observation.value is not None:
            return ""
        if observation.denominator == 0:
            return self.no_cases(kpi)
        unknown = "reason_no_amounts" if kpi.unit == "money" or kpi.kind == "ratio" else ""
        return text(unknown or "reason_not_measured", self.language)

    def no_cases(self, kpi: Kpi) -> str:
        """What there was none of."""
        general = text("no_cases", self.language)
        return known_text(f"no_cases_{kpi.metric_id}", self.language, general)

    def interval(self, kpi: Kpi, observation: Observation) -> str:
        """The 95 % interval of a share; empty where it does not apply."""
        if kpi.unit != "ratio" or observation.ci_low is None or observation.ci_high is None:
            return ""
        return f"{_percent(observation.ci_low)} – {_percent(observation.ci_high)}"

    def target(self, kpi: Kpi, observation: Observation | None) -> str:
        """The target agreed for the period; empty when there is none."""
        if observation is None or observation.target is None:
            return ""
        return text("target", self.language, value=self.bare(kpi, observation.target))

    def change(self, kpi: Kpi, new: Observation | None, old: Observation | None) -> Change | None:
        """From ``old`` to ``new``; None when either may not be compared."""
        if new is None or old is None or not (new.is_comparable and old.is_comparable):
            return None
        assert new.value is not None
        assert old.value is not None
        difference = new.value - old.value
        if not difference:
            return Change(text("unchanged", self.language), "")
        if kpi.unit == "ratio":
            words = self.points(difference)
        elif old.value <= 0:
            # No percentage of nothing: the difference itself.
            sign = "+" if difference > 0 else ""
            words = sign + self.value(kpi, replace(new, value=difference))
        elif new.value / old.value >= FACTOR:
            words = f"×{_fixed(new.value / old.value, 1)}"
        else:
            words = f"{_signed(round((new.value / old.value - 1) * 100, 1))}%"
        wanted = {"higher_is_better": 1, "lower_is_better": -1}.get(kpi.definition["direction"], 0)
        verdict = "better" if difference * wanted > 0 else "worse" if wanted else ""
        return Change(words, verdict)

    def period(self, period: Period) -> str:
        """``Dec 2017``, ``Q4 2017``, ``2017``; in Chinese with its own order and words."""
        year, month = period.start.year, period.start.month
        quarter = (month + 2) // 3
        if self.language == "zh":
            return {
                "month": f"{year}年{month}月",
                "quarter": f"{year}年第{quarter}季度",
                "year": f"{year}年",
            }[period.grain]
        return {
            "month": f"{MONTHS_EN[month - 1]} {year}",
            "quarter": f"Q{quarter} {year}",
            "year": str(year),
        }[period.grain]

    def day(self, day: date | None) -> str:
        if day is None:
            return NO_VALUE
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"

    def days(self, first: date, last: date | None) -> str:
        """From the first to the last day; ``since`` while no last one is known."""
        if last is None:
            return text("since", self.language, day=self.day(first))
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def instant(self, moment: datetime) -> str:
        """An aware instant in the reporting time zone, which is named."""
        return text("at_instant", self.language, **self._local(moment), zone=self.zone)

    def local(self, moment: datetime) -> str:
        """The same for places whose time zone stands nearby."""
        return text("at_time", self.language, **self._local(moment))

    def _local(self, moment: datetime) -> dict[str, str]:
        local = moment.astimezone(self.zone)
        return {"day": self.day(local.date()), "time": f"{local:%H:%M}"}

    def member(self, dimension: str, member: str, name: str) -> str:
        """A member's name; closed vocabularies and ``__unassigned__`` in the reader's language."""
        return member_text(dimension, member, self.language) or name


def _fixed(value: float, digits: int) -> str:
    written = f"{value:,.{digits}f}"
    return written.replace("-", "−") if float(written.replace(",", "")) else written.lstrip("-")


def _percent(value: float) -> str:
    return f"{_fixed(round(value * 100, 10), 1)}%"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + _fixed(value, 1)
