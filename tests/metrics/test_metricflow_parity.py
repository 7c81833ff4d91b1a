"""`mf query` on the published marts gives the numbers of kpi_values, KPI by KPI.

Both are rendered from models/metrics/*.yml, by different code: a difference means that one of
the two misreads the registry. It does not mean that the definition is wrong.

What MetricFlow does not give, whatever the KPI: the zero of a member in a period without rows
(no row comes back), targets, confidence intervals, maturity and the mark for few cases. Those
exist in kpi_values only. What it gives beyond them: zeros of members none of whose rows ever
counted, and one row without a date for those rows.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import chain, product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.metrics.conftest import BIN, metricflow_environment, published_file

KPIS_BY_ENTITY = {
    "lead": ["lead_count", "lead_to_customer_rate"],
    "lead_of_a_fit": ["icp_match_rate", "unknown_share"],
    "open_deal": ["persona_coverage_rate"],
    "mql": ["mql_count", "mql_new_count", "mql_recycled_count"],
    "stage_entry": [
        "conversion_period_ratio",
        "sal_count",
        "sql_count",
        "sql_customer_success_sourced_count",
        "sql_marketing_count",
        "sql_partner_sourced_count",
        "sql_sales_sourced_count",
    ],
    "lead_exit": ["disqualified_count", "recycled_count", "rejected_count"],
    "rejection": ["rejection_mix"],
    "recycled_cycle": ["reentry_rate"],
    "lead_cohort": ["lead_to_mql_days", "lead_to_mql_rate"],
    "accepted_mql": ["mql_to_sal_days"],
    "buying_lead": ["lead_to_customer_days"],
    "mql_cohort": ["mql_to_sql_rate", "stage_stall_rate", "stage_velocity_days"],
    "mature_mql": ["stage_leakage_rate"],
    "sal_cohort": ["sal_to_sql_days", "sal_to_sql_rate"],
    "sql_cohort": ["sql_to_opp_days", "sql_to_opp_rate"],
    "sales_cohort": ["sales_conversion_rate", "sql_to_customer_days"],
    "timed_entry": ["untimed_stage_rate"],
    "created_opportunity": ["regression_rate"],
    "qualified_opportunity": ["opportunity_count"],
    "decided_opportunity": [
        "avg_deal_size",
        "mean_sales_cycle_days",
        "median_deal_size",
        "sales_cycle_days",
        "win_rate",
        "win_rate_amount",
    ],
    "open_opportunity": ["open_pipeline_amount"],
    "handoff": [
        "first_response_minutes",
        "first_response_sla_rate",
        "mean_first_response_minutes",
        "rep_delay_minutes",
        "response_coverage",
        "routing_delay_minutes",
        "time_to_contact_minutes",
    ],
    "decided_handoff": [
        "decision_timeliness_rate",
        "mql_acceptance_rate",
        "mql_acceptance_rate_decided",
        "mql_undecided_rate",
        "no_fit_rejection_rate",
    ],
    "followed_up_handoff": ["followup_compliance_rate"],
    "agreement": ["mql_volume_attainment"],
    "delivered_mql": ["pipeline_per_mql", "sla_pipeline_delivered"],
    "journey_event": ["journey_completeness_rate"],
    "match_check": ["l2a_precision"],
    "matched_person": ["l2a_ambiguity_rate", "l2a_match_rate"],
    "booking": ["new_customer_count", "sales_revenue"],
    "cost": ["marketing_program_cost"],
    "marketing": ["cpl", "cpl_paid"],
    "lead_match": ["lead_match_gap"],
    "website": ["visit_to_lead_rate"],
}
"""The entity before the dimension in a MetricFlow question, and the KPIs it may be asked for."""

SHARED = {
    (entity, dimension): f"marketing_{dimension}"
    for entity in ("cost", "marketing")
    for dimension in ("channel", "campaign")
} | {
    ("website", "channel_group"): "website_channel_group",
    ("agreement", "region"): "agreement_region",
    ("agreement", "segment"): "agreement_segment",
}
"""Two semantic models meet in foreign entities, which a question names by themselves."""

SHARES_OF_TOTAL = {("stage_leakage_rate", "reason")} | {
    ("rejection_mix", dimension)
    for dimension in (
        "channel", "campaign", "origin", "region", "segment", "owner", "team", "icp_tier",
        "persona", "reason",
    )
}  # fmt: skip
"""KPI and dimension whose members MetricFlow divides by themselves, not by the total."""

GRAINS = ("all", "month", "quarter", "year")
GRAINS_BY_DIMENSION = ("all", "month")
"""Quarters and years differ from months in the truncation of the date only: asked for the total."""

Key = tuple[str, str, str, str, str]
"""metric_id, period_grain, period_start_date, dimension, dimension_value."""


@pytest.fixture(params=["worked_examples_home", "handoffs_home", "maven_home", "olist_home"])
def analytics(request: pytest.FixtureRequest) -> Path:
    return published_file(request.getfixturevalue(request.param))


def questions(analytics: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """(grain, dimension, question) for every KPI and each of its allowed dimensions."""
    with duckdb.connect(str(analytics), read_only=True) as connection:
        dimensions: dict[str, str] = dict(
            connection.execute(
                "select metric_id, dimensions from marts.metric_definitions"
            ).fetchall()
        )
    assert sorted(dimensions) == sorted(chain(*KPIS_BY_ENTITY.values()))
    asked = []
    for entity, metrics in KPIS_BY_ENTITY.items():
        for grain, dimension in [
            *product(GRAINS, ["all"]),
            *product(GRAINS_BY_DIMENSION, dimensions[metrics[0]].split(", ")),
        ]:
            if (metrics[0], dimension) in SHARES_OF_TOTAL:
                continue
            group_by = [] if grain == "all" else [f"metric_time__{grain}"]
            if dimension != "all":
                group_by.append(SHARED.get((entity, dimension), f"{entity}__{dimension}"))
            asked.append((grain, dimension, {"metrics": metrics, "group_by": group_by}))
    return asked


def answers_by_key(
    asked: list[tuple[str, str, dict[str, Any]]], answers: list[Any], first_day: str
) -> dict[Key, float]:
    """What MetricFlow knows; rows that count on no day and empty values are left out."""
    found = {}
    for (grain, dimension, question), rows in zip(asked, answers, strict=True):
        for row in rows:
            start = first_day
            if grain != "all":
                if row[f"metric_time__{grain}"] is None:
                    continue
                start = row[f"metric_time__{grain}"][:10]
            member = "all" if dimension == "all" else row[question["group_by"][-1]]
            for metric in question["metrics"]:
                if row[metric] is not None:
                    found[metric, grain, start, dimension, member] = row[metric]
    return found


def published_values(analytics: Path) -> dict[Key, float]:
    """The values of kpi_values MetricFlow must know: all but the zeros of counts and sums."""
    with duckdb.connect(str(analytics), read_only=True) as connection:
        rows = connection.execute(
            "select metric_id, period_grain, cast(period_start_date as varchar), dimension, "
            "dimension_value, value "
            "from marts.kpi_values inner join marts.metric_definitions using (metric_id) "
            "where value is not null and not (kind in ('count', 'sum') and value = 0) "
            "and (period_grain in ? or (period_grain in ? and dimension = 'all'))",
            [list(GRAINS_BY_DIMENSION), list(GRAINS)],
        ).fetchall()
    return {row[:5]: row[5] for row in rows if (row[0], row[3]) not in SHARES_OF_TOTAL}


def test_metricflow_gives_the_numbers_of_kpi_values(
    analytics: Path, ask_metricflow: Callable[[Path, list[dict[str, Any]]], list[Any]]
):
    asked = questions(analytics)
    values = published_values(analytics)
    first_day = min(key[2] for key in values)

    answers = ask_metricflow(analytics, [question for _, _, question in asked])
    found = answers_by_key(asked, answers, first_day)

    assert len(values) > 100
    assert {key: found.get(key) for key in values} == pytest.approx(values, rel=1e-9)
    assert {key: v for key, v in found.items() if key not in values and v != 0} == {}


def test_mf_command_answers_while_another_reader_holds_the_file(
    worked_examples_home, metricflow_folder: Path
):
    analytics = published_file(worked_examples_home)
    before = analytics.read_bytes()
    with duckdb.connect(str(analytics), read_only=True):
        outcome = subprocess.run(
            [
                BIN / "mf", "query", "--quiet", "--csv", metricflow_folder / "answer.csv",
                "--metrics", "win_rate,avg_deal_size", "--group-by", "decided_opportunity__team",
                "--order", "decided_opportunity__team",
            ],
            cwd=metricflow_folder,
            env=metricflow_environment(analytics, metricflow_folder),
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert (metricflow_folder / "answer.csv").read_text().splitlines()[:3] == [
        "decided_opportunity__team,win_rate,avg_deal_size",
        "East,0.75,8000.0",
        "West,0.6666666666666666,6000.0",
    ]
    assert analytics.read_bytes() == before
