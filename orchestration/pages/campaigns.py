"""What each campaign cost and what came of it, as the page of campaigns shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

CAMPAIGNS_SHOWN = 100
"""More are counted, not listed; all of them are in the mart."""

FROM_NOWHERE = ("__missing__", "__unallocated__")
"""Leads without a campaign, costs without one: listed last, so that the columns add up."""


@dataclass(frozen=True)
class Campaign:
    """One row of ``campaign_performance``; money in reporting currency, all of it to date."""

    campaign: str
    channel: str
    first_cost_date: date | None
    last_cost_date: date | None
    program_cost: float | None
    lead_count: int
    mql_count: int
    customer_count: int
    won_amount: float | None
    cpl: float | None
    cost_per_customer: float | None

    @property
    def is_without_customers(self) -> bool:
        """Money was spent, people came, and nobody has bought."""
        return bool(self.program_cost and self.lead_count and not self.customer_count)

    @property
    def is_a_campaign(self) -> bool:
        return self.campaign not in FROM_NOWHERE


@dataclass(frozen=True)
class Campaigns:
    """The campaigns that cost money or brought anyone, the most expensive first."""

    shown: list[Campaign]
    left_out: int


def read_campaigns(analytics: Path) -> Campaigns:
    """The campaigns of a version; none where no export speaks of any."""
    import duckdb

    columns = ", ".join(Campaign.__dataclass_fields__)
    with duckdb.connect(str(analytics), read_only=True) as connection:
        rows = connection.execute(
            f"""
            select {columns} from marts.campaign_performance
            where program_cost <> 0 or lead_count > 0 or won_amount <> 0
            order by
                campaign in ('{FROM_NOWHERE[0]}', '{FROM_NOWHERE[1]}'),
                program_cost desc nulls last, lead_count desc, campaign
            """
        ).fetchall()
    found = [Campaign(*row) for row in rows]
    named = [one for one in found if one.is_a_campaign]
    if not named:
        return Campaigns([], 0)
    others = [one for one in found if not one.is_a_campaign]
    return Campaigns(
        [*named[:CAMPAIGNS_SHOWN], *others], max(0, len(named) - CAMPAIGNS_SHOWN)
    )
