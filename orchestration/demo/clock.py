"""Time in the demo company: whole minutes as seconds since 1970 UTC, local days, office hours.

Plain integers, because millions of events are drawn, written and counted; `datetime` would cost
several times the whole simulation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = 86_400
HOUR = 3_600
MINUTE = 60

_FIRST, _LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
_EPOCH = date(1970, 1, 1)
_CLOCK = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)]


class Zone:
    """A time zone as a list of offset changes, exact to the hour from 2015 to 2034."""

    def __init__(self, name: str) -> None:
        self.name = name
        zone = ZoneInfo(name)
        self._changes: list[int] = []
        self._offsets: list[int] = []
        moment = _FIRST
        while moment < _LAST:
            offset = _offset(moment, zone)
            if not self._offsets or offset != self._offsets[-1]:
                hour = moment
                while self._offsets and _offset(hour - timedelta(hours=1), zone) == offset:
                    hour -= timedelta(hours=1)
                self._changes.append(int(hour.timestamp()))
                self._offsets.append(offset)
            moment += timedelta(days=1)

    def local(self, at: int) -> int:
        """Seconds of the wall clock at an instant, counted from 1970 local."""
        return at + self._offsets[max(0, bisect_right(self._changes, at) - 1)]

    def utc(self, wall: int) -> int:
        """The instant of a wall-clock time; of a repeated hour the later one."""
        guess = wall - self._offsets[max(0, bisect_right(self._changes, wall) - 1)]
        return wall - (self.local(guess) - guess)

    def day(self, at: int) -> int:
        """The local day of an instant, as days since 1970."""
        return self.local(at) // DAY


@cache
def zone(name: str) -> Zone:
    """The zone called ``name``, computed once."""
    return Zone(name)


@cache
def to_date(day: int) -> date:
    """Days since 1970 as a date."""
    return _EPOCH + timedelta(days=day)


def to_day(value: date) -> int:
    """A date as days since 1970."""
    return (value - _EPOCH).days


@cache
def iso_day(day: int) -> str:
    """``2025-05-02``."""
    return to_date(day).isoformat()


@cache
def month_start(day: int) -> int:
    """The first day of the month that holds ``day``."""
    return to_day(to_date(day).replace(day=1))


def iso_minute(at: int) -> str:
    """``2025-05-02 15:04``, of a UTC instant or of a wall clock."""
    return f"{iso_day(at // DAY)} {_CLOCK[at % DAY // MINUTE]}"


def moved_by_months(day: int, months: int) -> int:
    """The first of the month ``months`` after the one that holds ``day``."""
    value = to_date(day)
    index = value.year * 12 + value.month - 1 + months
    return to_day(date(index // 12, index % 12 + 1, 1))


def weekday(day: int) -> int:
    """0 = Monday."""
    return (day + 3) % 7


class BusinessCalendar:
    """Office hours of one calendar: Monday to Friday, less holidays, on a zone's wall clock."""

    def __init__(
        self, name: str, zone_name: str, opens: str, closes: str, holidays: Iterable[int],
        first_day: int, last_day: int,
    ) -> None:  # fmt: skip
        self.name, self.zone_name, self.opens, self.closes = name, zone_name, opens, closes
        self.holidays = frozenset(holidays)
        here = zone(zone_name)
        start, end = (_minute_of(text) * MINUTE for text in (opens, closes))
        self._opens: list[int] = []
        self._before: list[int] = []
        """Business seconds before each opening."""
        total = 0
        for day in range(first_day, last_day + 1):
            if weekday(day) >= 5 or day in self.holidays:
                continue
            opening, closing = here.utc(day * DAY + start), here.utc(day * DAY + end)
            self._opens.append(opening)
            self._before.append(total)
            total += closing - opening
        self._length = end - start

    @property
    def day_minutes(self) -> int:
        """Business minutes of one office day."""
        return self._length // 60

    def elapsed(self, at: int) -> int:
        """Business seconds from the calendar's beginning to an instant."""
        index = bisect_right(self._opens, at) - 1
        if index < 0:
            return 0
        return self._before[index] + min(at - self._opens[index], self._length)

    def minutes(self, start: int, end: int) -> float:
        """Business minutes in [start, end)."""
        return (self.elapsed(end) - self.elapsed(start)) / 60

    def after(self, start: int, minutes: int) -> int:
        """The instant at which ``minutes`` business minutes have passed since ``start``."""
        target = self.elapsed(start) + minutes * 60
        index = bisect_right(self._before, target) - 1
        if self._before[index] == target and minutes > 0 and index > 0:
            # The last minute of the day before, not the first of this one.
            index -= 1
        return self._opens[index] + target - self._before[index]

    def opening(self, at: int) -> int:
        """``at`` when the office is open then, else the next opening."""
        index = bisect_right(self._opens, at) - 1
        if index >= 0 and at - self._opens[index] < self._length:
            return at
        return self._opens[index + 1]


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _minute_of(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
