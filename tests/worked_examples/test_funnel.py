"""T-03 to T-06, T-31, T-32 and the funnel's lines of T-34, from export files to published marts.

The examples that the sheet builds on its shared tables are read from those; the others have
exports of their own, a month each. The expected values are the sheet's.
"""

from __future__ import annotations

import duckdb
import pytest

from orchestration.settings import Settings
from tests.conftest import open_published
from tests.worked_examples.test_worked_examples import JUNE, MAY, kpi


@pytest.fixture(scope="module")
def funnel(funnel_home: Settings) -> duckdb.DuckDBPyConnection:
    return open_published(funnel_home)


def column(metric: str, name: str, start: str, grain: str = "month") -> str:
    return kpi(metric, start, grain=grain).replace("select value", f"select {name}")


def over_months(metric: str, start: str) -> str:
    """A rate over several months: the sum of numerators by the sum of denominators."""
    return (
        "select sum(numerator) / sum(denominator) from marts.kpi_values "
        f"where metric_id = '{metric}' and period_grain = 'month' and dimension = 'all' "
        f"and period_start_date >= '{start}'"
    )


def all_time(metric: str) -> str:
    return (
        f"select value from marts.kpi_values where metric_id = '{metric}' "
        "and period_grain = 'all' and dimension = 'all'"
    )


def handed_off_in_may(condition: str) -> str:
    return (
        "select count(*) from marts.fct_lead_cycles where strftime(mql_credited_date, '%Y-%m') = "
        f"'2025-05' and {condition}"
    )


SHARED = [
    ("T-03.3", kpi("mql_new_count", JUNE), 1),
    ("T-03.4", kpi("mql_recycled_count", JUNE), 1),
    ("T-03.6", kpi("sql_count", MAY), 2),
    ("T-03.7", kpi("sql_count", JUNE), 2),
    ("T-03.8", kpi("sql_marketing_count", JUNE), 1),
    ("T-03.9", kpi("sql_sales_sourced_count", JUNE), 1),
    ("T-04.1", kpi("mql_to_sql_rate", MAY), 0.5),
    ("T-04.2", kpi("mql_to_sql_rate", JUNE), 0.5),
    ("T-04.4", kpi("conversion_period_ratio", JUNE), 0.5),
    ("T-04.5", column("mql_to_sql_rate", "is_mature", JUNE), False),
    ("T-04.6", column("mql_to_sql_rate", "is_mature", MAY), True),
    (
        "T-04.11",
        "select origin = 'sales' and mql_at is null and sql_at is not null "
        "from marts.fct_lead_cycles where lead_cycle_id = 'c11'",
        True,
    ),
    ("T-05.1", handed_off_in_may("sal_at is not null"), 2),
    ("T-05.2", handed_off_in_may("rejected_at is not null"), 2),
    ("T-05.3", handed_off_in_may("sal_at is null and rejected_at is null"), 0),
    ("T-34.2", over_months("lead_to_mql_rate", MAY), 5 / 6),
    ("T-34.3", kpi("sales_conversion_rate", MAY), 0.5),
    ("T-34.5", kpi("sal_to_sql_rate", MAY), 1),
    ("T-34.6", over_months("sql_to_opp_rate", MAY), 1),
    ("T-34.9", all_time("reentry_rate"), 0.5),
    ("T-34.10", all_time("regression_rate"), 1 / 9),
    ("T-34.26", kpi("rejection_mix", MAY, "reason", "no_budget"), 0.5),
    ("T-34.42", kpi("disqualified_count", MAY), 1),
    ("T-34.43", kpi("recycled_count", MAY), 1),
    ("T-34.44", kpi("rejected_count", MAY), 2),
    ("T-34.45", kpi("sal_count", MAY), 2),
]


def days_in(stage: str, condition: str = "true") -> str:
    return (
        "select sum(duration_days) from marts.fct_stage_events where stage = "
        f"'{stage}' and opportunity_id = 'back_and_forth' and {condition}"
    )


def transition(person: str, name: str) -> str:
    return (
        f"select {name} from marts.fct_stage_transitions "
        f"where person_id = '{person}' and step = 'mql_to_sql'"
    )


JANUARY, FEBRUARY, SEPTEMBER = "2025-01-01", "2025-02-01", "2024-09-01"

OWN = [
    ("G5, a year of weeks", kpi("lead_count", "2025-02-02", grain="fiscal_year"), 7),
    ("G5, its four weeks", kpi("lead_count", "2025-02-02", grain="fiscal_period"), 4),
    ("G5, its five weeks", kpi("lead_count", "2025-03-02", grain="fiscal_period"), 3),
    ("G20, the ISO week of a Sunday", kpi("lead_count", "2025-01-27", grain="week"), 4),
    ("G20, a day", kpi("lead_count", "2025-03-08", grain="day"), 1),
    ("G8, a day without leads", kpi("lead_count", "2025-03-09", grain="day"), 0),
    ("G8, a rate of that day", kpi("lead_to_mql_rate", "2025-03-09", grain="day"), None),
    ("T-04.7", transition("x1", "is_converted"), True),
    ("T-04.8", transition("x2", "is_converted"), False),
    ("T-04.9", kpi("mql_to_sql_rate", "2025-04-01"), None),
    ("T-04.10", kpi("conversion_period_ratio", "2024-12-01"), 2),
    ("T-06.1", days_in("Discovery", "visit_no = 1"), 4),
    ("T-06.2", days_in("Discovery", "is_latest_visit"), 3),
    ("T-06.3", days_in("Discovery"), 7),
    ("T-06.4", days_in("Proposal"), 12),
    (
        "T-06.5",
        "select regression_count from marts.fct_opportunities "
        "where opportunity_id = 'back_and_forth'",
        1,
    ),
    (
        "T-06.6",
        "select sum(duration_days) from marts.fct_stage_events "
        "where opportunity_id = 'back_and_forth'",
        19,
    ),
    (
        "T-06.7",
        "select sum(value) from marts.kpi_values where metric_id in ('mql_to_sql_rate', "
        "'stage_leakage_rate', 'stage_stall_rate') and period_grain = 'month' "
        f"and period_start_date = '{JANUARY}' and dimension = 'all'",
        1,
    ),
    ("T-06.7 converted", kpi("mql_to_sql_rate", JANUARY), 0.4),
    ("T-06.8", kpi("stage_velocity_days", FEBRUARY), 9),
    ("T-06.8 nine of ten", column("stage_velocity_days", "p90_value", FEBRUARY), 17.8),
    ("T-06.8 from lead to MQL", kpi("lead_to_mql_days", "2024-08-01"), 5),
    ("T-06.8 from MQL to SAL", kpi("mql_to_sal_days", "2024-08-01"), 3),
    ("T-06.8 from SAL to SQL", kpi("sal_to_sql_days", "2024-08-01"), 3),
    ("T-31.1", column("mql_to_sql_rate", "ci_low", "2024-10-01"), 0.150039),
    ("T-31.2", column("mql_to_sql_rate", "ci_high", "2024-10-01"), 0.849961),
    ("T-31.3", kpi("mql_to_sql_rate", SEPTEMBER), 0.303922),
    ("T-32.1", transition("clocks", "velocity_days"), 0.958333),
    (
        "T-32.2",
        "select date_diff('day', min(entered_date), max(entered_date)) "
        "from marts.fct_stage_events where person_id = 'clocks' and stage in ('mql', 'sql')",
        1,
    ),
    ("T-34.7", kpi("stage_leakage_rate", JANUARY), 0.5),
    ("T-34.7 disqualified", kpi("stage_leakage_rate", JANUARY, "reason", "no_budget"), 0.3),
    ("T-34.7 recycled", kpi("stage_leakage_rate", JANUARY, "reason", "no_timing"), 0.2),
    ("T-34.8", kpi("stage_stall_rate", JANUARY), 0.1),
    ("T-34.35", kpi("untimed_stage_rate", "2024-08-01"), 0.125),
]


def assert_equals(connection: duckdb.DuckDBPyConnection, query: str, expected: object) -> None:
    row = connection.execute(query).fetchone()
    assert row is not None
    value = row[0]
    if isinstance(expected, bool) or expected is None:
        assert value is expected
    else:
        assert float(value) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("number", "query", "expected"), SHARED, ids=[case[0] for case in SHARED])
def test_value_of_the_shared_tables_equals_the_sheet(worked_examples, number, query, expected):
    assert_equals(worked_examples, query, expected)


@pytest.mark.parametrize(("number", "query", "expected"), OWN, ids=[case[0] for case in OWN])
def test_value_equals_the_sheet(funnel, number, query, expected):
    assert_equals(funnel, query, expected)


def test_every_sql_of_june_by_every_mql_of_june_is_not_the_rate(worked_examples):
    """T-04.3"""
    sqls, mqls, rate = (
        worked_examples.execute(kpi(metric, JUNE)).fetchone()[0]
        for metric in ("sql_count", "mql_count", "mql_to_sql_rate")
    )
    assert sqls / mqls == 1
    assert rate != pytest.approx(1)


def test_an_imputed_day_is_not_in_the_median(funnel):
    """T-06.9: with the imputed 0 the median of February would be 7."""
    days = funnel.execute(
        "select median(date_diff('day', mql_at, sql_at)) from marts.fct_lead_cycles "
        f"where mql_credited_date between '{FEBRUARY}' and '2025-02-28'"
    ).fetchone()[0]
    assert days == 7
    assert funnel.execute(kpi("stage_velocity_days", FEBRUARY)).fetchone()[0] != days
    assert funnel.execute(kpi("mql_to_sql_rate", FEBRUARY)).fetchone()[0] == 1


def test_two_rates_are_not_averaged(funnel):
    """T-31.4: 1 of 2 and 30 of 100 are not 0.4 together."""
    parts = [
        funnel.execute(kpi("mql_to_sql_rate", SEPTEMBER, "channel", channel)).fetchone()[0]
        for channel in ("paid_search", "organic_search")
    ]
    assert parts == pytest.approx([0.5, 0.3])
    assert sum(parts) / 2 == pytest.approx(0.4)
    assert funnel.execute(kpi("mql_to_sql_rate", SEPTEMBER)).fetchone()[0] != pytest.approx(0.4)


def test_a_conversion_after_the_window_is_listed_and_not_added(funnel):
    """T-06: the SQL of day 31."""
    assert funnel.execute(
        "select entered_count, converted_count, late_conversion_count, left_count, stalled_count, "
        "undecided_count, conversion_rate, leakage_rate, stall_rate, is_mature "
        "from marts.funnel_steps where step = 'mql_to_sql' and period_grain = 'month' "
        f"and period_start_date = '{JANUARY}'"
    ).fetchone() == (10, 4, 1, 5, 1, 0, 0.4, 0.5, 0.1, True)


def test_leads_leave_by_their_reason(funnel):
    assert funnel.execute(
        "select exit_stage, exit_reason, count(*) from marts.fct_stage_transitions "
        "where step = 'mql_to_sql' and is_leaked group by all order by all"
    ).fetchall() == [("disqualified", "no_budget", 3), ("recycled", "no_timing", 2)]


def test_deals_stand_in_their_stages_without_a_gap(funnel):
    """Noted twice in a row is one visit; a reopening is none of the moves back; where the history
    ends before the deal, the deal's own row goes on; where it begins late, the stage is unknown."""
    found = funnel.execute(
        "select opportunity_id, stage, visit_no, cast(entered_date as varchar), "
        "cast(cast(timezone('America/New_York', timezone('UTC', exited_at)) as date) as varchar), "
        "is_imputed, is_regression from marts.fct_stage_events "
        "where record_type = 'opportunity' and opportunity_id <> 'back_and_forth' "
        "order by opportunity_id, entry_no"
    ).fetchall()
    assert found == [
        ("behind", "Discovery", 1, "2025-05-05", "2025-07-14", False, False),
        ("behind", "Proposal", 1, "2025-07-14", None, True, False),
        ("late_history", "__missing__", 1, "2025-05-05", "2025-05-15", True, False),
        ("late_history", "Proposal", 1, "2025-05-15", None, False, False),
        ("no_history", "__missing__", 1, "2025-05-05", "2025-05-25", True, False),
        ("no_history", "Lost", 1, "2025-05-25", "2025-05-25", True, False),
        ("reopened", "Proposal", 1, "2025-05-01", "2025-05-20", False, False),
        ("reopened", "Lost", 1, "2025-05-20", "2025-06-01", False, False),
        ("reopened", "Discovery", 1, "2025-06-01", "2025-06-25", False, False),
        ("reopened", "Won", 1, "2025-06-25", "2025-06-25", False, False),
        ("straight", "Discovery", 1, "2025-06-02", "2025-06-08", False, False),
        ("straight", "Proposal", 1, "2025-06-08", None, False, False),
    ]


def test_an_mql_inside_the_cooloff_counts_nowhere_from_there_on(worked_examples):
    """G16: c02b came back after 21 days."""
    assert worked_examples.execute(
        "select distinct is_counted from marts.fct_stage_events where lead_cycle_id = 'c02b'"
    ).fetchall() == [(False,)]
    assert (
        worked_examples.execute(
            "select * from marts.fct_stage_transitions where lead_cycle_id = 'c02b'"
        ).fetchall()
        == []
    )
