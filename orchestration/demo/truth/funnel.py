"""Leads, hand-offs and what becomes of them: volumes, cohort rates, time between stages, exits."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.demo.clock import DAY, iso_day, month_start, moved_by_months, zone
from orchestration.demo.company import Company
from orchestration.demo.truth.slices import LEAD, MISSING, PAID_CHANNELS, Slices
from orchestration.demo.truth.stages import STAGES, Steps
from orchestration.demo.truth.tally import Metric, Tally
from orchestration.demo.world import Person

WINDOWS = {
    # cohort step: days in which it still counts as converted
    "lead_to_mql": 90, "sal_to_sql": 30, "mql_to_sql": 30, "sql_to_opp": 30,
    "sql_to_customer": 180, "lead_to_customer": 365,
}  # fmt: skip
REENTRY_DAYS = 365
_WITH_REASON = (*LEAD, "reason")

LEADS = Metric("lead_count", "leads", dimensions=LEAD)
MQLS = Metric("mql_count", "mqls", dimensions=LEAD)
LEAD_TO_CUSTOMER = Metric("lead_to_customer_rate", "lead_to_customer", "leads", "ratio", LEAD)
METRICS = (
    Metric("mql_new_count", "mqls_new", dimensions=LEAD),
    Metric("mql_recycled_count", "mqls_recycled", dimensions=LEAD),
    Metric("sal_count", "sals", dimensions=LEAD),
    Metric("sql_count", "sqls", dimensions=LEAD),
    Metric("sql_marketing_count", "sqls_marketing", dimensions=LEAD),
    Metric("sql_sales_sourced_count", "sqls_sales", dimensions=LEAD),
    Metric("sql_partner_sourced_count", "sqls_partner", dimensions=LEAD),
    Metric("sql_customer_success_sourced_count", "sqls_customer_success", dimensions=LEAD),
    Metric("recycled_count", "recycled", dimensions=_WITH_REASON),
    Metric("disqualified_count", "disqualified", dimensions=_WITH_REASON),
    Metric("rejected_count", "rejected", dimensions=_WITH_REASON),
    Metric("rejection_mix", "rejected", "rejected", "ratio", ("reason",), is_share_of_total=True),
    Metric("lead_to_mql_rate", "lead_to_mql", "leads_marketing", "ratio", LEAD),
    Metric("mql_to_sql_rate", "mql_to_sql", "mqls", "ratio", LEAD),
    Metric("sal_to_sql_rate", "sal_to_sql", "sals", "ratio", LEAD),
    Metric("sql_to_opp_rate", "sql_to_opp", "sqls", "ratio", LEAD),
    Metric("sales_conversion_rate", "sql_to_customer", "sqls", "ratio", LEAD),
    Metric("conversion_period_ratio", "sqls_marketing", "mqls", "ratio", LEAD),
    Metric("stage_velocity_days", "velocity", kind="median", dimensions=(*LEAD, "step")),
    Metric("stage_leakage_rate", "mature_leaked", "mature_mqls", "ratio", LEAD),
    Metric("stage_stall_rate", "mature_stalled", "mature_mqls", "ratio", LEAD),
    Metric("reentry_rate", "reentered", "recycled", "ratio", LEAD),
    Metric("untimed_stage_rate", "imputed_entries", "entries", "ratio", ("stage",)),
)


class Funnel:
    """Follows every countable person and their cycles."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self._zone = zone(company.zone_name)
        self._mature: dict[int, bool] = {}
        # (month, leg, stage) -> people and cycles that entered it, and of the month's new
        # people those who ever reached it: all of them, and those marketing brought
        self._entries: dict[tuple[int, str, str], int] = {}
        self._reached: dict[tuple[int, str, str], list[int]] = {}

    def add(self, person: Person, cycles: list[Steps]) -> None:
        """One countable person who is a lead."""
        leg, first = person.leg.name, cycles[0]
        self._lead(person, cycles)
        reached = {"lead"}
        for steps in cycles:
            if not steps.is_counted:
                continue
            self._enter(person, steps, leg, reached)
            self._exit(person, steps, cycles)
        month = month_start(self.slices.day(first.lead_at))
        for stage in reached:
            for key in ((month, leg, stage), (month, "all", stage)):
                counts = self._reached.setdefault(key, [0, 0])
                counts[0] += 1
                counts[1] += person.origin == "marketing"

    def subscribe(self, person: Person) -> None:
        """A countable person who began by subscribing."""
        if person.subscribed_at is not None:
            self._count(self.slices.day(person.subscribed_at), person.leg.name, "subscriber")

    def _lead(self, person: Person, cycles: list[Steps]) -> None:
        """The person as a lead, once ever, with what their first entry led to."""
        at = cycles[0].lead_at
        day = self.slices.day(at)
        members = self.slices.lead(person, day)
        tally = self.tally
        tally.add("leads", day, members)
        self._count(day, person.leg.name, "lead")
        won = [steps.customer_at for steps in cycles if steps.customer_at is not None]
        if won and _within(at, min(won), "lead_to_customer"):
            tally.add("lead_to_customer", day, members)
        if person.origin == "marketing":
            tally.add("leads_marketing", day, members)
            if person.channel in PAID_CHANNELS:
                tally.add("leads_paid", day, members)
            mql_at = next((steps.mql_at for steps in cycles if steps.is_handed_off), None)
            if mql_at is not None and _within(at, mql_at, "lead_to_mql"):
                tally.add("lead_to_mql", day, members)

    def _enter(self, person: Person, steps: Steps, leg: str, reached: set[str]) -> None:
        tally = self.tally
        self._note_entry(steps, "lead", steps.lead_at)
        if steps.is_handed_off and steps.mql_at is not None:
            day, members = self._moment(person, steps.mql_at)
            tally.add("mqls", day, members)
            tally.add("mqls_new" if steps.is_first else "mqls_recycled", day, members)
            if steps.sql_at is not None and _within(steps.mql_at, steps.sql_at, "mql_to_sql"):
                tally.add("mql_to_sql", day, members)
            self._mature_outcome(steps, steps.mql_at, day, members)
            self._pass("mql", leg, day, reached)
            self._note_entry(steps, "mql", steps.mql_at)
        if steps.sal_at is not None:
            day, members = self._moment(person, steps.sal_at)
            tally.add("sals", day, members)
            if steps.sql_at is not None and _within(steps.sal_at, steps.sql_at, "sal_to_sql"):
                tally.add("sal_to_sql", day, members)
            self._pass("sal", leg, day, reached)
            self._note_entry(steps, "sal", steps.sal_at)
        if steps.sql_at is not None:
            self._qualified(person, steps, steps.sql_at, leg, reached)
        self._velocities(person, steps)

    def _qualified(
        self, person: Person, steps: Steps, sql_at: int, leg: str, reached: set[str]
    ) -> None:
        tally = self.tally
        day, members = self._moment(person, sql_at)
        tally.add("sqls", day, members)
        tally.add(f"sqls_{steps.cycle.origin}", day, members)
        self._pass("sql", leg, day, reached)
        self._note_entry(steps, "sql", sql_at)
        if steps.opportunity_at is not None:
            if _within(sql_at, steps.opportunity_at, "sql_to_opp"):
                tally.add("sql_to_opp", day, members)
            self._pass("opportunity", leg, self.slices.day(steps.opportunity_at), reached)
            self._note_entry(steps, "opportunity", steps.opportunity_at)
        if steps.customer_at is not None:
            if _within(sql_at, steps.customer_at, "sql_to_customer"):
                tally.add("sql_to_customer", day, members)
            self._pass("customer", leg, self.slices.day(steps.customer_at), reached)
            self._note_entry(steps, "customer", steps.customer_at)

    def _exit(self, person: Person, steps: Steps, cycles: list[Steps]) -> None:
        cycle = steps.cycle
        exits = (
            ("recycled", cycle.recycled_at),
            ("disqualified", cycle.disqualified_at),
            ("rejected", cycle.rejected_at),
        )
        if all(at is None for _, at in exits):
            return
        reason = self.slices.members.id("reason", cycle.reject_reason or MISSING)
        for measure, at in exits:
            if at is not None:
                day, members = self._moment(person, at)
                self.tally.add(measure, day, (*members, reason))
        if cycle.recycled_at is not None:
            limit = cycle.recycled_at + REENTRY_DAYS * DAY
            if any(
                later.is_handed_off and cycle.recycled_at <= later.lead_at <= limit
                for later in cycles
                if later.cycle.cycle_no > cycle.cycle_no
            ):
                day, members = self._moment(person, cycle.recycled_at)
                self.tally.add("reentered", day, members)

    def _mature_outcome(
        self, steps: Steps, mql_at: int, day: int, members: tuple[int, ...]
    ) -> None:
        """Left, or neither moved nor left, within the window; of months old enough to tell."""
        if not self._is_mature(month_start(day)):
            return
        self.tally.add("mature_mqls", day, members)
        if steps.sql_at is not None and _within(mql_at, steps.sql_at, "mql_to_sql"):
            return
        cycle = steps.cycle
        left = any(
            at is not None and _within(mql_at, at, "mql_to_sql")
            for at in (cycle.recycled_at, cycle.disqualified_at)
        )
        self.tally.add("mature_leaked" if left else "mature_stalled", day, members)

    def _is_mature(self, month: int) -> bool:
        found = self._mature.get(month)
        if found is None:
            ends = self._zone.utc(moved_by_months(month, 1) * DAY)
            found = ends + WINDOWS["mql_to_sql"] * DAY <= self.company.as_of
            self._mature[month] = found
        return found

    def _velocities(self, person: Person, steps: Steps) -> None:
        """Days between first entries that have a time of their own."""
        step = self.slices.members.id
        for name, before, start, after, end in (
            ("lead_to_mql", "lead", steps.lead_at, "mql", steps.mql_at),
            ("mql_to_sal", "mql", steps.mql_at, "sal", steps.sal_at),
            ("mql_to_sql", "mql", steps.mql_at, "sql", steps.sql_at),
            ("sal_to_sql", "sal", steps.sal_at, "sql", steps.sql_at),
            ("sql_to_opp", "sql", steps.sql_at, "opportunity", steps.opportunity_at),
        ):
            if start is None or end is None or before in steps.imputed or after in steps.imputed:
                continue
            if before == "lead" and not steps.cycle.is_lead_entered:
                continue
            day = self.slices.day(start)
            members: tuple[int, ...] = (step("step", name),)
            if name == "mql_to_sql":
                members = (*self.slices.lead(person, day), *members)
            self.tally.value("velocity", day, members, (end - start) / DAY)

    def _moment(self, person: Person, at: int) -> tuple[int, tuple[int, ...]]:
        day = self.slices.day(at)
        return day, self.slices.lead(person, day)

    def _pass(self, stage: str, leg: str, day: int, reached: set[str]) -> None:
        reached.add(stage)
        self._count(day, leg, stage)

    def _count(self, day: int, leg: str, stage: str) -> None:
        month = month_start(day)
        for key in ((month, leg, stage), (month, "all", stage)):
            self._entries[key] = self._entries.get(key, 0) + 1

    def _note_entry(self, steps: Steps, stage: str, at: int) -> None:
        if stage == "lead" and not steps.cycle.is_lead_entered:
            return
        day, members = self.slices.day(at), self.slices.with_all("stage", stage)
        self.tally.add("entries", day, members)
        if stage in steps.imputed:
            self.tally.add("imputed_entries", day, members)

    def write(self, path: Path) -> None:
        """``funnel.csv``: month x leg x stage."""
        stages = ("subscriber", *STAGES)
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow([
                "month", "leg", "stage", "entries", "cohort_reached", "marketing_cohort_reached",
            ])  # fmt: skip
            keys = {*self._entries, *self._reached}
            for month, leg, stage in sorted(keys, key=lambda k: (*k[:2], stages.index(k[2]))):
                key = month, leg, stage
                reached = self._reached.get(key, [0, 0])
                if stage == "subscriber":
                    reached = ["", ""]
                rows.writerow([iso_day(month), leg, stage, self._entries.get(key, 0), *reached])


def _within(start: int, end: int, step: str) -> bool:
    return 0 <= end - start <= WINDOWS[step] * DAY
