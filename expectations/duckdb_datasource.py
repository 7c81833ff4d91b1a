"""A Great Expectations datasource for DuckDB, which GX 1.24 does not bring.

Importing this module imports GX (about four CPU seconds): only the running gate does.
Importing it registers the type, so that ``context.data_sources.add_duckdb_file`` exists.

What differs from GX's own SQL datasource, and why:

- a result is read before its connection closes: closing destroys DuckDB's pending result;
- no pool: a pooled connection keeps the file locked after the validation;
- columns come from DESCRIBE: SQLAlchemy's reflection asks a pg_catalog that DuckDB lacks;
- a regular expression becomes ``regexp_matches``: ``~`` changes its meaning between versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

import sqlalchemy as sa
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource, TableAsset
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metrics.table_column_types import ColumnTypes
from pydantic.v1 import PrivateAttr

SCHEMA = "marts"
MAX_ROWS = 10_000
"""Rows read of one query. GX asks for every failing row and shows a handful of them."""


class BufferedResult:
    """The rows of one query, held in memory, with the part of a cursor's interface GX uses."""

    def __init__(self, rows: Sequence[sa.Row[Any]]) -> None:
        self._rows = list(rows)

    def fetchall(self) -> list[sa.Row[Any]]:
        rows, self._rows = self._rows, []
        return rows

    def fetchmany(self, size: int) -> list[sa.Row[Any]]:
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchone(self) -> sa.Row[Any] | None:
        return self._rows.pop(0) if self._rows else None

    def scalar(self) -> Any:
        row = self.fetchone()
        return None if row is None else row[0]

    def __iter__(self):
        return iter(self.fetchall())


class _RegexpMatches:
    """Stands where GX looks for a dialect module; the attribute selects ``REGEXP_MATCHES()``."""

    DremioDialect = None


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Runs GX's metrics as DuckDB SQL; GX finds them through the parent class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"poolclass": sa.NullPool, **kwargs})
        self.dialect_module = _RegexpMatches()

    def execute_query(self, query: Any) -> Any:
        """The first ``MAX_ROWS`` rows of the query, read before its connection closes."""
        with self.get_connection() as connection:
            result = connection.execute(query)
            return BufferedResult(result.fetchmany(MAX_ROWS))


class DuckDBColumnTypes(ColumnTypes):
    """``table.column_types`` from DESCRIBE."""

    @metric_value(engine=DuckDBExecutionEngine)
    def _duckdb(
        cls,
        execution_engine: DuckDBExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[dict[str, Any]]:
        batches = execution_engine.batch_manager.batch_data_cache
        batch = cast(SqlAlchemyBatchData, batches[metric_domain_kwargs["batch_id"]])
        rows = execution_engine.execute_query(sa.text(f"describe {batch.selectable}")).fetchall()
        return [{"name": row[0], "type": row[1]} for row in rows]


class DuckDBTableAsset(TableAsset):
    """A table that need not exist yet: then its expectations fail with DuckDB's message."""

    type: Literal["table"] = "table"

    def test_connection(self) -> None:
        """Nothing; GX would otherwise refuse the asset and no check would be reported."""


class DuckDBFileDatasource(SQLDatasource):
    """The marts of a DuckDB file, which is opened read-only for every query and closed after it."""

    asset_types: ClassVar[list[type[Any]]] = [DuckDBTableAsset]
    # GX registers the datasource under this name.
    type: Literal["duckdb_file"] = "duckdb_file"  # pyright: ignore[reportIncompatibleVariableOverride]
    _TableAsset: type[TableAsset] = PrivateAttr(DuckDBTableAsset)

    @property
    def schema_(self) -> str:
        """The schema its table assets are in."""
        return SCHEMA

    @property
    def execution_engine_type(self) -> type[SqlAlchemyExecutionEngine]:
        """GX's hook for the engine class."""
        return DuckDBExecutionEngine


def connection_arguments(warehouse: Path) -> dict[str, Any]:
    """The arguments of ``add_duckdb_file`` that open ``warehouse`` without ever writing to it."""
    return {
        "connection_string": str(sa.URL.create("duckdb", database=str(warehouse))),
        "kwargs": {"connect_args": {"read_only": True}, "poolclass": sa.NullPool},
    }
