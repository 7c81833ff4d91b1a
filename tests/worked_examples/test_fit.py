"""T-28, T-34.27, .37 and .38 of the definitions sheet, and MQLs by a score of the company's own.

From export files to the published marts, through the gate. The people of February are those of
T-28, those of May those of T-34.37; January holds the MQLs, each a case of its own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.conftest import open_published, published
from tests.worked_examples.test_worked_examples import kpi

MAY, JUNE = "2025-05-01", "2025-06-01"


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    exports = Path(__file__).parent / "fit"
    return open_published(
        published(tmp_path_factory.mktemp("fit"), exports, exports / "exports.yaml")
    )


def of(person: str, column: str) -> str:
    return f"select {column} from marts.dim_person where person_id = '{person}'"


CASES = [
    ("T-28.1", of("f1", "icp_fit_score"), 65),
    ("T-28.2", of("f1", "fit_coverage"), 0.8),
    ("T-28.3", of("f1", "icp_tier"), "B"),
    ("T-28.4", of("f2", "icp_fit_score"), 50),
    ("T-28.5", of("f2", "fit_coverage"), 0.5),
    ("T-28.6", of("f2", "icp_tier"), "unknown"),
    ("T-34.27", kpi("persona_coverage_rate", JUNE), 0.6),
    ("T-34.37", kpi("icp_match_rate", MAY), 0.666667),
    ("T-34.38", kpi("unknown_share", MAY), 0.25),
]


@pytest.mark.parametrize(("number", "query", "expected"), CASES, ids=[case[0] for case in CASES])
def test_published_value_equals_the_sheet(marts, number, query, expected):
    (found,) = marts.execute(query).fetchone()
    assert found == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-6))


def test_account_is_judged_as_its_people_are(marts):
    assert marts.execute(
        "select icp_tier, icp_fit_score, fit_coverage, icp_rules_version from marts.dim_account "
        "where account_id = 'acc-1'"
    ).fetchone() == ("B", 65, 0.8, "2025")


def test_rules_of_a_later_day_do_not_judge_today(marts):
    assert marts.execute("select distinct icp_rules_version from marts.fit_scores").fetchall() == [
        ("2025",)
    ]


def test_evidence_of_a_score_names_every_attribute(marts):
    assert marts.execute(
        "select fit_attribute, attribute_value, weight, score, is_known from marts.fit_scores "
        "where subject = 'person' and subject_id = 'f1' order by weight desc"
    ).fetchall() == [
        ("industry", "software", 0.4, 1, True),
        ("employees", "50", 0.3, 0.5, True),
        ("region", None, 0.2, 0, False),
        ("technologies", "erp;mail", 0.1, 1, True),
    ]


def test_personas_are_told_by_whole_words_and_the_longest_wins(marts):
    assert dict(
        marts.execute(
            "select person_id, persona from marts.dim_person "
            "where persona <> '__missing__' order by 1"
        ).fetchall()
    ) == {
        "edge": "decision_maker",
        "flap": "procurement",
        "handd": "decision_maker",
        "handu": "champion",
        "loud": "__unmapped__",
        "mc": "decision_maker",
        "over": "champion",
    }


def test_deals_are_covered_by_their_own_person_and_their_account(marts):
    """d4's own person buys for another account; d6 is lost and no longer counts."""
    found = marts.execute(
        "select opportunity_id, present_persona_count from marts.fct_opportunities "
        "where required_persona_count = 2 order by 1"
    ).fetchall()
    assert found == [("d1", 2), ("d2", 2), ("d3", 0), ("d4", 2), ("d5", 1)]
    assert marts.execute(
        "select icp_tier from marts.fct_opportunities where opportunity_id = 'd1'"
    ).fetchone() == ("A",)


def test_own_score_dates_the_mql(marts):
    """At the edge of the window, once for a flapping score, never by the CRM's own MQL stage.

    What sales took up regardless skipped the stage and is imputed: ``jump`` by its SQL, ``handd``
    and ``over`` by the deals opened on them.
    """
    assert marts.execute(
        "select lead_cycle_id, mql_at, mql_rule, icp_tier, engagement_points, touch_ids "
        "from marts.mql_evidence order by 1"
    ).fetchall() == [
        ("edge/1", datetime(2025, 2, 9, 8), "fit_and_engagement", "A", 50, "t06, t07"),
        ("flap/1", datetime(2025, 1, 20, 8), "fit_and_engagement", "A", 50, "t01, t02"),
        ("flap/2", datetime(2025, 4, 20, 8), "fit_and_engagement", "A", 50, "t15, t16"),
        ("handd/1", datetime(2025, 6, 2), "imputed", "D", None, None),
        ("handu/1", datetime(2025, 1, 12, 8), "hand_raiser", "unknown", 0, "t11"),
        ("jump/1", datetime(2025, 3, 10, 8), "imputed", "B", None, None),
        ("over/1", datetime(2025, 6, 2), "imputed", "B", None, None),
    ]


def test_credit_still_waits_for_the_cooloff(marts):
    """flap/2 came exactly 90 days after the credited MQL before it."""
    credited = marts.execute(
        "select lead_cycle_id, mql_class from marts.fct_lead_cycles "
        "where is_mql_credited order by 1"
    ).fetchall()
    assert credited == [
        ("edge/1", "new"),
        ("flap/1", "new"),
        ("flap/2", "recycled"),
        ("handd/1", "new"),
        ("handu/1", "new"),
        ("jump/1", "new"),
        ("over/1", "new"),
    ]
    assert marts.execute(kpi("mql_count", "2025-01-01")).fetchone() == (2,)
    assert marts.execute(kpi("mql_count", "2025-01-01", "icp_tier", "unknown")).fetchone() == (1,)


def test_definition_says_which_source_is_in_force(marts):
    assert marts.execute(
        "select parameters_in_force from marts.metric_definitions where metric_id = 'mql_count'"
    ).fetchone() == (
        "engagement_threshold = 50.0, engagement_window_days = 30, mql_cooloff_days = 90, "
        "mql_source = own_score",
    )


@pytest.mark.parametrize(
    ("metric", "start", "dimension", "member", "expected"),
    [
        ("sql_count", "2025-03-01", "icp_tier", "B", 1),
        ("sql_count", "2025-03-01", "persona", "__missing__", 1),
        ("lead_to_mql_rate", "2025-01-01", "icp_tier", "A", 1),
        ("mql_to_sql_rate", "2025-01-01", "persona", "procurement", 0),
        ("recycled_count", "2025-04-01", "icp_tier", "A", 1),
    ],
)
def test_stages_are_sliced_by_fit(marts, metric, start, dimension, member, expected):
    """G20: tier and persona are dimensions of every KPI of leads."""
    assert marts.execute(kpi(metric, start, dimension, member)).fetchone() == (expected,)
