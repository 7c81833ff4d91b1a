"""The page of the funnel: the stages of the last quarter, and what became of each cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.pages.kpis import Kpi, Numbers, Observation
from orchestration.pages.periods import Period

STAGES = (
    ("lead", "lead_count"),
    ("mql", "mql_count"),
    ("sal", "sal_count"),
    ("sql", "sql_count"),
    ("opportunity", "opportunity_count"),
    ("customer", "new_customer_count"),
)
"""Each stage and the KPI that counts who entered it."""

BETWEEN = ("lead_to_mql", "mql_to_sal", "sal_to_sql", "sql_to_opp", "sql_to_customer")
"""The step from each of these stages to the next; the last one begins at the SQL."""

STEP_KPIS = {
    "lead_to_mql": "lead_to_mql_rate",
    "mql_to_sql": "mql_to_sql_rate",
    "sal_to_sql": "sal_to_sql_rate",
    "sql_to_opp": "sql_to_opp_rate",
    "sql_to_customer": "sales_conversion_rate",
    "lead_to_customer": "lead_to_customer_rate",
}
"""Where a step is defined; acceptance is no rate of its own yet."""

EXITS = ("rejected_count", "recycled_count", "disqualified_count")
MQL_PARTS = ("mql_new_count", "mql_recycled_count")
SQL_PARTS = (
    "sql_marketing_count",
    "sql_sales_sourced_count",
    "sql_partner_sourced_count",
    "sql_customer_success_sourced_count",
)
REASONS_LISTED = 14


@dataclass(frozen=True)
class Cohort:
    """One row of ``funnel_steps``: who entered a stage in a quarter, and what became of them."""

    step: str
    from_stage: str
    to_stage: str
    window_days: int
    period: Period
    entered_count: int
    converted_count: int
    late_conversion_count: int
    left_count: int
    stalled_count: int
    undecided_count: int
    conversion_rate: float | None
    ci_low: float | None
    ci_high: float | None
    median_days: float | None
    p90_days: float | None
    is_mature: bool
    is_low_n: bool
    is_low_n_of_days: bool

    @property
    def is_comparable(self) -> bool:
        return self.conversion_rate is not None and self.is_mature and not self.is_low_n

    @property
    def parts(self) -> list[tuple[str, int, float]]:
        """What became of them: outcome, how many, and their share."""
        counts = (
            ("converted", self.converted_count),
            ("left", self.left_count),
            ("stalled", self.stalled_count),
            ("undecided", self.undecided_count),
        )
        return [(name, count, count / (self.entered_count or 1)) for name, count in counts]


@dataclass(frozen=True)
class Step:
    """A step by its newest mature cohort, the mature one before, and the last complete quarter."""

    name: str
    mature: Cohort | None
    before: Cohort | None
    latest: Cohort

    @property
    def has_newer(self) -> bool:
        """Whether the last complete quarter can still change."""
        return not self.latest.is_mature and self.latest.entered_count > 0

    @property
    def change(self) -> float | None:
        """From the mature cohort before to the newest; None when either may not be compared."""
        new, old = self.mature, self.before
        if new is None or old is None or not (new.is_comparable and old.is_comparable):
            return None
        assert new.conversion_rate is not None
        assert old.conversion_rate is not None
        return new.conversion_rate - old.conversion_rate


@dataclass(frozen=True)
class Reason:
    """How many were rejected, recycled and disqualified for one reason."""

    reason: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Funnel:
    """Everything the page of the funnel shows; without steps there is no page."""

    quarter: Period
    steps: dict[str, Step]
    reasons: list[Reason]
    """The most frequent first."""

    @property
    def is_known(self) -> bool:
        """Whether anyone ever went further than becoming known."""
        return any(
            step.latest.entered_count or step.mature
            for name, step in self.steps.items()
            if not name.startswith("lead_")
        )

    @property
    def exits(self) -> tuple[int, ...]:
        return tuple(map(sum, zip(*(reason.counts for reason in self.reasons), strict=True)))


def read_funnel(analytics: Path, numbers: Numbers) -> Funnel:
    """The funnel of a version, up to its last complete quarter."""
    import duckdb

    quarter = numbers.latest["quarter"]
    names = [name for name in Cohort.__dataclass_fields__ if name != "period"]
    counts = [f"coalesce(sum(value) filter (metric_id = '{one}'), 0)" for one in EXITS]
    with duckdb.connect(str(analytics), read_only=True) as connection:
        rows = connection.execute(
            f"""
            select period_start_date, {", ".join(names)}
            from marts.funnel_steps
            where period_grain = 'quarter' and period_start_date <= ?
            order by step_order, period_start_date desc
            """,
            [quarter.start],
        ).fetchall()
        reasons = connection.execute(
            f"""
            select
                dimension_value,
                {", ".join(counts)}
            from marts.kpi_values
            where
                dimension = 'reason'
                and period_grain = 'quarter'
                and period_start_date = ?
                and metric_id in {EXITS}
            group by dimension_value
            having sum(value) > 0
            order by sum(value) desc, dimension_value
            """,
            [quarter.start],
        ).fetchall()
    cohorts: dict[str, list[Cohort]] = {}
    for start, *values in rows:
        named = dict(zip(names, values, strict=True))
        cohort = Cohort(period=Period(start, "quarter"), **named)
        cohorts.setdefault(cohort.step, []).append(cohort)
    return Funnel(
        quarter,
        {name: _step(name, found) for name, found in cohorts.items()},
        [Reason(reason, tuple(map(int, found))) for reason, *found in reasons],
    )


def _step(name: str, newest_first: list[Cohort]) -> Step:
    mature, before = [
        *(one for one in newest_first if one.is_mature and one.entered_count),
        None,
        None,
    ][:2]
    return Step(name, mature, before, newest_first[0])


def stacked(
    kpis: Sequence[Kpi], periods: Iterable[Period]
) -> list[tuple[Period, list[Observation | None]]]:
    """KPIs that are parts of one whole, by month."""
    return [(period, [kpi.at(period) for kpi in kpis]) for period in periods]
