"""Leads, hand-offs and what becomes of them: volumes, cohort rates, time between stages, exits."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.demo.clock import DAY, iso_day, month_start, moved_by_months, zone
from orchestration.demo.company import Company
from orchestration.demo.truth.slices import LEAD, MISSING, PAID_CHANNELS, Slices
from orchestration.demo.truth.stages import STAGES, Steps
from orchestration.demo.truth.tally import Metric, Tally
from orchestration.demo.world import Cycle, Person

WINDOWS = {
    # cohort step: days in which it still counts as converted
    "lead_to_mql": 90, "sal_to_sql": 30, "mql_to_sql": 30, "sql_to_opp": 30,
    "sql_to_customer": 180, "lead_to_customer": 365,
}  # fmt: skip
REENTRY_DAYS = 365
_STEPS = {
    # what a cycle goes through; the steps of a person are told by their first entries
    "mql_to_sal": ("mql", "sal"),
    "mql_to_sql": ("mql", "sql"),
    "sal_to_sql": ("sal", "sql"),
    "sql_to_opp": ("sql", "opportunity"),
    "sql_to_customer": ("sql", "customer"),
}
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
    Metric(
        "rejection_mix",
        "rejected",
        "rejected",
        "ratio",
        _WITH_REASON,
        share_dimensions=_WITH_REASON,
    ),
    Metric("lead_to_mql_rate", "lead_to_mql", "leads_marketing", "ratio", LEAD),
    Metric("mql_to_sql_rate", "mql_to_sql", "mqls", "ratio", LEAD),
    Metric("sal_to_sql_rate", "sal_to_sql", "sals", "ratio", LEAD),
    Metric("sql_to_opp_rate", "sql_to_opp", "sqls", "ratio", LEAD),
    Metric("sales_conversion_rate", "sql_to_customer", "sqls", "ratio", LEAD),
    Metric("conversion_period_ratio", "sqls_marketing", "mqls", "ratio", LEAD),
    Metric("lead_to_mql_days", "days_lead_to_mql", kind="median", dimensions=LEAD),
    Metric("mql_to_sal_days", "days_mql_to_sal", kind="median", dimensions=LEAD),
    Metric("stage_velocity_days", "days_mql_to_sql", kind="median", dimensions=LEAD),
    Metric("sal_to_sql_days", "days_sal_to_sql", kind="median", dimensions=LEAD),
    Metric("sql_to_opp_days", "days_sql_to_opp", kind="median", dimensions=LEAD),
    Metric("sql_to_customer_days", "days_sql_to_customer", kind="median", dimensions=LEAD),
    Metric("lead_to_customer_days", "days_lead_to_customer", kind="median", dimensions=LEAD),
    Metric(
        "stage_leakage_rate",
        "mature_leaked",
        "mature_mqls",
        "ratio",
        _WITH_REASON,
        share_dimensions=("reason",),
    ),
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

    def add(self, person: Person, cycles: list[Steps], fit: list[str]) -> None:
        """One countable person who is a lead; ``fit`` names what else they count as."""
        leg = person.leg.name
        lead_day = self._lead(person, cycles, fit)
        reached = {"lead"}
        for steps in cycles:
            if not steps.is_counted:
                continue
            if steps.mql_at is None and steps.sql_at is None:
                self._note_entries(steps, {"lead": self.slices.day(steps.lead_at)})
            else:
                days = {
                    stage: self.slices.day(at) for stage, at in steps.entries() if at is not None
                }
                self._enter(person, steps, days)
                self._velocities(person, steps, days)
                self._note_entries(steps, days)
                for stage, day in days.items():
                    if stage != "lead":
                        reached.add(stage)
                        self._note(day, leg, stage)
            self._exit(person, steps, cycles)
        month, is_marketing = month_start(lead_day), person.origin == "marketing"
        for stage in reached:
            counts = self._reached.setdefault((month, leg, stage), [0, 0])
            counts[0] += 1
            counts[1] += is_marketing

    def subscribe(self, person: Person) -> None:
        """A countable person who began by subscribing."""
        if person.subscribed_at is not None:
            self._note(self.slices.day(person.subscribed_at), person.leg.name, "subscriber")

    def _lead(self, person: Person, cycles: list[Steps], fit: list[str]) -> int:
        """The person as a lead, once ever, with what their first entry led to; the local day."""
        at = cycles[0].lead_at
        day = self.slices.day(at)
        members = self.slices.lead(person, day)
        measures = ["leads", *fit]
        won = [steps.customer_at for steps in cycles if steps.customer_at is not None]
        is_timed = cycles[0].cycle.is_lead_entered
        if won and _within(at, min(won), "lead_to_customer"):
            measures.append("lead_to_customer")
        if won and is_timed and min(won) >= at:
            self.tally.value("days_lead_to_customer", day, members, (min(won) - at) / DAY)
        if person.origin == "marketing":
            measures.append("leads_marketing")
            if person.channel in PAID_CHANNELS:
                measures.append("leads_paid")
            first = next((steps for steps in cycles if steps.is_handed_off), None)
            if first is not None and first.mql_at is not None:
                if _within(at, first.mql_at, "lead_to_mql"):
                    measures.append("lead_to_mql")
                if is_timed and "mql" not in first.imputed:
                    self.tally.value("days_lead_to_mql", day, members, (first.mql_at - at) / DAY)
        self.tally.count(measures, day, members)
        self._note(day, person.leg.name, "lead")
        return day

    def _enter(self, person: Person, steps: Steps, days: dict[str, int]) -> None:
        """One cycle's entries, each with what it led to inside its window."""
        tally, sql_at = self.tally, steps.sql_at
        if steps.is_handed_off and steps.mql_at is not None:
            measures = ["mqls", "mqls_new" if steps.is_first else "mqls_recycled"]
            members = self.slices.lead(person, days["mql"])
            converted = sql_at is not None and _within(steps.mql_at, sql_at, "mql_to_sql")
            if converted:
                measures.append("mql_to_sql")
            if self._is_mature(month_start(days["mql"])):
                measures.append("mature_mqls")
                if not converted and _left_within(steps.cycle, steps.mql_at):
                    reason = self.slices.members.id("reason", steps.cycle.reject_reason or MISSING)
                    tally.add("mature_leaked", days["mql"], (*members, reason))
                elif not converted:
                    measures.append("mature_stalled")
            tally.count(measures, days["mql"], members)
        if steps.sal_at is not None:
            measures = ["sals"]
            if sql_at is not None and _within(steps.sal_at, sql_at, "sal_to_sql"):
                measures.append("sal_to_sql")
            tally.count(measures, days["sal"], self.slices.lead(person, days["sal"]))
        if sql_at is not None:
            measures = ["sqls", f"sqls_{steps.cycle.origin}"]
            opportunity_at, customer_at = steps.opportunity_at, steps.customer_at
            if opportunity_at is not None and _within(sql_at, opportunity_at, "sql_to_opp"):
                measures.append("sql_to_opp")
            if customer_at is not None and _within(sql_at, customer_at, "sql_to_customer"):
                measures.append("sql_to_customer")
            tally.count(measures, days["sql"], self.slices.lead(person, days["sql"]))

    def _note_entries(self, steps: Steps, days: dict[str, int]) -> None:
        for stage, day in days.items():
            if stage != "lead" or steps.cycle.is_lead_entered:
                is_imputed = stage in steps.imputed
                measures = ("entries", "imputed_entries") if is_imputed else ("entries",)
                self.tally.count(measures, day, self.slices.with_all("stage", stage))

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
                day = self.slices.day(at)
                self.tally.add(measure, day, (*self.slices.lead(person, day), reason))
        if cycle.recycled_at is not None:
            limit = cycle.recycled_at + REENTRY_DAYS * DAY
            if any(
                later.is_handed_off and cycle.recycled_at <= later.lead_at <= limit
                for later in cycles
                if later.cycle.cycle_no > cycle.cycle_no
            ):
                day = self.slices.day(cycle.recycled_at)
                self.tally.add("reentered", day, self.slices.lead(person, day))

    def _is_mature(self, month: int) -> bool:
        found = self._mature.get(month)
        if found is None:
            ends = self._zone.utc(moved_by_months(month, 1) * DAY)
            found = ends + WINDOWS["mql_to_sql"] * DAY <= self.company.as_of
            self._mature[month] = found
        return found

    def _velocities(self, person: Person, steps: Steps, days: dict[str, int]) -> None:
        """Days between first entries that have a time of their own."""
        at = dict(steps.entries())
        for name, (before, after) in _STEPS.items():
            start, end = at[before], at[after]
            if start is None or end is None or before in steps.imputed or after in steps.imputed:
                continue
            if before == "mql" and not steps.is_marketing:
                continue
            members = self.slices.lead(person, days[before])
            self.tally.value(f"days_{name}", days[before], members, (end - start) / DAY)

    def _note(self, day: int, leg: str, stage: str) -> None:
        key = month_start(day), leg, stage
        self._entries[key] = self._entries.get(key, 0) + 1

    def write(self, path: Path) -> None:
        """``funnel.csv``: month x leg x stage."""
        stages = ("subscriber", *STAGES)
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow([
                "month", "leg", "stage", "entries", "cohort_reached", "marketing_cohort_reached",
            ])  # fmt: skip
            found: dict[tuple[int, str, str], list[int]] = {}
            for (month, leg, stage), count in self._entries.items():
                for key in ((month, leg, stage), (month, "all", stage)):
                    found.setdefault(key, [0, 0, 0])[0] += count
            for (month, leg, stage), reached in self._reached.items():
                for key in ((month, leg, stage), (month, "all", stage)):
                    counts = found.setdefault(key, [0, 0, 0])
                    counts[1] += reached[0]
                    counts[2] += reached[1]
            for key in sorted(found, key=lambda key: (*key[:2], stages.index(key[2]))):
                month, leg, stage = key
                entries, *reached = found[key]
                cohort = ["", ""] if stage == "subscriber" else reached
                rows.writerow([iso_day(month), leg, stage, entries, *cohort])


def _within(start: int, end: int, step: str) -> bool:
    return 0 <= end - start <= WINDOWS[step] * DAY


def _left_within(cycle: Cycle, mql_at: int) -> bool:
    """Whether it was recycled or disqualified before its MQL had to be an SQL."""
    return any(
        at is not None and _within(mql_at, at, "mql_to_sql")
        for at in (cycle.recycled_at, cycle.disqualified_at)
    )
