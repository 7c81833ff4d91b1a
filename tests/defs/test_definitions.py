"""The Dagster code location: what it shows, and that no path through it skips the gate."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import publication
from orchestration.definitions import defs as load_definitions
from orchestration.settings import PROJECT_ROOT, Settings

EXPORTS = PROJECT_ROOT / "tests" / "worked_examples" / "exports"
MARTS = {
    "account_journeys", "account_match_checks", "account_matches", "campaign_performance",
    "dim_account", "dim_business_hours", "dim_calendar", "dim_campaign", "dim_owner",
    "dim_person", "dim_product", "dim_team", "fct_ad_performance", "fct_bookings", "fct_costs",
    "fct_external_factors", "fct_handoffs", "fct_invoices", "fct_lead_cycles",
    "fct_lead_match_daily", "fct_mql_commitments", "fct_opportunities", "fct_stage_events",
    "fct_stage_transitions", "fct_web_sessions", "fct_web_traffic_daily", "fit_scores",
    "funnel_steps", "goal_attainment", "kpi_values", "metric_definitions", "mql_evidence",
    "red_flags", "sla_attainment", "sla_breaches", "sla_plan",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SMARKETING_CONFIG", raising=False)
        patch.setenv("SMARKETING_EXPORTS", str(EXPORTS))
        patch.setenv("SMARKETING_HOME", str(path))
        yield path


@pytest.fixture(scope="module")
def definitions(home: Path) -> dg.Definitions:
    return load_definitions()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path_factory.mktemp("dagster"))) as instance:
        yield instance


@pytest.fixture(scope="module")
def run(definitions: dg.Definitions, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return definitions.resolve_job_def("refresh").execute_in_process(instance=instance)


def test_published_assets_are_the_marts_and_their_documentation(definitions):
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    published = {key.path[1] for key in keys if key.path[0] == "published"}
    assert published == MARTS | {"data_docs"}
    assert {key.path[1] for key in keys if key.path[0] == "marts"} == MARTS


def test_no_asset_is_a_phantom(definitions):
    """A misspelt dependency becomes an empty external asset in the group `default`."""
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.is_materializable, key
        assert node.group_name in {
            "raw", "seeds", "staging", "intermediate", "marts", "published",
        }, key  # fmt: skip
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


def test_every_column_of_every_table_is_described(definitions):
    graph = definitions.resolve_asset_graph()
    undescribed = [
        (key.to_user_string(), column.name)
        for key in graph.get_all_asset_keys()
        if key.path[0] in {"raw_mapped", "raw_meta", "marts", "published"}
        and key.path[-1] != "data_docs"
        for column in graph.get(key).metadata["dagster/column_schema"].columns
        if not column.description
    ]
    assert undescribed == []


def test_external_factors_annotate_and_nothing_is_computed_from_them(definitions):
    graph = definitions.resolve_asset_graph()
    followers = {
        key.to_user_string(): {child.to_user_string() for child in graph.get(key).child_keys}
        for key in graph.get_all_asset_keys()
        if "external_factors" in key.path[-1] and key.path[0] != "published"
    }
    assert followers == {
        "raw_mapped/external_factors": {"staging/stg_mapped__external_factors"},
        "staging/stg_mapped__external_factors": {"marts/fct_external_factors"},
        "marts/fct_external_factors": {"published/fct_external_factors"},
    }


def test_one_job_takes_exports_to_published_marts(run, home):
    assert run.success
    with duckdb.connect(str(home / "published/current/analytics.duckdb"), read_only=True) as reader:
        tables = reader.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
    assert {name for (name,) in tables} == MARTS


def test_every_table_shows_its_columns_and_rows(run, definitions, instance):
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys() - {dg.AssetKey(["published", "data_docs"])}:
        event = instance.get_latest_materialization_event(key)
        metadata = event.asset_materialization.metadata
        schema = metadata.get("dagster/column_schema") or graph.get(key).metadata.get(
            "dagster/column_schema"
        )
        assert schema, key
        assert "dagster/row_count" in metadata or key.path[0] == "staging", key


def test_every_check_of_the_gate_is_an_asset_check_with_numbers(run, definitions):
    evaluations = run.get_asset_check_evaluations()
    gate = [e for e in evaluations if e.asset_key.path[0] == "published"]
    expected = {
        key
        for key in definitions.resolve_asset_graph().asset_check_keys
        if key.asset_key.path[0] == "published"
    }
    assert {e.asset_check_key for e in gate} == expected
    for evaluation in gate:
        numbers = {"observed", "unexpected_count", "element_count"} & evaluation.metadata.keys()
        assert numbers, evaluation.check_name


def test_materialising_only_the_published_assets_cannot_skip_the_gate(
    run, definitions, instance, home, tmp_path
):
    settings = Settings.load({}, home=home)
    before = publication.versions(settings)
    good = shutil.copyfile(settings.warehouse, tmp_path / "warehouse.duckdb")
    with duckdb.connect(settings.warehouse) as warehouse:
        warehouse.execute(
            "insert into marts.fct_opportunities from marts.fct_opportunities limit 1"
        )
    try:
        job = dg.define_asset_job("only_publish", dg.AssetSelection.groups("published"))
        alone = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job]))
        result = alone.resolve_job_def("only_publish").execute_in_process(
            instance=instance, raise_on_error=False
        )
        assert not result.success
        failed = {e.check_name for e in result.get_asset_check_evaluations() if not e.passed}
        assert "fct_opportunities_key_is_unique" in failed
        assert publication.versions(settings) == before
    finally:
        shutil.copyfile(good, settings.warehouse)


def test_the_sensor_asks_for_a_run_only_when_something_is_new(run, definitions, instance):
    sensor = definitions.resolve_sensor_def("drop_folder")
    with dg.build_sensor_context(instance=instance) as context:
        data = sensor.evaluate_tick(context)
    assert data.run_requests == []
    assert data.skip_message == "Nothing new since the published version."


def test_the_daily_schedule_runs_the_whole_chain(definitions):
    schedule = definitions.resolve_schedule_def("daily_refresh")
    assert schedule.job_name == "refresh"
    assert schedule.cron_schedule == "0 6 * * *"


def test_workspace_file_names_the_code_location():
    from dagster._core.workspace.load import location_origins_from_yaml_paths

    origins = location_origins_from_yaml_paths([str(PROJECT_ROOT / "workspace.yaml")])
    assert list(origins) == ["smarketing"] or [origin.location_name for origin in origins] == [
        "smarketing"
    ]
