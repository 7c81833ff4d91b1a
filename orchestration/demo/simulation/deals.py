"""Deals: how they move, slip, split, close, come back, and what customers do next."""

from __future__ import annotations

from orchestration.demo.clock import DAY, HOUR, MINUTE, zone
from orchestration.demo.company import PRODUCTS, STAGES
from orchestration.demo.simulation.chance import Chance, Numbers
from orchestration.demo.simulation.people import quality_of
from orchestration.demo.world import Account, Cycle, Deal, Move, Person, Refund, Rep

_LOST = ("price", "competitor", "no_decision", "missing_feature", "timing", "gone_quiet")
_DAYS_IN_STAGE = {"Discovery": 9, "Qualified": 14, "Proposal": 13, "Negotiation": 10}


def open_deals(chance: Chance, numbers: Numbers, account: Account) -> None:
    """A deal for each qualified cycle of the account, and a few that no lead stands behind."""
    starts: list[tuple[int, Person, Cycle]] = []
    for person in account.people:
        if person.excluded_reason is not None:
            continue
        for cycle in person.cycles:
            if cycle.sql_at is not None and chance.happens(0.8):
                created = chance.settled(cycle.sql_at + int(chance.lognormal(2, 1.0) * DAY))
                starts.append((created, person, cycle))
    for created, person, cycle in sorted(starts, key=lambda start: start[0]):
        _from_cycle(chance, numbers, account, person, cycle, created)
    if chance.happens(0.02):
        day = chance.lead_day()
        owner = account.people[0].owner if account.people else None
        deal = _new(
            chance, numbers, account, None, owner, "new", chance.office_moment(account.leg, day)
        )
        if deal is not None:
            _move(chance, deal, 0.2)


def _from_cycle(
    chance: Chance, numbers: Numbers, account: Account, person: Person, cycle: Cycle, created: int
) -> None:
    owner = person.owner
    deal = _new(chance, numbers, account, person, owner, _type_of_next(account, created), created)
    if deal is None:
        return
    cycle.deal = deal
    factor = 0.45 + 0.55 * min(quality_of(person), 1.6)
    _move(chance, deal, 0.28 * factor)
    if deal.stage == "Lost" and chance.happens(0.4):
        ended = chance.settled(deal.moves[-1].at + MINUTE)
        if cycle is person.cycles[-1] and ended < chance.company.as_of:
            cycle.recycled_at = ended


def _type_of_next(account: Account, created: int) -> str:
    won = [deal for deal in account.deals if deal.stage == "Won" and deal.moves[-1].at < created]
    return "expansion" if won else "new"


def _new(
    chance: Chance, numbers: Numbers, account: Account, person: Person | None, owner: Rep | None,
    order_type: str, created: int, product: str | None = None, amount: float | None = None,
) -> Deal | None:  # fmt: skip
    """A deal at its first stage, or None when it would begin after the end."""
    company = chance.company
    if created >= company.as_of:
        return None
    day = created // DAY
    if product is None:
        size = account.employees
        product = "P-30" if size > 900 else "P-20" if size > 90 else "P-10"
        if chance.happens(0.12):
            product = "P-40"
    if amount is None:
        price = PRODUCTS[product][2] / company.rate(account.currency, day)
        if day >= company.story["price_rise"]:
            price *= 1.15
        amount = round(price * chance.lognormal(1.0, 0.25), 2)
    # Without stage history a CRM shows a deal as qualified from its first day.
    first = "Discovery" if account.leg.has_history else "Qualified"
    deal = Deal(
        numbers.next("deal"), account, person, owner, product, order_type, account.currency,
        amount, created, [Move(created, first)], None,
    )  # fmt: skip
    deal.close_day = zone(company.zone_name).day(created) + 60 + int(60 * chance.random())
    deal.close_day_changes.append((created, deal.close_day))
    account.deals.append(deal)
    if owner is not None and chance.happens(0.06):
        helper = chance.tables.rep(owner.team(day), day, chance.rng)
        if helper is not owner:
            share = chance.pick((0.3, 0.4, 0.5))
            deal.splits = [(owner, round(1 - share, 2), "revenue"), (helper, share, "revenue")]
            if chance.happens(0.3):
                deal.splits.append((helper, 0.25, "overlay"))
    return deal


def _move(chance: Chance, deal: Deal, win_chance: float) -> None:
    """Take the deal through its stages to a close, or to the end of the simulation."""
    company = chance.company
    rival = company.story["competitor_launch"]
    at = deal.created_at
    index = 0 if deal.moves[0].stage == "Discovery" else 1
    if deal.account.leg.has_history and chance.happens(0.02):
        _close(chance, deal, at + 1 * DAY, "Duplicate")
        return
    while True:
        at += int(chance.lognormal(_DAYS_IN_STAGE[STAGES[index]], 0.7) * DAY)
        _slip(chance, deal, at)
        if at >= company.as_of:
            return
        is_last = index == len(STAGES) - 1
        rivalled = rival <= at // DAY < rival + 122
        stays = 0.86 if index < 1 else 0.8
        if is_last or not chance.happens(stays):
            won = is_last and chance.happens(min(0.95, win_chance * 1.6 * (0.6 if rivalled else 1)))
            if not is_last and index >= 1 and chance.happens(0.12):
                won = True
            if not deal.account.leg.has_history:
                # One step is all that shows; the odds are those of the whole way.
                won = chance.happens(win_chance)
            _close(chance, deal, at, "Won" if won else "Lost", rivalled)
            if not _reopens(chance, deal):
                return
            at = deal.moves[-1].at
            continue
        if not deal.account.leg.has_history:
            index += 1
            continue
        if index >= 2 and chance.happens(0.06):
            index -= 1
        else:
            index = min(index + (2 if chance.happens(0.05) and index else 1), len(STAGES) - 1)
        deal.moves.append(Move(chance.settled(at), STAGES[index]))


def _close(chance: Chance, deal: Deal, at: float, stage: str, rivalled: bool = False) -> None:
    moment = chance.office_moment(deal.account.leg, int(at // DAY))
    moment = max(moment, deal.moves[-1].at + MINUTE)
    reporting = zone(chance.company.zone_name)
    if moment >= chance.company.as_of:
        return
    deal.moves.append(Move(moment, stage))
    deal.close_day = reporting.day(moment)
    if stage == "Duplicate":
        deal.excluded_reason = "duplicate"
    elif stage == "Lost":
        deal.lost_reason = "competitor" if rivalled and chance.happens(0.5) else chance.pick(_LOST)


def _reopens(chance: Chance, deal: Deal) -> bool:
    """Whether a closed deal moves back to an open stage; it is there when this returns."""
    last = deal.moves[-1]
    if not deal.account.leg.has_history or last.stage not in ("Won", "Lost"):
        return False
    if len(deal.moves) > 9 or not chance.happens(0.035):
        return False
    if "reopened" not in chance.company.settings.warts:
        return False
    back = chance.office_moment(deal.account.leg, last.at // DAY + 3 + int(20 * chance.random()))
    if back >= chance.company.as_of:
        return False
    deal.moves.append(Move(back, "Negotiation"))
    deal.lost_reason = None
    deal.close_day = zone(chance.company.zone_name).day(back) + 30
    deal.close_day_changes.append((back, deal.close_day))
    return True


def _slip(chance: Chance, deal: Deal, at: int) -> None:
    """An expected close date that is near is pushed, or left to pass."""
    assert deal.close_day is not None
    day = min(at, chance.company.as_of) // DAY
    while deal.close_day < day and chance.happens(0.75):
        moved_at = chance.settled(deal.close_day * DAY + 9 * HOUR)
        if moved_at <= deal.close_day_changes[-1][0]:
            return
        deal.close_day += 30 if chance.happens(0.7) else 60
        deal.close_day_changes.append((moved_at, deal.close_day))


def deal_of_customer(
    chance: Chance, numbers: Numbers, account: Account, first: Deal, order_type: str, created: int,
    amount: float, is_wanted: bool,
) -> Deal | None:  # fmt: skip
    """A renewal, expansion or return: one stage at a time, closed within a few weeks."""
    deal = _new(
        chance, numbers, account, first.person, first.owner, order_type, chance.settled(created),
        first.product, amount,
    )  # fmt: skip
    if deal is None:
        return None
    at = deal.created_at
    if account.leg.has_history:
        for stage in STAGES[1:]:
            at = chance.settled(at + (2 + int(4 * chance.random())) * DAY)
            if at >= chance.company.as_of:
                return deal
            deal.moves.append(Move(at, stage))
    _close(chance, deal, at + 3 * DAY, "Won" if is_wanted else "Lost")
    return deal


def refund_some(chance: Chance, account: Account) -> None:
    """Money back on a few wins, in full or in part, sometimes after the cooling-off window."""
    for deal in account.deals:
        if deal.outcome == "won" and deal.amount and chance.happens(0.02):
            assert deal.close_day is not None
            day = min(deal.close_day + 5 + int(35 * chance.random()), chance.company.end_day - 1)
            is_full = chance.happens(0.6)
            if day > deal.close_day:
                deal.refund = Refund(day, deal.amount if is_full else round(deal.amount * 0.3, 2))


def forget_amounts(chance: Chance, account: Account) -> None:
    """Deals whose amount nobody filled in, or filled in as zero."""
    for deal in account.deals:
        if deal.order_type == "new" and not deal.refund and chance.happens(0.025):
            deal.amount = 0.0 if chance.happens(0.5) else None
            deal.splits = []
