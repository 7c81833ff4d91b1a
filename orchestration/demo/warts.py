"""The defects of real exports that the demo company can be given, each on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.demo.files import Planted
    from orchestration.demo.world import Deal, Group, Person

WARTS: dict[str, str] = {
    # In the company itself: the truth knows of them.
    "test_records": "test records, some of them with a whole funnel",
    "internal_records": "own staff in the CRM",
    "spam": "bots, and records without any means of contact",
    "not_a_prospect": "job seekers, suppliers, press, competitors",
    "deleted_records": "records the CRM marks as deleted",
    "missing_owner": "people and deals that nobody owns",
    "free_mail": "people of a company who write from a private address",
    "zero_amount": "deals whose amount is zero or was never filled in",
    "reopened": "deals that come back after they were won or lost",
    # In the files only: they must change no number.
    "duplicates": "the same person twice in one CRM, spelled differently",
    "cross_system": "a person of one CRM who also stands in the acquired company's",
    "merges": "records merged into others, in chains",
    "gb18030": "Chinese files in GB18030",
    "utf16": "an ad report as UTF-16 with tabs",
    "ambiguous_dates": "dates whose day and month could be swapped",
    "late_files": "an older export and a corrected one of the same records",
    "cut_row": "an export in which a row breaks off in the middle, followed by a whole one",
    "hostile_text": "HTML, formulas, quotes, line breaks and very long text in names and notes",
}

ALL_WARTS = frozenset(WARTS)

OF_EXCLUDED = {
    "deleted": "deleted_records",
    "test": "test_records",
    "internal": "internal_records",
    "spam": "spam",
    "not_a_prospect": "not_a_prospect",
}
"""The defect behind each reason for which a person counts nowhere."""

FREE_MAIL = ("gmail.com", "outlook.com", "163.com", "qq.com")


class DefectsOfLife:
    """Lists the defects that lie in the company itself, whatever file shows them."""

    def __init__(self, planted: Planted) -> None:
        self._planted = planted

    def add(self, group: Group) -> None:
        from orchestration.demo.vendors.ids import deal_key, person_key

        for person in group.people:
            for wart in _of_person(person):
                self._planted.note(wart, "", person_key(person))
        for account in group.accounts:
            for deal in account.deals:
                for wart in _of_deal(deal):
                    self._planted.note(wart, "", deal_key(deal))

    def close(self) -> None:
        """Nothing is kept back."""


def _of_person(person: Person) -> list[str]:
    found = []
    if person.excluded_reason is not None:
        found.append(OF_EXCLUDED[person.excluded_reason])
    if person.owner is None:
        found.append("missing_owner")
    domain = (person.email or "").rpartition("@")[2]
    if person.account is not None and domain in FREE_MAIL:
        found.append("free_mail")
    return found


def _of_deal(deal: Deal) -> list[str]:
    found = []
    if not deal.amount:
        found.append("zero_amount")
    if any(move.stage in ("Won", "Lost") for move in deal.moves[:-1]):
        found.append("reopened")
    return found
