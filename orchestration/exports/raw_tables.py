"""The raw tables dbt reads: what they look like and how a finished load becomes their content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from orchestration.exports import salesforce_ids, sql
from orchestration.exports.entities import (
    ENTITIES,
    UNMAPPED,
    Column,
    ColumnType,
    Entity,
    entity_columns,
)
from orchestration.exports.mapping_model import Mapping
from orchestration.exports.observations import add_observations
from orchestration.exports.report import Drift, FileLoad, QuarantineExample, ValueUse

_META_TABLES = {
    "parameters": {"key": "varchar", "value": "varchar"},
    "opportunity_stages": {
        "stage": "varchar",
        "stage_order": "integer",
        "is_qualified": "boolean",
        "outcome": "varchar",
        "probability": "double",
    },
    "channels": {"channel": "varchar"},
    "custom_fields": {
        "entity": "varchar",
        "name": "varchar",
        "label_en": "varchar",
        "label_zh": "varchar",
        "is_dimension": "boolean",
    },
    "record_urls": {
        "source_system": "varchar",
        "entity": "varchar",
        "id_kind": "varchar",
        "url_template": "varchar",
    },
    "internal_email_domains": {"email_domain": "varchar"},
    "file_loads": {
        "source_file": "varchar",
        "file_name_pattern": "varchar",
        "reader_shape": "varchar",
        "entity": "varchar",
        "sha256": "varchar",
        "modified_at": "timestamp",
        "encoding": "varchar",
        "rows_read": "bigint",
        "rows_loaded": "bigint",
        "rows_quarantined": "bigint",
        "rows_superseded": "bigint",
        "rows_filtered": "bigint",
        "rows_footer": "bigint",
    },
    "file_totals": {
        "source_file": "varchar",
        "entity": "varchar",
        "column_name": "varchar",
        "stated_total": "double",
        "loaded_total": "double",
        "tolerance": "double",
    },
    "quarantine": {
        "entity": "varchar",
        "source_file": "varchar",
        "source_row": "bigint",
        "column_name": "varchar",
        "value": "varchar",
        "reason": "varchar",
        "row_json": "varchar",
    },
    "value_map_use": {
        "entity": "varchar",
        "column_name": "varchar",
        "source_value": "varchar",
        "mapped_value": "varchar",
        "row_count": "bigint",
        "is_unmapped": "boolean",
    },
    "drift": {
        "source_file": "varchar",
        "entity": "varchar",
        "column_name": "varchar",
        "kind": "varchar",
    },
    "stage_observations": {
        "company_name": "varchar",
        "entity": "varchar",
        "record_id": "varchar",
        "stage": "varchar",
        "stage_source_value": "varchar",
        "owner_id": "varchar",
        "observed_at": "timestamp",
        "pulled_at": "timestamp",
        "source_file": "varchar",
        "source_system": "varchar",
    },
    "published_definitions": {
        "metric_id": "varchar",
        "metric_version": "integer",
        "definition_hash": "varchar",
    },
}
_ORIGIN = {
    "_source_system": "varchar",
    "_source_file": "varchar",
    "_source_row": "bigint",
    "_file_sha256": "varchar",
    "_loaded_at": "timestamp",
    "_extra": "varchar",
}
_PERSONAL = ("email", "phone", "owner_name", "account_name")


@dataclass(frozen=True)
class RawTable:
    """A table dbt reads as a source; dbt's source files describe it."""

    schema: str
    name: str
    columns: dict[str, str]
    """Type by column name, in order."""


def raw_tables() -> tuple[RawTable, ...]:
    """Every raw table: the exports' own before those about them."""
    return (
        *(
            RawTable("raw_mapped", entity.name, entity_columns(entity) | _ORIGIN)
            for entity in ENTITIES.values()
        ),
        *(RawTable("raw_meta", name, columns) for name, columns in _META_TABLES.items()),
    )


def create_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every raw table, empty where it is not there yet."""
    tables = raw_tables()
    for schema in dict.fromkeys(table.schema for table in tables):
        connection.execute(f"create schema if not exists {schema}")
    for table in tables:
        columns = ", ".join(f"{name} {type_}" for name, type_ in table.columns.items())
        connection.execute(f"create table if not exists {table.schema}.{table.name} ({columns})")


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Rows of every raw table, by schema and name."""
    counts = " union all ".join(
        f"select '{table.schema}', '{table.name}', count(*) from {table.schema}.{table.name}"
        for table in raw_tables()
    )
    return {(schema, name): rows for schema, name, rows in connection.execute(counts).fetchall()}


def replace_raw_tables(
    connection: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    parameters: dict[str, str],
    loads: list[FileLoad],
    words: tuple[ValueUse, ...],
    drift: list[Drift],
) -> None:
    """Turn the staged rows of a load into the raw tables; the caller holds the transaction.

    ``published_definitions`` stays as it is: it belongs to publishing. ``stage_observations`` is
    added to.
    """
    connection.execute("drop schema if exists raw_mapped cascade")
    create_raw_tables(connection)
    patterns = {entry.name: entry.pattern for entry in mapping.files}
    _create_loads(connection, loads)
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    for entity in staged_entities(loads):
        columns = ", ".join(entity_columns(entity))
        connection.execute(
            f"""
            insert into raw_mapped.{entity.name} by name
            select
                {columns},
                source_system as _source_system,
                source_file as _source_file,
                _source_row,
                sha256 as _file_sha256,
                {sql.text(str(loaded_at))}::timestamp as _loaded_at,
                _extra
            from stage_{entity.name} inner join loads using (_load_no)
            """
        )
    of_salesforce = mapping.sources_read_by(salesforce_ids.SYSTEM)
    add_observations(connection, parameters["company_name"], of_salesforce)
    _replace(connection, "parameters", list(parameters.items()))
    _replace(
        connection,
        "opportunity_stages",
        [
            (stage.name, stage.order, stage.is_qualified, stage.outcome, stage.probability)
            for stage in mapping.stages
        ],
    )
    _replace(connection, "channels", [(word,) for word in mapping.channel_words])
    _replace(
        connection,
        "custom_fields",
        [
            (
                entity, name, spec.label and spec.label.en, spec.label and spec.label.zh,
                spec.dimension,
            )
            for (entity, name), spec in mapping.custom_fields.items()
        ],
    )  # fmt: skip
    _replace(
        connection,
        "record_urls",
        [
            (source, entity, kind, template)
            for source, entities in mapping.record_urls.items()
            for entity, templates in entities.items()
            for kind, template in templates.items()
        ],
    )
    _replace(
        connection,
        "internal_email_domains",
        [(domain.strip().lower(),) for domain in mapping.internal_email_domains],
    )
    _replace(
        connection,
        "file_loads",
        [
            (
                load.file, patterns.get(load.entry, load.file), load.shape, load.entity,
                load.sha256, load.modified_at.replace(tzinfo=None), load.encoding, load.rows_read,
                load.rows_loaded, load.rows_quarantined, load.rows_superseded, load.rows_filtered,
                load.rows_footer,
            )
            for load in loads
        ],
    )  # fmt: skip
    _replace(
        connection,
        "file_totals",
        [
            (
                load.file, load.entity, total.column, total.stated, total.loaded, total.tolerance
            )
            for load in loads
            for total in load.totals
        ],
    )  # fmt: skip
    _replace(
        connection, "drift", [(item.file, item.entity, item.column, item.kind) for item in drift]
    )
    _replace(connection, "quarantine", [])
    connection.execute(
        """
        insert into raw_meta.quarantine
        select entity, source_file, source_row, column_name, value, reason, row_json
        from stage_quarantine inner join loads using (_load_no)
        order by _load_no, source_row
        """
    )
    _replace(
        connection,
        "value_map_use",
        [
            (
                use.entity, use.column, use.source_value, use.mapped_value, use.row_count,
                use.is_unmapped,
            )
            for use in words
        ],
    )  # fmt: skip


def replace_published_definitions(
    connection: duckdb.DuckDBPyConnection, definitions: list[tuple[str, int, str]]
) -> None:
    """Metric, version and hash of each definition that readers have today."""
    _replace(connection, "published_definitions", definitions)


def staged_entities(loads: Iterable[FileLoad]) -> list[Entity]:
    """What the files of a load brought."""
    return [ENTITIES[name] for name in sorted({load.entity for load in loads})]


def mapped_values(
    connection: duckdb.DuckDBPyConnection, loads: list[FileLoad]
) -> tuple[ValueUse, ...]:
    """The words the value maps changed or did not know, counted over the staged rows."""
    uses = []
    for entity in staged_entities(loads):
        words = " union all ".join(
            f"""
            select '{column.name}', from_{column.name}, {_mapped(column)}, count(*)
            from stage_{entity.name}
            where from_{column.name} is not null
            group by 2, 3
            """
            for column in entity.columns
        )
        texts = [column.name for column in entity.columns if column.type is ColumnType.TEXT]
        uses += [
            ValueUse(
                entity.name, column, word, mapped, rows,
                # An id that no exported list knows stays what it is.
                mapped == UNMAPPED or (column in texts and mapped == word),
            )
            for column, word, mapped, rows in connection.execute(words).fetchall()
        ]  # fmt: skip
    return tuple(
        sorted(uses, key=lambda use: (not use.is_unmapped, -use.row_count, use.source_value))
    )


def _mapped(column: Column) -> str:
    if column.is_told_by_words:
        return f"coalesce({column.name}::varchar, {sql.text(UNMAPPED)})"
    return f"{column.name}::varchar"


def quarantine_examples(
    connection: duckdb.DuckDBPyConnection, loads: list[FileLoad], limit: int = 20
) -> tuple[QuarantineExample, ...]:
    """The first quarantined rows, without values that could name a person."""
    _create_loads(connection, loads)
    rows = connection.execute(
        f"""
        select entity, source_file, source_row, column_name, value, reason
        from stage_quarantine inner join loads using (_load_no)
        order by _load_no, source_row limit {limit}
        """
    ).fetchall()
    return tuple(
        QuarantineExample(entity, file, row, column, _masked(column, value), reason)
        for entity, file, row, column, value, reason in rows
    )


def _masked(column: str | None, value: str | None) -> str | None:
    if value is not None and (column in _PERSONAL or "@" in value):
        return "(hidden)"
    return value


def _create_loads(connection: duckdb.DuckDBPyConnection, loads: list[FileLoad]) -> None:
    connection.execute(
        "create or replace temp table loads (_load_no integer, entity varchar, "
        "source_system varchar, source_file varchar, sha256 varchar)"
    )
    _insert(
        connection,
        "loads",
        [
            (number, load.entity, load.source_system, load.file, load.sha256)
            for number, load in enumerate(loads)
        ],
    )


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    columns = ", ".join(f"{name} {type_}" for name, type_ in _META_TABLES[table].items())
    connection.execute(f"create or replace table raw_meta.{table} ({columns})")
    _insert(connection, f"raw_meta.{table}", rows)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    # Literals, because binding values makes DuckDB import pandas, which takes seconds.
    for start in range(0, len(rows), 1000):
        values = ", ".join(
            f"({', '.join(sql.text(None if value is None else str(value)) for value in row)})"
            for row in rows[start : start + 1000]
        )
        connection.execute(f"insert into {table} values {values}")
