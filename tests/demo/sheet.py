"""The company of the sheet's worked examples, as an event log written by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.demo.clock import BusinessCalendar, moved_by_months, to_day, zone
from orchestration.demo.company import Company
from orchestration.demo.settings import DemoSettings
from orchestration.demo.truth import Truth
from orchestration.demo.world import (
    Account,
    Activity,
    Campaign,
    Cycle,
    Deal,
    Group,
    Leg,
    Move,
    Person,
    Rep,
    Touch,
)

NEW_YORK = "America/New_York"
_STAGES = ("mql", "sal", "sql", "rejected", "recycled", "disqualified")
LEG = Leg("sheet", "crm", NEW_YORK, True)
R1 = Rep(1, "Rep 1", LEG, "r1", ((0, "East"),), 0, 0)
R2 = Rep(2, "Rep 2", LEG, "r2", ((0, "East"), (to_day(date(2025, 7, 1)), "West")), 0, 0)
R3 = Rep(3, "Rep 3", LEG, "r3", ((0, "West"),), 0, 0)


class SheetCompany(Company):
    """Zone New York, USD, as_of 2025-07-15 00:00 UTC, office hours 09:00-17:00, 4 July off."""

    def __init__(self) -> None:
        super().__init__(DemoSettings(people=100, months=13), zone_name=NEW_YORK)

    @cached_property
    def as_of(self) -> int:
        return utc("2025-07-15 00:00")

    @cached_property
    def end_day(self) -> int:
        return zone(NEW_YORK).day(self.as_of) + 1

    @cached_property
    def start_day(self) -> int:
        return day("2024-06-01")

    @cached_property
    def months(self) -> tuple[int, ...]:
        return tuple(moved_by_months(self.start_day, index) for index in range(14))

    @cached_property
    def office(self) -> BusinessCalendar:
        return BusinessCalendar(
            "office", NEW_YORK, "09:00", "17:00", [day("2025-07-04")], day("2024-01-01"),
            day("2026-12-31"),
        )  # fmt: skip

    def calendar_of(self, rep: Rep | None, region: str, day: int) -> BusinessCalendar:
        return self.office

    def rate(self, currency: str, day: int) -> float:
        """USD for one EUR: 1.10, and 1.08 in the first days of July."""
        if currency == "USD":
            return 1.0
        return 1.08 if day_of("2025-07-01") <= day < day_of("2025-07-10") else 1.10


class Log:
    """Builds people, deals and accounts with as little as an example says of them."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.accounts: dict[str, Account] = {}
        self._last = 0

    def number(self) -> int:
        self._last += 1
        return self._last

    def account(self, name: str, currency: str = "USD", parent: Account | None = None) -> Account:
        if name not in self.accounts:
            fit: dict[str, float | None] = {"industry": 1.0, "size": 1.0}
            self.accounts[name] = Account(
                self.number(), LEG, name, f"{name}.example", "US", "North America", currency, 50,
                "smb", "software", fit, 0, parent,
            )  # fmt: skip
        return self.accounts[name]

    def person(
        self, created: str | int, account: Account | None = None, channel: str = "paid_search",
        origin: str = "marketing", owner: Rep | None = R1, reason: str | None = None,
        campaign: Campaign | None = None,
    ) -> Person:  # fmt: skip
        number = self.number()
        person = Person(
            number, LEG, account, "Given", "Family", f"p{number}@{number}.example", None, "user",
            channel, campaign, origin, "North America", "US", owner, utc(created), None, reason,
        )  # fmt: skip
        self.people.append(person)
        if account is not None:
            account.people.append(person)
        return person

    def cycle(self, person: Person, **facts) -> Cycle:
        """``mql="2025-05-06"`` and so on become instants; later cycles start with their MQL."""
        at = {name: utc(facts[name]) for name in _STAGES if facts.get(name) is not None}
        lead_at = at["mql"] if person.cycles and "mql" in at else person.created_at
        cycle = Cycle(
            len(person.cycles) + 1, person.origin, lead_at, mql_at=at.get("mql"),
            sal_at=at.get("sal"), sql_at=at.get("sql"), rejected_at=at.get("rejected"),
            reject_reason=facts.get("reason"), recycled_at=at.get("recycled"),
            disqualified_at=at.get("disqualified"), deal=facts.get("deal"),
        )  # fmt: skip
        person.cycles.append(cycle)
        return cycle

    def deal(
        self, account: Account, created: str, moves: Iterable[tuple[str, str]] = (),
        amount: float | None = 0.0, owner: Rep | None = R1, order_type: str = "new",
        person: Person | None = None, currency: str = "USD", due: str = "2025-07-31",
        product: str = "P-20", **facts,
    ) -> Deal:  # fmt: skip
        """``moves`` after its first day at Qualified, as (day, stage)."""
        stages = [Move(utc(created), "Qualified"), *(Move(utc(at), to) for at, to in moves)]
        is_closed = stages[-1].stage in ("Won", "Lost", "Duplicate")
        closed = zone(NEW_YORK).day(stages[-1].at) if is_closed else day(due)
        deal = Deal(
            self.number(), account, person, owner, product, order_type, currency, amount,
            utc(created), stages, closed, [(utc(created), day(due))], **facts,
        )  # fmt: skip
        account.deals.append(deal)
        return deal

    def touch(self, person: Person, at: str | int, channel: str, touch_id: int = 0) -> Touch:
        touch = Touch(touch_id or self.number(), utc(at), channel, None, "form")
        person.touches.append(touch)
        return touch

    def act(self, cycle: Cycle, at: str | int, kind: str = "call", **facts) -> None:
        cycle.activities.append(Activity(
            self.number(), at if isinstance(at, int) else new_york(at), kind, R1,
            facts.get("is_automated", False), facts.get("is_connected", False),
        ))  # fmt: skip

    def groups(self) -> list[Group]:
        """One group per ultimate parent, and one per person without a company."""
        found: dict[int, Group] = {}
        for account in self.accounts.values():
            top = account.ultimate_parent.number
            group = found.setdefault(top, Group(top, [], []))
            group.accounts.append(account)
            group.people += account.people
        lonely = [person for person in self.people if person.account is None]
        return [*found.values(), *(Group(0, [], [person]) for person in lonely)]


class Answers:
    """What a truth wrote, by metric."""

    def __init__(self, folder: Path, truth: Truth) -> None:
        self.folder, self.truth = folder, truth
        self._rows = {
            (r["metric_id"], r["period_grain"], r["period_start_date"], r["dimension"],
             r["dimension_value"]): r
            for r in self.table("kpi_values")
        }  # fmt: skip

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def row(self, metric: str, period: str = "", dimension: str = "all", member: str = "all"):
        """Period: a month as ``2025-05``, a quarter as ``2025-Q2``, or all of it."""
        grain, start = "all", ""
        if "Q" in period:
            year, quarter = period.split("-Q")
            grain, start = "quarter", f"{year}-{int(quarter) * 3 - 2:02d}-01"
        elif period:
            grain, start = (
                ("month", f"{period}-01") if "-" in period else ("year", f"{period}-01-01")
            )
        return self._rows.get((metric, grain, start, dimension, member))

    def value(
        self, metric: str, period: str = "", dimension: str = "all", member: str = "all"
    ) -> float | None:
        """The value; 0 for an absent row, None for an empty one."""
        row = self.row(metric, period, dimension, member)
        if row is None:
            return 0
        return None if row["value"] == "" else float(row["value"])

    def parts(self, metric: str, *periods: str) -> tuple[float, float]:
        """Numerator and denominator added over periods."""
        rows = [self.row(metric, period) for period in periods]
        return (
            sum(float(row["numerator"]) for row in rows if row),
            sum(float(row["denominator"]) for row in rows if row),
        )


def tell(log: Log, folder: Path, monkeypatch, costs=(), visits=()) -> Answers:
    """The truth about a log, with these costs and visits and no others."""
    monkeypatch.setattr("orchestration.demo.truth.costs.costs", lambda company: iter(costs))
    monkeypatch.setattr("orchestration.demo.truth.web.daily_traffic", lambda *_: iter(visits))
    truth = Truth(SheetCompany(), folder)
    for group in log.groups():
        truth.add(group)
    truth.close()
    return Answers(folder, truth)


def utc(text: str | int) -> int:
    """An instant written in UTC; noon in New York of a day without a time."""
    if isinstance(text, int):
        return text
    if len(text) == 10:
        return new_york(f"{text} 12:00")
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def new_york(text: str) -> int:
    """An instant written on New York's wall clock."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK)).timestamp())


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


day_of = day
