"""The gate: runs every rule on the marts and says what holds, before anything is published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.findings import check_result, unrun_result
from expectations.report import CheckResult, GateReport
from expectations.suites import Rule, Suite, load_suites

if TYPE_CHECKING:
    import sqlalchemy as sa
    from great_expectations import ExpectationSuite
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

__all__ = [
    "CheckResult",
    "GateError",
    "GateReport",
    "expectation_suite",
    "rows_query",
    "validate",
]

CUSTOM_SQL = "UnexpectedRowsExpectation"
GX_SEVERITIES = {"error": "critical", "warning": "warning"}


class GateError(Exception):
    """The gate could not be run at all; nothing is known about the marts."""


def validate(warehouse: Path, docs_dir: Path, dbt_project: Path, run_id: str) -> GateReport:
    """Run every rule on the marts in ``warehouse`` and write offline data docs to ``docs_dir``.

    ``docs_dir`` is new or empty; its pages link to ``../index.html``. The warehouse is only read,
    and it is closed when this returns or raises. A rule that cannot be run is a failed check of
    severity ``error`` with the message. Raises GateError, SuiteError or RegistryError when nothing
    could be checked.
    """
    suites = load_suites(dbt_project)
    if not warehouse.is_file():
        raise GateError(
            f"Validating {warehouse}: there is no such file. A retry will not help. "
            "Build the marts first."
        )
    import great_expectations as gx

    from expectations import duckdb_datasource
    from expectations.data_docs import build, context_configuration

    context = gx.get_context(mode="ephemeral", project_config=context_configuration(docs_dir))
    datasource = context.data_sources.add_duckdb_file(  # pyright: ignore[reportAttributeAccessIssue]
        "warehouse", **duckdb_datasource.connection_arguments(warehouse)
    )
    engine = datasource.get_engine()
    try:
        # While one connection is open, opening the next ones costs a tenth.
        with engine.connect() as connection:
            row_counts = _row_counts(connection, suites)
            results = tuple(
                result
                for suite in suites
                for result in _run(context, datasource, suite, row_counts, run_id)
            )
        build(context, docs_dir, results)
    finally:
        engine.dispose()
    return GateReport(results)


def expectation_suite(suite: Suite) -> ExpectationSuite:
    """The GX suite of one mart; each expectation carries its rule's id in ``meta``.

    Raises AttributeError on an expectation GX does not have, ValueError on arguments it refuses.
    """
    import great_expectations as gx
    from great_expectations import expectations

    return gx.ExpectationSuite(
        name=suite.table,
        expectations=[
            getattr(expectations, rule.expectation)(
                **_arguments(rule),
                severity=GX_SEVERITIES[rule.severity],
                description=_description(rule),
                meta={"rule": rule.id},
            )
            for rule in suite.rules
        ],
    )


def rows_query(rule: Rule, batch: str) -> str:
    """The SQL for the rows that break a custom rule; its mart's bare name means ``batch``."""
    query = rule.kwargs["unexpected_rows_query"].rstrip()
    return f"with {rule.table} as (select * from {batch})\nselect * from (\n{query}\n)"


def _arguments(rule: Rule) -> Mapping[str, Any]:
    from great_expectations.expectations.row_conditions import Column

    if rule.expectation == CUSTOM_SQL:
        return {"unexpected_rows_query": rows_query(rule, "{batch}")}
    kwargs = dict(rule.kwargs)
    for column, value in kwargs.pop("where", {}).items():
        kwargs["row_condition"] = Column(column) == value
    return kwargs


def _description(rule: Rule) -> str:
    """GX shows neither the severity nor ``meta``, so they stand in the text."""
    invariant = f" · {rule.invariant}" if rule.invariant else ""
    return f"{rule.severity}{invariant} · {rule.id}\n{rule.description_en}\n{rule.description_zh}"


def _run(
    context: EphemeralDataContext,
    datasource: Any,
    suite: Suite,
    row_counts: Mapping[str, int],
    run_id: str,
) -> list[CheckResult]:
    import great_expectations as gx

    rows = row_counts.get(suite.table)
    try:
        batch = datasource.add_table_asset(suite.table).add_batch_definition_whole_table("all")
        validation = context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.table, data=batch, suite=context.suites.add(expectation_suite(suite))
            )
        )
        outcome = validation.run(
            run_id=gx.RunIdentifier(run_name=run_id),
            result_format={
                "result_format": "COMPLETE",
                "partial_unexpected_count": 5,
                "unexpected_index_column_names": list(suite.key),
            },
        )
    except Exception as error:  # a check that crashed must fail, not vanish
        return [unrun_result(rule, f"{type(error).__name__}: {error}") for rule in suite.rules]
    # GX returns the results in its own order.
    by_rule = {
        result.expectation_config.meta["rule"]: result
        for result in outcome.results
        if result.expectation_config and result.expectation_config.meta
    }
    return [check_result(rule, by_rule.get(rule.id), rows) for rule in suite.rules]


def _row_counts(connection: sa.Connection, suites: tuple[Suite, ...]) -> dict[str, int]:
    """Rows of each suite's table that exists."""
    import sqlalchemy as sa

    from expectations.duckdb_datasource import SCHEMA

    existing = {
        row[0]
        for row in connection.execute(
            sa.text(
                "select table_name from information_schema.tables where table_schema = :schema"
            ),
            {"schema": SCHEMA},
        )
    }
    tables = [suite.table for suite in suites if suite.table in existing]
    if not tables:
        return {}
    counts = ", ".join(f"(select count(*) from {SCHEMA}.{table})" for table in tables)
    return dict(zip(tables, connection.execute(sa.text(f"select {counts}")).one(), strict=True))
