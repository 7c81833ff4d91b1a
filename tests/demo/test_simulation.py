"""The event log: the same every time, in order, and with the story it is meant to tell."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from orchestration.demo.clock import DAY, BusinessCalendar, Zone, to_day, zone
from orchestration.demo.company import Company
from orchestration.demo.plan import WASTEFUL_CAMPAIGN
from orchestration.demo.settings import DemoSettings
from orchestration.demo.simulation import simulate
from orchestration.demo.warts import ALL_WARTS
from orchestration.demo.world import Group

FILE_WARTS = frozenset({
    "duplicates", "cross_system", "merges", "gb18030", "utf16", "ambiguous_dates", "late_files",
    "cut_row", "hostile_text",
})  # fmt: skip


def log(people: int = 800, seed: int = 7, warts: frozenset[str] = ALL_WARTS) -> list[Group]:
    return list(simulate(Company(DemoSettings(people, 30, seed, warts))))


@pytest.fixture(scope="module")
def groups() -> list[Group]:
    return log(4_000)


def test_one_seed_is_one_company_and_another_seed_another():
    assert repr(log()) == repr(log())
    assert repr(log()) != repr(log(seed=8))


def test_defects_of_files_change_nothing_that_happened():
    assert repr(log(warts=FILE_WARTS)) == repr(log(warts=frozenset()))


@pytest.mark.parametrize("people", [1, 2, 333])
def test_there_are_exactly_as_many_people_as_asked_for(people):
    assert sum(len(group.people) for group in log(people)) == people


def test_everything_happens_in_order_and_before_the_end(groups):
    company = Company(DemoSettings(4_000))
    for group in groups:
        for person in group.people:
            assert person.created_at < company.as_of
            for cycle in person.cycles:
                stages = [cycle.lead_at, cycle.mql_at, cycle.sal_at, cycle.sql_at]
                reached = [at for at in stages if at is not None]
                assert reached == sorted(reached)
                exits = (cycle.rejected_at, cycle.recycled_at, cycle.disqualified_at)
                for at in (*reached, *(at for at in exits if at is not None)):
                    assert person.created_at <= at < company.as_of
                    assert at % 60 == 0
                assert (cycle.rejected_at is None) == (cycle.reject_reason is None)
            starts = [cycle.lead_at for cycle in person.cycles]
            assert starts == sorted(starts)
        for account in group.accounts:
            for deal in account.deals:
                moments = [move.at for move in deal.moves]
                assert all(a < b for a, b in pairwise(moments))
                assert moments[0] == deal.created_at
                assert moments[-1] < company.as_of
                if deal.outcome in ("won", "lost"):
                    assert deal.close_day == zone(company.zone_name).day(moments[-1])
                shares = [share for _, share, kind in deal.splits if kind == "revenue"]
                assert not shares or sum(shares) == pytest.approx(1)


def test_no_instant_falls_into_an_hour_that_local_clocks_repeat(groups):
    berlin = zone("Europe/Berlin")
    for group in groups:
        for person in group.people:
            for cycle in person.cycles:
                for at in (
                    cycle.lead_at, cycle.mql_at, cycle.assigned_at, cycle.sal_at, cycle.sql_at,
                    cycle.rejected_at, cycle.recycled_at, cycle.disqualified_at,
                ):  # fmt: skip
                    if at is not None:
                        assert berlin.utc(berlin.local(at)) == at


def test_a_reader_can_find_the_wasted_money_and_the_slow_team(groups):
    company = Company(DemoSettings(4_000))
    leads, customers = Counter(), Counter()
    minutes: dict[str, list[float]] = {}
    for group in groups:
        for person in group.people:
            name = person.campaign.name if person.campaign else None
            leads[name] += 1
            customers[name] += any(
                cycle.deal is not None and cycle.deal.outcome == "won" for cycle in person.cycles
            )
            for cycle in person.cycles:
                answers = [a.at for a in cycle.activities if not a.is_automated]
                if cycle.mql_at is None or person.owner is None or not answers:
                    continue
                day = cycle.mql_at // DAY
                calendar = company.calendar_of(person.owner, person.region, day)
                taken = calendar.minutes(cycle.mql_at, max(cycle.mql_at, min(answers)))
                minutes.setdefault(person.owner.team(day), []).append(taken)
    costs = {
        campaign.name: campaign.monthly_cost
        * company.rate(campaign.currency, company.start_day)
        * sum(end - first for first, end in campaign.months)
        for campaign in company.campaigns
    }
    assert max(costs, key=lambda name: costs[name] / (customers[name] + 0.5)) == WASTEFUL_CAMPAIGN
    assert leads[WASTEFUL_CAMPAIGN] > statistics.median(leads.values()) / 2
    slowest = max(minutes, key=lambda team: statistics.median(minutes[team]))
    assert slowest == "Southern Europe"


def test_local_time_agrees_with_the_time_zone_database():
    for name in ("Europe/Berlin", "America/New_York", "Asia/Shanghai"):
        here = Zone(name)
        for hours in range(0, 24 * 900, 7):
            moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
            wall = moment.astimezone(ZoneInfo(name)).replace(tzinfo=UTC)
            assert here.local(int(moment.timestamp())) == int(wall.timestamp())


def test_business_minutes_are_those_of_the_definitions_sheet():
    calendar = BusinessCalendar(
        "office", "America/New_York", "09:00", "17:00", [to_day(date(2025, 7, 4))],
        to_day(date(2025, 6, 1)), to_day(date(2025, 8, 1)),
    )  # fmt: skip

    def at(day: int, hour: int, minute: int = 0) -> int:
        moment = datetime(2025, 7, day, hour, minute, tzinfo=ZoneInfo("America/New_York"))
        return int(moment.timestamp())

    handed_and_answered = {
        210: (at(1, 10), at(1, 13, 30)),
        180: (at(3, 16), at(7, 11)),
        0: (at(5, 12), at(6, 9)),
        240: (at(7, 9), at(7, 13)),
        241: (at(7, 9), at(7, 13, 1)),
        150: (at(11, 9, 30), at(11, 12)),
    }
    for expected, (handed, answered) in handed_and_answered.items():
        assert calendar.minutes(handed, answered) == expected
    assert calendar.opening(at(5, 12)) == at(7, 9)
    assert calendar.after(at(3, 16), 180) == at(7, 11)
    assert calendar.after(at(3, 16), 60) == at(3, 17)
