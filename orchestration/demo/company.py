"""The demo company as it is set up: legs, teams, campaigns, prices, calendars, outside factors.

Nothing here depends on chance but the names of reps; what happens to people is in the simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from orchestration.demo.clock import (
    BusinessCalendar,
    month_start,
    moved_by_months,
    to_date,
    to_day,
    zone,
)
from orchestration.demo.plan import CAMPAIGNS, FACTORS, HOLIDAYS, RATES, REGIONS, TEAMS, Factor
from orchestration.demo.settings import DemoSettings
from orchestration.demo.world import Campaign, Leg, Rep, Team

REPORTING_ZONE = "Europe/Berlin"
REPORTING_CURRENCY = "EUR"
END = date(2026, 7, 1)
"""The exports show everything before the local midnight that begins this day."""

LEGS = (
    Leg("core", "hubspot", "Europe/Berlin", True),
    Leg("enterprise", "salesforce", "UTC", True),
    Leg("apac", "zendesk_sell", "UTC", True),
    Leg("acquired", "pipedrive", "UTC", False),
)
LEG_SHARES = (0.46, 0.26, 0.16, 0.12)

STAGES = ("Discovery", "Qualified", "Proposal", "Negotiation")
"""Open stages in order; a deal counts from Qualified on."""

PRODUCTS = {
    # code: (name, family, list price in EUR a year, monthly subscription)
    "P-10": ("Starter", "Software", 4_800, True),
    "P-20": ("Business", "Software", 14_400, True),
    "P-30": ("Enterprise", "Software", 46_800, True),
    "P-40": ("Onboarding", "Services", 7_500, False),
}

INTERNAL_DOMAIN = "demo-company.example"

_GIVEN = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Finn", "Greta", "Hugo", "Iris", "Jonas", "Kira",
          "Leo", "Mara", "Nils", "Olga", "Pia", "Quirin", "Rosa", "Sven", "Tara")  # fmt: skip
_FAMILY = ("Ahorn", "Birke", "Cedar", "Distel", "Erle", "Fichte", "Ginster", "Hasel", "Ilex",
           "Juniper", "Kiefer", "Linde", "Mistel", "Nuss", "Olive", "Pappel", "Quitte", "Reseda",
           "Salix", "Tanne")  # fmt: skip
_GIVEN_ZH = ("伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰")
_FAMILY_ZH = ("演", "示", "林", "柏", "松", "梅", "柳", "桂", "桐", "枫")


@dataclass(frozen=True)
class Company:
    """The set-up of one demo company."""

    settings: DemoSettings
    zone_name: str = REPORTING_ZONE
    legs: tuple[Leg, ...] = LEGS
    teams: tuple[Team, ...] = field(init=False)
    reps: tuple[Rep, ...] = field(init=False)
    campaigns: tuple[Campaign, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_name = {leg.name: leg for leg in self.legs}
        teams = tuple(Team(*facts[:1], by_name[facts[1]], *facts[2:]) for facts in TEAMS)
        object.__setattr__(self, "teams", teams)
        object.__setattr__(self, "reps", self._hire())
        object.__setattr__(self, "campaigns", self._plan_campaigns(by_name))

    @cached_property
    def end_day(self) -> int:
        """The first day the exports do not show."""
        return to_day(END)

    @cached_property
    def as_of(self) -> int:
        """The instant the exports show: the local midnight that begins ``end_day``."""
        return zone(self.zone_name).utc(self.end_day * 86_400)

    @cached_property
    def start_day(self) -> int:
        return moved_by_months(self.end_day, -self.settings.months)

    @cached_property
    def months(self) -> tuple[int, ...]:
        """First day of each month of the simulation."""
        return tuple(
            moved_by_months(self.start_day, index) for index in range(self.settings.months)
        )

    def story_day(self, share: float) -> int:
        """The first day of the month that lies at a share of the simulated time."""
        return self.months[min(int(share * self.settings.months), self.settings.months - 1)]

    @cached_property
    def story(self) -> dict[str, int]:
        """The day on which each outside factor or rule change begins, by its id."""
        return {factor.factor_id: self._begin(factor) for factor in FACTORS}

    def _begin(self, factor: Factor) -> int:
        if factor.calendar_month is None:
            return self.story_day(factor.start_share)
        found = [day for day in self.months if to_date(day).month == factor.calendar_month]
        return found[-1] if found else self.start_day

    @cached_property
    def calendars(self) -> dict[str, BusinessCalendar]:
        """Office hours by name; ``company`` is the one without a region."""
        years = range(2018, END.year + 3)
        return {
            name: BusinessCalendar(
                name, zone_name, opens, closes,
                (to_day(date(year, month, day)) for year in years
                 for month, day, _, _ in HOLIDAYS[name]),
                to_day(date(2018, 1, 1)), to_day(date(END.year + 2, 12, 31)),
            )
            for name, (zone_name, opens, closes, _) in REGIONS.items()
        }  # fmt: skip

    def calendar_of(self, rep: Rep | None, region: str, day: int) -> BusinessCalendar:
        """The owner's team's calendar, else the region's, else the company's."""
        if rep is not None:
            return self.calendars[self.team(rep.team(day)).calendar]
        name = next((name for name, facts in REGIONS.items() if facts[3] == region), "company")
        return self.calendars[name]

    def team(self, name: str) -> Team:
        return self._teams_by_name[name]

    @cached_property
    def _teams_by_name(self) -> dict[str, Team]:
        return {team.name: team for team in self.teams}

    def rate(self, currency: str, day: int) -> float:
        """EUR for one unit of a currency on a day: the rate of the month's first day."""
        if currency == REPORTING_CURRENCY:
            return 1.0
        return self._rates[currency, month_start(day)]

    @cached_property
    def rates(self) -> tuple[tuple[str, int, float], ...]:
        """(currency, first day of the month, EUR for one unit), a year beyond the end."""
        rows = []
        for currency, (first, drift) in RATES.items():
            for index in range(-12, self.settings.months + 12):
                wave = (index % 7 - 3) * 0.004
                rows.append((
                    currency, moved_by_months(self.start_day, index),
                    round(first * (1 + drift * index / 12 + wave), 4),
                ))  # fmt: skip
        return tuple(rows)

    @cached_property
    def _rates(self) -> dict[tuple[str, int], float]:
        return {(currency, day): rate for currency, day, rate in self.rates}

    def _hire(self) -> tuple[Rep, ...]:
        per_team = max(3, min(30, self.settings.people // 2_500))
        # Quotas grow with the business there is for each rep.
        business = self.settings.people / self.settings.months / per_team / 67
        reps: list[Rep] = []
        for team_index, team in enumerate(self.teams):
            for index in range(per_team):
                number = len(reps)
                given, family = _GIVEN[number % 20], _FAMILY[(number * 7 + number // 20) % 20]
                if team.leg.name == "apac":
                    given, family = _GIVEN_ZH[number % 10], _FAMILY_ZH[number // 10 % 10]
                name = f"{family}{given}" if team.leg.name == "apac" else f"{given} {family}"
                if number >= 400:
                    name = f"{name} {number // 400 + 1}"
                hired = self.start_day - 400
                if index == per_team - 1:
                    hired = self.story_day(0.3 + 0.05 * (team_index % 4))
                history = [(self.start_day - 400, team.name)]
                sisters = [other for other in self.teams if other.leg == team.leg]
                if index == 1 and len(sisters) > 1:
                    # A transfer in the middle of a quarter, to the leg's next team.
                    other = sisters[(sisters.index(team) + 1) % len(sisters)]
                    history.append((self.story_day(0.55) + 14, other.name))
                reps.append(Rep(
                    number, name, team.leg, _crm_id(team.leg, number, name), tuple(history),
                    hired, max(500, round((10_000 + 2_500 * (index % 3)) * business / 100) * 100),
                ))  # fmt: skip
        return tuple(reps)

    def _plan_campaigns(self, legs: dict[str, Leg]) -> tuple[Campaign, ...]:
        scale = max(0.05, self.settings.people / self.settings.months / 200)
        planned = []
        for facts in CAMPAIGNS:
            spans = tuple(
                (self.months[first], self.months[last] if last < len(self.months) else self.end_day)
                for first, last in facts.spans(self.settings.months, self.months)
            )
            planned.append(Campaign(
                len(planned), facts.name, facts.channel, facts.platform,
                legs.get(facts.leg), spans, round(facts.monthly_cost * scale, 2),
                facts.currency, facts.weight, facts.quality,
            ))  # fmt: skip
        return tuple(planned)


def _crm_id(leg: Leg, number: int, name: str) -> str:
    """The form in which each CRM's exports name an owner."""
    match leg.source:
        case "salesforce":
            return f"0058d0000{number:06d}AAA"
        case "zendesk_sell":
            return str(2_400_100 + number)
        case _:
            return name
