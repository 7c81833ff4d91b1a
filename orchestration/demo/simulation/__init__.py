"""The event log of the demo company, one group of accounts at a time."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.demo.company import Company
from orchestration.demo.simulation.chance import Chance, Numbers, Tables
from orchestration.demo.simulation.customers import serve
from orchestration.demo.simulation.cycles import live_through
from orchestration.demo.simulation.deals import forget_amounts, open_deals, refund_some
from orchestration.demo.simulation.people import new_group
from orchestration.demo.world import Group


def simulate(company: Company) -> Iterator[Group]:
    """Every group of the company with all that ever happened to it, in a fixed order.

    Exactly ``settings.people`` people in all. Memory does not grow with them: a group can be
    dropped before the next is asked for.
    """
    tables, numbers = Tables(company), Numbers()
    people_left, number = company.settings.people, 0
    while people_left > 0:
        chance = Chance(tables, number)
        group = new_group(chance, numbers, number, people_left)
        for person in group.people:
            live_through(chance, numbers, person)
        for account in group.accounts:
            open_deals(chance, numbers, account)
            refund_some(chance, account)
            serve(chance, numbers, account)
            if "zero_amount" in company.settings.warts:
                forget_amounts(chance, account)
        people_left -= len(group.people)
        number += 1
        yield group
