"""How well a company fits, by the rules of the plan and what the event log knows of it."""

from __future__ import annotations

from orchestration.demo.world import Account

ICP_WEIGHTS = {"industry": 40, "size": 30, "region": 20, "tech": 10}
ICP_COVERAGE = 60
ICP_TIERS = ((80, "A"), (60, "B"), (40, "C"), (0, "D"))


def icp_tier(account: Account | None) -> str:
    """A to D by the weighted score; unknown where less than 0.60 of the weight is known."""
    if account is None:
        return "unknown"
    score = coverage = 0.0
    for name, weight in ICP_WEIGHTS.items():
        value = account.fit.get(name)
        if value is not None:
            coverage += weight
            score += weight * value
    if coverage < ICP_COVERAGE:
        return "unknown"
    return next(tier for least, tier in ICP_TIERS if score >= least)
