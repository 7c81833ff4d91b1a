"""A real CRM export, end to end; expected values were counted from the files themselves."""

from __future__ import annotations

import duckdb
import pytest

from orchestration import publication
from orchestration.settings import Settings
from tests.conftest import open_published, published


@pytest.fixture(scope="module")
def maven(maven_home: Settings) -> duckdb.DuckDBPyConnection:
    return open_published(maven_home)


def kpi(connection: duckdb.DuckDBPyConnection, metric: str, grain: str = "all", **where: str):
    """(numerator, denominator, value) of one row of kpi_values."""
    dimension, member = next(iter(where.items())) if where else ("all", "all")
    start = ""
    if dimension == "start":
        dimension, start, member = "all", member, "all"
    row = connection.execute(
        "select numerator, denominator, value from marts.kpi_values where metric_id = ? "
        "and period_grain = ? and dimension = ? and dimension_value = ? "
        "and (? = '' or cast(period_start_date as varchar) = ?)",
        [metric, grain, dimension, member, start, start],
    ).fetchall()
    assert len(row) == 1, (metric, grain, where, row)
    return row[0]


def test_every_deal_is_won_lost_or_open(maven):
    assert maven.execute(
        "select stage, outcome, count(*) from marts.fct_opportunities group by all order by all"
    ).fetchall() == [
        ("Engaging", "open", 1589),
        ("Lost", "lost", 2473),
        ("Prospecting", "open", 500),
        ("Won", "won", 4238),
    ]


def test_revenue_is_the_sum_of_won_deals(maven):
    assert kpi(maven, "sales_revenue")[2] == 10_005_534


def test_revenue_by_close_quarter(maven):
    quarters = ("2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01")
    assert [kpi(maven, "sales_revenue", "quarter", start=q)[2] for q in quarters] == [
        1_134_672,
        3_086_111,
        2_982_255,
        2_802_496,
    ]


def test_revenue_by_region(maven):
    assert [kpi(maven, "sales_revenue", region=r)[2] for r in ("West", "Central", "East")] == [
        3_568_647,
        3_346_293,
        3_090_594,
    ]


def test_revenue_by_agent_and_by_manager(maven):
    assert kpi(maven, "sales_revenue", owner="Darcel Schlecht")[2] == 1_153_214
    team = maven.execute(
        "select sum(value) from marts.kpi_values where metric_id = 'sales_revenue' "
        "and period_grain = 'all' and dimension = 'team'"
    ).fetchone()
    assert team == (10_005_534,)


def test_win_rate_counts_decided_deals_only(maven):
    assert kpi(maven, "win_rate") == (4238, 6711, pytest.approx(4238 / 6711))
    assert kpi(maven, "win_rate", owner="Hayden Neloms")[:2] == (107, 152)


def test_amount_weighted_win_rate_is_not_measured_without_the_amounts_of_lost_deals(maven):
    assert kpi(maven, "win_rate_amount")[2] is None


def test_deal_size_mean_and_median(maven):
    assert kpi(maven, "avg_deal_size")[2] == pytest.approx(2360.91, abs=0.005)
    assert kpi(maven, "median_deal_size")[2] == 1117


def test_sales_cycle_median_and_mean(maven):
    assert kpi(maven, "sales_cycle_days")[2] == 57
    assert kpi(maven, "mean_sales_cycle_days")[2] == pytest.approx(51.8, abs=0.05)


def test_open_pipeline_is_unknown_not_zero_when_no_open_deal_has_an_amount(maven):
    assert kpi(maven, "open_pipeline_amount")[2] is None
    assert maven.execute(
        "select count(*) from marts.fct_opportunities where is_open_qualified"
    ).fetchone() == (1589,)


def test_the_two_spellings_of_one_product_are_one_product(maven):
    deals, revenue = maven.execute(
        "select count(*), sum(amount_reporting) filter (where outcome = 'won') "
        "from marts.fct_opportunities where product_id = 'GTX Pro'"
    ).fetchone()
    assert (deals, revenue) == (1480, 3_510_578)


def test_without_the_value_map_nothing_vanishes_and_the_mismatch_is_reported(maven_home, tmp_path):
    """An inner join with the price list would lose these deals and their revenue."""
    shipped = maven_home.config.read_text(encoding="utf-8")
    assert shipped.count(", values: {GTXPro: GTX Pro}") == 1
    config = tmp_path / "exports.yaml"
    config.write_text(shipped.replace(", values: {GTXPro: GTX Pro}", ""), encoding="utf-8")
    settings = published(tmp_path / "home", maven_home.exports, config)
    maven = open_published(settings)
    assert kpi(maven, "sales_revenue")[2] == 10_005_534
    assert kpi(maven, "sales_revenue", product="GTXPro")[2] == 3_510_578
    assert maven.execute(
        "select product_id, is_inferred from marts.dim_product where product_id like 'GTX%Pro' "
        "and product_id <> 'GTX Plus Pro' order by 1"
    ).fetchall() == [("GTX Pro", False), ("GTXPro", True)]
    manifest = publication.current_manifest(settings)
    assert manifest
    warning = next(c for c in manifest["checks"] if c["rule_id"] == "deal_products_are_exported")
    assert (warning["passed"], warning["severity"], warning["observed"]) == (False, "warning", 1480)
    assert "3,510,578" in warning["detail"]


def test_without_leads_there_is_no_handoff_and_no_response_rate(maven):
    assert maven.execute("select count(*) from marts.fct_handoffs").fetchone() == (0,)
    assert kpi(maven, "first_response_sla_rate") == (0, 0, None)
    assert kpi(maven, "first_response_minutes") == (None, 0, None)
