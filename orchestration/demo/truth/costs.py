"""What marketing and sales cost, and what a lead, an MQL and a customer cost with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from orchestration.demo.company import PRODUCTS, Company
from orchestration.demo.spending import daily_ad_spend, postings
from orchestration.demo.truth.attribution import DEFAULT_MODEL
from orchestration.demo.truth.ledger import Entry
from orchestration.demo.truth.slices import MISSING, PAID_CHANNELS, UNALLOCATED, Slices
from orchestration.demo.truth.tally import Metric, Tally

COST = ("channel", "campaign", "cost_type", "region")
_PEOPLE = ("marketing_people", "sales_people")
_PER_LEAD = ("channel", "campaign")

HEADLINES = (
    Metric("marketing_program_cost", "program_cost", dimensions=COST),
    Metric("cpl", "program_cost", "leads_marketing", "ratio", _PER_LEAD),
    Metric("cpl_paid", "paid_media", "leads_paid", "ratio", _PER_LEAD),
)
METRICS = (
    Metric("cost_per_mql", "program_cost", "mqls_new", "ratio", _PER_LEAD),
    Metric("cost_per_sql", "program_cost", "sqls_marketing", "ratio", _PER_LEAD),
    Metric("cac_paid", "paid_media", "new_customers_paid", "ratio", ("channel",)),
    Metric("cac_blended", "program_cost", "new_customers_attributed", "ratio", ("channel",)),
    Metric("cac_fully_loaded", "full_cost", "new_customers_attributed", "ratio"),
    Metric("new_cac_ratio", "full_cost", "new_customer_arr", "ratio"),
    Metric("revenue_roi", "attributed_net", "program_cost", "ratio", ("channel",)),
    Metric("roas", f"credit_value {DEFAULT_MODEL}", "program_cost", "ratio", ("channel",)),
)


class Cost(NamedTuple):
    """One cost in reporting currency at the rate of its posting day."""

    day: int
    channel: str
    campaign: str
    cost_type: str
    region: str
    amount: float


def costs(company: Company) -> Iterator[Cost]:
    """Ad spend as media, and every posting beside it."""
    for campaign, day, amount in daily_ad_spend(company):
        euros = amount * company.rate(campaign.currency, day)
        yield Cost(day, campaign.channel, campaign.name, "media", MISSING, euros)
    for line in postings(company):
        yield Cost(
            line.day, line.channel or UNALLOCATED,
            UNALLOCATED if line.campaign is None else line.campaign.name,
            line.cost_type, line.region or MISSING,
            line.amount * company.rate(line.currency, line.day),
        )  # fmt: skip


class Costs:
    """The marketing ledger, and the bookings of new customers it is set against."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices

    def book(self, entry: Entry) -> None:
        """Recurring first-year value of customers new to the account."""
        is_new = entry.order_class in ("first_order", "connected_new")
        if is_new and PRODUCTS[entry.facts.deal.product][3]:
            self.tally.add("new_customer_arr", entry.day, (0,), entry.amount)

    def close(self) -> None:
        for cost in costs(self.company):
            self.spend(cost)

    def spend(self, cost: Cost) -> None:
        """One cost before the end of the data; salaries count in the full cost alone."""
        if cost.day >= self.slices.day(self.company.as_of):
            return
        tally, day, amount = self.tally, cost.day, cost.amount
        tally.add("full_cost", day, (0,), amount)
        if cost.cost_type in _PEOPLE:
            return
        members = (
            0,
            *self.slices.only("channel", cost.channel),
            *self.slices.only("campaign", cost.campaign),
            *self.slices.only("cost_type", cost.cost_type),
            *self.slices.only("region", cost.region),
        )
        tally.add("program_cost", day, members, amount)
        tally.add("attributed_net", day, members, -amount)
        if cost.cost_type == "media" and cost.channel in PAID_CHANNELS:
            tally.add("paid_media", day, members, amount)
