"""Every rule holds on good marts, and fails, alone, on the smallest change against it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from expectations import gate
from expectations.suites import Rule, load_suites
from tests.expectations.conftest import DBT_PROJECT
from tests.expectations.mutations import MUTATIONS

RULES = {rule.id: rule for suite in load_suites(DBT_PROJECT) for rule in suite.rules}
CUSTOM = {name for name, rule in RULES.items() if rule.expectation == gate.CUSTOM_SQL}


def _batches() -> list[list[str]]:
    """The rules GX tests by itself, in groups of which no mutation hides another."""
    own = [name for name in MUTATIONS if name not in CUSTOM]
    empty = [name for name in own if name.endswith("_has_rows")]
    bounds = [name for name in own if name.endswith("_within_bounds")]
    batches: list[list[str]] = []
    for name in own:
        if name in empty or name in bounds:
            continue
        for batch in batches:
            if all(RULES[other].table != RULES[name].table for other in batch):
                batch.append(name)
                break
        else:
            batches.append([name])
    return [empty, bounds, *batches]


def _query(rule: Rule) -> str:
    return gate.rows_query(rule, f"marts.{rule.table}")


WORDS = {name: set(re.findall(r"\w+", _query(RULES[name]))) for name in CUSTOM}


def _breaks(connection: duckdb.DuckDBPyConnection, rule: Rule) -> bool:
    return bool(connection.execute(_query(rule)).fetchmany(1))


def _readers(sql: str) -> set[str]:
    """The rules whose queries name a table that ``sql`` writes; no other can fail by it."""
    written = re.findall(r"(?:update|into|delete from|table)\s+(?:\w+\.)?(\w+)", sql)
    assert written, sql
    return {name for name in CUSTOM if WORDS[name] & set(written)}


def test_every_rule_has_a_mutation():
    assert MUTATIONS.keys() == RULES.keys()


def test_every_rule_holds_on_the_good_warehouse(good_warehouse: Path, tmp_path: Path):
    report = gate.validate(good_warehouse, tmp_path, DBT_PROJECT, "run-1")

    assert [result.rule_id for result in report.results] == list(RULES)
    assert [result for result in report.results if not result.passed] == []


def _bounds_at_once() -> list[list[str]]:
    """Every rule by itself, but the bounds of all KPIs together: each concerns its own rows."""
    bounds = [name for name in MUTATIONS if name.endswith("_within_bounds")]
    return [bounds, *([name] for name in MUTATIONS if name not in bounds)]


@pytest.mark.parametrize("names", _bounds_at_once(), ids=lambda names: names[0])
def test_rule_in_sql_fails_alone(names: list[str], good_marts: duckdb.DuckDBPyConnection):
    changes = "; ".join(MUTATIONS[name].sql for name in names)
    good_marts.execute("begin")
    try:
        good_marts.execute(changes)
        failed = {rule for rule in _readers(changes) if _breaks(good_marts, RULES[rule])}
    finally:
        good_marts.execute("rollback")

    assert failed == {rule for name in names for rule in {name, *MUTATIONS[name].also} & CUSTOM}


@pytest.mark.parametrize("names", _batches(), ids=lambda names: names[0])
def test_rule_in_gx_fails_alone(names: list[str], warehouse: Path, tmp_path: Path):
    with duckdb.connect(str(warehouse)) as connection:
        for name in names:
            connection.execute(MUTATIONS[name].sql)

    report = gate.validate(warehouse, tmp_path / "docs", DBT_PROJECT, "run-1")

    failed = {result.rule_id for result in report.results if not result.passed}
    assert failed - CUSTOM == {
        rule for name in names for rule in {name, *MUTATIONS[name].also} - CUSTOM
    }
    with duckdb.connect(str(warehouse)) as connection:
        assert failed & CUSTOM == {rule for rule in CUSTOM if _breaks(connection, RULES[rule])}


@pytest.fixture
def good_marts(good_warehouse: Path, tmp_path_factory: pytest.TempPathFactory):
    """One open copy for all mutations; each is rolled back."""
    path = tmp_path_factory.getbasetemp() / "mutated.duckdb"
    if not path.exists():
        shutil.copy(good_warehouse, path)
    with duckdb.connect(str(path)) as connection:
        yield connection
