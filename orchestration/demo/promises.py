"""What marketing promised: MQLs a month by region and segment, written down before any came."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.demo.clock import to_date
from orchestration.demo.company import LEG_SHARES, Company
from orchestration.demo.simulation.chance import GROWTH, SEASON

MQLS = 0.31
"""MQLs the plan expects of a new person."""
_SEGMENTS = {"enterprise": 0.07, "mid_market": 0.48, "smb": 0.45}


def planned_people(company: Company) -> list[float]:
    """New people of each month, as many in all as the company is planned for."""
    months = company.months
    weights = [
        SEASON[to_date(day).month - 1] * (1 + GROWTH * index / len(months))
        for index, day in enumerate(months)
    ]
    return [company.settings.people * weight / sum(weights) for weight in weights]


def promised_mqls(company: Company) -> Iterator[tuple[int, str, str, float]]:
    """(first day of the month, region, segment, MQLs), every month."""
    shares: dict[str, float] = {}
    for leg, share in zip(company.legs, LEG_SHARES, strict=True):
        regions = {team.region for team in company.teams if team.leg == leg}
        for region in regions:
            shares[region] = shares.get(region, 0.0) + share / len(regions)
    for month, people in zip(company.months, planned_people(company), strict=True):
        for region in sorted(shares):
            for segment, part in _SEGMENTS.items():
                yield month, region, segment, round(people * MQLS * shares[region] * part, 1)
