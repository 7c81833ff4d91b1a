"""T-15, T-26 and what T-34 says of decisions and goals, from export files to the published marts.

The sheet states counts; the fixture writes as many people, attempts and deals. Each month holds one
example. The expected values are the sheet's own, or counted by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import open_published, published
from tests.worked_examples.test_worked_examples import kpi

CONFIG = """
version: 1
company: Agreement of the definitions sheet
source: crm
time_zone: America/New_York
currency: USD
as_of: 2025-07-18T04:00:00Z
record_urls:
  crm: {people: "https://crm.example/records/{id}?view=person"}
stages:
  - {name: Qualified, order: 10, outcome: open, qualified: true}
  - {name: Won, order: 90, outcome: won}
files:
  - name: people
    pattern: people.csv
    entity: people
    columns: {person_id: person, created_at: created_at, region: region,
              origin: {constant: marketing}}
  - name: lead_stages
    pattern: lead_stages.csv
    entity: lead_stage_events
    columns: {person_id: person, lead_cycle_id: cycle, stage: stage, entered_at: at,
              owner_id: owner, reject_reason: reason}
  - name: activities
    pattern: activities.csv
    entity: activities
    columns: {activity_id: activity, person_id: person, activity_at: at,
              activity_type: {constant: call}, direction: {constant: outbound},
              is_connected: connected}
  - name: deals
    pattern: deals.csv
    entity: opportunities
    columns: {opportunity_id: deal, lead_cycle_id: cycle, person_id: person, stage: stage,
              created_at: created, qualified_at: created, close_date: closed, amount: amount,
              currency: {constant: USD}, owner_id: owner}
  - name: owners
    pattern: owners.csv
    entity: owners
    columns: {owner_id: owner, team: team}
  - name: holidays
    pattern: holidays.csv
    entity: holidays
    columns: {holiday_date: date, holiday_name: name}
  - name: sla
    pattern: sla.csv
    entity: sla_commitments
    columns: {side: side, sla_metric: promise, region: region, period_start_date: since,
              committed_value: value}
  - name: targets
    pattern: targets.csv
    entity: targets
    columns: {metric_id: metric, period_grain: grain, period_start_date: start,
              target_value: target}
"""

JANUARY, FEBRUARY, MARCH, JUNE = "2025-01-01", "2025-02-01", "2025-03-01", "2025-06-01"
REGIONS = {"south": "South", "u1": "West"}
"""Of people by the first letters of their ids; the others are in the North."""


def stages() -> Iterator[str]:
    """person, cycle, stage, at, owner, reason."""
    for number in range(12):
        yield f"r{number},r{number}/1,mql,2025-01-{number + 6:02d} 10:00,s1,"
        yield f"r{number},r{number}/1,sal,2025-01-{number + 6:02d} 11:00,s1,"
        yield f"r{number},r{number}/1,recycled,2025-02-10 10:00,s1,"
        yield f"r{number},r{number}/2,mql,2025-06-02 10:00,s1,"
        yield f"r{number},r{number}/2,sal,2025-06-02 11:00,s1,"
    # T-34.25: decided at once, at the last minute, and a minute late; and never.
    for person, decided in (
        ("d1", "sal,2025-02-03 10:30"),
        ("d2", "rejected,2025-02-05 10:00"),
        ("d3", "sal,2025-02-04 09:00"),
        ("d4", "sal,2025-02-05 10:01"),
    ):
        yield f"{person},{person}/1,mql,2025-02-03 10:00,s1,"
        reason = "no_timing" if decided.startswith("rejected") else ""
        yield f"{person},{person}/1,{decided},s1,{reason}"
    for number in range(95):
        yield f"m{number},m{number}/1,mql,2025-03-03 10:00,s1,"
        yield f"m{number},m{number}/1,sal,2025-03-03 11:00,s1,".replace(
            ",sal,", ",rejected," if number >= 92 else ",sal,"
        ) + ("no_fit_size" if number >= 92 else "")
    for number in range(80):
        yield f"n{number},n{number}/1,mql,2025-06-02 10:00,s1,"
        yield f"n{number},n{number}/1,sal,2025-06-02 11:00,s1,"
    # Qualified in the days of the follow-up, with nothing noted of the conversation.
    for stage, day in (("mql", "07"), ("sal", "08"), ("sql", "09")):
        yield f"q1,q1/1,{stage},2025-04-{day} 10:00,s1,"
    for number in range(3):
        yield f"south{number},south{number}/1,mql,2025-04-07 10:00,s1,"
        yield f"south{number},south{number}/1,sal,2025-04-07 11:00,s1,"
    yield "u1,u1/1,mql,2024-12-02 10:00,s1,"
    yield "u1,u1/1,sal,2024-12-02 11:00,s1,"
    for person in ("f5", "f3c", "f3n", "f2"):
        month = "07-10" if person == "f2" else "05-05"
        yield f"{person},{person}/1,mql,2025-{month} 10:00,s1,"
        yield f"{person},{person}/1,sal,2025-{month} 11:00,s1,"


def attempts() -> Iterator[str]:
    """activity, person, at, connected."""
    for person, count, month in (
        ("f5", 5, "05"),
        ("f3c", 3, "05"),
        ("f3n", 3, "05"),
        ("f2", 2, "07"),
    ):
        for number in range(count):
            connected = person == "f3c" and number == 2
            day = (6 if month == "05" else 11) + number
            yield f"{person}-{number},{person},2025-{month}-{day:02d} 10:00,{connected}"


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    exports = tmp_path_factory.mktemp("agreement")
    lines = list(stages())
    people = dict.fromkeys(line.split(",")[0] for line in lines)
    first = {person: "" for person in people}
    for line in reversed(lines):
        first[line.split(",")[0]] = line.split(",")[3]
    deals = [f"o{n},m{n}/1,m{n},Qualified,2025-03-10 10:00,,10000,s1" for n in range(24)]
    deals += [
        "unknown,u1/1,u1,Qualified,2024-12-10 10:00,,,s1",
        "april,,,Won,2025-04-01 10:00,2025-04-15,450,s1",
        "july,,,Won,2025-07-01 10:00,2025-07-10,50000,s1",
    ]
    files: dict[str, list[str]] = {
        "exports.yaml": [CONFIG],
        "people.csv": [
            "person,created_at,region",
            *(f"{p},{first[p]},{REGIONS.get(p[:5], 'North')}" for p in people),
        ],
        "lead_stages.csv": ["person,cycle,stage,at,owner,reason", *lines],
        "activities.csv": ["activity,person,at,connected", *attempts()],
        "deals.csv": ["deal,cycle,person,stage,created,closed,amount,owner", *deals],
        "owners.csv": ["owner,team", "s1,East"],
        "holidays.csv": ["date,name", "2025-07-04,Independence Day"],
        "sla.csv": [
            "side,promise,region,since,value",
            "marketing,mql_volume,North,2025-01-01,0",
            "marketing,mql_volume,North,2025-03-01,100",
            "sales,decision,,2025-02-01,2",
        ],
        "targets.csv": [
            "metric,grain,start,target",
            "sales_revenue,month,2025-04-01,600",
            "sales_revenue,month,2025-06-01,84000",
            "sales_revenue,month,2025-07-01,110000",
            "lead_count,year,2025-01-01,1200",
            "lead_count,quarter,2025-01-01,330",
            "lead_count,month,2025-02-01,90",
            "decision_timeliness_rate,year,2025-01-01,0.75",
        ],
    }
    for name, rows in files.items():
        (exports / name).write_text("\n".join(rows) + "\n", "utf-8")
    return open_published(
        published(tmp_path_factory.mktemp("home"), exports, exports / "exports.yaml")
    )


def volume(start: str, column: str, region: str = "all") -> str:
    return (
        f"select {column} from marts.sla_attainment where promise = 'mql_volume' "
        f"and period_grain = 'month' and period_start_date = '{start}' and region = '{region}' "
        "and segment = 'all'"
    )


def goal(column: str, grain: str, start: str, metric: str = "sales_revenue") -> str:
    return (
        f"select {column} from marts.goal_attainment where metric_id = '{metric}' "
        f"and period_grain = '{grain}' and period_start_date = '{start}' and dimension = 'all'"
    )


APRIL, JULY, DECEMBER = "2025-04-01", "2025-07-01", "2024-12-01"

CASES = [
    ("T-15.2", volume(MARCH, "attainment"), 0.92),
    ("T-15.2 of a region", volume(MARCH, "attainment", "North"), 0.92),
    ("T-15.2 of the KPI", kpi("mql_volume_attainment", MARCH), 0.92),
    ("T-15.3", volume(JANUARY, "attainment"), None),
    ("T-15.3 of the KPI", kpi("mql_volume_attainment", JANUARY), None),
    ("T-15.8", volume(MARCH, "pipeline_per_mql"), 2608.695652),
    ("T-15.9", volume(JUNE, "delivered"), 89),
    ("T-15.9 of the KPI", kpi("mql_volume_attainment", JUNE).replace("value", "numerator", 1), 89),
    ("T-26.1", goal("business_days", "month", JULY), 22),
    ("T-26.2", goal("business_days", "month", JUNE), 21),
    ("T-26.3", goal("target_value / business_days", "month", JULY), 5000),
    ("T-26.4", goal("target_value / business_days", "month", JUNE), 4000),
    ("T-26.5", goal("target_value", "biweek", "2025-06-30"), 44000),
    ("T-34.18", goal("attainment", "month", APRIL), 0.75),
    ("T-34.19", goal("pace", "month", JULY), 0.833333),
    ("T-34.25", kpi("decision_timeliness_rate", FEBRUARY), 0.75),
]


@pytest.mark.parametrize(("number", "query", "expected"), CASES, ids=[case[0] for case in CASES])
def test_published_value_equals_the_sheet(marts, number, query, expected):
    assert marts.execute(query).fetchone()[0] == pytest.approx(expected, abs=1e-6)


def test_follow_up_is_enough_tries_or_a_contact_of_those_whose_days_are_over(marts):
    """T-15.1: of May's three two comply; July's still has days."""
    assert marts.execute(
        "select person_id, followup_status from marts.fct_handoffs where person_id like 'f%' "
        "order by 1"
    ).fetchall() == [
        ("f2", "not_due"), ("f3c", "connected"), ("f3n", "breached"), ("f5", "enough_attempts"),
    ]  # fmt: skip
    assert marts.execute(
        "select sum(numerator) / sum(denominator) from marts.kpi_values "
        "where metric_id = 'followup_compliance_rate' and dimension = 'all' "
        "and period_grain = 'month' and month(period_start_date) in (5, 7)"
    ).fetchone() == (pytest.approx(2 / 3),)


def test_who_was_qualified_was_spoken_to(marts):
    assert marts.execute(
        "select followup_status, attempt_count from marts.fct_handoffs where person_id = 'q1'"
    ).fetchone() == ("connected", 0)


def test_what_was_declined_for_want_of_fit_is_not_delivered(marts):
    """Wrong: delivered before the rejection, 95 of 100."""
    query = volume(MARCH, "(n, met_count, declined_count, delivered, committed_value)")
    assert marts.execute(query).fetchone()[0] == (95, 92, 3, 92.0, 100.0)


def test_pipeline_of_unknown_amounts_is_not_worth_nothing(marts):
    """The one deal of the West has no amount; the MQLs of January have no deal. Wrong: 0 for
    both."""
    columns = "(met_count, pipeline_amount, pipeline_per_mql)"
    assert marts.execute(volume(DECEMBER, columns, "West")).fetchone()[0] == (1, None, None)
    assert marts.execute(volume(JANUARY, columns)).fetchone()[0] == (12, 0.0, 0.0)


def test_recycled_leads_count_up_to_their_share(marts):
    """Wrong: all 92 delivered are credited."""
    query = volume(JUNE, "(met_count, recycled_count, delivered, attainment_status)")
    assert marts.execute(query).fetchone()[0] == (92, 12, 89.0, "missed")


def test_a_promise_is_kept_by_what_it_is_about(marts):
    """The North promised 100 a month from March on, the South nothing: what the South hands over,
    and what the North did before, keeps nobody's promise. Wrong: 4 of April's 100, and 108 of the
    first quarter's."""
    columns = "(committed_value, delivered, unpromised_count, met_count, attainment_status)"
    assert marts.execute(volume(APRIL, columns)).fetchone()[0] == (100, 1, 3, 4, "missed")
    assert marts.execute(volume(APRIL, columns, "South")).fetchone()[0] == (
        None, 3, 0, 3, "no_commitment",
    )  # fmt: skip
    quarter = volume(JANUARY, columns, "North").replace("'month'", "'quarter'")
    assert marts.execute(quarter).fetchone()[0] == (100, 92, 16, 108, "missed")


def test_a_promise_nobody_recorded_is_no_broken_one(marts):
    assert marts.execute(
        "select attainment_status, committed_value, attainment, n, met_count "
        "from marts.sla_attainment where promise = 'first_response' and period_grain = 'month' "
        "and region = 'all' and team_id = 'all' and segment = 'all' "
        f"and period_start_date = '{FEBRUARY}'"
    ).fetchone() == ("no_commitment", None, None, 4, 0)


def test_breaches_name_the_handoff_the_due_time_and_the_record(marts):
    """Handed over on Monday 10:00, decided on Wednesday 10:01."""
    assert marts.execute(
        "select person_id, owner_id, team_id, breach_status, limit_value, business_minutes_over, "
        "cast(due_at as varchar), metric_id, metric_version, is_committed, record_url "
        "from marts.sla_breaches where promise = 'decision' order by 1"
    ).fetchall() == [
        (
            "d4", "s1", "East", "late", 2.0, 1.0, "2025-02-05 15:00:00",
            "decision_timeliness_rate", 2, True, "https://crm.example/records/d4?view=person",
        )
    ]  # fmt: skip


def test_finer_targets_stand_and_the_rest_of_the_year_is_spread(marts):
    """1,200 a year, 330 of them in the first quarter, 90 of these in February: 240 for the 44
    business days of January and March, 870 for the 196 of April to December."""
    months = dict(
        marts.execute(
            "select month(period_start_date), target_value from marts.goal_attainment "
            "where metric_id = 'lead_count' and period_grain = 'month'"
        ).fetchall()
    )
    assert months[2] == 90
    assert months[1] + months[3] == pytest.approx(240)
    assert sum(months.values()) == pytest.approx(1200)
    found = marts.execute(
        "select period_grain, target_value, given_target_value, is_allocated "
        "from marts.goal_attainment where metric_id = 'lead_count' "
        "and period_grain in ('quarter', 'year') and month(period_start_date) = 1 order by 1"
    ).fetchall()
    assert found == [
        ("quarter", pytest.approx(330), 330.0, False),
        ("year", pytest.approx(1200), 1200.0, False),
    ]


def test_the_target_of_a_rate_holds_for_every_part_of_its_year(marts):
    """A rate is not shared out; February reached it, and no pace is made of it."""
    query = goal(
        "(target_value, is_allocated, goal_status, pace)", "month", FEBRUARY,
        "decision_timeliness_rate",
    )  # fmt: skip
    assert marts.execute(query).fetchone()[0] == (0.75, True, "met", None)
    assert marts.execute(
        "select promised_share, attainment, attainment_status from marts.sla_attainment "
        "where promise = 'decision' and period_grain = 'month' and region = 'all' "
        f"and segment = 'all' and team_id = 'all' and period_start_date = '{FEBRUARY}'"
    ).fetchone() == (0.75, 0.75, "met")


def test_a_started_period_is_open_and_projected_by_its_pace(marts):
    """Wrong: 50,000 ÷ 110,000 = 0.45 as if the month were over."""
    query = goal("(attainment, goal_status, business_days_elapsed, projected_value)", "month", JULY)
    assert marts.execute(query).fetchone()[0] == (
        pytest.approx(50 / 110), "open", 12, pytest.approx(50000 / 12 * 22),
    )  # fmt: skip
