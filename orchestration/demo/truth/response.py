"""How sales answers what marketing hands over: response, follow-up, decision, acceptance."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.demo.clock import DAY, BusinessCalendar, iso_minute
from orchestration.demo.company import Company
from orchestration.demo.truth.slices import LEAD, UNASSIGNED, Slices
from orchestration.demo.truth.stages import Steps
from orchestration.demo.truth.tally import Metric, Tally, number
from orchestration.demo.world import Activity, Person

SLA_MINUTES = 240
DECISION_BUSINESS_DAYS = 2
FOLLOW_UP_ATTEMPTS, FOLLOW_UP_DAYS = 5, 14
_OPERATIONS = ("duplicate", "bad_data")
"""Reject reasons that say nothing about the quality of a hand-off."""
_COLUMNS = (
    "person", "source", "cycle_no", "owner", "calendar", "handoff_at", "assigned_at",
    "attempted_at", "contacted_at", "business_minutes", "status",
)  # fmt: skip

HEADLINES = (
    Metric("first_response_sla_rate", "response_met", "response_due", "ratio", LEAD),
    Metric("response_coverage", "response_answered", "response_due", "ratio", LEAD),
    Metric("first_response_minutes", "response_minutes", kind="median", dimensions=LEAD),
    Metric("time_to_contact_minutes", "contact_minutes", kind="median", dimensions=LEAD),
)
METRICS = (
    Metric("mean_first_response_minutes", "response_minutes_sum", "response_answered", "ratio",
           LEAD),
    Metric("routing_delay_minutes", "routing_minutes", kind="median", dimensions=LEAD),
    Metric("rep_delay_minutes", "rep_minutes", kind="median", dimensions=LEAD),
    Metric("followup_compliance_rate", "followup_complied", "followup_due", "ratio", LEAD),
    Metric("mql_acceptance_rate", "accepted", "acceptance_due", "ratio", LEAD),
    Metric("mql_acceptance_rate_decided", "accepted", "acceptance_decided", "ratio", LEAD),
    Metric("decision_timeliness_rate", "decided_in_time", "decision_timed", "ratio", LEAD),
    Metric("mql_undecided_rate", "undecided", "decision_due", "ratio", LEAD),
    Metric("no_fit_rejection_rate", "declined", "decision_due", "ratio", LEAD),
)  # fmt: skip


class Response:
    """Follows every credited hand-off, and writes each into ``handoffs.csv``."""

    def __init__(self, company: Company, tally: Tally, slices: Slices, path: Path) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(_COLUMNS)
        self.statuses: dict[str, int] = {}

    def add(self, person: Person, steps: Steps) -> None:
        """One credited MQL. An imputed one was handed to nobody and has no clock."""
        handed = steps.cycle.mql_at
        if handed is None:
            return
        day = self.slices.day(handed)
        calendar = self.company.calendar_of(person.owner, person.region, day)
        members = self.slices.lead(person, day)
        human = sorted(
            (activity for activity in steps.cycle.activities if is_attempt(activity)),
            key=lambda activity: activity.at,
        )
        after = [activity for activity in human if activity.at >= handed]
        attempt = after[0].at if after else None
        contact = next((activity.at for activity in after if activity.is_connected), None)
        minutes = None if attempt is None else calendar.minutes(handed, attempt)
        status = self._status(human, handed, calendar, minutes)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        measures = [
            *self._respond(steps, members, day, calendar, status, minutes, attempt, contact),
            *self._follow_up(steps, after, handed, contact),
            *self._decide(steps, handed, calendar),
        ]
        if measures:
            self.tally.count(measures, day, members)
        owner = person.owner
        self._rows.writerow([
            person.number, person.leg.source, steps.cycle.cycle_no,
            UNASSIGNED if owner is None else owner.key, calendar.name, iso_minute(handed),
            _minute(steps.cycle.assigned_at), _minute(attempt), _minute(contact),
            number(minutes), status,
        ])  # fmt: skip

    def _status(
        self, human: list[Activity], handed: int, calendar: BusinessCalendar,
        minutes: float | None,
    ) -> str:  # fmt: skip
        """met, breached, unanswered (overdue), not_due or already_engaged."""
        if human and human[0].at < handed:
            return "already_engaged"
        if minutes is not None:
            return "met" if minutes <= SLA_MINUTES else "breached"
        # While an answer would still be in time, nothing is overdue.
        age = calendar.minutes(handed, self.company.as_of)
        return "unanswered" if age > SLA_MINUTES else "not_due"

    def _respond(
        self, steps: Steps, members: tuple[int, ...], day: int, calendar: BusinessCalendar,
        status: str, minutes: float | None, attempt: int | None, contact: int | None,
    ) -> list[str]:  # fmt: skip
        tally, handed, assigned = self.tally, steps.cycle.mql_at or 0, steps.cycle.assigned_at
        if status == "already_engaged":
            return []
        if assigned is not None:
            # Whoever answers before the assignment did not wait for it.
            routed = max(handed, assigned if attempt is None else min(assigned, attempt))
            tally.value("routing_minutes", day, members, calendar.minutes(handed, routed))
        if status == "not_due":
            return []
        if minutes is None or attempt is None:
            return ["response_due"]
        tally.add("response_minutes_sum", day, members, minutes)
        tally.value("response_minutes", day, members, minutes)
        if assigned is not None:
            routed = max(handed, min(assigned, attempt))
            tally.value("rep_minutes", day, members, calendar.minutes(routed, attempt))
        if contact is not None:
            tally.value("contact_minutes", day, members, calendar.minutes(handed, contact))
        met = ["response_met"] if status == "met" else []
        return ["response_due", "response_answered", *met]

    def _follow_up(
        self, steps: Steps, after: list[Activity], handed: int, contact: int | None
    ) -> list[str]:
        """Complied, failed once the days are over, or nothing yet; a bad record ends the duty."""
        ends = handed + FOLLOW_UP_DAYS * DAY
        tries = sum(activity.at <= ends for activity in after)
        if tries >= FOLLOW_UP_ATTEMPTS or (contact is not None and contact <= ends):
            return ["followup_due", "followup_complied"]
        cycle = steps.cycle
        is_bad = steps.sal_at is None and cycle.reject_reason == "bad_data"
        if is_bad and cycle.rejected_at is not None and cycle.rejected_at <= ends:
            return ["followup_due", "followup_complied"]
        return ["followup_due"] if ends < self.company.as_of else []

    def _decide(self, steps: Steps, handed: int, calendar: BusinessCalendar) -> list[str]:
        """Accepted, rejected, or undecided past the deadline, which counts against acceptance."""
        cycle = steps.cycle
        allowed = DECISION_BUSINESS_DAYS * calendar.day_minutes
        is_overdue = calendar.minutes(handed, self.company.as_of) > allowed
        decided = steps.sal_at if steps.sal_at is not None else cycle.rejected_at
        # Nobody knows when sales accepted what only a later stage shows.
        is_timed = "sal" not in steps.imputed
        found: list[str] = []
        if decided is not None or is_overdue:
            found += ["decision_due", "decision_timed"] if is_timed else ["decision_due"]
        if is_timed and decided is not None and calendar.minutes(handed, decided) <= allowed:
            found.append("decided_in_time")
        if steps.sal_at is not None:
            found += ["accepted", "acceptance_due", "acceptance_decided"]
        elif cycle.rejected_at is not None:
            if (cycle.reject_reason or "").startswith("no_fit_"):
                found.append("declined")
            if cycle.reject_reason not in _OPERATIONS:
                found += ["acceptance_due", "acceptance_decided"]
        elif is_overdue:
            found += ["acceptance_due", "undecided"]
        return found

    def close(self) -> None:
        self._file.close()


def is_attempt(activity: Activity) -> bool:
    """Whether somebody tried to reach the person; automated mails and tasks are no attempt."""
    return not activity.is_automated and activity.kind != "task"


def _minute(at: int | None) -> str:
    return "" if at is None else iso_minute(at)
