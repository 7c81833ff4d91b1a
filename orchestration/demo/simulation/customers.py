"""What customers do: expand, renew, shrink, leave, return, pay, and say what they think."""

from __future__ import annotations

from orchestration.demo.clock import DAY, iso_day, moved_by_months
from orchestration.demo.company import PRODUCTS
from orchestration.demo.simulation.chance import Chance, Numbers
from orchestration.demo.simulation.deals import deal_of_customer
from orchestration.demo.world import Account, Deal, Invoice, MrrChange, Response

_PRAISE = ("Fast answers", "The numbers finally agree", "Easy to start with", "好用，数据一致")
_BLAME = ("Too slow to respond", "Missing a report we need", "Price went up", "响应太慢")


def serve(chance: Chance, numbers: Numbers, account: Account) -> None:
    """Subscriptions with their renewals and expansions, invoices, surveys and reviews."""
    for deal in sorted(_standing_wins(account), key=lambda deal: deal.close_day or 0):
        if _is_subscription(deal):
            _subscribe(chance, numbers, account, deal)
    for deal in account.deals:
        if deal.stage == "Won" and not deal.excluded_reason:
            _invoice(chance, numbers, deal)
    if account.mrr:
        _listen(chance, numbers, account)


def _standing_wins(account: Account) -> list[Deal]:
    return [
        deal
        for deal in account.deals
        if deal.outcome == "won" and deal.amount and not _is_refunded(deal)
    ]


def _is_refunded(deal: Deal) -> bool:
    return deal.refund is not None and deal.refund.amount == deal.amount


def _is_subscription(deal: Deal) -> bool:
    return PRODUCTS[deal.product][3]


def _change(account: Account, day: int, mrr: float, reason: str) -> None:
    account.mrr.append(MrrChange(day, round(mrr, 2), reason))
    account.mrr.sort(key=lambda change: change.day)


def _mrr(account: Account, day: int) -> float:
    current = 0.0
    for change in account.mrr:
        if change.day <= day:
            current = change.mrr
    return current


def _subscribe(chance: Chance, numbers: Numbers, account: Account, deal: Deal) -> None:
    """The first subscription starts a life of yearly renewals; a later one only adds to it."""
    assert deal.close_day is not None
    assert deal.amount is not None
    start = moved_by_months(deal.close_day, 1)
    if start >= chance.company.end_day:
        return
    added = deal.amount / 12
    before = _mrr(account, start)
    if before > 0:
        # What was agreed for later months grows by the same amount.
        for change in account.mrr:
            if change.day > start and change.mrr > 0:
                change.mrr = round(change.mrr + added, 2)
        _change(account, start, before + added, "expansion")
        return
    _change(account, start, added, "reactivation" if account.mrr else "new")
    _live(chance, numbers, account, deal, start)


def _live(chance: Chance, numbers: Numbers, account: Account, deal: Deal, start: int) -> None:
    """Twelve months at a time until the customer leaves or the simulation ends."""
    while True:
        if chance.happens(0.3):
            month = moved_by_months(start, 3 + int(7 * chance.random()))
            _grow(chance, numbers, account, deal, month)
        anniversary = moved_by_months(start, 12)
        if anniversary >= chance.company.end_day:
            return
        current = _mrr(account, anniversary)
        stays = chance.happens(0.87)
        factor = 1.0
        if stays and chance.happens(0.12):
            factor = 0.6 + 0.3 * chance.random()
        elif stays and chance.happens(0.2):
            factor = 1.1
        renewal = deal_of_customer(
            chance, numbers, account, deal, "renewal", (anniversary - 40) * DAY,
            round(current * 12 * factor, 2), stays,
        )  # fmt: skip
        if renewal is None or renewal.outcome == "open":
            return
        if renewal.outcome == "lost":
            _change(account, anniversary, 0.0, "churn")
            _return(chance, numbers, account, deal, anniversary)
            return
        if factor != 1.0:
            _change(
                account, anniversary, current * factor,
                "contraction" if factor < 1 else "expansion",
            )  # fmt: skip
        start = anniversary


def _grow(chance: Chance, numbers: Numbers, account: Account, deal: Deal, month: int) -> None:
    if month >= chance.company.end_day:
        return
    current = _mrr(account, month)
    added = round(current * 12 * (0.15 + 0.4 * chance.random()), 2)
    expansion = deal_of_customer(
        chance,
        numbers,
        account,
        deal,
        "expansion",
        (month - 25) * DAY,
        added,
        chance.happens(0.75),
    )
    if expansion is not None and expansion.outcome == "won":
        _change(account, month, current + added / 12, "expansion")


def _return(chance: Chance, numbers: Numbers, account: Account, deal: Deal, left: int) -> None:
    if not chance.happens(0.2):
        return
    month = moved_by_months(left, 3 + int(13 * chance.random()))
    if month >= chance.company.end_day:
        return
    amount = round((deal.amount or 0.0) * 0.9, 2)
    back = deal_of_customer(chance, numbers, account, deal, "new", (month - 30) * DAY, amount, True)
    if back is not None and back.outcome == "won":
        _change(account, month, amount / 12, "reactivation")
        _live(chance, numbers, account, deal, month)


def _invoice(chance: Chance, numbers: Numbers, deal: Deal) -> None:
    if not deal.amount or deal.close_day is None:
        return
    end = chance.company.end_day
    day = deal.close_day + 3
    if day >= end:
        return
    account = deal.account
    number = numbers.next("invoice")
    account.invoices.append(Invoice(number, "invoice", day, deal.currency, deal.amount, deal))
    if deal.refund is not None and deal.refund.day >= day:
        account.invoices.append(Invoice(
            numbers.next("invoice"), "refund", deal.refund.day, deal.currency,
            deal.refund.amount, deal, number,
        ))  # fmt: skip
    elif chance.happens(0.04):
        credited = day + 10 + int(50 * chance.random())
        if credited < end:
            account.invoices.append(Invoice(
                numbers.next("invoice"), "credit_note", credited, deal.currency,
                round(deal.amount * (0.2 + 0.3 * chance.random()), 2), deal, number,
            ))  # fmt: skip


def _listen(chance: Chance, numbers: Numbers, account: Account) -> None:
    """Half-yearly NPS waves, a satisfaction question after the start, some reviews."""
    end, first = chance.company.end_day, account.mrr[0].day
    people = [person for person in account.people if person.excluded_reason is None]
    for month in chance.company.months:
        is_wave = iso_day(month)[5:7] in ("03", "09")
        if not is_wave or _mrr(account, month) <= 0:
            continue
        for person in people:
            if person.created_at < month * DAY and chance.happens(0.6):
                _respond(
                    chance, numbers, account, person, "nps", iso_day(month)[:7], month + 5, 0.45
                )
    for person in people[:1]:
        if first + 45 < end:
            _respond(chance, numbers, account, person, "csat", "onboarding", first + 45, 0.6)
        if chance.happens(0.08) and first + 120 < end:
            _respond(chance, numbers, account, person, "review", "", first + 120, 1.0)


def _respond(
    chance: Chance, numbers: Numbers, account: Account, person, kind: str, wave: str, day: int,
    rate: float,
) -> None:  # fmt: skip
    end = chance.company.end_day
    if day >= end:
        return
    answered = day + int(9 * chance.random()) if chance.happens(rate) else None
    if answered is not None and answered >= end:
        answered = None
    score: int | None = None
    happy = chance.happens(0.68)
    if answered is not None and not chance.happens(0.03):
        if kind == "nps":
            score = 8 + int(3 * chance.random()) if happy else int(9 * chance.random())
        else:
            score = 4 + int(2 * chance.random()) if happy else 1 + int(3 * chance.random())
    routed = None
    if answered is not None and chance.happens(0.9):
        routed = answered + 1 + int(10 * chance.random())
        routed = routed if routed < end else None
    account.responses.append(Response(
        numbers.next("response"), kind, wave, day, answered, score, person, account,
        chance.pick(_PRAISE if happy else _BLAME) if answered is not None else "",
        not chance.happens(0.03) or answered is not None, routed,
    ))  # fmt: skip
