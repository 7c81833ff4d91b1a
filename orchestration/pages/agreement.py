"""What marketing and sales promised each other and what came of it, as their page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.pages.periods import Period, containing

if TYPE_CHECKING:
    import duckdb

MONTHS_SHOWN = 12
BREACHES_SHOWN = 50
"""More are counted, not listed; all of them are in the mart."""

PROMISES = ("mql_volume", "first_response", "decision", "follow_up_attempts")
"""Marketing's before those of sales, in the order in which a hand-off meets them."""


@dataclass(frozen=True)
class Promise:
    """One promise in one period, for all or for one region; a row of ``sla_attainment``."""

    promise: str
    period: Period
    region: str
    metric_id: str
    status: str
    limit: float | None
    promised_share: float | None
    committed: float | None
    committed_to_date: float | None
    delivered: float
    attainment: float | None
    pace: float | None
    due: int
    kept: int
    late: int
    unanswered: int
    not_due: int
    other_origin: int
    unfit: int
    declined: int
    recycled: int
    unpromised: int
    median_minutes: float | None
    """Business minutes; half of the first responses took no longer."""
    p90_minutes: float | None
    low_n: bool

    @property
    def is_recorded(self) -> bool:
        """Whether anybody committed to it."""
        return self.committed is not None

    @property
    def kept_share(self) -> float | None:
        """Share of the due hand-offs that keep the limit, promised or by definition."""
        return self.kept / self.due if self.due else None


@dataclass(frozen=True)
class Breach:
    """One hand-off that broke a promise; a row of ``sla_breaches``. Instants carry UTC."""

    promise: str
    status: str
    owner: str
    owner_name: str
    region: str
    limit: float
    clock_start_at: datetime
    due_at: datetime
    answered_at: datetime | None
    minutes_over: float
    record_url: str | None


@dataclass(frozen=True)
class Agreement:
    """Both sides of it; empty where there is no hand-off at all."""

    latest: dict[str, Promise]
    """By promise, in the latest complete month."""
    running: dict[str, Promise]
    """By promise, in the month that is not over yet."""
    months: dict[str, list[Promise]]
    """By promise, the last complete months, oldest first."""
    regions: dict[str, list[Promise]]
    """By promise, the regions of the latest complete month."""
    overdue: dict[str, int]
    """By promise of sales, hand-offs that are overdue and still wait."""
    not_due: dict[str, int]
    """By promise of sales, hand-offs that still have time."""
    breaches: list[Breach]
    """Those that still wait before the others, the newest due time first."""
    breach_count: int

    @property
    def is_shown(self) -> bool:
        return bool(self.months)


def read_agreement(analytics: Path, latest: Period, as_of: datetime) -> Agreement:
    """The agreement of a version as of an instant; ``latest`` is the last complete month."""
    import duckdb

    with duckdb.connect(str(analytics), read_only=True) as connection:
        promises = _promises(connection)
        waiting = dict(
            connection.execute(
                "select promise, count(*) from marts.sla_breaches "
                "where breach_status = 'overdue' group by 1"
            ).fetchall()
        )
        not_due = dict(
            connection.execute(
                "select promise, sum(not_due_count)::bigint from marts.sla_attainment "
                "where side = 'sales' and period_grain = 'year' and region = 'all' "
                "and segment = 'all' and team_id = 'all' group by 1"
            ).fetchall()
        )
        breaches, breach_count = _breaches(connection)
    whole = [one for one in promises if one.region == "all"]
    running = containing(as_of.date(), "month")
    months: dict[str, list[Promise]] = {}
    for one in whole:
        if one.period.start <= latest.start:
            months.setdefault(one.promise, []).append(one)
    return Agreement(
        latest={one.promise: one for one in whole if one.period == latest},
        running={one.promise: one for one in whole if one.period == running},
        months={
            promise: months[promise][-MONTHS_SHOWN:] for promise in PROMISES if promise in months
        },
        regions={
            promise: [
                one
                for one in promises
                if (one.promise, one.period) == (promise, latest) and one.region != "all"
            ]
            for promise in PROMISES
        },
        overdue=waiting,
        not_due=not_due,
        breaches=breaches,
        breach_count=breach_count,
    )


def _promises(connection: duckdb.DuckDBPyConnection) -> list[Promise]:
    return [
        Promise(promise, Period(start, "month"), *rest)
        for promise, start, *rest in connection.execute(
            """
            select
                promise, period_start_date, region, metric_id, attainment_status, limit_value,
                promised_share, committed_value, committed_to_date, delivered, attainment, pace,
                n, met_count, coalesce(late_count, 0), coalesce(unanswered_count, 0),
                not_due_count, coalesce(other_origin_count, 0), coalesce(unfit_count, 0),
                coalesce(declined_count, 0), coalesce(recycled_count, 0),
                coalesce(unpromised_count, 0), median_minutes, p90_minutes, low_n
            from marts.sla_attainment
            where period_grain = 'month' and segment = 'all' and team_id = 'all'
            order by promise, period_start_date, region
            """
        ).fetchall()
    ]


def _breaches(connection: duckdb.DuckDBPyConnection) -> tuple[list[Breach], int]:
    rows = connection.execute(
        f"""
        select
            promise, breach_status, breaches.owner_id,
            coalesce(owner_name, breaches.owner_id), breaches.region, limit_value,
            clock_start_at, due_at, answered_at, business_minutes_over, record_url, count(*) over ()
        from marts.sla_breaches as breaches
        left join marts.dim_owner as owners on breaches.owner_id = owners.owner_id
        order by breach_status = 'overdue' desc, due_at desc, lead_cycle_id, promise
        limit {BREACHES_SHOWN}
        """
    ).fetchall()
    found = [
        Breach(
            *row[:6],
            *(None if at is None else at.replace(tzinfo=UTC) for at in row[6:9]),
            *row[9:11],
        )
        for row in rows
    ]
    return found, rows[0][-1] if rows else 0
