"""The red flags that are open, by the team that acts on them, as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.pages.kpis import MEMBER_NAMES, member_names
from orchestration.pages.periods import Period

TEAMS = ("both", "sales", "marketing", "operations")
SHOWN = 10
"""Segments of one flag and KPI; more are counted, and all of them are in the mart."""


@dataclass(frozen=True)
class RedFlag:
    """One flag of one segment; a row of ``red_flags``."""

    flag: str
    team: str
    metric_id: str
    period: Period
    dimension: str
    member: str
    name: str
    observed: float
    limit: float
    compared: float | None
    cases: float
    record_ids: str | None

    @property
    def is_of_records(self) -> bool:
        """Whether it counts records instead of holding a share against a line."""
        return self.record_ids is not None


@dataclass(frozen=True)
class Raised:
    """One flag of one KPI with its segments, everyone first, then the largest."""

    flags: list[RedFlag]
    count: int

    @property
    def first(self) -> RedFlag:
        return self.flags[0]


def read_red_flags(analytics: Path) -> dict[str, list[Raised]]:
    """What is open, by team; a team without flags has an empty list.

    Raises duckdb.Error when the file is no published copy of the marts.
    """
    import duckdb

    with duckdb.connect(str(analytics), read_only=True) as connection:
        names = {dimension: member_names(connection, dimension) for dimension in MEMBER_NAMES}
        rows = connection.execute(
            f"""
            select
                flag, owner_team, metric_id, period_start_date, period_grain, dimension,
                dimension_value, observed_value, limit_value, compared_value, case_count,
                record_ids,
                count(*) over kind, row_number() over (kind
                    order by dimension <> 'all', case_count desc, red_flag_id) as place
            from marts.red_flags as flags
            where is_open
            window kind as (partition by flag, metric_id)
            qualify place <= {SHOWN}
            order by try_cast(flag[3:] as integer), metric_id, place
            """
        ).fetchall()
    raised: dict[str, list[Raised]] = {team: [] for team in TEAMS}
    for flag, team, metric_id, start, grain, dimension, member, *rest, count, place in rows:
        if place == 1:
            raised[team].append(Raised([], count))
        period, name = Period(start, grain), names.get(dimension, {}).get(member) or member
        raised[team][-1].flags.append(
            RedFlag(flag, team, metric_id, period, dimension, member, name, *rest)
        )
    return raised
