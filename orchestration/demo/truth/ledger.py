"""What the event log says of each deal, and each group's ledger of wins and their reversals."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestration.demo.clock import zone
from orchestration.demo.company import Company
from orchestration.demo.world import Account, Deal, Group

OPEN_STAGES = ("Discovery", "Qualified", "Proposal", "Negotiation")
QUALIFIED_STAGES = OPEN_STAGES[1:]
CANCELLATION_DAYS = 30
LAPSED_DAYS = 365
INCREMENTAL = ("first_order", "connected_new", "winback", "expansion")
"""Order classes whose bookings are growth; renewals stand apart."""


@dataclass(slots=True)
class Facts:
    """One deal, read by the sheet's rules."""

    deal: Deal
    outcome: str
    """won, lost, open or excluded: the latest terminal outcome."""
    created_day: int
    qualified_at: int | None
    qualified_day: int | None
    closed_at: int | None
    """Instant of the final close; None while open."""
    close_day: int | None
    """Local day of the final close; None while open."""
    amount: float | None
    """Reporting currency: at the rate of the close day, of an open deal at that of ``as_of``."""
    is_cancelled: bool
    """Won, and fully refunded inside the cooling-off window."""

    @property
    def is_decided(self) -> bool:
        """Whether it takes part in win rates: qualified once, won or lost, no renewal."""
        return (
            self.outcome in ("won", "lost")
            and self.qualified_at is not None
            and self.deal.order_type != "renewal"
        )

    @property
    def is_standing(self) -> bool:
        """Won and not cancelled."""
        return self.outcome == "won" and not self.is_cancelled


@dataclass(slots=True)
class Entry:
    """One line of the ledger: a win, or the reversal of one."""

    day: int
    at: int
    facts: Facts
    sign: int
    amount: float | None
    """Signed, reporting currency at the rate of the win's close date."""
    order_class: str = ""
    """first_order, connected_new, winback, expansion or renewal."""
    new_customers: int = 0
    """+1 when the account is won for the first time, -1 when that is taken back."""


@dataclass(slots=True)
class Standing:
    """An account's wins that are not reversed, in the order of the ledger."""

    wins: dict[int, int] = field(default_factory=dict)
    """Deal number -> day of the win."""


def read_deal(company: Company, deal: Deal) -> Facts:
    """One deal's facts; amounts that nobody filled in stay None."""
    day = zone(company.zone_name).day
    qualified_at = _qualified_at(deal)
    outcome = deal.outcome
    is_closed = outcome in ("won", "lost")
    close_day = deal.close_day if is_closed else None
    amount = deal.amount
    if amount is not None:
        rate_day = close_day if close_day is not None else day(company.as_of - 1)
        amount *= company.rate(deal.currency, rate_day)
    return Facts(
        deal, outcome, day(deal.created_at), qualified_at,
        None if qualified_at is None else day(qualified_at),
        deal.moves[-1].at if is_closed else None, close_day, amount,
        outcome == "won" and _is_cancelled(deal),
    )  # fmt: skip


def read_ledger(company: Company, group: Group, facts: dict[int, Facts]) -> list[Entry]:
    """The group's bookings in time order, classed; ``facts`` by deal number."""
    entries = [
        entry
        for account in group.accounts
        for deal in account.deals
        if not deal.excluded_reason
        for entry in _bookings(company, facts[deal.number])
    ]
    entries.sort(key=lambda entry: (entry.day, entry.at, entry.facts.deal.number))
    if entries:
        _classify(entries)
    return entries


def _qualified_at(deal: Deal) -> int | None:
    if not deal.account.leg.has_history:
        return deal.created_at
    for move in deal.moves:
        if move.stage in QUALIFIED_STAGES or move.stage == "Won":
            return move.at
    return None


def _is_cancelled(deal: Deal) -> bool:
    refund = deal.refund
    return (
        refund is not None
        and deal.close_day is not None
        and deal.amount is not None
        and refund.amount >= deal.amount
        and refund.day - deal.close_day <= CANCELLATION_DAYS
    )


def _bookings(company: Company, facts: Facts) -> list[Entry]:
    """A win each time the deal is won, taken back when it is reopened or cancelled."""
    deal, day = facts.deal, zone(company.zone_name).day
    entries: list[Entry] = []
    amount: float | None = None
    last = len(deal.moves) - 1
    for index, move in enumerate(deal.moves):
        if move.stage == "Won":
            won_on = day(move.at)
            if index == last and deal.close_day is not None:
                won_on = deal.close_day
            amount = deal.amount
            if amount is not None:
                amount *= company.rate(deal.currency, won_on)
            entries.append(Entry(won_on, move.at, facts, 1, amount))
        elif index and deal.moves[index - 1].stage == "Won":
            back = None if amount is None else -amount
            entries.append(Entry(day(move.at), move.at, facts, -1, back))
    if facts.is_cancelled and deal.refund is not None:
        back = None if amount is None else -amount
        entries.append(Entry(deal.refund.day, company.as_of, facts, -1, back))
    return entries


def _classify(entries: list[Entry]) -> None:
    """Order classes and new customers, entry by entry."""
    accounts: dict[int, Standing] = {}
    classes: dict[int, str] = {}
    for entry in entries:
        deal = entry.facts.deal
        own = accounts.setdefault(deal.account.number, Standing())
        if entry.sign < 0:
            entry.order_class = classes[deal.number]
            own.wins.pop(deal.number, None)
            still = any(standing.wins for standing in accounts.values())
            entry.new_customers = 0 if still else -1
            continue
        group_bought = any(standing.wins for standing in accounts.values())
        entry.order_class = classes[deal.number] = _order_class(entry, own, group_bought)
        # D7: a subsidiary of a customer is no new customer.
        entry.new_customers = 0 if group_bought else 1
        own.wins[deal.number] = entry.day


def _order_class(entry: Entry, own: Standing, group_bought: bool) -> str:
    deal = entry.facts.deal
    if deal.order_type in ("expansion", "renewal"):
        return deal.order_type
    if not group_bought:
        return "first_order"
    if not own.wins:
        return "connected_new"
    lapsed = _days_lapsed(deal.account, entry.day, max(own.wins.values()))
    return "winback" if lapsed >= LAPSED_DAYS else "expansion"


def _days_lapsed(account: Account, day: int, last_win: int) -> int:
    """Days since recurring revenue ended; since the last win where there never was any."""
    current, since = None, day
    for change in account.mrr:
        if change.day <= day:
            current, since = change.mrr, change.day
    if current is None:
        return day - last_win
    return 0 if current > 0 else day - since
