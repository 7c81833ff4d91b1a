"""What the demo company spends, day by day: ad platforms, and the bills that ads do not cover.

The two together are the marketing ledger: every cost of `daily_ad_spend` is media, everything
else is a `Posting`. No vendor's format here: exports and truth read the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import NamedTuple

from orchestration.demo.clock import month_start, moved_by_months, weekday
from orchestration.demo.company import REPORTING_CURRENCY, Company
from orchestration.demo.world import Campaign

# platform: (cost of a click in EUR, clicks per impression)
AD_PLATFORMS = {
    "google_ads": (2.8, 0.045),
    "meta_ads": (1.1, 0.011),
    "linkedin_ads": (6.5, 0.006),
    "microsoft_ads": (1.9, 0.03),
}
OUTAGE_SHARE = 0.15
"""What is left of paid search in the month in which the ad accounts are suspended."""

_WEEKDAYS = (1.1, 1.15, 1.15, 1.1, 1.0, 0.55, 0.6)
_CLAIMED_PER_CLICK = 0.004
"""Conversions a platform claims beside the leads that came from it."""
_COST_TYPE = {"event": "event", "email": "tools", "partner": "agency"}
"""Of campaigns without an ad platform, by channel; the others are content."""
_AGENCY_SHARE = {"paid_search": 0.12, "paid_social": 0.10}
_SALARY = {"marketing": 5_800, "sales": 6_400}
"""EUR a month and head, with everything an employer pays."""


class AdDay(NamedTuple):
    """One campaign on one day, as its ad platform counts it."""

    campaign: Campaign
    day: int
    cost: float
    """In the campaign's currency, whole cents."""
    impressions: int
    clicks: int
    conversions: int
    """What the platform claims: never fewer than the leads of that campaign and day."""


class Posting(NamedTuple):
    """One line of the cost ledger, dated by accrual."""

    day: int
    channel: str | None
    """None: not allocated to a channel."""
    campaign: Campaign | None
    cost_type: str
    """tools, agency, content, event, marketing_people or sales_people."""
    amount: float
    currency: str
    region: str | None
    description: str


def daily_ad_spend(company: Company) -> Iterator[tuple[Campaign, int, float]]:
    """(campaign, day, cost in the campaign's currency): every ad campaign on every day it runs.

    In campaign and day order. A month's days add up to about ``campaign.monthly_cost``; in the
    month of the outage paid search costs a fraction of it.
    """
    outage = company.story["ads_outage"]
    for campaign in company.campaigns:
        if campaign.platform not in AD_PLATFORMS:
            continue
        rng = Random(f"{company.settings.seed} spend {campaign.number}")
        for month in _running_months(campaign):
            days = range(month, moved_by_months(month, 1))
            total = campaign.monthly_cost * 100 * (0.95 + 0.1 * rng.random())
            if campaign.channel == "paid_search" and month == outage:
                total *= OUTAGE_SHARE
            weights = [_WEEKDAYS[weekday(day)] * (0.8 + 0.4 * rng.random()) for day in days]
            whole, spent, weight = sum(weights), 0, 0.0
            for day, share in zip(days, weights, strict=True):
                weight += share
                cents = round(total * weight / whole) - spent
                spent += cents
                yield campaign, day, cents / 100


def ad_delivery(company: Company, leads: Mapping[tuple[int, int], int]) -> Iterator[AdDay]:
    """`daily_ad_spend` in the same order, with impressions, clicks and claimed conversions.

    ``leads`` counts new people by (campaign number, day): `traffic.DailyLeads.by_campaign`.
    """
    rng = Random(f"{company.settings.seed} delivery")
    for campaign, day, cost in daily_ad_spend(company):
        cpc, ctr = AD_PLATFORMS[campaign.platform]
        euros = cost * company.rate(campaign.currency, day)
        came = leads.get((campaign.number, day), 0)
        clicks = max(came, round(euros / cpc * (0.8 + 0.4 * rng.random())))
        impressions = max(clicks, round(clicks / ctr * (0.85 + 0.3 * rng.random())))
        claimed = min(clicks, came + int(clicks * _CLAIMED_PER_CLICK + rng.random()))
        yield AdDay(campaign, day, cost, impressions, clicks, claimed)


def postings(company: Company) -> Iterator[Posting]:
    """Everything but ad spend, month by month: campaigns without ads, agencies, tools, people.

    Dated on the last day of its month. Some are allocated to no channel, and salaries never are.
    """
    rng = Random(f"{company.settings.seed} postings")
    media = _media_by_month(company)
    scale = max(0.05, company.settings.people / company.settings.months / 200)
    for index, month in enumerate(company.months):
        day = moved_by_months(month, 1) - 1
        for campaign in company.campaigns:
            is_billed = campaign.platform not in AD_PLATFORMS and campaign.monthly_cost > 0
            if is_billed and month in _running_months(campaign):
                yield Posting(
                    day, campaign.channel, campaign,
                    _COST_TYPE.get(campaign.channel, "content"),
                    round(campaign.monthly_cost * (0.9 + 0.2 * rng.random()), 2),
                    campaign.currency, None, campaign.name,
                )  # fmt: skip
        for channel, share in _AGENCY_SHARE.items():
            fee = round(media.get((channel, month), 0.0) * share, 2)
            yield Posting(
                day, channel, None, "agency", fee, REPORTING_CURRENCY, None, "Media agency fee"
            )
        yield Posting(
            day, "organic_search", None, "content",
            round(500 * scale * (0.8 + 0.4 * rng.random()), 2),
            REPORTING_CURRENCY, None, "Search optimisation, articles",
        )  # fmt: skip
        yield Posting(
            day, None, None, "tools", round(650 * scale + 900, 2), "USD", None,
            "Marketing automation licence",
        )  # fmt: skip
        if index % 3 == 0:
            yield Posting(
                day, None, None, "agency", round(1_200 * scale * (0.8 + 0.4 * rng.random()), 2),
                REPORTING_CURRENCY, None, "Brand and design retainer",
            )  # fmt: skip
        yield from _salaries(company, month, day)


def _salaries(company: Company, month: int, day: int) -> Iterator[Posting]:
    heads = max(3, len(company.reps) // 5)
    yield Posting(
        day, None, None, "marketing_people", float(heads * _SALARY["marketing"]),
        REPORTING_CURRENCY, None, f"Marketing payroll, {heads} heads",
    )  # fmt: skip
    for team in company.teams:
        heads = sum(rep.hired_day <= month and rep.team(month) == team.name for rep in company.reps)
        yield Posting(
            day, None, None, "sales_people", float(heads * _SALARY["sales"]),
            REPORTING_CURRENCY, team.region, f"Sales payroll {team.name}, {heads} heads",
        )  # fmt: skip


def _running_months(campaign: Campaign) -> list[int]:
    """First day of each month in which the campaign runs; spans are whole months."""
    months = []
    for first, end in campaign.months:
        while first < end:
            months.append(first)
            first = moved_by_months(first, 1)
    return months


def _media_by_month(company: Company) -> dict[tuple[str, int], float]:
    """EUR of ad spend by (channel, first day of the month)."""
    found: dict[tuple[str, int], float] = {}
    for campaign, day, cost in daily_ad_spend(company):
        key = campaign.channel, month_start(day)
        found[key] = found.get(key, 0.0) + cost * company.rate(campaign.currency, day)
    return found
