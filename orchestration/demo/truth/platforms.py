"""What the ad platforms claim beyond the leads that count."""

from __future__ import annotations

from orchestration.demo.clock import month_start
from orchestration.demo.company import Company
from orchestration.demo.spending import ad_delivery
from orchestration.demo.traffic import DailyLeads
from orchestration.demo.truth.slices import Slices
from orchestration.demo.truth.tally import Metric, Tally
from orchestration.demo.world import Campaign

METRICS = (Metric("lead_match_gap", "leads_claimed_beyond", dimensions=("channel", "campaign")),)


class Platforms:
    """Conversions of the platforms less countable leads, while an ad campaign runs."""

    def __init__(self, company: Company, tally: Tally, slices: Slices, leads: DailyLeads) -> None:
        self.company, self.tally, self.slices, self.leads = company, tally, slices, leads

    def close(self) -> None:
        """Ad campaigns run for whole months, so their leads are taken off by the month."""
        months: dict[Campaign, list[int]] = {}
        members = self.slices.members
        for row in ad_delivery(self.company, self.leads.by_campaign):
            if row.day < self.slices.day(self.company.as_of):
                months.setdefault(row.campaign, []).append(month_start(row.day))
                self._count(row.campaign, row.day, row.conversions)
        for (grain, month), leads in self.tally.sums("leads").items():
            for campaign, running in months.items():
                count = leads.get(members.id("campaign", campaign.name), 0)
                if grain == "month" and count and min(running) <= month <= max(running):
                    self._count(campaign, month, -count)

    def _count(self, campaign: Campaign, day: int, amount: float) -> None:
        members = self.slices.members
        self.tally.add(
            "leads_claimed_beyond",
            day,
            (0, members.id("channel", campaign.channel), members.id("campaign", campaign.name)),
            amount,
        )
