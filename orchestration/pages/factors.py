"""What happened outside the funnel and which rules changed, as it stands beside the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from orchestration.pages.periods import Period
from orchestration.pages.texts import Language

FACTORS_CHARTED = 20
DEFINITION_CHANGE = "definition_change"


@dataclass(frozen=True)
class Factor:
    """One row of ``fct_external_factors``, or a new version of a definition.

    The fields are the columns the pages show.
    """

    name_en: str
    name_zh: str | None
    factor_type: str
    factor_type_source_value: str | None
    start_date: date
    end_date: date | None
    scope: str
    metric_ids: str | None
    is_hindsight: bool | None
    """None when nobody wrote down when it was recorded."""
    is_rule_change: bool
    signed_sales_on: date | None
    signed_marketing_on: date | None

    @property
    def is_definition_change(self) -> bool:
        """A rule of this project: every period follows the new one, so no series breaks."""
        return self.factor_type == DEFINITION_CHANGE

    def name(self, language: Language) -> str:
        """In the reader's language, in English where there is no other."""
        return self.name_zh or self.name_en if language == "zh" else self.name_en

    @property
    def member(self) -> tuple[str, str] | None:
        """The dimension and the member it is limited to; None for the whole company."""
        dimension, _, member = self.scope.partition("=")
        return (dimension.strip(), member.strip()) if member.strip() else None

    def concerns(self, metric_id: str) -> bool:
        named = [one.strip() for one in (self.metric_ids or "").split(",") if one.strip()]
        return not named or metric_id in named

    def happens_between(self, start: date, end: date) -> bool:
        """Whether it falls into the days from ``start`` to the day before ``end``.

        One without an end counts where it begins: what held all the time explains no change.
        """
        return self.start_date < end and (self.end_date or self.start_date) >= start


def read_factors(analytics: Path) -> list[Factor]:
    """Every factor and every changed definition of the version, oldest first."""
    import duckdb

    columns = ", ".join(Factor.__dataclass_fields__)
    with duckdb.connect(str(analytics), read_only=True) as connection:
        rows = connection.execute(
            f"""
            select {columns}
            from (
                select *
                from marts.fct_external_factors
                union all by name
                select
                    metric_id as factor_id,
                    concat(name_en, ' (v', metric_version, ')') as name_en,
                    concat(name_zh, ' (v', metric_version, ')') as name_zh,
                    '{DEFINITION_CHANGE}' as factor_type,
                    'all' as scope,
                    metric_id as metric_ids,
                    false as is_hindsight,
                    true as is_rule_change,
                    effective_from as start_date,
                    signed_sales_on,
                    signed_marketing_on
                from marts.metric_definitions
                where metric_version > 1
            )
            order by start_date, factor_id
            """
        ).fetchall()
    return [Factor(*row) for row in rows]


def happened_before(factors: Iterable[Factor], as_of: date) -> list[Factor]:
    """What happened in the twelve months up to and including ``as_of``, newest first."""
    end = as_of + timedelta(days=1)
    year_ago = Period(end.replace(day=1), "month").moved(-12).start
    start = year_ago + timedelta(days=end.day - 1)
    return [one for one in factors if one.happens_between(start, end)][::-1]


def charted(
    factors: Iterable[Factor], metric_id: str, start: date, end: date
) -> tuple[dict[int, Factor], int]:
    """The newest factors of a KPI between two days by the number they carry, oldest first.

    With it, how many older ones are left off.
    """
    found = [one for one in factors if one.concerns(metric_id) and one.happens_between(start, end)]
    shown = found[-FACTORS_CHARTED:]
    return dict(enumerate(shown, start=1)), len(found) - len(shown)
