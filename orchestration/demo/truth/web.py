"""The website: sessions, engagement, time on site, where visits come from."""

from __future__ import annotations

from orchestration.demo.company import Company
from orchestration.demo.traffic import CHANNEL_GROUPS, DailyLeads, WebDay, daily_traffic
from orchestration.demo.truth.slices import Slices
from orchestration.demo.truth.tally import Metric, Tally

_WEB = ("channel_group",)
METRICS = (
    Metric("sessions", "sessions", dimensions=_WEB),
    Metric("engagement_rate", "engaged_sessions", "sessions", "ratio", _WEB),
    Metric("bounce_rate", "bounced_sessions", "sessions", "ratio", _WEB),
    Metric("bounce_rate_ua_legacy", "single_sessions", "sessions", "ratio", _WEB),
    Metric("avg_engagement_time_session_s", "engagement_seconds", "sessions", "ratio", _WEB),
    Metric("avg_engagement_time_user_s", "engagement_seconds", "active_users", "ratio", _WEB),
    Metric("avg_session_duration_s", "duration_seconds", "sessions", "ratio", _WEB),
    Metric("organic_sessions", "organic_sessions"),
    Metric("organic_share", "organic_sessions", "sessions", "ratio"),
    Metric("organic_share_non_direct", "organic_sessions", "non_direct_sessions", "ratio"),
    Metric("organic_share_all_groups", "all_organic_sessions", "sessions", "ratio"),
    Metric("visit_to_lead_rate", "web_leads", "sessions", "ratio", _WEB),
)


class Web:
    """Daily visits by channel group. They follow from how many people came, so they come last."""

    def __init__(self, company: Company, tally: Tally, slices: Slices, leads: DailyLeads) -> None:
        self.company, self.tally, self.slices, self.leads = company, tally, slices, leads

    def close(self) -> None:
        """Visits of every day, and the countable leads of channels that come over the website."""
        for row in daily_traffic(self.company, self.leads):
            if row.day < self.slices.day(self.company.as_of):
                self.visit(row)
        for (grain, month), leads in self.tally.sums("leads").items():
            if grain == "month":
                for member, count in leads.items():
                    dimension, channel = self.slices.members.names[member]
                    group = CHANNEL_GROUPS.get(channel) if dimension == "channel" else None
                    if group is not None:
                        members = self.slices.with_all("channel_group", group)
                        self.tally.add("web_leads", month, members, count)

    def visit(self, row: WebDay) -> None:
        """One day of one channel group."""
        tally, day = self.tally, row.day
        members = self.slices.with_all("channel_group", row.channel_group)
        for measure, amount in (
            ("sessions", row.sessions),
            ("engaged_sessions", row.engaged_sessions),
            ("bounced_sessions", row.sessions - row.engaged_sessions),
            ("single_sessions", row.single_interaction_sessions),
            ("engagement_seconds", row.engagement_seconds),
            ("active_users", row.active_users),
            ("duration_seconds", row.duration_seconds),
        ):
            tally.add(measure, day, members, amount)
        if row.channel_group == "Organic Search":
            tally.add("organic_sessions", day, members, row.sessions)
        if row.channel_group.startswith("Organic "):
            tally.add("all_organic_sessions", day, members, row.sessions)
        if row.channel_group != "Direct":
            tally.add("non_direct_sessions", day, members, row.sessions)
