"""The company that the benchmark writes fits the raw tables, and no join grows as a square."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb

from orchestration.settings import Settings
from tests.benchmarks.scale import write_company


def test_the_company_has_people_cycles_deals_and_calls():
    with duckdb.connect() as connection:
        assert write_company(connection, 800) == 2400
        counts = {
            table: (connection.table(f"raw_mapped.{table}").aggregate("count(*)").fetchone() or ())
            for table in ("people", "accounts", "activities", "opportunities", "touches")
        }
    assert counts == {
        "people": (800,),
        "accounts": (80,),
        "activities": (684,),
        "opportunities": (100,),
        "touches": (1066,),
    }


FEW_ON_ONE_SIDE = {
    "int_business_hours_opened": "holidays",
    "int_fit_attributes_scored": "rules of an ideal customer",
    "sla_breaches": "pages that show a record",
}
"""Models whose nested loop runs over a list that a person wrote, and what is in it."""


def test_no_join_on_equal_keys_compares_each_row_with_each(worked_examples_home: Settings):
    """A condition on one side alone, or an ``or``, beside equal keys keeps DuckDB from hashing an
    outer join. Nothing shows of it in a small company; a million people never end."""
    compiled = [
        path
        for path in (worked_examples_home.dbt_target / "compiled").rglob("*.sql")
        if "unit_test" not in path.name
    ]
    assert len(compiled) > 100
    with duckdb.connect(str(worked_examples_home.warehouse), read_only=True) as connection:
        slow = {path.stem for path in compiled if _compares_each_with_each(connection, path)}
    assert slow == set(FEW_ON_ONE_SIDE)


def _compares_each_with_each(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    statement = path.read_text(encoding="utf-8").strip()
    if not statement:
        return False
    _, plan = connection.execute(f"explain (format json) {statement}").fetchall()[0]
    steps = json.loads(plan)
    joins = []
    while steps:
        step = steps.pop()
        steps += step["children"]
        if step["name"] == "BLOCKWISE_NL_JOIN":
            joins.append(str(step["extra_info"].get("Condition", "")))
    return any(re.search(r"\([a-z]\w* = [a-z]\w*\)", condition) for condition in joins)
