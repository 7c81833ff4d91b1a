"""Lead cycles read by the sheet: which hand-offs are credited, which stages were skipped."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.demo.clock import DAY
from orchestration.demo.truth.ledger import Facts
from orchestration.demo.world import Cycle, Person

COOL_OFF = 90 * DAY
STAGES = ("lead", "mql", "sal", "sql", "opportunity", "customer")


@dataclass(slots=True)
class Steps:
    """One cycle's first entries; None where a stage was never reached."""

    cycle: Cycle
    lead_at: int
    mql_at: int | None
    sal_at: int | None
    sql_at: int | None
    opportunity_at: int | None
    customer_at: int | None
    """When its deal was won for good, if that is the account's first win to stand."""
    imputed: tuple[str, ...]
    """Skipped required stages, dated like the next later one."""
    is_counted: bool
    """False where a marketing cycle's MQL fell into the cool-off: from MQL on it counts nowhere."""
    is_first: bool
    """Whether its MQL is the person's first credited one."""

    def entries(self) -> tuple[tuple[str, int | None], ...]:
        """(stage, first entry) in the order of the funnel."""
        return (
            ("lead", self.lead_at), ("mql", self.mql_at), ("sal", self.sal_at),
            ("sql", self.sql_at), ("opportunity", self.opportunity_at),
            ("customer", self.customer_at),
        )  # fmt: skip

    @property
    def is_marketing(self) -> bool:
        return self.cycle.origin == "marketing"

    @property
    def is_handed_off(self) -> bool:
        """Whether it is a credited MQL."""
        return self.is_counted and self.is_marketing and self.mql_at is not None


def read_cycles(
    person: Person, facts: dict[int, Facts], first_wins: dict[int, Facts]
) -> list[Steps]:
    """A countable person's cycles in order; ``first_wins`` by account number."""
    found: list[Steps] = []
    credited_at: int | None = None
    for cycle in person.cycles:
        steps = _steps(cycle, facts, first_wins)
        if steps.is_marketing and steps.mql_at is not None:
            if credited_at is None or steps.mql_at - credited_at >= COOL_OFF:
                steps.is_first = credited_at is None
                credited_at = steps.mql_at
            else:
                steps.is_counted = False
        found.append(steps)
    return found


def _steps(cycle: Cycle, facts: dict[int, Facts], first_wins: dict[int, Facts]) -> Steps:
    mql_at, sal_at, sql_at = cycle.mql_at, cycle.sal_at, cycle.sql_at
    opportunity_at = customer_at = None
    if cycle.deal is not None:
        deal = facts[cycle.deal.number]
        if deal.outcome != "excluded":
            opportunity_at = deal.qualified_at
        first = first_wins.get(deal.deal.account.number)
        if first is deal:
            customer_at = deal.closed_at
    imputed: tuple[str, ...] = ()
    if sql_at is None and opportunity_at is not None:
        sql_at, imputed = opportunity_at, ("sql",)
    if cycle.origin == "marketing":
        if sal_at is None and sql_at is not None:
            sal_at, imputed = sql_at, (*imputed, "sal")
        if mql_at is None and sal_at is not None:
            mql_at, imputed = sal_at, (*imputed, "mql")
    return Steps(
        cycle, cycle.lead_at, mql_at, sal_at, sql_at, opportunity_at, customer_at, imputed,
        True, False,
    )  # fmt: skip
