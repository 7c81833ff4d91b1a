"""Deals: how many, how large, how long, won or lost, and the revenue they book."""

from __future__ import annotations

from orchestration.demo.company import Company
from orchestration.demo.truth.ledger import INCREMENTAL, OPEN_STAGES, Entry, Facts
from orchestration.demo.truth.slices import DEAL, Slices
from orchestration.demo.truth.tally import Metric, Tally

_NO_DECISION = ("no_decision", "gone_quiet")

OPPORTUNITIES = Metric("opportunity_count", "opportunities", dimensions=DEAL)
NEW_CUSTOMERS = Metric("new_customer_count", "new_customers", dimensions=DEAL)
OUTCOMES = (
    Metric("win_rate", "won", "decided", "ratio", DEAL),
    Metric("win_rate_amount", "won_amount", "decided_amount", "ratio", DEAL),
    Metric("avg_deal_size", "valued_amount", "valued", "ratio", DEAL),
    Metric("median_deal_size", "deal_size", kind="median", dimensions=DEAL),
    Metric("sales_cycle_days", "cycle_days", kind="median", dimensions=DEAL),
    Metric("mean_sales_cycle_days", "won_days", "won", "ratio", DEAL),
    Metric("sales_revenue", "revenue", dimensions=DEAL),
)
METRICS = (
    Metric("win_rate_cohort", "cohort_won", "cohort", "ratio", DEAL),
    Metric("win_rate_cohort_decided", "cohort_decided_won", "cohort_decided", "ratio", DEAL),
    Metric("no_decision_rate", "no_decision", "lost", "ratio", DEAL),
    Metric("time_to_purchase_days", "purchase_days", kind="median", dimensions=DEAL),
    Metric("pipeline_created_amount", "pipeline_created", dimensions=DEAL),
    Metric("regression_rate", "regressed", "created", "ratio", DEAL),
    Metric("new_revenue_share", "revenue_first_order", "revenue_incremental", "ratio", DEAL),
    Metric("new_revenue_share_marketing", "revenue_new_parties", "revenue_incremental", "ratio",
           DEAL),
    Metric("existing_revenue_share", "revenue_existing", "revenue_incremental", "ratio", DEAL),
    Metric("revenue_by_order_class", "revenue_by_class", dimensions=("order_class",),
           has_total=False),
)  # fmt: skip


class Deals:
    """Follows every deal that is not excluded, and the ledger of its wins."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self.outcomes: dict[str, int] = {}

    def add(self, facts: Facts) -> None:
        """One deal; an excluded one is only counted as such."""
        self.outcomes[facts.outcome] = self.outcomes.get(facts.outcome, 0) + 1
        if facts.outcome == "excluded":
            return
        self._created(facts)
        if facts.qualified_day is not None:
            self._qualified(facts, facts.qualified_day)
        if facts.is_decided and facts.close_day is not None:
            self._decided(facts, facts.close_day)

    def _created(self, facts: Facts) -> None:
        day, is_won = facts.created_day, facts.outcome == "won"
        measures = ["created"]
        if regressions(facts) > 0:
            measures.append("regressed")
        if facts.deal.order_type != "renewal":
            measures += ["cohort", "cohort_won"] if is_won else ["cohort"]
        if facts.is_decided:
            measures += ["cohort_decided", "cohort_decided_won"] if is_won else ["cohort_decided"]
        self.tally.count(measures, day, self.slices.deal(facts.deal, day))

    def _qualified(self, facts: Facts, day: int) -> None:
        deal = facts.deal
        members = self.slices.deal(deal, day)
        if deal.order_type != "renewal":
            self.tally.add("opportunities", day, members)
        self.tally.add("pipeline_created", day, members, amount_on(self.company, facts, day))

    def _decided(self, facts: Facts, day: int) -> None:
        tally, amount = self.tally, facts.amount
        members = self.slices.deal(facts.deal, day)
        tally.add("decided_amount", day, members, amount)
        if facts.outcome == "lost":
            silent = ["no_decision"] if facts.deal.lost_reason in _NO_DECISION else []
            tally.count(["decided", "lost", *silent], day, members)
            # Of the deals whose amount is known, none of this one's was won.
            tally.add("won_amount", day, members, None if amount is None else 0)
            return
        tally.count(["decided", "won"], day, members)
        tally.add("won_amount", day, members, amount)
        days = day - facts.created_day
        tally.add("won_days", day, members, days)
        tally.value("cycle_days", day, members, days)
        if amount is not None and amount > 0:
            tally.add("valued", day, members)
            tally.add("valued_amount", day, members, amount)
            tally.value("deal_size", day, members, amount)

    def book(self, entry: Entry) -> None:
        """One line of the ledger, divided among the credited owners."""
        tally, deal, day = self.tally, entry.facts.deal, entry.day
        if entry.new_customers:
            tally.add("new_customers", day, self.slices.deal(deal, day), entry.new_customers)
        measures = ["revenue", *_class_measures(entry.order_class)]
        members = (self.slices.deal_but_owner(deal),)
        shares = [(rep, share) for rep, share, kind in deal.splits if kind == "revenue"]
        for measure in measures:
            tally.add(measure, day, members, entry.amount)
            for rep, share in shares or [(deal.owner, 1.0)]:
                credited = None if entry.amount is None else entry.amount * share
                tally.add(measure, day, (self.slices.credit(rep, day),), credited)
        tally.add(
            "revenue_by_class", day, self.slices.only("order_class", entry.order_class),
            entry.amount,
        )  # fmt: skip

    def purchase(self, won: Facts) -> None:
        """The days from the first known person of an account to its first win."""
        close_day = won.close_day
        leads = [
            person.cycles[0].lead_at
            for person in won.deal.account.people
            if person.excluded_reason is None and person.cycles
        ]
        if not leads or close_day is None:
            return
        days = close_day - self.slices.day(min(leads))
        if days >= 0:
            members = self.slices.deal(won.deal, close_day)
            self.tally.value("purchase_days", close_day, members, days)


def amount_on(company: Company, facts: Facts, day: int) -> float | None:
    """The deal's amount in reporting currency at the rate of a day on which it is open."""
    amount = facts.deal.amount
    return None if amount is None else amount * company.rate(facts.deal.currency, day)


def regressions(facts: Facts) -> int:
    """How often the deal moved back among its open stages."""
    return sum(
        before.stage in _ORDER and after.stage in _ORDER
        and _ORDER[after.stage] < _ORDER[before.stage]
        for before, after in zip(facts.deal.moves, facts.deal.moves[1:], strict=False)
    )  # fmt: skip


def _class_measures(order_class: str) -> list[str]:
    if order_class not in INCREMENTAL:
        return []
    if order_class == "first_order":
        return ["revenue_incremental", "revenue_first_order", "revenue_new_parties"]
    if order_class == "connected_new":
        return ["revenue_incremental", "revenue_existing", "revenue_new_parties"]
    return ["revenue_incremental", "revenue_existing"]


_ORDER = {stage: order for order, stage in enumerate(OPEN_STAGES)}
