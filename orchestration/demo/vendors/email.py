"""The e-mail platform's campaign report, and who came to webinars and events."""

from __future__ import annotations

from orchestration.demo.clock import iso_day, iso_minute, to_date, zone
from orchestration.demo.company import Company
from orchestration.demo.files import Exports
from orchestration.demo.traffic import DailyLeads, email_sends
from orchestration.demo.vendors.ids import person_key
from orchestration.demo.world import ATTENDED, Group

_SENDS = (
    "Title", "Subject", "List", "Send Date", "Send Weekday", "Total Recipients",
    "Successful Deliveries", "Total Bounces", "Unique Opens", "Open Rate", "Unique Clicks",
    "Click Rate", "Unsubscribes",
)  # fmt: skip


class Email:
    """Campaign report, written at the end, and attendees, written as they come."""

    def __init__(self, company: Company, exports: Exports, leads: DailyLeads) -> None:
        self.company, self.exports, self.leads = company, exports, leads
        self._zone = zone(company.zone_name)
        self._attendees = exports.table(
            "events/attendees.csv",
            (
                "Event", "Type", "Attended at", "First name", "Last name", "Email",
                "CRM contact",
            ),
        )  # fmt: skip

    def add(self, group: Group) -> None:
        for person in group.people:
            for touch in person.touches:
                if touch.kind not in ATTENDED:
                    continue
                event = touch.campaign.name if touch.campaign else "Product Webinar"
                self._attendees.writerow([
                    event, touch.kind.capitalize(), iso_minute(self._zone.local(touch.at)),
                    person.given_name, person.family_name, person.email or "", person_key(person),
                ])  # fmt: skip

    def close(self) -> None:
        report = self.exports.table("email/campaigns.csv", _SENDS, line_end="\n")
        for send in email_sends(self.company, self.leads):
            day = to_date(send.day)
            moment = f"{day:%b} {day.day:02d}, {day.year} 10:00 am"
            report.writerow([
                send.name, f"{send.campaign.name}: news of {iso_day(send.day)[:7]}",
                "All contacts", moment, f"{day:%A}", send.sent, send.delivered, send.bounced,
                send.opens, _percent(send.opens, send.delivered), send.clicks,
                _percent(send.clicks, send.delivered), send.unsubscribed,
            ])  # fmt: skip


def _percent(numerator: int, denominator: int) -> str:
    return f"{100 * numerator / denominator:.2f}%" if denominator else "0.00%"
