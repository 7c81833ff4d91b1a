"""Pipedrive, the CRM of the acquired leg: list exports with the entity before each field's name.

It keeps no history: a deal shows when it was won or lost, a person one date per stage in fields of
the company's own. Times are UTC.
"""

from __future__ import annotations

from orchestration.demo.clock import DAY, iso_day, iso_minute
from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.vendors.ids import SECOND_RECORD, account_key
from orchestration.demo.vendors.writing import (
    Names,
    employees_of,
    expected_close,
    is_shown,
    is_spam,
    money,
    technologies_of,
    title_of,
)
from orchestration.demo.world import Account, Cycle, Deal, Group, Person

CHANNELS = {
    "paid_search": "Paid search",
    "paid_social": "Paid social",
    "organic_search": "Organic search",
    "organic_social": "Organic social",
    "content": "Content",
    "event": "Event",
    "email": "E-mail",
    "referral": "Referral",
    "partner": "Partner",
    "outbound": "Outbound",
    "direct": "Direct",
}
_ORIGINS = {
    "marketing": "Marketing",
    "sales": "Sales",
    "partner": "Partner",
    "customer_success": "Customer success",
}
_TYPES = {"new": "New", "expansion": "Expansion", "renewal": "Renewal"}

PERSONS = (
    "Person - ID", "Person - Name", "Person - Organization ID", "Person - Organization",
    "Person - Email - Work", "Person - Phone - Work", "Person - Owner", "Person - Person created",
    "Person - Channel", "Person - Campaign", "Person - Brought by", "Person - Sales region",
    "Person - Buying role", "Person - MQL date", "Person - Assigned date",
    "Person - Accepted date", "Person - SQL date", "Person - Rejected date",
    "Person - Reject reason", "Person - Recycled date", "Person - Disqualified date",
    "Person - Test record", "Person - Spam", "Person - Not a prospect", "Person - Deleted",
    "Person - Job title",
)  # fmt: skip
ORGANIZATIONS = (
    "Organization - ID", "Organization - Name", "Organization - Owner",
    "Organization - Organization created", "Organization - Country of Address",
    "Organization - Industry", "Organization - Sales region", "Organization - Segment",
    "Organization - Parent record", "Organization - Notes",
    "Organization - Number of employees", "Organization - Technologies",
)  # fmt: skip
DEALS = (
    "Deal - ID", "Deal - Title", "Deal - Owner", "Deal - Value", "Deal - Currency of Value",
    "Deal - Organization ID", "Deal - Organization", "Deal - Contact person ID",
    "Deal - Contact person", "Deal - Pipeline", "Deal - Stage", "Deal - Status",
    "Deal - Deal created", "Deal - Won time", "Deal - Lost time", "Deal - Deal closed on",
    "Deal - Expected close date", "Deal - Lost reason", "Deal - Order type",
    "Deal - Product code", "Deal - Sales region", "Deal - Segment",
)  # fmt: skip


class Pipedrive:
    """Follows the event log and writes the lists that the acquired company exports."""

    def __init__(self, company: Company, exports: Exports, planted: Planted) -> None:
        self._company = company
        self._warts = company.settings.warts
        self._planted = planted
        self._names = Names(company, planted)
        self._as_of = company.as_of
        self._reps = [rep for rep in company.reps if rep.leg.name == "acquired"]
        day = iso_day(company.end_day)
        self._persons = exports.table(f"pipedrive/people-{day}.csv", PERSONS, line_end="\n")
        self._organizations = exports.table(
            f"pipedrive/organizations-{day}.csv", ORGANIZATIONS, line_end="\n"
        )
        self._deals = exports.table(f"pipedrive/deals-{day}.csv", DEALS, line_end="\n")
        self._activities = exports.table(
            f"pipedrive/activities-{day}.csv",
            ("Activity - ID", "Activity - Subject", "Activity - Type", "Activity - Done",
             "Activity - Marked as done time", "Activity - Assigned to user",
             "Activity - Contact person ID", "Activity - Organization ID", "Activity - Deal ID",
             "Activity - Automated", "Activity - Reached"),
            line_end="\n",
        )  # fmt: skip
        self._splits = exports.table(
            f"pipedrive/deal-splits-{day}.csv",
            ("Deal - ID", "Deal - Split user", "Deal - Split percentage", "Deal - Split type"),
            line_end="\n",
        )
        self._is_ambiguous = "ambiguous_dates" in self._warts
        if self._is_ambiguous:
            for name in ("people", "organizations", "deals", "activities"):
                planted.note("ambiguous_dates", f"{name}-{day}.csv", "", "all its dates")

    def add(self, group: Group) -> None:
        for account in group.accounts:
            if account.leg.name == "core":
                if "cross_system" in self._warts:
                    self._cross(account)
            elif account.leg.name == "acquired":
                self._organization(account)
                for deal in account.deals:
                    self._deal(deal)
        for person in group.people:
            if person.leg.name != "acquired":
                return
            if is_shown(person, self._as_of):
                self._person(person)

    def close(self) -> None:
        """Nothing is held back."""

    def _time(self, at: int | None) -> str:
        if at is None:
            return ""
        text = iso_minute(at)
        if self._is_ambiguous:
            return f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:]}"
        return f"{text}:00"

    def _day(self, day: int) -> str:
        text = iso_day(day)
        return f"{text[8:]}/{text[5:7]}/{text[:4]}" if self._is_ambiguous else text

    def _person(self, person: Person) -> None:
        number, account = person.number, person.account
        full = f"{person.given_name} {person.family_name}"
        name = self._names.person(full, number, "people", number)
        cycle = person.cycles[0]
        self._persons.writerow([
            number, name, account.number if account is not None else "",
            account.name if account is not None else "", person.email or "", person.phone or "",
            person.owner.name if person.owner is not None else "", self._time(person.created_at),
            CHANNELS[person.channel], person.campaign.name if person.campaign is not None else "",
            _ORIGINS[person.origin], person.region, person.persona, self._time(cycle.mql_at),
            self._time(cycle.assigned_at), self._time(cycle.sal_at), self._time(cycle.sql_at),
            self._time(cycle.rejected_at), cycle.reject_reason or "",
            self._time(cycle.recycled_at), self._time(cycle.disqualified_at),
            "Yes" if person.excluded_reason == "test" else "No",
            "Yes" if is_spam(person) else "No", person.not_a_prospect_reason or "",
            "Yes" if person.excluded_reason == "deleted" else "No", title_of(person),
        ])  # fmt: skip
        self._write_activities(person, cycle)

    def _write_activities(self, person: Person, cycle: Cycle) -> None:
        deal = cycle.deal
        for activity in cycle.activities:
            kind = activity.kind.capitalize()
            self._activities.writerow([
                activity.activity_id, f"{kind} {person.given_name}", kind, "Done",
                self._time(activity.at), activity.rep.name if activity.rep is not None else "",
                person.number, person.account.number if person.account is not None else "",
                deal.number if deal is not None and activity.at >= deal.created_at else "",
                "Yes" if activity.is_automated else "No",
                "Yes" if activity.is_connected else "No",
            ])  # fmt: skip

    def _organization(self, account: Account) -> None:
        name, note = self._names.account(account, "organizations", account.number)
        owner = account.people[0].owner if account.people else None
        self._organizations.writerow([
            account.number, name, owner.name if owner is not None else "",
            self._time(account.created_at), account.country, account.industry, account.region,
            account.segment, account_key(account.parent) if account.parent is not None else "",
            note, employees_of(account), technologies_of(account),
        ])  # fmt: skip

    def _deal(self, deal: Deal) -> None:
        account, person = deal.account, deal.person
        last, status = deal.moves[-1], deal.outcome
        closed = self._time(last.at) if status != "open" else ""
        assert deal.close_day is not None
        self._deals.writerow([
            deal.number, f"{account.name} {deal.product}",
            deal.owner.name if deal.owner is not None else "", money(deal.amount), deal.currency,
            account.number, account.name, person.number if person is not None else "",
            f"{person.given_name} {person.family_name}" if person is not None else "",
            "Pipeline", "Qualified", status.capitalize(), self._time(deal.created_at),
            closed if status == "won" else "", closed if status == "lost" else "", closed,
            self._day(expected_close(deal, self._as_of) or deal.close_day),
            deal.lost_reason or "", _TYPES[deal.order_type], deal.product, account.region,
            account.segment,
        ])  # fmt: skip
        for rep, share, kind in deal.splits:
            self._splits.writerow(
                [deal.number, rep.name, f"{round(share * 100)}", kind.capitalize()]
            )

    def _cross(self, account: Account) -> None:
        """Leads of the core leg that the acquired company knew too, a little later."""
        has_organization = False
        for person in account.people:
            created = person.created_at + (1 + person.number % 9) * DAY
            if (
                person.number % 43
                or person.excluded_reason is not None
                or not person.cycles
                or created >= self._as_of
            ):
                continue
            organization, number = account.number + SECOND_RECORD, person.number + SECOND_RECORD
            rep = self._reps[person.number % len(self._reps)]
            if not has_organization:
                has_organization = True
                self._organizations.writerow([
                    organization, f"{account.name} Ltd", rep.name, self._time(created),
                    account.country, account.industry, account.region, account.segment,
                    account_key(account), "", employees_of(account), technologies_of(account),
                ])  # fmt: skip
            self._persons.writerow([
                number, f"{person.given_name} {person.family_name}", organization,
                f"{account.name} Ltd", person.email or "", person.phone or "", rep.name,
                self._time(created), CHANNELS["direct"], "", _ORIGINS["marketing"], person.region,
                person.persona, "", "", "", "", "", "", "", "", "No", "No", "", "No",
                title_of(person),
            ])  # fmt: skip
            self._planted.note(
                "cross_system", "people", number, f"the person of hubspot:301{person.number:08d}"
            )
