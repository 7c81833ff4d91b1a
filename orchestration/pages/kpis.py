"""The KPIs of one version as the pages show them, read from its own ``analytics.duckdb``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.pages.periods import ALL, MONTHS_IN, Period, last_complete

if TYPE_CHECKING:
    import duckdb

MEMBERS_LISTED = 50

# The order of the tables: what only some KPIs are about, then short lists first.
DIMENSIONS = (
    "stage", "reason", "region", "channel", "cost_type", "origin", "icp_tier", "persona",
    "segment", "order_type", "product", "team", "campaign", "owner",
)  # fmt: skip

# The columns of an Observation, with what stands for NULL in the flags.
OBSERVED = {
    "numerator": None,
    "denominator": None,
    "value": None,
    "ci_low": None,
    "ci_high": None,
    "target_value": None,
    "is_mature": "true",
    "low_n": "false",
    "p90_value": None,
}

# Where a reader finds the name behind an id; a mart that a company does not have is passed over.
MEMBER_NAMES = {
    "owner": ("dim_owner", "owner_id", "owner_name"),
    "product": ("dim_product", "product_id", "product_name"),
}
# The days on which something happened; their newest is how far the data reaches.
DATES = {
    "leads": (("fct_lead_cycles", "lead_date"), ("fct_lead_cycles", "mql_credited_date")),
    "deals": (
        ("fct_opportunities", "created_date"),
        ("fct_opportunities", "final_close_date"),
        ("fct_bookings", "booking_date"),
    ),
    "costs": (("fct_costs", "cost_date"),),
}


@dataclass(frozen=True)
class Observation:
    """One row of ``kpi_values``: a KPI in one period, for everyone or for one member."""

    numerator: float | None
    denominator: float | None
    value: float | None
    ci_low: float | None
    ci_high: float | None
    target: float | None
    is_mature: bool
    low_n: bool
    p90: float | None = None
    """Of a median, what nine of ten cases do not exceed."""
    is_reached: bool = True
    """False for a period that starts after the newest record of this kind in the exports, or
    ends before the first one: its zero may only mean that nothing was exported."""

    @property
    def is_comparable(self) -> bool:
        """A value with a caution is shown, never compared."""
        return self.value is not None and not self.cautions

    @property
    def cautions(self) -> tuple[str, ...]:
        """Why a value must not be compared, as keys of the page texts."""
        if self.value is None:
            return ()
        found = {
            "unreached": not self.is_reached,
            "low_n": self.low_n,
            "immature": not self.is_mature,
        }
        return tuple(caution for caution, applies in found.items() if applies)

    @property
    def has_cases(self) -> bool:
        """Whether anything was counted; a rate of zero out of many is something."""
        return bool(self.value) or bool(self.denominator)


@dataclass(frozen=True)
class Slice:
    """One member of a dimension: its latest quarter, its latest year, and all time, by grain."""

    member: str
    name: str
    observations: dict[str, Observation]
    is_share: bool = False

    @property
    def size(self) -> float:
        """How much lies behind the all-time value; how good it is, is another question."""
        observation = self.observations[ALL]
        weight = observation.numerator if self.is_share else observation.denominator
        return (observation.value if weight is None else weight) or 0


@dataclass
class Breakdown:
    """The members of a dimension to which anything happened, largest first, the first ones."""

    member_count: int
    slices: list[Slice] = field(default_factory=list)

    def cautions(self, grain: str) -> tuple[str, ...]:
        """The cautions of every value of this grain, which one heading can say for all."""
        observed = [one.observations[grain] for one in self.slices if grain in one.observations]
        valued = [set(one.cautions) for one in observed if one.value is not None]
        return tuple(sorted(set.intersection(*valued))) if valued else ()


@dataclass
class Kpi:
    """One KPI: its definition in force, its values by period, and its slices by dimension."""

    definition: dict[str, Any]
    periods: dict[Period, Observation] = field(default_factory=dict)
    all_time: Observation | None = None
    breakdowns: dict[str, Breakdown] = field(default_factory=dict)

    @property
    def metric_id(self) -> str:
        return self.definition["metric_id"]

    @property
    def kind(self) -> str:
        return self.definition["kind"]

    @property
    def unit(self) -> str:
        return self.definition["unit"]

    @property
    def is_snapshot(self) -> bool:
        return self.definition["date_basis"] == "snapshot"

    @property
    def is_share_of_total(self) -> bool:
        """Whether only its members say anything: the total is always the whole."""
        return self.definition.get("share_dimensions") == self.definition["dimensions"]

    def has_shares_of(self, dimension: str) -> bool:
        """Whether the members of this dimension are shares of the total."""
        return dimension in (self.definition.get("share_dimensions") or "").split(", ")

    @property
    def has_course(self) -> bool:
        """Whether its total changes from month to month."""
        return not (self.is_snapshot or self.is_share_of_total)

    @property
    def has_data(self) -> bool:
        """Whether these exports can say anything about this KPI at all."""
        return (
            self.all_time is not None
            and self.all_time.value is not None
            and self.all_time.has_cases
        )

    @property
    def subject(self) -> str:
        """The kind of record it is counted from: only people have an origin, only deals and
        people an owner."""
        dimensions = (self.definition["dimensions"] or "").split(", ")
        if "origin" in dimensions or "stage" in dimensions:
            return "leads"
        return "deals" if "owner" in dimensions else "costs"

    def at(self, period: Period) -> Observation | None:
        return self.periods.get(period)


@dataclass(frozen=True)
class Numbers:
    """Everything the pages take from ``analytics.duckdb``."""

    kpis: dict[str, Kpi]
    as_of: datetime
    """The instant the exports show, in the reporting time zone."""
    newest: dict[str, date | None]
    """The newest day on which anything happened, by subject: leads, deals and costs."""
    latest: dict[str, Period]
    """The latest complete month, quarter and year."""

    @property
    def data_through(self) -> date | None:
        """The newest day on which anything happened."""
        return max((day for day in self.newest.values() if day), default=None)


def read_numbers(analytics: Path, as_of: datetime) -> Numbers:
    """Read the KPIs as they stood at ``as_of``, which carries the reporting time zone.

    Raises duckdb.Error when the file is no published copy of the marts.
    """
    import duckdb

    latest = {grain: last_complete(as_of.date(), grain) for grain in MONTHS_IN}
    with duckdb.connect(str(analytics), read_only=True) as connection:
        kpis = {row["metric_id"]: Kpi(row) for row in _definitions(connection)}
        newest = {
            subject: _newest(connection, dates, as_of.date()) for subject, dates in DATES.items()
        }
        ends = {metric_id: newest[kpi.subject] or as_of.date() for metric_id, kpi in kpis.items()}
        _read_totals(connection, kpis, ends)
        _read_breakdowns(connection, kpis, latest, ends)
    return Numbers(kpis, as_of, newest, latest)


def _definitions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cursor = connection.execute(
        """
        select *
        from marts.metric_definitions
        qualify row_number() over (
            partition by metric_id
            order by metric_version desc
        ) = 1
        order by metric_id
        """
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _read_totals(
    connection: duckdb.DuckDBPyConnection, kpis: dict[str, Kpi], ends: dict[str, date]
) -> None:
    for metric_id, grain, start, *observed in connection.execute(
        f"""
        select
            metric_id,
            period_grain,
            period_start_date,
            {_observed()}
        from marts.kpi_values
        where dimension = 'all' and period_grain in {(ALL, *MONTHS_IN)}
        """
    ).fetchall():
        if grain == ALL:
            kpis[metric_id].all_time = Observation(*observed)
        else:
            kpis[metric_id].periods[Period(start, grain)] = Observation(
                *observed, is_reached=start <= ends[metric_id]
            )
    for kpi in kpis.values():
        months = [
            p.start
            for p, seen in kpi.periods.items()
            # Leads are no sign that costs were recorded yet.
            if p.grain == "month" and (seen.numerator if kpi.subject == "costs" else seen.has_cases)
        ]
        for period, seen in kpi.periods.items():
            if months and period.end <= min(months):
                kpi.periods[period] = replace(seen, is_reached=False)


def _read_breakdowns(
    connection: duckdb.DuckDBPyConnection,
    kpis: dict[str, Kpi],
    latest: dict[str, Period],
    ends: dict[str, date],
) -> None:
    names = {dimension: member_names(connection, dimension) for dimension in MEMBER_NAMES}
    for metric_id, dimension, member, member_count, grain, start, *observed in connection.execute(
        f"""
        with

        members as (

            select
                metric_id,
                dimension,
                dimension_value,
                count(*) over (partition by metric_id, dimension) as member_count,
                row_number() over (
                    partition by metric_id, dimension
                    order by
                        coalesce(denominator, value, 0) desc,
                        coalesce(numerator, 0) desc,
                        dimension_value
                ) as place
            from marts.kpi_values
            where
                dimension <> 'all'
                and period_grain = 'all'
                -- the dense spine also holds members to which nothing happened
                and (value <> 0 or denominator <> 0 or numerator <> 0)

        )

        select
            metric_id,
            dimension,
            dimension_value,
            members.member_count,
            kpi_values.period_grain,
            kpi_values.period_start_date,
            {_observed()}
        from members
        inner join marts.kpi_values as kpi_values
            using (metric_id, dimension, dimension_value)
        where
            members.place <= {MEMBERS_LISTED}
            and (
                kpi_values.period_grain = 'all'
                or (kpi_values.period_grain, kpi_values.period_start_date) in (
                    ('quarter', date '{latest["quarter"].start}'),
                    ('year', date '{latest["year"].start}')
                )
            )
        order by metric_id, dimension, members.place, kpi_values.period_grain
        """
    ).fetchall():
        breakdown = kpis[metric_id].breakdowns.setdefault(dimension, Breakdown(member_count))
        if not breakdown.slices or breakdown.slices[-1].member != member:
            name = names.get(dimension, {}).get(member) or member
            is_share = kpis[metric_id].has_shares_of(dimension)
            breakdown.slices.append(Slice(member, name, {}, is_share))
        breakdown.slices[-1].observations[grain] = Observation(
            *observed, is_reached=grain == ALL or start <= ends[metric_id]
        )
    for kpi in kpis.values():
        kpi.breakdowns = {
            dimension: kpi.breakdowns[dimension]
            for dimension in sorted(kpi.breakdowns, key=_dimension_place)
        }


def _observed() -> str:
    """The columns of an Observation."""
    return ", ".join(
        f"coalesce(kpi_values.{column}, {default})" if default else f"kpi_values.{column}"
        for column, default in OBSERVED.items()
    )


def _dimension_place(dimension: str) -> int:
    return DIMENSIONS.index(dimension) if dimension in DIMENSIONS else len(DIMENSIONS)


def member_names(connection: duckdb.DuckDBPyConnection, dimension: str) -> dict[str, str]:
    """The name behind each id of a dimension in MEMBER_NAMES; none where the mart is absent."""
    table, key, name = MEMBER_NAMES[dimension]
    if (table, name) not in _columns(connection):
        return {}
    return dict(connection.execute(f"select {key}, {name} from marts.{table}").fetchall())


def _newest(
    connection: duckdb.DuckDBPyConnection, dates: tuple[tuple[str, str], ...], as_of: date
) -> date | None:
    known = _columns(connection)
    newest = [
        _one(connection, f"select max({column}) from marts.{table} where {column} <= '{as_of}'")
        for table, column in dates
        if (table, column) in known
    ]
    return max((day for day in newest if day is not None), default=None)


def _columns(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    return set(
        connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
