"""Reads the rules beside this module and adds the bounds of each KPI from the dbt registry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from expectations.registry import Metric, load_metrics

RULES = Path(__file__).parent
KPI_TABLE = "kpi_values"
SEVERITIES = ("error", "warning")
RULE_ID = re.compile(r"[A-Za-z0-9_]+")
SUITE_KEYS = {"table", "key", "rules"}
REQUIRED = {"id", "expectation", "severity", "en", "zh", "kwargs"}
OPTIONAL = {"invariant"}
HAN = re.compile(r"[\u4e00-\u9fff]")


class SuiteError(ValueError):
    """A rule file is not what the gate can run; the message says which rule and what to change."""


@dataclass(frozen=True)
class Rule:
    """One statement about a mart, in the words of both teams, and the expectation that tests it.

    ``expectation`` names a Great Expectations class, ``kwargs`` are its arguments. The query of an
    ``UnexpectedRowsExpectation`` returns the rows that break the rule: ``key`` names the record,
    other columns are numbers, and a ``total_`` column has the same value in every row. ``where``
    restricts another expectation to the rows with one value in one column.
    """

    id: str
    table: str
    severity: str
    invariant: str | None
    description_en: str
    description_zh: str
    expectation: str
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Suite:
    """The rules of one mart; ``key`` are the columns that name a record in samples."""

    table: str
    key: tuple[str, ...]
    rules: tuple[Rule, ...]


def load_suites(dbt_project: Path, rules: Path = RULES) -> tuple[Suite, ...]:
    """Every suite, sorted by table; the KPI bounds come from ``dbt_project``.

    Raises SuiteError or RegistryError.
    """
    suites = [_suite(path) for path in sorted(rules.glob("*.yml"))]
    bounds = tuple(
        _bounds_rule(metric)
        for metric in load_metrics(dbt_project)
        if (metric.lower_bound, metric.upper_bound) != (None, None)
    )
    complete = tuple(
        replace(suite, rules=(*suite.rules, *bounds)) if suite.table == KPI_TABLE else suite
        for suite in suites
    )
    _refuse_duplicates(complete)
    return complete


def _suite(path: Path) -> Suite:
    try:
        document = YAML(typ="safe").load(path)
    except YAMLError as error:
        raise _error(path, f"it is not valid YAML ({error})", "Correct the YAML") from error
    _require_keys(path, "the suite", document, SUITE_KEYS, set())
    table = document["table"]
    if path.stem != table:
        raise _error(path, f"its table is {table!r}", f"Name the file {table}.yml")
    rules = tuple(_rule(path, table, entry) for entry in document["rules"])
    if f"{table}_has_rows" not in {rule.id for rule in rules}:
        raise _error(
            path,
            f"no rule is named {table}_has_rows",
            "Add one: on an empty table most expectations pass",
        )
    return Suite(table=table, key=tuple(document["key"]), rules=rules)


def _rule(path: Path, table: str, entry: Mapping[str, Any]) -> Rule:
    name = f"rule {entry.get('id')!r}"
    _require_keys(path, name, entry, REQUIRED, OPTIONAL)
    if not RULE_ID.fullmatch(entry["id"]):
        raise _error(path, f"{name} has other signs than letters, digits and _", "Rename it")
    if entry["severity"] not in SEVERITIES:
        raise _error(
            path,
            f"{name} has the severity {entry['severity']!r}",
            f"Use one of {', '.join(SEVERITIES)}",
        )
    if not (entry["en"] or "").strip() or not HAN.search(entry["zh"] or ""):
        raise _error(path, f"{name} is not described in both languages", "Write en and zh")
    return Rule(
        id=entry["id"],
        table=table,
        severity=entry["severity"],
        invariant=entry.get("invariant"),
        description_en=entry["en"],
        description_zh=entry["zh"],
        expectation=entry["expectation"],
        kwargs=dict(entry["kwargs"]),
    )


def _bounds_rule(metric: Metric) -> Rule:
    lower, upper = metric.lower_bound, metric.upper_bound
    if upper is None:
        range_en, range_zh = f"not below {lower:g}", f"不低于 {lower:g}"
    elif lower is None:
        range_en, range_zh = f"not above {upper:g}", f"不高于 {upper:g}"
    else:
        range_en, range_zh = f"from {lower:g} to {upper:g}", f"在 {lower:g} 到 {upper:g} 之间"
    return Rule(
        id=f"kpi_{metric.metric_id}_within_bounds",
        table=KPI_TABLE,
        severity="error",
        invariant=None,
        description_en=f"{metric.name_en}: every value is {range_en}, as its definition says.",
        description_zh=f"{metric.name_zh}：按照定义，每个数值都{range_zh}。",
        expectation="ExpectColumnValuesToBeBetween",
        kwargs={
            "column": "value",
            "min_value": lower,
            "max_value": upper,
            "where": {"metric_id": metric.metric_id},
        },
    )


def _require_keys(
    path: Path, name: str, entry: Mapping[str, Any], required: set[str], optional: set[str]
) -> None:
    unknown = entry.keys() - required - optional
    missing = required - entry.keys()
    if unknown:
        raise _error(path, f"{name} has unknown keys: {', '.join(sorted(unknown))}", "Remove them")
    if missing:
        raise _error(path, f"{name} lacks: {', '.join(sorted(missing))}", "Add what is missing")


def _refuse_duplicates(suites: tuple[Suite, ...]) -> None:
    tables: dict[str, str] = {}
    for suite in suites:
        for rule in suite.rules:
            if rule.id in tables:
                raise SuiteError(
                    f"Reading the rules: {rule.id!r} stands in {tables[rule.id]} and in "
                    f"{rule.table}. A retry will not help. Rename one of the two."
                )
            tables[rule.id] = rule.table


def _error(path: Path, fact: str, next_step: str) -> SuiteError:
    return SuiteError(f"Reading {path}: {fact}. A retry will not help. {next_step}.")
