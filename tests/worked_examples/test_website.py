"""T-34.1 of the definitions sheet, from reports of the website to the published marts.

The sheet's five new leads and two hundred visits are those of June 2025; beside them stands what
the rate must not count. Visits of Universal Analytics, which ran beside on one day and alone in
May, are another series.
"""

from __future__ import annotations

import duckdb
import pytest

from orchestration.settings import Settings
from tests.conftest import open_published
from tests.worked_examples.test_worked_examples import kpi

MAY, JUNE, QUARTER = "2025-05-01", "2025-06-01", "2025-04-01"
RATE = "visit_to_lead_rate"


@pytest.fixture(scope="module")
def marts(website_home: Settings) -> duckdb.DuckDBPyConnection:
    return open_published(website_home)


def test_rate_is_that_of_the_sheet(marts):
    """T-34.1"""
    assert marts.execute(kpi(RATE, JUNE)).fetchone() == (pytest.approx(0.025, abs=1e-6),)
    assert marts.execute(kpi(RATE, QUARTER, grain="quarter")).fetchone() == (0.025,)


WRONG = {
    "leads of a fair or a call, whom no visit brought": 7 / 200,
    "a lead on a day whose visits nobody counted": 6 / 200,
    "somebody known already, under a second address": 6 / 200,
    "a test entry": 6 / 200,
    "the report of the day added to the one by channel group": 5 / 403,
    "the report of the day instead of the one by channel group": 5 / 203,
    "visits of Universal Analytics added": 5 / 264,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_rate_is_not_the_typical_error(marts, wrong):
    assert marts.execute(kpi(RATE, JUNE)).fetchone() != (pytest.approx(wrong, abs=1e-6),)


def test_channel_groups_of_leads_and_visits_meet(marts):
    assert marts.execute(
        "select dimension_value, numerator, denominator, value from marts.kpi_values "
        f"where metric_id = '{RATE}' and period_grain = 'month' "
        f"and period_start_date = date '{JUNE}' and dimension = 'channel_group' order by 1"
    ).fetchall() == [
        ("Direct", 1, 40, 1 / 40),
        ("Email", 1, 30, 1 / 30),
        ("Organic Search", 1, 50, 1 / 50),
        ("Paid Search", 1, 60, 1 / 60),
        ("Referral", 1, 18, 1 / 18),
        ("Unassigned", 0, 2, 0),
        ("__missing__", 0, 0, None),
    ]


def test_month_of_the_closed_series_alone_has_no_rate(marts):
    """The lead of May came by a visit that Google Analytics 4 did not count."""
    assert marts.execute(
        "select numerator, denominator, value from marts.kpi_values "
        f"where metric_id = '{RATE}' and period_grain = 'month' and dimension = 'all' "
        f"and period_start_date = date '{MAY}'"
    ).fetchone() == (0, 0, None)
    assert marts.execute(kpi("lead_count", MAY)).fetchone() == (1,)
    assert marts.execute(
        "select sum(sessions) from marts.fct_web_traffic_daily "
        "where analytics = 'universal_analytics'"
    ).fetchone() == (104,)
