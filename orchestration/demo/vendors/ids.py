"""Record ids in the form each CRM gives them, from the numbers of the event log."""

from __future__ import annotations

from orchestration.demo.world import Account, Deal, Person

# The letters that end a Salesforce id say where its first fifteen are capitals.
_PEOPLE = {
    "hubspot": "301{:08d}",
    "salesforce": "00Q8d{:010d}EAA",
    "zendesk_sell": "lead:27{:08d}",
    "pipedrive": "{}",
}
_ACCOUNTS = {
    "hubspot": "204{:08d}",
    "salesforce": "0018d{:010d}AAA",
    "zendesk_sell": "30{:08d}",
    "pipedrive": "{}",
}
_DEALS = {
    "hubspot": "489{:08d}",
    "salesforce": "0068d{:010d}AAA",
    "zendesk_sell": "51{:08d}",
    "pipedrive": "{}",
}
SECOND_RECORD = 50_000_000
"""Added to a number where the same person or account has another record."""


def person_id(person: Person) -> str:
    """The person's lead or contact in the CRM of their leg."""
    return _PEOPLE[person.leg.source].format(person.number)


def account_id(account: Account) -> str:
    """The company in the CRM of its leg."""
    return _ACCOUNTS[account.leg.source].format(account.number)


def deal_id(deal: Deal) -> str:
    """The deal in the CRM of its account's leg."""
    return _DEALS[deal.account.leg.source].format(deal.number)


def person_key(person: Person) -> str:
    """The person in the warehouse: ``hubspot:30100000012``."""
    return f"{person.leg.source}:{person_id(person)}"


def account_key(account: Account) -> str:
    """The account in the warehouse."""
    return f"{account.leg.source}:{account_id(account)}"


def deal_key(deal: Deal) -> str:
    """The deal in the warehouse, and in files that name the deals of every CRM."""
    return f"{deal.account.leg.source}:{deal_id(deal)}"
