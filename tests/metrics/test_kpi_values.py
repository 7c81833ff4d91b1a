"""What holds for kpi_values whatever the company: totals, members and periods agree."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.metrics.conftest import published_file


@pytest.fixture(params=["worked_examples_home", "handoffs_home", "maven_home", "olist_home"])
def marts(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    path = published_file(request.getfixturevalue(request.param))
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set schema = 'marts'")
        yield connection


GRAINS = {
    "day", "week", "biweek", "month", "quarter", "year", "fiscal_period", "fiscal_quarter",
    "fiscal_year", "all",
}  # fmt: skip


def test_every_kpi_has_values_for_all_in_every_period_grain(marts):
    found = marts.execute(
        "select metric_id, list(distinct period_grain) from kpi_values where dimension = 'all' "
        "group by all"
    ).fetchall()
    assert [name for name, grains in found if set(grains) != GRAINS] == []


def test_additive_kpis_agree_over_every_period_grain(marts):
    """Members have values in months, quarters, years and all time; in other periods not each."""
    assert (
        marts.execute(
            "with totals as ("
            "  select metric_id, dimension, dimension_value, period_grain, "
            "    coalesce(sum(value), 0) as total "
            "  from kpi_values inner join metric_definitions using (metric_id) "
            "  where is_additive group by all), "
            "members as (select distinct metric_id, dimension, dimension_value from totals), "
            "grains as (select distinct period_grain from kpi_values), "
            "cells as ("
            "  select members.*, period_grain, total, "
            "    coalesce(max(total) filter (where period_grain = 'all') "
            "      over (partition by metric_id, dimension, dimension_value), 0) as all_time "
            "  from members cross join grains "
            "  left join totals using (metric_id, dimension, dimension_value, period_grain)) "
            "select * from cells where abs(coalesce(total, 0) - all_time) > 0.01 "
            "and (total is not null or period_grain in ('month', 'quarter', 'year'))"
        ).fetchall()
        == []
    )


def test_members_of_a_dimension_add_up_to_the_total(marts):
    """Numerators and denominators too, so that a total is never a mean of ratios."""
    assert (
        marts.execute(
            "with parts as ("
            "  select metric_id, period_grain, period_start_date, dimension, "
            "    sum(numerator) as numerator, "
            # Each member of a share has the denominator of the total.
            "    case when bool_or(contains(share_dimensions, dimension)) then max(denominator) "
            "      else sum(denominator) end as denominator "
            "  from kpi_values inner join metric_definitions using (metric_id) "
            "  where dimension <> 'all' group by all) "
            "select parts.* from parts inner join kpi_values as total "
            "using (metric_id, period_grain, period_start_date) where total.dimension = 'all' "
            "and (abs(coalesce(parts.numerator, 0) - coalesce(total.numerator, 0)) > 0.01 "
            "  or abs(coalesce(parts.denominator, 0) - coalesce(total.denominator, 0)) > 0.01)"
        ).fetchall()
        == []
    )


def test_every_member_has_a_row_in_every_period(marts):
    assert (
        marts.execute(
            "select metric_id, period_grain, dimension, count(*) as row_count, "
            "  count(distinct dimension_value) * count(distinct period_start_date) as expected "
            "from kpi_values group by all having row_count <> expected"
        ).fetchall()
        == []
    )


def test_every_kpi_is_sliced_by_the_dimensions_of_its_definition(marts):
    allowed = marts.execute(
        "select metric_id, list_sort(string_split(dimensions, ', ')) "
        "from metric_definitions order by 1"
    ).fetchall()
    deal = ["channel", "icp_tier", "order_type", "owner", "product", "region", "segment", "team"]
    of_leads = [
        "campaign", "channel", "icp_tier", "origin", "owner", "persona", "region", "segment",
        "team",
    ]  # fmt: skip
    with_reason = sorted([*of_leads, "reason"])
    dimensions = {
        **dict.fromkeys(
            (
                "conversion_period_ratio",
                "icp_match_rate",
                "lead_count",
                "lead_to_customer_rate",
                "lead_to_mql_rate",
                "mql_count",
                "mql_new_count",
                "mql_recycled_count",
                "mql_to_sql_rate",
                "reentry_rate",
                "sal_count",
                "sal_to_sql_rate",
                "sales_conversion_rate",
                "sql_count",
                "sql_customer_success_sourced_count",
                "sql_marketing_count",
                "sql_partner_sourced_count",
                "sql_sales_sourced_count",
                "sql_to_opp_rate",
                "stage_stall_rate",
                "stage_velocity_days",
                "lead_to_customer_days",
                "lead_to_mql_days",
                "mql_to_sal_days",
                "sal_to_sql_days",
                "sql_to_customer_days",
                "sql_to_opp_days",
                "decision_timeliness_rate",
                "first_response_minutes",
                "first_response_sla_rate",
                "followup_compliance_rate",
                "mean_first_response_minutes",
                "mql_acceptance_rate",
                "mql_acceptance_rate_decided",
                "mql_undecided_rate",
                "no_fit_rejection_rate",
                "pipeline_per_mql",
                "rep_delay_minutes",
                "response_coverage",
                "routing_delay_minutes",
                "sla_pipeline_delivered",
                "time_to_contact_minutes",
                "unknown_share",
            ),
            of_leads,
        ),
        "recycled_count": with_reason,
        "disqualified_count": with_reason,
        "rejected_count": with_reason,
        "stage_leakage_rate": with_reason,
        "rejection_mix": with_reason,
        "untimed_stage_rate": ["stage"],
        "marketing_program_cost": ["campaign", "channel", "cost_type", "region"],
        "cpl": ["campaign", "channel"],
        "lead_match_gap": ["campaign", "channel"],
        "journey_completeness_rate": ["region", "segment"],
        "l2a_ambiguity_rate": ["channel", "region"],
        "l2a_match_rate": ["channel", "region"],
        "l2a_precision": ["channel", "region"],
        "cpl_paid": ["campaign", "channel"],
        "visit_to_lead_rate": ["channel_group"],
        "mql_volume_attainment": ["region", "segment"],
    }
    assert allowed == [(name, dimensions.get(name, deal)) for name, _ in allowed]
    used = marts.execute(
        "select distinct metric_id, dimension from kpi_values where dimension <> 'all'"
    ).fetchall()
    by_metric = dict(allowed)
    assert [(name, dimension) for name, dimension in used if dimension not in by_metric[name]] == []


def test_intervals_hold_the_share_and_stay_between_zero_and_one(marts):
    assert (
        marts.execute(
            "select * from kpi_values where ci_low is not null "
            "and not (0 <= ci_low and ci_low <= value and value <= ci_high and ci_high <= 1)"
        ).fetchall()
        == []
    )


def test_only_kpis_counted_by_cohort_are_ever_immature(marts):
    assert (
        marts.execute(
            "select distinct metric_id from kpi_values "
            "inner join metric_definitions using (metric_id) "
            "where not is_mature and date_basis <> 'cohort'"
        ).fetchall()
        == []
    )
    assert marts.execute(
        "select count(*) from kpi_values "
        "where not is_mature and metric_id = 'lead_to_customer_rate'"
    ).fetchone() > (0,)
