"""Visits to the demo company's website, its place in search results, and its e-mail sends.

Everything follows from the settings and from how many people became known on each day; no
vendor's format here: exports and truth read the same numbers. Days are those of the reporting
zone, which is the web property's zone too.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from orchestration.demo.clock import moved_by_months, weekday, zone
from orchestration.demo.company import Company
from orchestration.demo.world import Campaign, Group

CHANNEL_GROUPS = {
    # channel of a lead: the web analytics' default channel group of the visit that brought it
    "organic_search": "Organic Search",
    "paid_search": "Paid Search",
    "paid_social": "Paid Social",
    "direct": "Direct",
    "email": "Email",
    "organic_social": "Organic Social",
    "referral": "Referral",
    "content": "Referral",
    "partner": "Referral",
}
"""Leads of other channels (events, outbound) never come over the website."""
UNASSIGNED = "Unassigned"

# group: (visits per lead, share engaged, foreground seconds of a visit)
_VISITS = {
    "Organic Search": (55, 0.60, 62),
    "Paid Search": (40, 0.52, 41),
    "Paid Social": (70, 0.34, 19),
    "Direct": (80, 0.56, 58),
    "Email": (25, 0.63, 66),
    "Organic Social": (65, 0.42, 28),
    "Referral": (30, 0.61, 71),
}
_UNASSIGNED_SHARE = 0.02
_WEEKDAYS = (1.12, 1.15, 1.14, 1.1, 1.0, 0.6, 0.65)


class DailyLeads:
    """New people by day, counted from the event log; a `Recorder` whose memory is days only.

    Everybody known by the end counts, junk and test records too: a form was sent either way.
    """

    def __init__(self, company: Company) -> None:
        self._day, self._as_of = zone(company.zone_name).day, company.as_of
        self.by_day: dict[int, int] = {}
        self.by_channel: dict[tuple[str, int], int] = {}
        """(channel, day) -> people."""
        self.by_campaign: dict[tuple[int, int], int] = {}
        """(campaign number, day) -> people."""

    def add(self, group: Group) -> None:
        for person in group.people:
            if person.created_at >= self._as_of:
                continue
            day = self._day(person.created_at)
            self.by_day[day] = self.by_day.get(day, 0) + 1
            key = person.channel, day
            self.by_channel[key] = self.by_channel.get(key, 0) + 1
            if person.campaign is not None:
                number = person.campaign.number, day
                self.by_campaign[number] = self.by_campaign.get(number, 0) + 1

    def close(self) -> None:
        """Nothing to finish."""


class WebDay(NamedTuple):
    """Visits of one channel group on one day."""

    day: int
    channel_group: str
    sessions: int
    engaged_sessions: int
    engagement_seconds: int
    duration_seconds: int
    """First to last event of each session, added up."""
    active_users: int
    pageviews: int
    key_events: int
    single_interaction_sessions: int
    sessions_with_lead: int


class SearchDay(NamedTuple):
    """The website in unpaid search results on one day."""

    day: int
    clicks: int
    impressions: int
    position: float


class Send(NamedTuple):
    """One mailing of an e-mail campaign."""

    day: int
    campaign: Campaign
    name: str
    sent: int
    bounced: int
    opens: int
    clicks: int
    unsubscribed: int

    @property
    def delivered(self) -> int:
        return self.sent - self.bounced


def daily_traffic(company: Company, leads: DailyLeads) -> Iterator[WebDay]:
    """Visits by day and channel group, every group on every day, in that order.

    Visits follow the month's leads of the group, so that seasons and outages show; every lead
    that came over the website is a session of its own. `UNASSIGNED` closes each day.
    """
    groups: dict[str, list[str]] = {}
    for channel, group in CHANNEL_GROUPS.items():
        groups.setdefault(group, []).append(channel)
    rng = Random(f"{company.settings.seed} traffic")
    for month in company.months:
        days = range(month, moved_by_months(month, 1))
        came = {
            (group, day): sum(leads.by_channel.get((channel, day), 0) for channel in channels)
            for group, channels in groups.items()
            for day in days
        }
        usual = {group: sum(came[group, day] for day in days) / len(days) for group in groups}
        for day in days:
            total = 0
            for group in groups:
                row = _visits(rng, day, group, usual[group], came[group, day])
                total += row.sessions
                yield row
            rest = round(total * _UNASSIGNED_SHARE * 2 * rng.random())
            yield _web_day(rng, day, UNASSIGNED, rest, 0, 0.3, 12)


def daily_search(company: Company, leads: DailyLeads) -> Iterator[SearchDay]:
    """The day's unpaid search results: about as many clicks as Organic Search has sessions."""
    rng = Random(f"{company.settings.seed} search")
    for row in daily_traffic(company, leads):
        if row.channel_group == "Organic Search":
            clicks = round(row.sessions * (0.85 + 0.15 * rng.random()))
            yield SearchDay(
                row.day, clicks, round(clicks / (0.02 + 0.01 * rng.random())),
                round(11 + 5 * rng.random(), 2),
            )  # fmt: skip


def email_sends(company: Company, leads: DailyLeads) -> Iterator[Send]:
    """Each e-mail campaign's mailing on the second Tuesday of every month it runs."""
    rng = Random(f"{company.settings.seed} sends")
    for campaign in company.campaigns:
        if campaign.platform != "email":
            continue
        known, day = 0, min(leads.by_day, default=company.end_day)
        for month in company.months:
            if not any(first <= month < end for first, end in campaign.months):
                continue
            sent_on = month + (1 - weekday(month)) % 7 + 7
            while day < sent_on:
                known += leads.by_day.get(day, 0)
                day += 1
            sent = round(known * 0.8)
            bounced = round(sent * (0.01 + 0.01 * rng.random()))
            opens = round((sent - bounced) * (0.24 + 0.08 * rng.random()))
            clicks = round(opens * (0.07 + 0.05 * rng.random()))
            yield Send(
                sent_on, campaign, f"{campaign.name} {company.months.index(month) + 1}", sent,
                bounced, opens, clicks, round((sent - bounced) * 0.003 * rng.random()),
            )  # fmt: skip


def _visits(rng: Random, day: int, group: str, usual: float, leads: int) -> WebDay:
    per_lead, engaged, seconds = _VISITS[group]
    noise = _WEEKDAYS[weekday(day)] * (0.85 + 0.3 * rng.random())
    return _web_day(
        rng, day, group, leads + round(usual * per_lead * noise), leads, engaged, seconds
    )


def _web_day(
    rng: Random, day: int, group: str, sessions: int, leads: int, engaged: float, seconds: float
) -> WebDay:
    """A session with a lead has a key event, and is therefore engaged."""
    others = sessions - leads
    engaged_sessions = leads + round(others * engaged * (0.93 + 0.14 * rng.random()))
    engagement = round(sessions * seconds * (0.9 + 0.2 * rng.random()))
    return WebDay(
        day, group, sessions, engaged_sessions, engagement,
        round(engagement * (2.0 + 0.6 * rng.random())),
        round(sessions * (0.8 + 0.1 * rng.random())),
        sessions + round(engaged_sessions * (1.1 + 0.4 * rng.random())),
        leads + round(others * 0.012 * (0.6 + 0.8 * rng.random())),
        round((sessions - engaged_sessions) * (0.9 + 0.08 * rng.random())),
        leads,
    )  # fmt: skip
