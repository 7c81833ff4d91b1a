"""Web analytics and search console: visits by channel group and day, clicks in search results."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from orchestration.demo.clock import iso_day, moved_by_months
from orchestration.demo.company import Company
from orchestration.demo.files import Exports
from orchestration.demo.traffic import DailyLeads, WebDay, daily_search, daily_traffic
from orchestration.demo.world import Group

SEARCH_MONTHS = 16
"""The search console keeps no longer history."""

_HEADER = (
    "Date", "Session primary channel group (Default Channel Group)", "Sessions",
    "Engaged sessions", "Engagement rate", "User engagement", "Average session duration",
    "Active users", "Views", "Key events", "Key events: generate_lead",
    "Single-interaction sessions",
)  # fmt: skip


class Web:
    """Web analytics and search console; written at the end, when each day's leads are known."""

    def __init__(self, company: Company, exports: Exports, leads: DailyLeads) -> None:
        self.company, self.exports, self.leads = company, exports, leads

    def add(self, group: Group) -> None:
        """Nothing: the leads are counted elsewhere."""

    def close(self) -> None:
        self._analytics()
        self._search()

    def _analytics(self) -> None:
        file = self.exports.text("ga4/traffic_acquisition.csv")
        first, last = (
            iso_day(day).replace("-", "")
            for day in (self.company.start_day, self.company.end_day - 1)
        )
        rule = "# ----------------------------------------"
        file.write(
            f"{rule}\n# Traffic acquisition: Session primary channel group by day\n"
            "# Account: Demo Company\n# Property: demo-company.example\n"
            f"{rule}\n#\n# All Users\n# Start date: {first}\n# End date: {last}\n"
        )
        report = csv.writer(file, lineterminator="\n")
        report.writerow(_HEADER)
        rows = []
        for row in daily_traffic(self.company, self.leads):
            rows.append(row)
            if row.sessions:
                # Nobody came: the report has no row.
                day = iso_day(row.day).replace("-", "")
                report.writerow([day, row.channel_group, *_counts([row])])
        report.writerow(["Grand total", "", *_counts(rows)])

    def _search(self) -> None:
        report = self.exports.table(
            "search_console/Dates.csv",
            ("Date", "Clicks", "Impressions", "CTR", "Position"),
            line_end="\n",
        )
        since = moved_by_months(self.company.end_day, -SEARCH_MONTHS)
        for row in daily_search(self.company, self.leads):
            if row.day >= since:
                rate = f"{100 * row.clicks / row.impressions:.2f}%" if row.impressions else "0%"
                report.writerow([iso_day(row.day), row.clicks, row.impressions, rate, row.position])


def _counts(rows: Sequence[WebDay]) -> list[object]:
    sessions, engaged = sum(row.sessions for row in rows), sum(row.engaged_sessions for row in rows)
    duration = sum(row.duration_seconds for row in rows)
    return [
        sessions, engaged, f"{engaged / sessions:.15g}" if sessions else "0",
        sum(row.engagement_seconds for row in rows),
        f"{duration / sessions:.15g}" if sessions else "0",
        sum(row.active_users for row in rows), sum(row.pageviews for row in rows),
        sum(row.key_events for row in rows), sum(row.sessions_with_lead for row in rows),
        sum(row.single_interaction_sessions for row in rows),
    ]  # fmt: skip
