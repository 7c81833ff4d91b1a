"""What customers say, how well people and accounts fit, and how complete their stories are."""

from __future__ import annotations

from orchestration.demo.clock import weekday
from orchestration.demo.company import Company
from orchestration.demo.truth.agreement import Agreement
from orchestration.demo.truth.deals import amount_on
from orchestration.demo.truth.fit import icp_tier
from orchestration.demo.truth.ledger import Facts
from orchestration.demo.truth.slices import DEAL, LEAD, Slices
from orchestration.demo.truth.stages import Steps
from orchestration.demo.truth.tally import Metric, Tally
from orchestration.demo.world import Account, Person, Response

REQUIRED_PERSONAS = {"decision_maker", "champion"}
ROUTING_BUSINESS_DAYS = 10
_RECURRING = ("segment", "region")

METRICS = (
    Metric("nps", "nps_balance", "nps_valid", "ratio", _RECURRING),
    Metric("csat_rate", "csat_satisfied", "csat_rated", "ratio", _RECURRING),
    Metric("survey_response_rate", "survey_answers", "survey_delivered", "ratio", _RECURRING),
    Metric("review_avg_rating", "review_points", "reviews", "ratio", _RECURRING),
    Metric("feedback_routed_rate", "feedback_routed", "feedback_items", "ratio", _RECURRING),
    Metric("icp_match_rate", "icp_matched", "icp_known", "ratio", LEAD),
    Metric("unknown_share", "icp_unknown", "leads", "ratio", LEAD),
    Metric("persona_coverage_rate", "persona_covered", "persona_open", "ratio", DEAL),
    Metric("sla_pipeline_delivered", "sla_pipeline", dimensions=LEAD),
    Metric("pipeline_per_mql", "sla_pipeline", "sla_mqls", "ratio", LEAD),
    Metric("l2a_match_rate", "matched_people", "countable_people", "ratio", ("channel", "region")),
    # No two accounts of the log share a name or domain, and nobody checks a match.
    Metric(
        "l2a_ambiguity_rate", "ambiguous_people", "matched_people", "ratio", ("channel", "region")
    ),
    Metric("l2a_precision", "right_matches", "checked_matches", "ratio", ("channel", "region")),
    Metric("journey_completeness_rate", "complete_journeys", "journeys", "ratio", _RECURRING),
)


class Feedback:
    """Follows surveys and reviews, fit, and the journeys of new customers."""

    def __init__(
        self, company: Company, tally: Tally, slices: Slices, agreement: Agreement
    ) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self.agreement = agreement
        self._holidays = company.calendars["company"].holidays

    def add(self, account: Account) -> None:
        """Everything one account answered; of several answers in one wave the latest counts."""
        members = self.slices.account(account)
        latest: dict[tuple, Response] = {}
        for response in account.responses:
            if response.kind != "review":
                self._invited(response, members)
            if response.responded_day is None:
                continue
            self._routed(response, response.responded_day, members)
            if response.score is not None:
                key = response.kind, response.wave, response.person.number
                before = latest.get(key)
                if before is None or (before.responded_day or 0) <= response.responded_day:
                    latest[key] = response
        for response in latest.values():
            self._scored(response, members)

    def _invited(self, response: Response, members: tuple[int, ...]) -> None:
        if response.is_delivered:
            self.tally.add("survey_delivered", response.invited_day, members)
            if response.responded_day is not None and response.score is not None:
                self.tally.add("survey_answers", response.invited_day, members)

    def _routed(self, response: Response, day: int, members: tuple[int, ...]) -> None:
        self.tally.add("feedback_items", day, members)
        if response.routed_day is not None:
            taken = sum(
                weekday(later) < 5 and later not in self._holidays
                for later in range(day + 1, response.routed_day + 1)
            )
            if taken <= ROUTING_BUSINESS_DAYS:
                self.tally.add("feedback_routed", day, members)

    def _scored(self, response: Response, members: tuple[int, ...]) -> None:
        day, score, tally = response.responded_day, response.score, self.tally
        if day is None or score is None:
            return
        if response.kind == "nps":
            tally.add("nps_valid", day, members)
            tally.add("nps_balance", day, members, 100 if score >= 9 else -100 if score <= 6 else 0)
        elif response.kind == "csat":
            tally.add("csat_rated", day, members)
            tally.add("csat_satisfied", day, members, int(score >= 4))
        else:
            tally.add("reviews", day, members)
            tally.add("review_points", day, members, score)

    def person(self, person: Person, cycles: list[Steps], facts: dict[int, Facts]) -> list[str]:
        """Match of one countable person and what their SLA MQLs brought; their fit as a lead."""
        day = self.slices.day(person.created_at)
        is_matched = person.account is not None
        measures = ("countable_people", "matched_people") if is_matched else ("countable_people",)
        self.tally.count(measures, day, self.slices.lead(person, day))
        tier = icp_tier(person.account)
        if tier == "unknown":
            return ["icp_unknown"]
        if tier not in ("A", "B"):
            return ["icp_known"]
        for steps in cycles:
            reason = steps.cycle.reject_reason or ""
            if steps.is_handed_off and steps.mql_at is not None and not reason.startswith("no_fit"):
                self._delivered(person, steps, steps.mql_at, facts)
        return ["icp_known", "icp_matched"]

    def _delivered(
        self, person: Person, steps: Steps, mql_at: int, facts: dict[int, Facts]
    ) -> None:
        day = self.slices.day(mql_at)
        members = self.slices.lead(person, day)
        self.tally.add("sla_mqls", day, members)
        self.agreement.delivered(person, steps, mql_at, members)
        deal = None if steps.cycle.deal is None else facts[steps.cycle.deal.number]
        if deal is None or deal.outcome == "excluded" or deal.qualified_day is None:
            self.tally.add("sla_pipeline", day, members, 0)
        else:
            amount = amount_on(self.company, deal, deal.qualified_day)
            self.tally.add("sla_pipeline", day, members, amount)

    def personas(self, facts: Facts, people: list[tuple[Person, list[Steps]]]) -> None:
        """Whether a deal that is open at the end has somebody for each persona it needs."""
        if facts.outcome != "open":
            return
        day = self.slices.day(self.company.as_of - 1)
        members = self.slices.deal(facts.deal, day)
        self.tally.add("persona_open", day, members)
        if {person.persona for person, _ in people} >= REQUIRED_PERSONAS:
            self.tally.add("persona_covered", day, members)

    def journey(self, won: Facts, people: list[tuple[Person, list[Steps]]]) -> None:
        """A new customer whose first win stands: is every required stage timed, and any touch?"""
        if won.close_day is None:
            return
        members = self.slices.account(won.deal.account)
        self.tally.add("journeys", won.close_day, members)
        touched = any(person.touches for person, _ in people)
        if touched and any(
            _is_complete(steps)
            for _, cycles in people
            for steps in cycles
            if steps.cycle.deal is won.deal
        ):
            self.tally.add("complete_journeys", won.close_day, members)


def _is_complete(steps: Steps) -> bool:
    required = [steps.lead_at, steps.sql_at, steps.opportunity_at]
    if steps.is_marketing:
        required += [steps.mql_at, steps.sal_at]
    return None not in required and not steps.imputed and steps.cycle.is_lead_entered
