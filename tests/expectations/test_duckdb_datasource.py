"""Each expectation class the rules use passes and fails on DuckDB as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import gate
from expectations.suites import Rule, Suite, load_suites
from tests.expectations.conftest import DBT_PROJECT

CASES: list[tuple[str, dict[str, Any], bool, dict[str, Any]]] = [
    ("ExpectTableRowCountToBeBetween", {"min_value": 4}, True, {"observed_value": 4}),
    ("ExpectTableRowCountToBeBetween", {"min_value": 5}, False, {"observed_value": 4}),
    ("ExpectColumnValuesToBeUnique", {"column": "order_id"}, True, {"unexpected_count": 0}),
    ("ExpectColumnValuesToBeUnique", {"column": "country"}, False, {"unexpected_count": 2}),
    (
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": ["country", "amount"]},
        True,
        {"unexpected_count": 0},
    ),
    (
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": ["country", "is_paid"]},
        False,
        {"unexpected_count": 2},
    ),
    (
        "ExpectColumnValuesToBeInSet",
        {"column": "country", "value_set": ["SE", "NO", "DK"]},
        True,
        {"unexpected_count": 0},
    ),
    (
        "ExpectColumnValuesToBeInSet",
        {"column": "country", "value_set": ["SE"]},
        False,
        {"unexpected_count": 2},
    ),
    (
        "ExpectColumnValuesToBeBetween",
        {"column": "amount", "min_value": 0, "max_value": 10},
        False,
        {"unexpected_count": 1, "element_count": 4},
    ),
    (
        "ExpectColumnValuesToBeBetween",
        {
            "column": "amount",
            "min_value": 0,
            "where": {"country": "SE"},
        },
        True,
        {"unexpected_count": 0, "element_count": 2},
    ),
    (
        "ExpectColumnValuesToBeBetween",
        {
            "column": "amount",
            "min_value": 2,
            "where": {"country": "SE"},
        },
        False,
        {"unexpected_count": 1, "element_count": 2},
    ),
    (
        "ExpectColumnValuesToMatchRegex",
        {"column": "country", "regex": "[A-Z]"},
        True,
        {"unexpected_count": 0},
    ),
    (
        "ExpectColumnValuesToMatchRegex",
        {"column": "country", "regex": "^S"},
        False,
        {"unexpected_count": 2},
    ),
    (
        "UnexpectedRowsExpectation",
        {"unexpected_rows_query": "select order_id as key from orders where amount > 100"},
        True,
        {"observed_value": 0},
    ),
    (
        "UnexpectedRowsExpectation",
        {"unexpected_rows_query": "select order_id as key from orders where amount < 0"},
        False,
        {"observed_value": 1, "details": {"unexpected_rows": [{"key": "4"}]}},
    ),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("orders") / "orders.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.orders as
            select * from (
                values
                ('1', 'SE', 1.5, true),
                ('2', 'SE', 2.5, true),
                ('3', 'NO', 3.5, true),
                ('4', 'DK', -1.0, false)
            ) as orders (order_id, country, amount, is_paid)
            """
        )
    return path


@pytest.fixture(scope="module")
def orders(database: Path):
    """The table as a GX batch."""
    import great_expectations as gx

    from expectations import data_docs, duckdb_datasource

    context = gx.get_context(
        mode="ephemeral", project_config=data_docs.context_configuration(database.parent / "docs")
    )
    datasource = context.data_sources.add_duckdb_file(  # pyright: ignore[reportAttributeAccessIssue]
        "orders", **duckdb_datasource.connection_arguments(database)
    )
    return datasource.add_table_asset("orders").add_batch_definition_whole_table("all").get_batch()


def _validate(orders: Any, expectation: str, **kwargs: Any) -> Any:
    rule = Rule("rule", "orders", "error", None, "Rule.", "规则。", expectation, kwargs)
    (built,) = gate.expectation_suite(Suite("orders", (), (rule,))).expectations
    return orders.validate(built, result_format="COMPLETE")


@pytest.mark.parametrize(("expectation", "kwargs", "success", "expected"), CASES)
def test_expectation_says_what_holds(orders, expectation, kwargs, success, expected):
    result = _validate(orders, expectation, **kwargs)

    assert result.success is success
    assert {name: result.result[name] for name in expected} == expected


def test_every_expectation_the_rules_use_is_tested_here():
    used = {rule.expectation for suite in load_suites(DBT_PROJECT) for rule in suite.rules}

    for success in (True, False):
        assert used == {case[0] for case in CASES if case[2] is success}


def test_columns_are_those_of_the_table(orders):
    assert orders.columns() == ["order_id", "country", "amount", "is_paid"]


def test_expectation_on_a_missing_column_is_no_success(orders):
    result = _validate(orders, "ExpectColumnValuesToBeUnique", column="nowhere")

    assert not result.success
    assert "nowhere" in str(result.exception_info)


def test_more_rows_than_the_cap_are_counted_and_not_read(orders):
    many = "select order_id as key from orders cross join range(1000000)"

    result = _validate(orders, "UnexpectedRowsExpectation", unexpected_rows_query=many)

    assert result.result["observed_value"] == 4_000_000
    assert 0 < len(result.result["details"]["unexpected_rows"]) <= 10_000


def test_file_is_only_read_and_free_again_after_each_query(orders, database: Path):
    _validate(orders, "ExpectTableRowCountToBeBetween", min_value=1)

    with duckdb.connect(str(database)) as writer:
        writer.execute("create or replace table marts.written as select 1 as one")
