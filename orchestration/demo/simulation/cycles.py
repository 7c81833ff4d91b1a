"""What becomes of a lead: qualified, handed off, answered, judged by sales, recycled."""

from __future__ import annotations

from orchestration.demo.clock import DAY, MINUTE, zone
from orchestration.demo.simulation.chance import Chance, Numbers
from orchestration.demo.simulation.people import fit_score, quality_of
from orchestration.demo.world import ATTENDED, Activity, Cycle, Person, Rep, Touch

_NO_FIT = ("no_fit_industry", "no_fit_size", "no_fit_region")
_WRONG_MOMENT = ("no_budget", "no_timing", "no_authority", "no_need")
_OPERATIONS = ("duplicate", "bad_data", "unreachable", "student_or_jobseeker", "other")


def live_through(chance: Chance, numbers: Numbers, person: Person) -> None:
    """Give the person their touches and lead cycles up to the end of the simulation."""
    lead_at = person.created_at
    if person.subscribed_at is not None:
        if chance.happens(0.5):
            # Only ever subscribed: not a lead, and no cycle.
            return
        lead_at = _later(chance, person.created_at, chance.lognormal(40, 0.8))
    if lead_at >= chance.company.as_of:
        return
    _touch(chance, numbers, person, lead_at, "form")
    cycle = Cycle(1, person.origin, lead_at)
    person.cycles.append(cycle)
    if person.excluded_reason is not None and person.excluded_reason != "deleted":
        if chance.happens(0.3):
            cycle.mql_at = _within(chance, _later(chance, lead_at, 5))
        return
    while True:
        again_at = _run(chance, numbers, person, cycle)
        if again_at is None or again_at >= chance.company.as_of:
            return
        if not person.leg.has_history or person.origin != "marketing" or cycle.cycle_no == 3:
            # Without history a CRM keeps one date per stage; and it is marketing that nurtures.
            return
        _touch(chance, numbers, person, again_at, "email_click", ("email", None))
        has_lead_entry = chance.happens(0.5)
        mql_at = _later(chance, again_at, 2) if has_lead_entry else again_at
        cycle = Cycle(cycle.cycle_no + 1, person.origin, again_at, has_lead_entry, mql_at)
        if mql_at >= chance.company.as_of:
            if has_lead_entry:
                cycle.mql_at = None
                person.cycles.append(cycle)
            return
        person.cycles.append(cycle)


def _run(chance: Chance, numbers: Numbers, person: Person, cycle: Cycle) -> int | None:
    """Live one cycle; the instant at which the next one begins, if there is one."""
    company = chance.company
    tier = _tier(fit_score(person.account))
    quality = quality_of(person)
    if cycle.origin == "marketing":
        if cycle.mql_at is None and not _qualify(chance, person, cycle, tier, quality):
            return _forget(chance, cycle, cycle.lead_at, 0.08)
        assert cycle.mql_at is not None
        for _ in range(int(3 * chance.random())):
            _touch(
                chance, numbers, person,
                cycle.lead_at + int(chance.random() * (cycle.mql_at - cycle.lead_at + 1)),
                chance.pick(("email_click", "webinar", "ad_click")), _nurture(chance),
            )  # fmt: skip
        accepted_at = _hand_off(chance, numbers, person, cycle, tier, quality)
        if accepted_at is None:
            return _after_rejection(chance, cycle)
    else:
        # Brought by sales, a partner or a customer: no hand-off to answer.
        accepted_at = _later(chance, cycle.lead_at, chance.lognormal(4, 0.6))
        if accepted_at >= company.as_of or not chance.happens(0.5):
            return _forget(chance, cycle, cycle.lead_at, 0.3)
    sql_chance = {"A": 0.72, "B": 0.62, "C": 0.4}.get(tier, 0.35) * min(1.2, 0.5 + quality / 2)
    if not chance.happens(sql_chance):
        return _forget(chance, cycle, accepted_at, 0.7)
    sql_at = _later(chance, accepted_at, chance.lognormal(6, 0.9))
    _meeting(chance, numbers, person, cycle, sql_at)
    cycle.sql_at = _within(chance, sql_at)
    return None


def _qualify(chance: Chance, person: Person, cycle: Cycle, tier: str, quality: float) -> bool:
    """Whether, and when, the lead becomes an MQL."""
    lowered = cycle.lead_at >= chance.company.story["mql_threshold"] * DAY
    base = {"A": 0.6, "B": 0.45, "C": 0.42 if lowered else 0.16, "D": 0.14 if lowered else 0.03}
    probability = base.get(tier, 0.3 if lowered else 0.12) * min(1.15, 0.4 + 0.6 * quality)
    if person.campaign is not None and quality < 0.1:
        # Junk that clicks everything: engagement alone lets some of it through.
        probability = 0.22
    if not chance.happens(probability):
        return False
    cycle.is_hand_raiser = chance.happens(0.22)
    days = 0.01 if cycle.is_hand_raiser else chance.lognormal(9, 1.0)
    cycle.mql_at = _within(chance, _later(chance, cycle.lead_at, days))
    return cycle.mql_at is not None


def _hand_off(
    chance: Chance, numbers: Numbers, person: Person, cycle: Cycle, tier: str, quality: float
) -> int | None:
    """The activities after a hand-off and the decision; the instant of acceptance, if any."""
    handed, rep = cycle.mql_at, person.owner
    assert handed is not None
    day = handed // DAY
    calendar = chance.company.calendar_of(rep, person.region, day)
    team = chance.company.team(rep.team(day)) if rep is not None else None
    typical, ignored = (team.response_minutes, team.unanswered) if team else (240, 0.3)
    if cycle.mql_at is not None and handed >= chance.company.story["mql_threshold"] * DAY:
        # More hand-offs of the same reps: everybody answers a little later.
        typical, ignored = typical * 1.3, ignored * 1.2
    if rep is not None:
        assigned_at = handed + int(chance.lognormal(12, 0.9)) * MINUTE
        cycle.assigned_at = _within(chance, chance.settled(assigned_at))
    if chance.happens(0.6):
        _act(chance, numbers, cycle, handed + MINUTE, "email", rep, is_automated=True)
    if chance.happens(0.03):
        _act(chance, numbers, cycle, chance.settled(handed - 2 * DAY), "call", rep)
    if chance.happens(ignored):
        return None
    if calendar.opening(handed) != handed and chance.happens(0.07):
        first = handed + int(chance.random() * (calendar.opening(handed) - handed))
    else:
        first = calendar.after(calendar.opening(handed), 1 + int(chance.lognormal(typical, 0.7)))
    first = chance.settled(first)
    if first <= handed:
        first = handed + 2 * MINUTE
    contacted_at = _attempts(chance, numbers, cycle, rep, calendar, first)
    if chance.happens(0.07):
        # Answered, and then neither accepted nor rejected.
        return None
    decided = chance.settled(
        calendar.after(calendar.opening(first), 1 + int(chance.lognormal(300, 0.9)))
    )
    if decided >= chance.company.as_of:
        return None
    accepts = {"A": 0.9, "B": 0.84, "C": 0.6, "D": 0.25}.get(tier, 0.5) * min(1.0, 0.3 + quality)
    if chance.happens(accepts):
        if not chance.happens(0.03):
            # Else the status jumps over acceptance and shows only the qualification.
            cycle.sal_at = decided
        return max(decided, contacted_at or 0)
    cycle.rejected_at = decided
    draw = chance.random()
    if tier in ("C", "D") or quality < 0.1:
        reasons = _NO_FIT if draw < 0.7 else _OPERATIONS
    else:
        reasons = _WRONG_MOMENT if draw < 0.7 else _OPERATIONS
    cycle.reject_reason = chance.pick(reasons)
    return None


def _attempts(chance, numbers: Numbers, cycle: Cycle, rep: Rep | None, calendar, first: int):
    """Calls and mails until somebody answers or the rep gives up; the instant of contact."""
    at = first
    patience = 2 + int(chance.random() * 6)
    for attempt in range(patience):
        if at >= chance.company.as_of:
            return None
        connected = chance.happens(0.32)
        kind = "call" if attempt % 2 == 0 else "email"
        _act(chance, numbers, cycle, at, kind, rep, is_connected=connected)
        if connected:
            return at
        at = chance.settled(
            calendar.after(calendar.opening(at), 60 + int(chance.lognormal(600, 0.5)))
        )
    return None


def _meeting(chance, numbers: Numbers, person: Person, cycle: Cycle, sql_at: int) -> None:
    """A two-way conversation no later than the qualification."""
    if person.owner is None or not any(a.is_connected for a in cycle.activities):
        _act(
            chance, numbers, cycle, sql_at - 30 * MINUTE, "meeting", person.owner, is_connected=True
        )
        _touch(chance, numbers, person, sql_at - 30 * MINUTE, "meeting", ("outbound", None))


def _after_rejection(chance: Chance, cycle: Cycle) -> int | None:
    """A rejected hand-off is recycled or disqualified at once; an undecided one stays."""
    at = cycle.rejected_at
    if at is None:
        return None
    ends = chance.settled(at + MINUTE)
    wrong_moment = cycle.reject_reason in _WRONG_MOMENT or cycle.reject_reason == "unreachable"
    _stop_trying(cycle, at)
    if ends >= chance.company.as_of:
        return None
    if wrong_moment:
        cycle.recycled_at = ends
        return _comes_back(chance, ends, 0.4)
    cycle.disqualified_at = ends
    return None


def _forget(chance: Chance, cycle: Cycle, since: int, share: float) -> int | None:
    """Some leads that go nowhere are recycled or disqualified; the others just stay."""
    if not chance.happens(share):
        return None
    at = _within(chance, _later(chance, since, chance.lognormal(25, 0.7)))
    if at is None:
        return None
    _stop_trying(cycle, at)
    if chance.happens(0.6):
        cycle.recycled_at = at
        return _comes_back(chance, at, 0.3)
    cycle.disqualified_at = at
    return None


def _stop_trying(cycle: Cycle, at: int) -> None:
    """Nobody calls on after a cycle has ended."""
    cycle.activities = [activity for activity in cycle.activities if activity.at <= at]


def _comes_back(chance: Chance, at: int, share: float) -> int | None:
    return _later(chance, at, chance.lognormal(110, 0.8)) if chance.happens(share) else None


def _later(chance: Chance, at: int, days: float) -> int:
    return max(at + MINUTE, chance.settled(at + days * DAY))


def _within(chance: Chance, at: int) -> int | None:
    return at if at < chance.company.as_of else None


def _nurture(chance: Chance):
    return ("email", None) if chance.happens(0.6) else ("organic_search", None)


def _touch(
    chance: Chance, numbers: Numbers, person: Person, at: int, kind: str, source=None
) -> None:
    channel, campaign = source or (person.channel, person.campaign)
    at = chance.settled(at)
    if at < chance.company.as_of:
        touch = Touch(numbers.next("touch"), at, channel, campaign, kind)
        day = zone(chance.company.zone_name).day
        attended = kind, campaign, day(at)
        if kind not in ATTENDED or all(
            (other.kind, other.campaign, day(other.at)) != attended for other in person.touches
        ):
            person.touches.append(touch)


def _act(
    chance: Chance, numbers: Numbers, cycle: Cycle, at: int, kind: str, rep: Rep | None,
    is_automated: bool = False, is_connected: bool = False,
) -> None:  # fmt: skip
    at = chance.settled(at)
    if at < chance.company.as_of:
        cycle.activities.append(
            Activity(numbers.next("activity"), at, kind, rep, is_automated, is_connected)
        )


def _tier(score: float | None) -> str:
    if score is None:
        return "unknown"
    return "A" if score >= 80 else "B" if score >= 60 else "C" if score >= 40 else "D"
