"""The rule files are read strictly, without Great Expectations, and say what GX can run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from expectations import gate
from expectations.registry import Metric, RegistryError, load_metrics
from expectations.suites import SuiteError, load_suites
from orchestration.exports import entities
from tests.expectations.conftest import DBT_PROJECT

SUITE = """\
table: dim_team
key: [team_id]
rules:
  - id: dim_team_has_rows
    expectation: ExpectTableRowCountToBeBetween
    severity: error
    en: There are teams.
    zh: 存在团队。
    kwargs: {min_value: 1}
"""
METRIC = """\
metrics:
  - name: win_rate
    label: Win rate
    config:
      meta:
        version: 1
        bounds: [0, 1]
        zh: {name: 赢单率}
  - name: won_opportunity_count
    label: An input
"""


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    folder = tmp_path / "dbt_project" / "models" / "metrics"
    folder.mkdir(parents=True)
    (folder / "deals.yml").write_text(METRIC, "utf-8")
    return tmp_path / "dbt_project"


def _load(tmp_path: Path, dbt_project: Path, **files: str):
    rules = tmp_path / "rules"
    rules.mkdir()
    for name, text in files.items():
        (rules / f"{name}.yml").write_text(text, "utf-8")
    return load_suites(dbt_project, rules)


@pytest.mark.parametrize(
    ("change", "replacement", "message"),
    [
        ("    severity: error\n", "    severity: fatal\n", "has the severity 'fatal'"),
        ("    severity: error\n", "    severity: error\n    owner: me\n", "unknown keys: owner"),
        ("    kwargs: {min_value: 1}\n", "", "lacks: kwargs"),
        ("    zh: 存在团队。\n", "    zh: There are teams.\n", "not described in both languages"),
        ("    en: There are teams.\n", "    en: ''\n", "not described in both languages"),
        ("id: dim_team_has_rows", "id: dim_team_rows", "no rule is named dim_team_has_rows"),
        ("id: dim_team_has_rows", "id: dim-team", "other signs than letters, digits and _"),
        ("table: dim_team", "table: dim_teams", "its table is 'dim_teams'"),
        ("key: [team_id]", "keys: [team_id]", "unknown keys: keys"),
        ("rules:", "rules: [", "not valid YAML"),
    ],
)
def test_rule_file_with_a_mistake_is_refused(
    tmp_path: Path, dbt_project: Path, change: str, replacement: str, message: str
):
    assert change in SUITE

    with pytest.raises(SuiteError, match=re.escape(message)) as error:
        _load(tmp_path, dbt_project, dim_team=SUITE.replace(change, replacement))

    assert str(tmp_path / "rules" / "dim_team.yml") in str(error.value)


def test_rule_id_used_twice_is_refused(tmp_path: Path, dbt_project: Path):
    twice = SUITE + SUITE[SUITE.index("  - id") :]

    with pytest.raises(SuiteError, match="'dim_team_has_rows' stands in dim_team and in dim_team"):
        _load(tmp_path, dbt_project, dim_team=twice)


def test_words_that_yaml_1_1_reads_as_booleans_stay_words(tmp_path: Path, dbt_project: Path):
    countries = SUITE.replace("{min_value: 1}", "{min_value: 1, value_set: [NO, on, yes]}")

    (suite,) = _load(tmp_path, dbt_project, dim_team=countries)

    assert suite.rules[0].kwargs["value_set"] == ["NO", "on", "yes"]


def test_bounds_of_each_metric_become_rules(dbt_project: Path):
    assert load_metrics(dbt_project) == (Metric("win_rate", "Win rate", "赢单率", 0.0, 1.0),)

    rules = {rule.id: rule for suite in load_suites(dbt_project) for rule in suite.rules}

    rule = rules["kpi_win_rate_within_bounds"]
    assert (rule.table, rule.severity) == ("kpi_values", "error")
    assert rule.kwargs["min_value"] == 0
    assert rule.kwargs["max_value"] == 1
    assert rule.description_en == "Win rate: every value is from 0 to 1, as its definition says."
    assert rule.description_zh == "赢单率：按照定义，每个数值都在 0 到 1 之间。"


@pytest.mark.parametrize(
    ("change", "replacement", "message"),
    [
        ("bounds: [0, 1]", "bounds: [0]", "the metric 'win_rate' lacks"),
        ("        zh: {name: 赢单率}\n", "", "the metric 'win_rate' lacks"),
        ("        version: 1\n", "", "no metric with config.meta.version there"),
        ("name: won_opportunity_count", "name: win_rate\n    config: {meta: {version: 1, "
         "bounds: [0, 1], zh: {name: 赢单率}}}", "'win_rate' is defined twice"),
    ],
)  # fmt: skip
def test_registry_with_a_mistake_is_refused(
    dbt_project: Path, change: str, replacement: str, message: str
):
    path = dbt_project / "models" / "metrics" / "deals.yml"
    assert change in METRIC
    path.write_text(METRIC.replace(change, replacement), "utf-8")

    with pytest.raises(RegistryError, match=message):
        load_metrics(dbt_project)


def test_gx_accepts_every_rule():
    for suite in load_suites(DBT_PROJECT):
        built = gate.expectation_suite(suite)
        rules = [(expectation.meta or {})["rule"] for expectation in built.expectations]
        assert sorted(rules) == sorted(rule.id for rule in suite.rules)


def test_queries_avoid_what_sqlalchemy_and_gx_would_replace():
    """A colon before a word is a bind parameter to SQLAlchemy, a brace a placeholder to GX."""
    for suite in load_suites(DBT_PROJECT):
        for rule in suite.rules:
            query = rule.kwargs.get("unexpected_rows_query", "")
            assert not re.search(r":\w|[{}]", query), rule.id


def test_closed_lists_are_those_of_the_canonical_entities():
    rules = {rule.id: rule for suite in load_suites(DBT_PROJECT) for rule in suite.rules}
    open_ends = {"__missing__", entities.UNMAPPED}

    def allowed(rule_id: str) -> set[str]:
        return set(rules[rule_id].kwargs["value_set"])

    assert allowed("person_origin_is_known") == {*entities.ORIGINS, *open_ends}
    assert allowed("deal_order_type_is_known") == {*entities.ORDER_TYPES, *open_ends}
    for rule_id, words in (
        ("factor_type_is_known", entities.FACTOR_TYPES),
        ("factor_direction_is_known", entities.FACTOR_DIRECTIONS),
        ("factor_confidence_is_known", entities.FACTOR_CONFIDENCES),
    ):
        assert allowed(rule_id) == {*words, entities.UNMAPPED}


def test_every_raw_table_is_counted():
    rules = {rule.id: rule for suite in load_suites(DBT_PROJECT) for rule in suite.rules}
    query = rules["raw_tables_hold_the_rows_loaded"].kwargs["unexpected_rows_query"]

    assert set(re.findall(r"raw_mapped\.(\w+)", query)) == entities.ENTITIES.keys()


def test_loading_rules_and_the_gate_imports_neither_gx_nor_dagster():
    code = (
        "import sys; from pathlib import Path; from expectations import gate, suites; "
        f"suites.load_suites(Path({str(DBT_PROJECT)!r})); "
        "print({'great_expectations', 'dagster', 'pandas', 'orchestration'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
