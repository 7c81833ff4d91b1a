"""HubSpot, the CRM of the core leg: exports of its record pages and of property histories.

Times are those of the portal's zone to the minute, lists are joined by semicolons, a deal stage
carries the name of its pipeline.
"""

from __future__ import annotations

from typing import Any

from orchestration.demo.clock import iso_day, iso_minute, zone
from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.vendors.writing import (
    Names,
    employees_of,
    follow,
    is_spam,
    last_stage,
    money,
    stage_entries,
    technologies_of,
    title_of,
)
from orchestration.demo.world import Account, Cycle, Deal, Group, Person

STAGES = {
    "Discovery": "Discovery (Sales Pipeline)",
    "Qualified": "Qualified (Sales Pipeline)",
    "Proposal": "Proposal (Sales Pipeline)",
    "Negotiation": "Negotiation (Sales Pipeline)",
    "Won": "Closed Won (Sales Pipeline)",
    "Lost": "Closed Lost (Sales Pipeline)",
    "Duplicate": "Closed Duplicate (Sales Pipeline)",
}
_LIFECYCLE = {
    "subscriber": "Subscriber",
    "lead": "Lead",
    "mql": "Marketing Qualified Lead",
    "sql": "Sales Qualified Lead",
}
_LEAD_STATUS = {"sal": "Accepted", "recycled": "Recycled", "disqualified": "Disqualified"}
CHANNELS = {
    # channel: (what HubSpot itself calls the source, the company's own property)
    "paid_search": ("Paid Search", "Paid Search"),
    "paid_social": ("Paid Social", "Paid Social"),
    "organic_search": ("Organic Search", "Organic Search"),
    "organic_social": ("Organic Social", "Organic Social"),
    "content": ("Other Campaigns", "Content"),
    "event": ("Offline Sources", "Event"),
    "email": ("Email Marketing", "Email"),
    "referral": ("Referrals", "Customer Referral"),
    "partner": ("Offline Sources", "Partner"),
    "outbound": ("Offline Sources", "Outbound"),
    "direct": ("Direct Traffic", "Direct"),
}
_ORIGINS = {
    "marketing": "Marketing",
    "sales": "Sales",
    "partner": "Partner",
    "customer_success": "Customer Success",
}
_DEAL_TYPES = {"new": "New Business", "expansion": "Existing Business", "renewal": "Renewal"}

CONTACTS = (
    "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner",
    "Lifecycle Stage", "Lead Status", "Create Date", "Original Source",
    "Original Source Drill-Down 1", "Lead channel", "First campaign", "Lead brought by",
    "Sales region", "Buying Role", "Country/Region", "Associated Company",
    "Associated Company IDs", "Test record", "Marked as spam", "Not a prospect because",
    "Marked as deleted", "Job Title",
)  # fmt: skip
COMPANIES = (
    "Record ID", "Company name", "Company Domain Name", "Company owner", "Create Date",
    "Parent Company", "Parent Company ID", "Country/Region", "Industry", "Number of Employees",
    "Sales region", "Segment", "Description", "Web Technologies",
)  # fmt: skip
DEALS = (
    "Record ID", "Deal Name", "Pipeline", "Deal Stage", "Amount", "Currency", "Deal owner",
    "Deal Type", "Create Date", "Close Date", "Closed Lost Reason", "Product code",
    "Sales region", "Segment", "Associated Company IDs", "Associated Contact IDs",
    *(f'Date entered "{label}"' for label in STAGES.values()),
)  # fmt: skip
_HISTORY = ("Record ID", "Property", "Value", "Date of change", "Source", "Changed by")

_LATE_DAYS, _CUT_DAYS = 30, 16
"""Age of the older contacts exports."""


class HubSpot:
    """Follows the event log and writes what the portal of the core leg exports."""

    def __init__(self, company: Company, exports: Exports, planted: Planted) -> None:
        self._warts = company.settings.warts
        self._planted = planted
        self._names = Names(company, planted)
        self._as_of = company.as_of
        self._end_day = company.end_day
        self._local = zone("Europe/Berlin").local
        day = iso_day(company.end_day)

        def table(name: str, header: tuple[str, ...]) -> Any:
            return exports.table(f"hubspot/hubspot-crm-exports-{name}-{day}.csv", header)

        self._contacts = table("all-contacts", CONTACTS)
        self._companies = table("all-companies", COMPANIES)
        self._deals = table("all-deals", DEALS)
        self._contact_history = table("contact-property-history", _HISTORY)
        self._deal_history = table("deal-property-history", _HISTORY)
        self._hand_offs = table(
            "hand-offs",
            (
                "Record ID",
                "Hand-off name",
                "Associated Contact IDs",
                "Handed over at",
                "Assigned at",
            ),
        )
        self._activities = table(
            "activities",
            ("Activity ID", "Activity type", "Activity date", "Activity assigned to", "Direction",
             "Outcome", "Sent automatically", "Associated Contact IDs", "Associated Company IDs",
             "Associated Deal IDs"),
        )  # fmt: skip
        self._splits = table(
            "deal-splits",
            (
                "Deal ID",
                "Deal name",
                "Deal split owner",
                "Deal split percentage",
                "Deal split type",
            ),
        )
        self._late = self._cut = None
        if "late_files" in self._warts:
            self._late_file = self._old_name(_LATE_DAYS)
            self._late = exports.table(self._late_file, CONTACTS, age_days=_LATE_DAYS)
        if "cut_row" in self._warts:
            self._cut_file = self._old_name(_CUT_DAYS)
            self._cut = exports.table(self._cut_file, CONTACTS, age_days=_CUT_DAYS)
            self._last_cut_row: list[str] | None = None

    def add(self, group: Group) -> None:
        follow(group, "core", self._as_of, self._company, self._deal, self._contact)

    def close(self) -> None:
        """The last row of the cut export breaks off in the middle of an e-mail address."""
        if self._cut is not None and self._last_cut_row is not None:
            row = self._last_cut_row
            self._cut.writerow([*row[:3], row[3][: len(row[3]) // 2 + 1]])
            self._planted.note("cut_row", self._cut_file, row[0], "its row is cut off")

    def _old_name(self, age_days: int) -> str:
        return f"hubspot/hubspot-crm-exports-all-contacts-{iso_day(self._end_day - age_days)}.csv"

    def _time(self, at: int | None) -> str:
        return "" if at is None else iso_minute(self._local(at))

    def _contact(self, person: Person) -> None:
        account, number = person.account, person.number
        record = f"301{number:08d}"
        source, channel = CHANNELS[person.channel]
        campaign = person.campaign.name if person.campaign is not None else ""
        name = self._names.person(person.family_name, number, "all-contacts", record)
        stage = last_stage(person)
        row = [
            record, person.given_name, name, person.email or "", person.phone or "",
            person.owner.name if person.owner is not None else "",
            _LIFECYCLE.get(stage, "Marketing Qualified Lead"), _LEAD_STATUS.get(stage, "New"),
            self._time(person.created_at), source, campaign, channel, campaign,
            _ORIGINS[person.origin], person.region, person.persona, person.country,
            account.name if account is not None else "",
            f"204{account.number:08d}" if account is not None else "",
            "Yes" if person.excluded_reason == "test" else "",
            "Yes" if is_spam(person) else "",
            person.not_a_prospect_reason or "",
            "Yes" if person.excluded_reason == "deleted" else "", title_of(person),
        ]  # fmt: skip
        self._contacts.writerow(row)
        if self._late is not None and person.created_at < self._as_of - _LATE_DAYS * 86_400:
            self._write_late(person, row)
        if self._cut is not None and person.created_at < self._as_of - _CUT_DAYS * 86_400:
            # A contact without e-mail could not be cut in the middle of it.
            if self._last_cut_row is not None:
                self._cut.writerow(self._last_cut_row)
            self._last_cut_row = row
            if not person.email:
                self._cut.writerow(row)
                self._last_cut_row = None
        history = self._contact_history
        if person.subscribed_at is not None:
            since = self._time(person.subscribed_at)
            history.writerow([record, "Lifecycle Stage", "Subscriber", since, "Forms", ""])
        for cycle in person.cycles:
            self._cycle(record, person, cycle)

    def _write_late(self, person: Person, row: list[str]) -> None:
        """As the contact stood a month earlier; of some, values that were corrected since."""
        if person.number % 5 == 0:
            stale = row.copy()
            stale[5], stale[11], stale[14] = "", "Direct", "Unsorted"
            stale[19] = "" if row[19] else "Yes"
            self._planted.note("late_files", self._late_file, row[0], "values corrected since")
            row = stale
        assert self._late is not None
        self._late.writerow(row)

    def _cycle(self, record: str, person: Person, cycle: Cycle) -> None:
        write = self._contact_history.writerow
        for at, stage, reason in stage_entries(cycle):
            if stage in _LIFECYCLE:
                row = [record, "Lifecycle Stage", _LIFECYCLE[stage], self._time(at), "Workflow", ""]
            else:
                word = _LEAD_STATUS.get(stage) or f"Rejected - {reason}"
                row = [record, "Lead Status", word, self._time(at), "CRM UI", ""]
            write(row)
        deal = cycle.deal
        if deal is not None:
            # Words of the same property that are no stage of a lead.
            write(
                [record, "Lifecycle Stage", "Opportunity", self._time(deal.created_at), "Deals", ""]
            )
            if deal.outcome == "won":
                closed = self._time(deal.moves[-1].at)
                write([record, "Lifecycle Stage", "Customer", closed, "Deals", ""])
        if cycle.assigned_at is not None and cycle.mql_at is not None:
            self._hand_offs.writerow([
                f"77{person.number:08d}{cycle.cycle_no}", f"Hand-off {cycle.cycle_no}", record,
                self._time(cycle.mql_at), self._time(cycle.assigned_at),
            ])  # fmt: skip
        for activity in cycle.activities:
            self._activities.writerow([
                f"602{activity.activity_id:08d}", activity.kind.capitalize(),
                self._time(activity.at), activity.rep.name if activity.rep is not None else "",
                "Outbound", "Connected" if activity.is_connected else "No answer",
                "Yes" if activity.is_automated else "No", record,
                f"204{person.account.number:08d}" if person.account is not None else "",
                f"489{deal.number:08d}"
                if deal is not None and activity.at >= deal.created_at else "",
            ])  # fmt: skip

    def _company(self, account: Account) -> None:
        record = f"204{account.number:08d}"
        name, note = self._names.account(account, "all-companies", record)
        parent = account.parent
        owner = account.people[0].owner if account.people else None
        self._companies.writerow([
            record, name, account.domain, owner.name if owner is not None else "",
            self._time(account.created_at), parent.name if parent is not None else "",
            f"204{parent.number:08d}" if parent is not None else "", account.country,
            account.industry, employees_of(account), account.region, account.segment, note,
            technologies_of(account),
        ])  # fmt: skip

    def _deal(self, deal: Deal) -> None:
        record, account = f"489{deal.number:08d}", deal.account
        name = f"{account.name} - {deal.product} - {deal.number}"
        people = []
        if deal.person is not None:
            people = [deal.person]
            if deal.number % 3 == 0:
                people += [other for other in account.people[:2] if other is not deal.person]
        closed = deal.moves[-1].at if deal.outcome != "open" else None
        # An expected close date is a day; the portal shows it with the time it was set for.
        close = self._time(closed) if closed is not None else ""
        if closed is None and deal.close_day is not None:
            close = f"{iso_day(deal.close_day)} 12:00"
        first_entered: dict[str, int] = {}
        for move in deal.moves:
            first_entered.setdefault(move.stage, move.at)
            self._deal_history.writerow(
                [record, "Deal Stage", STAGES[move.stage], self._time(move.at), "CRM UI", ""]
            )
        for changed_at, day in deal.close_day_changes:
            self._deal_history.writerow(
                [
                    record,
                    "Close Date",
                    f"{iso_day(day)} 12:00",
                    self._time(changed_at),
                    "CRM UI",
                    "",
                ]
            )
        self._deals.writerow([
            record, name, "Sales Pipeline", STAGES[deal.stage], money(deal.amount), deal.currency,
            deal.owner.name if deal.owner is not None else "", _DEAL_TYPES[deal.order_type],
            self._time(deal.created_at), close, deal.lost_reason or "", deal.product,
            account.region, account.segment, f"204{account.number:08d}",
            ";".join(f"301{person.number:08d}" for person in people),
            *(self._time(first_entered.get(stage)) for stage in STAGES),
        ])  # fmt: skip
        for rep, share, kind in deal.splits:
            self._splits.writerow(
                [record, name, rep.name, f"{round(share * 100)}", kind.capitalize()]
            )
