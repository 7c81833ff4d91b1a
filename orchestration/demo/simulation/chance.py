"""Chance for one group of accounts, and the tables every group draws from."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from orchestration.demo.clock import DAY, HOUR, MINUTE, to_date, weekday, zone
from orchestration.demo.company import LEG_SHARES, Company
from orchestration.demo.plan import FREE_CHANNELS
from orchestration.demo.world import Campaign, Leg, Rep

# How many leads a month brings, January to December: August and December are slow.
SEASON = (1.0, 1.05, 1.1, 1.1, 1.0, 0.95, 0.8, 0.6, 1.15, 1.15, 1.05, 0.7)
GROWTH = 0.25
"""More leads in the last month than in the first."""


class Weights:
    """Things drawn in proportion to their weights."""

    def __init__(self, items: Sequence, weights: Sequence[float]) -> None:
        self.items = list(items)
        self._bounds = list(accumulate(weights))

    def draw(self, rng: Random):
        index = bisect_right(self._bounds, rng.random() * self._bounds[-1])
        return self.items[min(index, len(self.items) - 1)]


class Tables:
    """What is the same for every group: months, campaigns of each month, reps of each team."""

    def __init__(self, company: Company) -> None:
        self.company = company
        months = company.months
        self.month_ends = (*months[1:], company.end_day)
        self.months = Weights(
            range(len(months)),
            [
                SEASON[to_date(day).month - 1] * (1 + GROWTH * index / len(months))
                for index, day in enumerate(months)
            ],
        )
        self.legs = Weights(company.legs, LEG_SHARES)
        outage = company.story["ads_outage"]
        self._campaigns: dict[tuple[str, int], Weights] = {}
        for leg in company.legs:
            for day in months:
                choices: list[tuple[str, Campaign | None]] = []
                weights: list[float] = []
                for campaign in company.campaigns:
                    if campaign.leg not in (None, leg):
                        continue
                    if any(first <= day < end for first, end in campaign.months):
                        weight = campaign.weight
                        if day == outage and campaign.channel == "paid_search":
                            weight *= 0.15
                        choices.append((campaign.channel, campaign))
                        weights.append(weight)
                for channel, (weight, _) in FREE_CHANNELS.items():
                    choices.append((channel, None))
                    weights.append(weight)
                self._campaigns[leg.name, day] = Weights(choices, weights)
        self._reps: dict[tuple[str, int], list[Rep]] = {}
        for team in company.teams:
            for day in months:
                self._reps[team.name, day] = [
                    rep
                    for rep in company.reps
                    if rep.hired_day <= day and rep.team(day) == team.name
                ]
        self._month_starts = list(months)

    def month_of(self, day: int) -> int:
        """First day of the simulated month that holds a day; the ends for days outside."""
        index = bisect_right(self._month_starts, day) - 1
        return self._month_starts[max(0, index)]

    def source(self, leg: Leg, day: int, rng: Random) -> tuple[str, Campaign | None]:
        """The channel and campaign a lead of that day comes from."""
        return self._campaigns[leg.name, self.month_of(day)].draw(rng)

    def rep(self, team: str, day: int, rng: Random) -> Rep:
        """A rep of the team who is there on that day."""
        reps = self._reps[team, self.month_of(day)]
        return reps[int(rng.random() * len(reps))]


class Chance:
    """Draws of one group; the same seed and number always give the same ones."""

    def __init__(self, tables: Tables, number: int) -> None:
        self.tables = tables
        self.company = tables.company
        self.rng = Random(self.company.settings.seed * 1_000_003 + number)
        self.random = self.rng.random
        self._reporting = zone(self.company.zone_name)

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def lognormal(self, median: float, sigma: float) -> float:
        return median * math.exp(sigma * self.rng.gauss(0, 1))

    def pick(self, items: Sequence):
        return items[int(self.random() * len(items))]

    def lead_day(self) -> int:
        """A day of the simulation, fewer at weekends and in slow months."""
        index = self.tables.months.draw(self.rng)
        first, end = self.company.months[index], self.tables.month_ends[index]
        day = first + int(self.random() * (end - first))
        if weekday(day) >= 5 and self.happens(0.6):
            day = max(first, day - 2)
        return day

    def web_moment(self, leg: Leg, day: int) -> int:
        """An instant of a visitor's day: mostly from eight to ten in the evening."""
        hour = 8 + 14 * self.random() if self.happens(0.93) else 24 * self.random()
        at = self.settled(zone(leg_zone(leg)).utc(day * DAY + int(hour * HOUR)))
        # West of the reporting zone the last day goes on after the end.
        return at if at < self.company.as_of else at - DAY

    def office_moment(self, leg: Leg, day: int) -> int:
        """An instant in office hours that lies on the same date in the reporting zone."""
        while weekday(day) >= 5:
            day += 1
        here = zone(leg_zone(leg))
        at = here.utc(day * DAY + int((9 + 4 * self.random()) * HOUR))
        return self.settled(at)

    def settled(self, at: float) -> int:
        """A whole minute, and not within an hour that clocks of the reporting zone repeat.

        Exports in local time could not tell the two apart.
        """
        whole = int(at) // MINUTE * MINUTE
        wall = self._reporting.local(whole)
        if (
            self._reporting.local(whole + HOUR) == wall
            or self._reporting.local(whole - HOUR) == wall
        ):
            whole += 2 * HOUR
        return whole


def leg_zone(leg: Leg) -> str:
    """Where the leg's people and reps live; its CRM may export in another zone."""
    return {
        "core": "Europe/Berlin",
        "enterprise": "America/New_York",
        "apac": "Asia/Shanghai",
        "acquired": "Europe/London",
    }[leg.name]


class Numbers:
    """The next free number of each kind of record."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, kind: str) -> int:
        number = self._last.get(kind, 0) + 1
        self._last[kind] = number
        return number
