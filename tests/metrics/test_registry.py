"""models/metrics/*.yml: what a definition must carry, and what makes it another definition."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from tests.metrics.conftest import BIN, DBT_PROJECT

KPIS = [
    "avg_deal_size",
    "conversion_period_ratio",
    "cpl",
    "cpl_paid",
    "decision_timeliness_rate",
    "disqualified_count",
    "first_response_minutes",
    "first_response_sla_rate",
    "followup_compliance_rate",
    "icp_match_rate",
    "journey_completeness_rate",
    "l2a_ambiguity_rate",
    "l2a_match_rate",
    "l2a_precision",
    "lead_count",
    "lead_match_gap",
    "lead_to_customer_days",
    "lead_to_customer_rate",
    "lead_to_mql_days",
    "lead_to_mql_rate",
    "marketing_program_cost",
    "mean_first_response_minutes",
    "mean_sales_cycle_days",
    "median_deal_size",
    "mql_acceptance_rate",
    "mql_acceptance_rate_decided",
    "mql_count",
    "mql_new_count",
    "mql_recycled_count",
    "mql_to_sal_days",
    "mql_to_sql_rate",
    "mql_undecided_rate",
    "mql_volume_attainment",
    "new_customer_count",
    "no_fit_rejection_rate",
    "open_pipeline_amount",
    "opportunity_count",
    "persona_coverage_rate",
    "pipeline_per_mql",
    "recycled_count",
    "reentry_rate",
    "regression_rate",
    "rejected_count",
    "rejection_mix",
    "rep_delay_minutes",
    "response_coverage",
    "routing_delay_minutes",
    "sal_count",
    "sal_to_sql_days",
    "sal_to_sql_rate",
    "sales_conversion_rate",
    "sales_cycle_days",
    "sales_revenue",
    "sla_pipeline_delivered",
    "sql_count",
    "sql_customer_success_sourced_count",
    "sql_marketing_count",
    "sql_partner_sourced_count",
    "sql_sales_sourced_count",
    "sql_to_customer_days",
    "sql_to_opp_days",
    "sql_to_opp_rate",
    "stage_leakage_rate",
    "stage_stall_rate",
    "stage_velocity_days",
    "time_to_contact_minutes",
    "unknown_share",
    "untimed_stage_rate",
    "visit_to_lead_rate",
    "win_rate",
    "win_rate_amount",
]


def registered() -> Iterator[dict[str, Any]]:
    for path in sorted((DBT_PROJECT / "models" / "metrics").glob("*.yml")):
        yield from YAML(typ="safe", pure=True).load(path)["metrics"]


def chinese_texts() -> list[tuple[str, str, str]]:
    return [
        (metric["name"], key, text)
        for metric in registered()
        for key, text in metric["config"]["meta"].get("zh", {}).items()
    ]


def test_registry_holds_the_published_kpis_and_their_parts():
    metrics = {metric["name"]: metric for metric in registered()}
    kpis = {name for name, m in metrics.items() if "part_of" not in m["config"]["meta"]}
    assert sorted(kpis) == KPIS
    for name in metrics.keys() - kpis:
        for whole in metrics[name]["config"]["meta"]["part_of"]:
            assert name in {
                *metrics[whole]["type_params"].values(),
                metrics[whole]["config"]["meta"].get("sample_size"),
                metrics[whole]["config"]["meta"].get("open_cases"),
            }


def test_beside_names_another_kpi():
    beside = {m["name"]: m["config"]["meta"].get("beside") for m in registered()}
    assert {name: other for name, other in beside.items() if other} == {
        "win_rate_amount": "win_rate",
        "median_deal_size": "avg_deal_size",
        "mean_sales_cycle_days": "sales_cycle_days",
        "response_coverage": "first_response_sla_rate",
        "first_response_minutes": "response_coverage",
        "time_to_contact_minutes": "first_response_minutes",
        "cpl_paid": "cpl",
        "lead_match_gap": "lead_count",
        "unknown_share": "icp_match_rate",
        "mql_new_count": "mql_count",
        "mql_recycled_count": "mql_count",
        "sql_marketing_count": "sql_count",
        "sql_sales_sourced_count": "sql_count",
        "sql_partner_sourced_count": "sql_count",
        "sql_customer_success_sourced_count": "sql_count",
        "conversion_period_ratio": "mql_to_sql_rate",
        "stage_velocity_days": "mql_to_sql_rate",
        "lead_to_mql_days": "lead_to_mql_rate",
        "mql_to_sal_days": "mql_acceptance_rate",
        "sal_to_sql_days": "sal_to_sql_rate",
        "sql_to_opp_days": "sql_to_opp_rate",
        "sql_to_customer_days": "sales_conversion_rate",
        "lead_to_customer_days": "lead_to_customer_rate",
        "stage_leakage_rate": "mql_to_sql_rate",
        "stage_stall_rate": "mql_to_sql_rate",
        "reentry_rate": "recycled_count",
        "rejection_mix": "rejected_count",
        "mean_first_response_minutes": "first_response_minutes",
        "routing_delay_minutes": "first_response_minutes",
        "rep_delay_minutes": "routing_delay_minutes",
        "mql_acceptance_rate_decided": "mql_acceptance_rate",
        "decision_timeliness_rate": "mql_acceptance_rate",
        "mql_undecided_rate": "mql_acceptance_rate",
        "no_fit_rejection_rate": "mql_acceptance_rate",
        "followup_compliance_rate": "response_coverage",
        "pipeline_per_mql": "sla_pipeline_delivered",
    }


@pytest.mark.parametrize(("metric", "key", "text"), chinese_texts())
def test_chinese_text_is_chinese_and_punctuated_so(metric, key, text):
    assert re.search("[\u4e00-\u9fff]", text)
    assert re.findall("[,;:?()]|[\u4e00-\u9fff][.!]", text) == []
    if key in {"definition", "settlement"}:
        assert text.endswith("。")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project whose definitions a test may change."""
    return Path(shutil.copytree(DBT_PROJECT, tmp_path / "dbt_project"))


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse with the parameters and nothing else."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_parameters as select "
            "90 as mql_cooloff_days, 30 as cancellation_days, 365 as window_lead_to_customer_days, "
            "90 as window_lead_to_mql_days, 30 as window_mql_to_sql_days, "
            "14 as window_mql_to_sal_days, 30 as window_sal_to_sql_days, "
            "30 as window_sql_to_opp_days, "
            "180 as window_sql_to_customer_days, 365 as window_reentry_days, "
            "240 as sla_first_response_minutes, 2 as sla_decision_business_days, "
            "5 as followup_attempts, 14 as followup_days, 0.92 as close_name_similarity, "
            "0.6 as icp_coverage_min, 'crm_stage' as mql_source, 50 as engagement_threshold, "
            "90 as engagement_window_days, 0.1 as recycled_sla_cap, 100 as match_sample_size"
        )
    return path


@pytest.fixture
def dbt(project: Path, warehouse: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a dbt command on the copy, apart: a failed compilation leaves threads behind."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                BIN / "dbt", "--quiet", "--no-use-colors", "--log-path", project.parent / "logs",
                *command,
                "--project-dir", project,
                "--profiles-dir", project,
                "--target-path", project.parent / "target",
            ],
            env=os.environ | {"SMARKETING_WAREHOUSE": str(warehouse)},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip

    return run


def edit(project: Path, file: str, *changes: tuple[str, str]) -> None:
    path = project / "models" / "metrics" / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_definition_without_its_governance_stops_the_build(project, dbt):
    edit(
        project,
        "leads.yml",
        ("        window_days_parameter: window_lead_to_customer_days\n", ""),
        ("        is_additive: true\n", ""),
        ("label: Lead-to-customer rate", "label: ''"),
    )
    edit(project, "mqls.yml", ('marketing: "2026-11-25"', "marketing: null"))
    outcome = dbt("compile", "--select", "metric_definitions")
    assert outcome.returncode != 0
    message = re.sub(r"\s+", " ", outcome.stdout)
    assert "metric 'lead_count' lacks meta.is_additive. " in message
    assert (
        "metric 'lead_to_customer_rate' lacks label, meta.window_days_parameter or "
        "meta.open_cases. "
        "metric 'mql_count' lacks meta.signed_on.marketing. "
    ) in message


def test_definition_that_cannot_be_rendered_stops_the_build(project, dbt):
    edit(
        project,
        "mqls.yml",
        (
            "agg: sum\n        expr: case when is_mql_credited then 1 else 0 end",
            "agg: count_distinct\n        expr: person_id",
        ),
    )
    outcome = dbt("compile", "--select", "metric_definitions")
    assert outcome.returncode != 0
    assert (
        "metric 'mql_count' cannot be rendered into kpi_values, because measure "
        "'credited_mqls' aggregates by count_distinct."
    ) in re.sub(r"\s+", " ", outcome.stdout)


def test_ratio_over_two_semantic_models_must_be_of_sums(project, dbt):
    edit(
        project,
        "costs.yml",
        (
            "        description: Everything but salaries, in reporting currency.\n"
            "        agg: sum\n",
            "        description: Everything but salaries, in reporting currency.\n"
            "        agg: median\n",
        ),
    )
    outcome = dbt("compile", "--select", "metric_definitions")
    assert outcome.returncode != 0
    assert (
        "metric 'cpl' cannot be rendered into kpi_values, because its parts lie in different "
        "semantic models and are not all sums."
    ) in re.sub(r"\s+", " ", outcome.stdout)


KPIS_OF_MQLS = {
    "conversion_period_ratio",
    "decision_timeliness_rate",
    "first_response_minutes",
    "first_response_sla_rate",
    "followup_compliance_rate",
    "lead_to_mql_days",
    "lead_to_mql_rate",
    "mean_first_response_minutes",
    "mql_acceptance_rate",
    "mql_acceptance_rate_decided",
    "mql_count",
    "mql_new_count",
    "mql_recycled_count",
    "mql_to_sal_days",
    "mql_to_sql_rate",
    "mql_undecided_rate",
    "mql_volume_attainment",
    "no_fit_rejection_rate",
    "pipeline_per_mql",
    "rep_delay_minutes",
    "response_coverage",
    "routing_delay_minutes",
    "sla_pipeline_delivered",
    "stage_leakage_rate",
    "stage_stall_rate",
    "stage_velocity_days",
    "time_to_contact_minutes",
}
"""What counts MQLs or follows them from the hand-off on."""


def hashes(warehouse: Path) -> dict[str, str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(
            connection.execute(
                "select metric_id, definition_hash from marts.metric_definitions"
            ).fetchall()
        )


def test_definition_hash_follows_the_meaning_and_not_the_wording(project, dbt, warehouse):
    assert dbt("run", "--select", "metric_definitions").returncode == 0
    before = hashes(warehouse)
    assert sorted(before) == KPIS
    assert len(set(before.values())) == len(KPIS)

    edit(
        project,
        "leads.yml",
        ("线索数", "潜客数"),
        ("label: Leads\n", "label: New leads\n"),
        ('marketing: "2026-11-25"', 'marketing: "2026-12-01"'),
        ("is_lead_counted and is_lead_to_customer", "is_lead_to_customer"),
    )
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update intermediate.int_parameters set mql_cooloff_days = 60")
    assert dbt("run", "--select", "metric_definitions").returncode == 0
    after = hashes(warehouse)
    # lead_count was renamed, translated anew and signed again, and is the same number.
    assert {name for name in KPIS if after[name] != before[name]} == KPIS_OF_MQLS | {
        "disqualified_count",
        "lead_to_customer_rate",
        "recycled_count",
        "reentry_rate",
        "rejected_count",
        "rejection_mix",
        "sal_count",
        "sal_to_sql_days",
        "sal_to_sql_rate",
        "sales_conversion_rate",
        "sql_count",
        "sql_customer_success_sourced_count",
        "sql_marketing_count",
        "sql_partner_sourced_count",
        "sql_sales_sourced_count",
        "sql_to_customer_days",
        "sql_to_opp_days",
        "sql_to_opp_rate",
        "untimed_stage_rate",
    }


def test_another_source_of_mqls_is_another_definition(project, dbt, warehouse):
    """Whoever switches from the CRM's stage to a score of their own needs a new version."""
    assert dbt("run", "--select", "metric_definitions").returncode == 0
    before = hashes(warehouse)
    for change in ("mql_source = 'own_score'", "engagement_threshold = 60"):
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(f"update intermediate.int_parameters set {change}")
        assert dbt("run", "--select", "metric_definitions").returncode == 0
        after = hashes(warehouse)
        assert {name for name in KPIS if after[name] != before[name]} == KPIS_OF_MQLS
        before = after
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert connection.execute(
            "select parameters_in_force from marts.metric_definitions where metric_id = 'mql_count'"
        ).fetchone() == (
            "engagement_threshold = 60, engagement_window_days = 90, mql_cooloff_days = 90, "
            "mql_source = own_score",
        )
