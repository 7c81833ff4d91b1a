"""Salesforce, the CRM of the enterprise leg: Data Loader extracts and one report of the web UI.

Data Loader writes API names, quotes everything and gives times in UTC with milliseconds. Renewals
are kept by customer success, who export a report in the words and formats of the user's locale,
with a footer.
"""

from __future__ import annotations

import csv
from typing import Any

from orchestration.demo.clock import DAY, iso_day, iso_minute, to_date, zone
from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.vendors.ids import SECOND_RECORD
from orchestration.demo.vendors.writing import (
    Names,
    converted_at,
    employees_of,
    expected_close,
    follow,
    is_spam,
    last_stage,
    money,
    stage_entries,
    technologies_of,
    title_of,
)
from orchestration.demo.world import Account, Cycle, Deal, Group, Person, Rep

STAGES = {
    # stage: (name, probability, forecast category)
    "Discovery": ("Prospecting", 10, "Pipeline"),
    "Qualified": ("Qualification", 25, "Pipeline"),
    "Proposal": ("Proposal/Price Quote", 50, "BestCase"),
    "Negotiation": ("Negotiation/Review", 75, "Forecast"),
    "Won": ("Closed Won", 100, "Closed"),
    "Lost": ("Closed Lost", 0, "Omitted"),
    "Duplicate": ("Closed Duplicate", 0, "Omitted"),
}
_STATUS = {
    "lead": "Open - Not Contacted",
    "mql": "Marketing Qualified",
    "sal": "Sales Accepted",
    "sql": "Sales Qualified",
    "rejected": "Rejected",
    "recycled": "Nurture",
    "disqualified": "Disqualified",
}
CHANNELS = {
    "paid_search": "Paid Search",
    "paid_social": "Paid Social",
    "organic_search": "Organic Search",
    "organic_social": "Organic Social",
    "content": "Content Download",
    "event": "Trade Show",
    "email": "Email",
    "referral": "Customer Referral",
    "partner": "Partner Referral",
    "outbound": "Cold Call",
    "direct": "Web",
}
_ORIGINS = {
    "marketing": "Marketing",
    "sales": "Sales",
    "partner": "Partner",
    "customer_success": "Customer Success",
}
_TYPES = {"new": "New Business", "expansion": "Upsell", "renewal": "Renewal"}
QUEUE = "00G8d0000000001EAA"
"""Owns the leads that nobody has taken."""
INTEGRATION_USER = "0058d0000999999AAA"
"""Owns what a person has to own and nobody does."""
_SPLIT_TYPES = {"revenue": "1498d0000000001AAA", "overlay": "1498d0000000002AAA"}

LEAD = (
    "Id", "IsDeleted", "MasterRecordId", "FirstName", "LastName", "Company", "Email", "Phone",
    "LeadSource", "Status", "OwnerId", "CreatedDate", "SystemModstamp", "IsConverted",
    "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId",
    "Country", "Account__c", "Campaign__c", "Sales_Region__c", "Origin__c", "Buying_Role__c",
    "Is_Test__c", "Is_Spam__c", "Not_A_Prospect_Reason__c", "Title",
)  # fmt: skip
_REPORT = (
    "Opportunity ID", "Opportunity Name", "Account ID", "Account Name", "Type", "Stage",
    "Amount Currency", "Amount", "Close Date", "Created Date", "Owner ID", "Opportunity Owner",
    "Originating Lead", "Product Code", "Sales Region", "Segment",
)  # fmt: skip


class Salesforce:
    """Follows the event log and writes what the enterprise leg extracts from its org."""

    def __init__(self, company: Company, exports: Exports, planted: Planted) -> None:
        self._warts = company.settings.warts
        self._planted = planted
        self._names = Names(company, planted)
        self._as_of = company.as_of
        self._report_time = zone("America/New_York").local
        self._numbers = {"history": 0, "lead history": 0, "split": 0, "member": 0, "report": 0}

        def extract(name: str, *header: str) -> Any:
            return exports.table(f"salesforce/{name}.csv", header, quote_all=True, line_end="\n")

        self._leads = extract("Lead", *LEAD)
        self._lead_history = extract(
            "LeadHistory", "Id", "IsDeleted", "LeadId", "CreatedById", "CreatedDate", "Field",
            "OldValue", "NewValue",
        )  # fmt: skip
        self._hand_offs = extract(
            "Hand_Off__c", "Id", "IsDeleted", "Name", "Lead__c", "Handed_Over_At__c",
            "Assigned_At__c", "Assigned_To__c",
        )  # fmt: skip
        self._contacts = extract(
            "Contact", "Id", "IsDeleted", "AccountId", "FirstName", "LastName", "Email", "Phone",
            "LeadSource", "OwnerId", "CreatedDate", "SystemModstamp", "Original_Lead__c",
        )  # fmt: skip
        self._accounts = extract(
            "Account", "Id", "IsDeleted", "Name", "ParentId", "BillingCountry", "Website",
            "Industry", "NumberOfEmployees", "OwnerId", "CreatedDate", "Sales_Region__c",
            "Segment__c", "CurrencyIsoCode", "Description", "Technologies__c",
        )  # fmt: skip
        self._opportunities = extract(
            "Opportunity", "Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount",
            "CurrencyIsoCode", "Probability", "ForecastCategory", "CloseDate", "Type", "OwnerId",
            "CreatedDate", "IsClosed", "IsWon", "Originating_Lead__c", "Product_Code__c",
            "Loss_Reason__c", "Sales_Region__c", "Segment__c",
        )  # fmt: skip
        self._opportunity_history = extract(
            "OpportunityHistory", "Id", "OpportunityId", "StageName", "Amount", "Probability",
            "ForecastCategory", "CloseDate", "CreatedById", "CreatedDate", "IsDeleted",
        )  # fmt: skip
        self._splits = extract(
            "OpportunitySplit", "Id", "OpportunityId", "SplitOwnerId", "SplitTypeId",
            "SplitPercentage", "SplitAmount", "CurrencyIsoCode", "IsDeleted",
        )  # fmt: skip
        self._tasks = extract(
            "Task", "Id", "IsDeleted", "WhoId", "WhatId", "AccountId", "OwnerId", "Subject", "Type",
            "Status", "IsClosed", "ActivityDate", "CompletedDateTime", "CallDisposition",
            "Automated__c", "Two_Way__c",
        )  # fmt: skip
        self._members = extract(
            "CampaignMember", "Id", "CampaignId", "LeadId", "Type", "Status", "HasResponded",
            "CreatedDate",
        )  # fmt: skip
        self._write_setup(company, extract)
        self._report_text = exports.text("salesforce/report_renewals.csv")
        self._report = csv.writer(self._report_text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._report.writerow(_REPORT)

    def _write_setup(self, company: Company, extract: Any) -> None:
        users = extract(
            "User", "Id", "Username", "Name", "IsActive", "UserType", "Department", "CreatedDate"
        )
        users.writerow([
            INTEGRATION_USER, "integration@demo-company.example", "Integration User", "true",
            "CloudIntegrationUser", "",
            _time((company.start_day - 400) * DAY),
        ])  # fmt: skip
        for rep in company.reps:
            if rep.leg.name == "enterprise":
                users.writerow([
                    rep.crm_id, f"rep{rep.number:04d}@demo-company.example", rep.name, "true",
                    "Standard", rep.team(company.end_day), _time(rep.hired_day * DAY),
                ])  # fmt: skip
        campaigns = extract(
            "Campaign", "Id", "Name", "Type", "Status", "StartDate", "EndDate", "CurrencyIsoCode"
        )
        for campaign in company.campaigns:
            is_own = campaign.leg is None or campaign.leg.name == "enterprise"
            if is_own and campaign.months:
                first, end = campaign.months[0][0], campaign.months[-1][1]
                campaigns.writerow([
                    f"7018d{campaign.number:010d}AAA", campaign.name, CHANNELS[campaign.channel],
                    "In Progress" if end >= company.end_day else "Completed", iso_day(first),
                    iso_day(end - 1), campaign.currency,
                ])  # fmt: skip
        types = extract("OpportunitySplitType", "Id", "MasterLabel", "IsTotalValidated")
        for kind, record in _SPLIT_TYPES.items():
            types.writerow([record, kind.capitalize(), "true" if kind == "revenue" else "false"])

    def add(self, group: Group) -> None:
        follow(group, "enterprise", self._as_of, self._account, self._deal, self._lead)

    def close(self) -> None:
        write = self._report.writerow
        self._report_text.write("\n")
        write([f"Grand Totals ({self._numbers['report']} records)"])
        self._report_text.write("\n")
        write(["Confidential Information - Do Not Distribute"])
        write([f"Copyright © 2000-{iso_day(self._as_of // DAY)[:4]} salesforce.com, inc. "
               "All rights reserved."])  # fmt: skip

    def _next(self, kind: str) -> int:
        self._numbers[kind] += 1
        return self._numbers[kind]

    def _lead(self, person: Person) -> None:
        number, account = person.number, person.account
        record = _lead_id(number)
        name = self._names.person(person.family_name, number, "Lead.csv", record)
        converted = converted_at(person)
        deal = next((cycle.deal for cycle in person.cycles if cycle.deal is not None), None)
        row = [
            record, _flag(person.excluded_reason == "deleted"), "", person.given_name, name,
            account.name if account is not None else "[not provided]", person.email or "",
            person.phone or "", CHANNELS[person.channel], _STATUS[last_stage(person)],
            person.owner.crm_id if person.owner is not None else QUEUE, _time(person.created_at),
            _time(self._as_of - DAY), _flag(deal is not None),
            iso_day(converted // DAY) if converted is not None else "",
            _account_id(account) if deal is not None else "",
            _contact_id(number) if deal is not None else "",
            f"0068d{deal.number:010d}AAA" if deal is not None else "", person.country,
            _account_id(account), person.campaign.name if person.campaign is not None else "",
            person.region, _ORIGINS[person.origin], person.persona,
            _flag(person.excluded_reason == "test"), _flag(is_spam(person)),
            person.not_a_prospect_reason or "", title_of(person),
        ]  # fmt: skip
        self._leads.writerow(row)
        who = record
        if converted is not None:
            # Conversion hands everything that was done over to the contact.
            who = _contact_id(number)
            self._contacts.writerow([
                who, "false", _account_id(account), person.given_name, name, person.email or "",
                person.phone or "", CHANNELS[person.channel], _owner(person.owner),
                _time(converted), _time(self._as_of - DAY), record,
            ])  # fmt: skip
        self._history(record, person.created_at, "created", "", "")
        status = _STATUS["lead"]
        for cycle in person.cycles:
            status = self._cycle(record, who, person, cycle, status)
        for touch in person.touches:
            if touch.campaign is not None:
                self._members.writerow([
                    f"00v8d{self._next('member'):010d}AAA",
                    f"7018d{touch.campaign.number:010d}AAA", record, "Lead", "Responded", "true",
                    _time(touch.at),
                ])  # fmt: skip
        self._plant(person, row)

    def _plant(self, person: Person, row: list[str]) -> None:
        """Later records of the same person: none of them has a history of its own."""
        if person.excluded_reason is not None or not person.cycles or person.email is None:
            return
        number = person.number
        if "duplicates" in self._warts and number % 37 == 3:
            created = person.created_at + (1 + number % 20) * DAY
            if created < self._as_of:
                second = _again(row, _lead_id(number + SECOND_RECORD), created)
                second[6] = f" {person.email.upper()} "
                second[4], second[8], second[20] = (
                    person.family_name.upper(),
                    CHANNELS["direct"],
                    "",
                )
                self._leads.writerow(second)
                self._planted.note("duplicates", "Lead.csv", second[0], f"the person of {row[0]}")
        if "merges" in self._warts and number % 41 == 5:
            created = person.created_at + (2 + number % 30) * DAY
            if created < self._as_of:
                first = _lead_id(number + 2 * SECOND_RECORD)
                middle = _lead_id(number + 3 * SECOND_RECORD)
                for record, master in ((first, middle), (middle, row[0])):
                    merged = _again(row, record, created)
                    merged[1], merged[2] = "true", master
                    self._leads.writerow(merged)
                    self._planted.note("merges", "Lead.csv", record, f"merged into {master}")

    def _history(self, record: str, at: int, field: str, old: str, new: str) -> None:
        self._lead_history.writerow([
            f"0178d{self._next('lead history'):010d}AAA", "false", record, INTEGRATION_USER,
            _time(at), field, old, new,
        ])  # fmt: skip

    def _cycle(self, record: str, who: str, person: Person, cycle: Cycle, status: str) -> str:
        """The cycle's status changes and activities; the status it ends with."""
        for at, stage, reason in stage_entries(cycle):
            if stage == "lead" and cycle.cycle_no == 1:
                continue
            self._history(record, at, "Status", status, _STATUS[stage])
            status = _STATUS[stage]
            if stage == "rejected":
                self._history(record, at, "Reject_Reason__c", "", reason or "")
        if cycle.assigned_at is not None and cycle.mql_at is not None:
            owner = _owner(person.owner)
            self._history(record, cycle.assigned_at, "Owner", QUEUE, owner)
            self._hand_offs.writerow([
                f"a018d{person.number:09d}{cycle.cycle_no}AAA", "false",
                f"HO-{person.number:07d}-{cycle.cycle_no}", record, _time(cycle.mql_at),
                _time(cycle.assigned_at), owner,
            ])  # fmt: skip
        deal = cycle.deal
        for activity in cycle.activities:
            kind = activity.kind.capitalize()
            self._tasks.writerow([
                f"00T8d{activity.activity_id:010d}EAA", "false", who,
                f"0068d{deal.number:010d}AAA"
                if deal is not None and activity.at >= deal.created_at else "",
                _account_id(person.account), _owner(activity.rep), f"{kind} with lead", kind,
                "Completed", "true", iso_day(activity.at // DAY), _time(activity.at),
                ("Connected" if activity.is_connected else "No answer") if kind == "Call" else "",
                _flag(activity.is_automated), _flag(activity.is_connected),
            ])  # fmt: skip
        return status

    def _account(self, account: Account) -> None:
        record = _account_id(account)
        name, note = self._names.account(account, "Account.csv", record)
        self._accounts.writerow([
            record, "false", name, _account_id(account.parent), account.country,
            f"https://{account.domain}", account.industry, employees_of(account),
            _owner(account.people[0].owner if account.people else None),
            _time(account.created_at), account.region, account.segment, account.currency, note,
            technologies_of(account),
        ])  # fmt: skip

    def _deal(self, deal: Deal) -> None:
        record, account = f"0068d{deal.number:010d}AAA", deal.account
        name = f"{account.name} - {deal.product} - {deal.number}"
        lead = _lead_id(deal.person.number) if deal.person is not None else ""
        stage, probability, forecast = STAGES[deal.stage]
        assert deal.close_day is not None
        if deal.order_type == "renewal":
            self._next("report")
            self._report.writerow([
                record, name, _account_id(account), account.name, _TYPES["renewal"], stage,
                deal.currency, "" if deal.amount is None else f"{deal.amount:,.2f}",
                _us_date(deal.close_day), self._us_time(deal.created_at), _owner(deal.owner),
                deal.owner.name if deal.owner is not None else "Integration User", lead,
                deal.product, account.region, account.segment,
            ])  # fmt: skip
        else:
            self._opportunities.writerow([
                record, "false", _account_id(account), name, stage, money(deal.amount),
                deal.currency, probability, forecast, iso_day(deal.close_day),
                _TYPES[deal.order_type], _owner(deal.owner), _time(deal.created_at),
                _flag(deal.outcome != "open"), _flag(deal.outcome == "won"), lead, deal.product,
                deal.lost_reason or "", account.region, account.segment,
            ])  # fmt: skip
        for move in deal.moves:
            stage, probability, forecast = STAGES[move.stage]
            self._opportunity_history.writerow([
                f"0088d{self._next('history'):010d}AAA", record, stage, money(deal.amount),
                probability, forecast, iso_day(expected_close(deal, move.at) or deal.close_day),
                _owner(deal.owner), _time(move.at), "false",
            ])  # fmt: skip
        for rep, share, kind in deal.splits:
            self._splits.writerow([
                f"0Jz8d{self._next('split'):010d}CAA", record, rep.crm_id, _SPLIT_TYPES[kind],
                f"{round(share * 100)}", money((deal.amount or 0.0) * share), deal.currency,
                "false",
            ])  # fmt: skip

    def _us_time(self, at: int) -> str:
        wall = self._report_time(at)
        hour, minute = wall % DAY // 3600, wall % 3600 // 60
        return (
            f"{_us_date(wall // DAY)} {hour % 12 or 12}:{minute:02d} {'AM' if hour < 12 else 'PM'}"
        )


def _again(row: list[str], record: str, created: int) -> list[str]:
    """Another lead with the same data, not converted."""
    again = row.copy()
    again[0], again[9], again[11] = record, _STATUS["lead"], _time(created)
    again[13:18] = ["false", "", "", "", ""]
    return again


def _lead_id(number: int) -> str:
    return f"00Q8d{number:010d}EAA"


def _contact_id(number: int) -> str:
    return f"0038d{number:010d}AAA"


def _account_id(account: Account | None) -> str:
    return f"0018d{account.number:010d}AAA" if account is not None else ""


def _owner(rep: Rep | None) -> str:
    return rep.crm_id if rep is not None else INTEGRATION_USER


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _time(at: int) -> str:
    day, clock = iso_minute(at).split(" ")
    return f"{day}T{clock}:00.000+0000"


def _us_date(day: int) -> str:
    date = to_date(day)
    return f"{date.month}/{date.day}/{date.year}"
