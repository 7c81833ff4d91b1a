"""A real lead funnel, end to end; expected values were counted from the files themselves."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.settings import Settings
from tests.conftest import open_published

# origin: leads that qualified, of them won
ORIGINS = {
    "organic_search": (2296, 271),
    "paid_search": (1586, 195),
    "social": (1350, 75),
    "unknown": (1099, 179),
    "direct_traffic": (499, 56),
    "email": (493, 15),
    "referral": (284, 24),
    "other": (150, 4),
    "display": (118, 6),
    "other_publicities": (65, 3),
    None: (60, 14),
}

WON_WITHIN_A_YEAR_BY_CONTACT_MONTH = {
    "2017-08": 8, "2017-09": 6, "2017-10": 14, "2017-11": 18, "2017-12": 11,
    "2018-01": 152, "2018-02": 149, "2018-03": 166, "2018-04": 183, "2018-05": 130,
}  # fmt: skip
WON_BY_WON_MONTH = {
    "2017-12": 3, "2018-01": 73, "2018-02": 113, "2018-03": 147, "2018-04": 207, "2018-05": 122,
    "2018-06": 57, "2018-07": 37, "2018-08": 33, "2018-09": 23, "2018-10": 21, "2018-11": 6,
}  # fmt: skip


@pytest.fixture(scope="module")
def olist(olist_home: Settings) -> duckdb.DuckDBPyConnection:
    return open_published(olist_home)


def all_time(connection: duckdb.DuckDBPyConnection, metric: str) -> dict[str, int]:
    """Value by channel over all time."""
    return dict(
        connection.execute(
            "select dimension_value, cast(value as integer) from marts.kpi_values "
            "where metric_id = ? and period_grain = 'all' and dimension = 'channel' and value > 0",
            [metric],
        ).fetchall()
    )


def channel_of(connection: duckdb.DuckDBPyConnection) -> dict[str | None, str]:
    """The exported word to our channel; the words are in the people as they were exported."""
    return dict(
        connection.execute(
            "select distinct channel_source_value, channel from marts.dim_person"
        ).fetchall()
    )


def test_qualified_leads_and_wins_by_origin(olist):
    channel = channel_of(olist)
    assert set(channel) == set(ORIGINS)
    assert len(set(channel.values())) == len(ORIGINS), "two origins share a channel"
    mqls, customers = all_time(olist, "mql_count"), all_time(olist, "new_customer_count")
    assert {o: (mqls[c], customers[c]) for o, c in channel.items()} == ORIGINS


def test_totals(olist):
    rows = olist.execute(
        "select metric_id, value from marts.kpi_values where period_grain = 'all' "
        "and dimension = 'all' and metric_id in ('mql_count', 'new_customer_count') order by 1"
    ).fetchall()
    assert rows == [("mql_count", 8000), ("new_customer_count", 842)]


def test_cohort_by_contact_month_and_count_by_won_month_are_different_tables(olist):
    cohort = olist.execute(
        "select strftime(period_start_date, '%Y-%m'), numerator from marts.kpi_values "
        "where metric_id = 'lead_to_customer_rate' and period_grain = 'month' "
        "and dimension = 'all' and numerator > 0"
    ).fetchall()
    won = olist.execute(
        "select strftime(period_start_date, '%Y-%m'), value from marts.kpi_values "
        "where metric_id = 'new_customer_count' and period_grain = 'month' "
        "and dimension = 'all' and value > 0"
    ).fetchall()
    assert dict(cohort) == WON_WITHIN_A_YEAR_BY_CONTACT_MONTH
    assert dict(won) == WON_BY_WON_MONTH
    assert sum(WON_BY_WON_MONTH.values()) == 842
    # Four deals were won later than 365 days after first contact, one before it.
    assert sum(WON_WITHIN_A_YEAR_BY_CONTACT_MONTH.values()) == 842 - 4 - 1


def test_people_who_are_both_sdr_and_sales_rep(olist):
    assert olist.execute(
        "select count(*) from marts.dim_owner where roles like '%sales_rep%' and roles like '%sdr%'"
    ).fetchone() == (13,)


def test_the_deal_won_before_first_contact_is_flagged_not_hidden(olist):
    assert olist.execute(
        "select count(*), count(*) filter (where is_won_before_lead) from marts.fct_opportunities"
    ).fetchone() == (842, 1)


def test_deals_without_a_seller_row_stay(olist):
    assert olist.execute(
        "select count(*) from marts.fct_opportunities join marts.dim_account using (account_id) "
        "where is_inferred"
    ).fetchone() == (462,)


def test_a_lead_does_not_cost_nothing_when_no_costs_are_exported(olist):
    (leads,) = olist.execute(
        "select count(*) from marts.fct_lead_cycles where is_lead_counted and origin = 'marketing'"
    ).fetchone()
    assert leads > 7000
    assert olist.execute(
        "select numerator, denominator, value from marts.kpi_values "
        "where metric_id = 'cpl' and period_grain = 'all' and dimension = 'all'"
    ).fetchall() == [(None, leads, None)]
    assert olist.execute(
        "select distinct program_cost, cpl from marts.campaign_performance"
    ).fetchall() == [(None, None)]


def test_revenue_is_unknown_when_no_deal_has_an_amount(olist):
    assert olist.execute(
        "select value from marts.kpi_values where metric_id = 'sales_revenue' "
        "and period_grain = 'all' and dimension = 'all'"
    ).fetchone() == (None,)


def test_without_recorded_activities_responses_are_not_measured(olist):
    """Not 0 %: the exports hold nothing that could have answered anybody."""
    assert olist.execute(
        "select response_status, count(*), count(response_cohort_date), "
        "count(response_business_minutes) from marts.fct_handoffs group by 1"
    ).fetchall() == [("not_recorded", 8000, 0, 0)]
    assert olist.execute(
        "select metric_id, count(*) filter (where value is not null), coalesce(sum(denominator), 0)"
        " from marts.kpi_values where metric_id in ('first_response_sla_rate', "
        "'response_coverage', 'first_response_minutes', 'time_to_contact_minutes') "
        "group by 1 order by 1"
    ).fetchall() == [
        ("first_response_minutes", 0, 0),
        ("first_response_sla_rate", 0, 0),
        ("response_coverage", 0, 0),
        ("time_to_contact_minutes", 0, 0),
    ]
