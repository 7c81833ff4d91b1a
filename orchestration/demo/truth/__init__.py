"""The demo company's own truth: every number its event log answers, computed from the log alone.

Written from the definitions and from nothing else: no dbt model, no suite, no page takes part, so
that a number that differs between the two is a finding. What the log cannot answer (targets,
forecasts, margins) has no rows.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.demo.company import Company
from orchestration.demo.traffic import DailyLeads
from orchestration.demo.truth import (
    agreement,
    attribution,
    costs,
    deals,
    feedback,
    funnel,
    pipeline,
    platforms,
    response,
    retention,
    web,
)  # fmt: skip
from orchestration.demo.truth.attribution import People
from orchestration.demo.truth.ledger import Facts, read_deal, read_ledger
from orchestration.demo.truth.slices import Slices
from orchestration.demo.truth.stages import read_cycles
from orchestration.demo.truth.story import Records, write_story
from orchestration.demo.truth.tally import Tally
from orchestration.demo.world import Group

__all__ = ["METRICS", "Truth"]

METRICS = (
    funnel.LEADS, funnel.MQLS, deals.OPPORTUNITIES, deals.NEW_CUSTOMERS, funnel.LEAD_TO_CUSTOMER,
    *deals.OUTCOMES, pipeline.OPEN, *costs.HEADLINES, *response.HEADLINES, *funnel.METRICS,
    *response.METRICS, *agreement.METRICS, *deals.METRICS, *pipeline.METRICS, *costs.METRICS,
    *attribution.METRICS, *retention.METRICS, *web.METRICS, *platforms.METRICS, *feedback.METRICS,
)  # fmt: skip


class Truth:
    """A recorder of the event log that writes what every number must be into ``folder``."""

    def __init__(self, company: Company, folder: Path) -> None:
        self.company, self.folder = company, folder
        self.tally = Tally()
        self.slices = Slices(company, self.tally.members)
        parts = company, self.tally, self.slices
        self.funnel = funnel.Funnel(*parts)
        self.response = response.Response(*parts, folder / "handoffs.csv")
        self.deals = deals.Deals(*parts)
        self.pipeline = pipeline.Pipeline(*parts)
        self.attribution = attribution.Attribution(*parts)
        self.costs = costs.Costs(*parts)
        self.retention = retention.Retention(*parts)
        self.agreement = agreement.Agreement(*parts)
        self.feedback = feedback.Feedback(*parts, self.agreement)
        self.leads = DailyLeads(company)
        self.web = web.Web(*parts, self.leads)
        self.platforms = platforms.Platforms(*parts, self.leads)
        self.records = Records()

    def add(self, group: Group) -> None:
        """One group with everything that ever happened to it."""
        self.records.add(group)
        self.leads.add(group)
        facts = {
            deal.number: read_deal(self.company, deal)
            for account in group.accounts
            for deal in account.deals
        }
        firsts = _first_wins(facts)
        people = self._people(group, facts, firsts)
        for account in group.accounts:
            own = people.get(account.number, [])
            for deal in account.deals:
                self.deals.add(facts[deal.number])
                self.pipeline.add(facts[deal.number], own)
                self.feedback.personas(facts[deal.number], own)
            first = firsts.get(account.number)
            if first is not None:
                self.deals.purchase(first)
            self._convert([facts[deal.number] for deal in account.deals], own)
            if account.responses:
                self.feedback.add(account)
        if firsts:
            # D7: a subsidiary of a customer is no new customer.
            first = min(firsts.values(), key=lambda won: won.closed_at or 0)
            self.feedback.journey(first, people.get(first.deal.account.number, []))
        if facts:
            self._book(group, facts, people)

    def _people(
        self, group: Group, facts: dict[int, Facts], firsts: dict[int, Facts]
    ) -> dict[int, People]:
        """Countable people of each account with their cycles, counted on the way."""
        found: dict[int, People] = {}
        for person in group.people:
            if person.excluded_reason is not None:
                continue
            cycles = read_cycles(person, facts, firsts)
            self.funnel.subscribe(person)
            fit = self.feedback.person(person, cycles, facts)
            if cycles:
                self.funnel.add(person, cycles, fit)
                for steps in cycles:
                    if steps.is_handed_off:
                        self.response.add(person, steps)
            if person.account is None:
                self.attribution.lose([(person, cycles)])
            else:
                found.setdefault(person.account.number, []).append((person, cycles))
        return found

    def _convert(self, facts: list[Facts], people: People) -> None:
        won = [deal for deal in facts if deal.is_standing and deal.deal.order_type == "new"]
        for deal in won:
            self.attribution.convert(deal, people)
        if not won:
            self.attribution.lose(people)

    def _book(self, group: Group, facts: dict[int, Facts], people: dict[int, People]) -> None:
        for entry in read_ledger(self.company, group, facts):
            self.deals.book(entry)
            self.costs.book(entry)
            if entry.new_customers:
                account = entry.facts.deal.account
                self.attribution.customer(entry, people.get(account.number, []))
        self.retention.add(group, facts)

    def close(self) -> None:
        """Write everything; the log has ended."""
        self.pipeline.close()
        self.costs.close()
        self.web.close()
        self.platforms.close()
        self.response.close()
        self.agreement.close()
        self.attribution.close(self.folder)
        self.tally.write(METRICS, self.folder / "kpi_values.csv")
        self.funnel.write(self.folder / "funnel.csv")
        self.retention.write(self.folder / "mrr_movements.csv")
        self.records.write(self.folder / "records.csv", self.deals.outcomes, self.response.statuses)
        write_story(self.company, self.tally, self.folder / "story.csv")


def _first_wins(facts: dict[int, Facts]) -> dict[int, Facts]:
    """By account: its first won deal that stands, by the instant of the final close."""
    firsts: dict[int, Facts] = {}
    for found in facts.values():
        number = found.deal.account.number
        if found.is_standing and found.closed_at is not None:
            before = firsts.get(number)
            if before is None or (before.closed_at or 0) > found.closed_at:
                firsts[number] = found
    return firsts
