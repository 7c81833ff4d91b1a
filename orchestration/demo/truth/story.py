"""What is in the event log, and what a reader of the pages should find out from it."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.demo.clock import iso_day
from orchestration.demo.company import Company
from orchestration.demo.plan import FACTORS
from orchestration.demo.truth.slices import MISSING, UNALLOCATED, UNASSIGNED
from orchestration.demo.truth.tally import Tally, number
from orchestration.demo.world import Group

_COLUMNS = (
    "question", "subject", "is_answer", "since", "cost", "leads", "customers", "median_minutes",
)  # fmt: skip


class Records:
    """Counts of what the log holds: people countable or excluded, accounts, deals by outcome."""

    def __init__(self) -> None:
        self.accounts = self.people = self.leads = 0
        self.excluded: dict[str, int] = {}

    def add(self, group: Group) -> None:
        self.accounts += len(group.accounts)
        self.people += len(group.people)
        for person in group.people:
            if person.excluded_reason is not None:
                count = self.excluded.get(person.excluded_reason, 0)
                self.excluded[person.excluded_reason] = count + 1
            elif person.cycles:
                self.leads += 1

    def write(self, path: Path, deals: dict[str, int], hand_offs: dict[str, int]) -> None:
        """``records.csv``: kind, name, count."""
        countable = self.people - sum(self.excluded.values())
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["kind", "name", "count"])
            rows.writerow(["people", "raw", self.people])
            rows.writerow(["people", "countable", countable])
            rows.writerow(["people", "leads", self.leads])
            for reason, count in sorted(self.excluded.items()):
                rows.writerow(["excluded_people", reason, count])
            rows.writerow(["accounts", "all", self.accounts])
            for outcome, count in sorted(deals.items()):
                rows.writerow(["deals", outcome, count])
            for status, count in sorted(hand_offs.items()):
                rows.writerow(["hand_offs", status, count])


def write_story(company: Company, tally: Tally, path: Path) -> None:
    """``story.csv``: campaigns by money spent per customer, teams by speed, what changed when."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for index, (name, cost, leads, customers) in enumerate(_campaigns(tally)):
            rows.writerow([
                "which campaign wastes money", name, _yes(index == 0), "", number(cost),
                number(leads), number(customers), "",
            ])  # fmt: skip
        for index, (team, minutes) in enumerate(_teams(tally)):
            rows.writerow([
                "which team answers slowest", team, _yes(index == 0), "", "", "", "",
                number(minutes),
            ])  # fmt: skip
        for factor in FACTORS:
            rows.writerow([
                "what changed when", factor.factor_id, _yes(factor.factor_type == "rule_change"),
                iso_day(company.story[factor.factor_id]), "", "", "", "",
            ])  # fmt: skip


def _campaigns(tally: Tally) -> list[tuple[str, float, float, float]]:
    """(campaign, cost, leads, customers among them), the worst use of money first."""
    costs, leads = tally.total("program_cost"), tally.total("leads")
    customers = tally.total("lead_to_customer")
    found = []
    for member, (dimension, name) in enumerate(tally.members.names):
        cost = costs.get(member)
        if dimension == "campaign" and name not in (MISSING, UNALLOCATED) and cost:
            found.append((name, cost, leads.get(member) or 0, customers.get(member) or 0))
    # Half a customer where there is none, so that a large cost without any outweighs a small one.
    return sorted(found, key=lambda row: -row[1] / max(row[3], 0.5))


def _teams(tally: Tally) -> list[tuple[str, float]]:
    """(team, median business minutes to the first attempt), slowest first."""
    found = []
    for member, (dimension, name) in enumerate(tally.members.names):
        if dimension == "team" and name != UNASSIGNED:
            minutes = tally.middle("response_minutes", member)
            if minutes is not None:
                found.append((name, minutes))
    return sorted(found, key=lambda row: -row[1])


def _yes(is_true: bool) -> str:
    return "true" if is_true else "false"
