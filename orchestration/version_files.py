"""The files of one published version: the marts as DuckDB, Parquet and CSV, and the manifest."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

SCHEMA = "marts"
STORAGE_VERSION = "v1.0.0"
"""The oldest storage that DuckDB 1.0 and every later client reads."""

# The catalog keeps the file's name, because a view stores the catalog it was made in.
WAREHOUSE = "warehouse"
ANALYTICS = "analytics"

COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "rows_superseded", "rows_filtered")
WIDE_INTEGERS = ("HUGEINT", "UHUGEINT")
FORMULA_START = r"^[=+\-@\t\r\n]"
"""Text that a spreadsheet would run as a formula when it opens the CSV."""


@contextmanager
def frozen(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the warehouse attached read-only.

    While it is open no other process can write the warehouse, so what was validated is what is
    copied. Readers are not hindered.
    """
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"attach {_text(path)} as {WAREHOUSE} (read_only)")
        yield connection


def company(connection: duckdb.DuckDBPyConnection) -> str:
    """The company's name as the mapping file gives it."""
    return _parameters(connection)["company_name"]


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the warehouse holds and where it came from: the manifest's keys about the data."""
    parameters = _parameters(connection)
    sources = _rows(
        connection,
        f"""
        select
            source_file as file,
            entity,
            sha256,
            {", ".join(COUNTS)}
        from {WAREHOUSE}.raw_meta.file_loads
        order by all
        """,
    )
    definitions = _rows(
        connection,
        f"""
        select
            metric_id,
            metric_version as version,
            definition_hash as hash
        from {WAREHOUSE}.{SCHEMA}.metric_definitions
        qualify row_number() over (partition by metric_id order by metric_version desc) = 1
        order by all
        """,
    )
    unmapped = _rows(
        connection,
        f"""
        select
            entity,
            column_name as "column",
            source_value,
            row_count
        from {WAREHOUSE}.raw_meta.value_map_use
        where is_unmapped
        order by all
        """,
    )
    custom = _rows(
        connection,
        f"""
        select
            name,
            any_value(label_en) as en,
            any_value(label_zh) as zh
        from {WAREHOUSE}.raw_meta.custom_fields
        where is_dimension
        group by name
        order by name
        """,
    )
    return {
        "as_of": parameters["as_of"],
        "loaded_at": _loaded_at(connection),
        "company": parameters["company_name"],
        "source_system": parameters["source_system"],
        "reporting_currency": parameters["reporting_currency"],
        "reporting_tz": parameters["reporting_tz"],
        "definitions": {
            row["metric_id"]: {"version": row["version"], "hash": row["hash"]}
            for row in definitions
        },
        "sources": sources,
        "totals": {
            "files": len({source["file"] for source in sources}),
            **{name: sum(source[name] for source in sources) for name in COUNTS},
        },
        "unmapped": unmapped,
        "custom_dimensions": {
            row["name"]: {"en": row["en"] or row["name"], "zh": row["zh"] or row["en"]}
            for row in custom
        },
    }


def write_data(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    comments: Mapping[str, Mapping[str, str]],
) -> dict[str, int]:
    """Write ``analytics.duckdb``, ``parquet/`` and ``csv/`` of every mart; rows by mart.

    Rows are sorted by all columns, so the same marts give the same files.
    """
    (folder / "parquet").mkdir()
    (folder / "csv").mkdir()
    database = folder / "analytics.duckdb"
    connection.execute(
        f"attach {_text(database)} as {ANALYTICS} (storage_version '{STORAGE_VERSION}')"
    )
    connection.execute(f"create schema {ANALYTICS}.{SCHEMA}")
    row_counts: dict[str, int] = {}
    for mart, columns in _marts(connection).items():
        table = f"{ANALYTICS}.{SCHEMA}.{_name(mart)}"
        selected = ", ".join(
            # BI tools and JavaScript clients misread 128-bit integers.
            f"cast({_name(column)} as bigint) as {_name(column)}"
            if kind in WIDE_INTEGERS
            else _name(column)
            for column, kind in columns.items()
        )
        connection.execute(
            f"create table {table} as "
            f"select {selected} from {WAREHOUSE}.{SCHEMA}.{_name(mart)} order by all"
        )
        for column in columns:
            if comment := comments.get(mart, {}).get(column):
                connection.execute(f"comment on column {table}.{_name(column)} is {_text(comment)}")
        row_counts[mart] = _scalar(connection, f"select count(*) from {table}")
        parquet = folder / "parquet" / f"{mart}.parquet"
        connection.execute(f"copy {table} to {_text(parquet)} (format parquet, compression zstd)")
        write_csv(connection, table, columns, folder / "csv" / f"{mart}.csv")
    connection.execute(f"checkpoint {ANALYTICS}")
    connection.execute(f"detach {ANALYTICS}")
    leftover = Path(f"{database}.wal")
    if leftover.exists():
        raise RuntimeError(f"{leftover} was left behind: {database} would miss its rows")
    return row_counts


def column_comments(dbt_target: Path) -> dict[str, dict[str, str]]:
    """Descriptions of the marts' columns as dbt parsed them; empty when dbt has not run."""
    path = dbt_target / "manifest.json"
    if not path.is_file():
        return {}
    nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["alias"]: {
            name: column["description"]
            for name, column in node["columns"].items()
            if column["description"]
        }
        for node in nodes
        if node["resource_type"] in ("model", "seed") and node["schema"] == SCHEMA
    }


def hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file below ``folder``, by its path with forward slashes."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(
                    file, "sha256"
                ).hexdigest()
    return found


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write strict JSON: an observed value that is no finite number becomes null."""
    text = json.dumps(_finite(value), indent=2, ensure_ascii=False, default=str, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def sync_tree(folder: Path) -> None:
    """Bring every file and folder below ``folder``, and itself, safely to disk."""
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(root) / name)
        sync(Path(root))


def sync(path: Path) -> None:
    """Bring one file or one folder's list of names safely to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_csv(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], path: Path
) -> None:
    """Write ``table`` as a CSV that a spreadsheet opens as text, formulas and all."""
    selected = ", ".join(
        f"case when regexp_matches({_name(column)}, '{FORMULA_START}') "
        f"then '''' || {_name(column)} else {_name(column)} end as {_name(column)}"
        if kind == "VARCHAR"
        else _name(column)
        for column, kind in columns.items()
    )
    plain = path.with_suffix(".plain")
    connection.execute(
        f"copy (select {selected} from {table}) to {_text(plain)} (format csv, header)"
    )
    # Excel reads a CSV as UTF-8 only behind a byte order mark, which DuckDB does not write.
    with plain.open("rb") as source, path.open("wb") as target:
        target.write(b"\xef\xbb\xbf")
        shutil.copyfileobj(source, target)
    plain.unlink()


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    marts: dict[str, dict[str, str]] = {}
    for mart, column, kind in connection.execute(
        f"""
        select table_name, column_name, data_type
        from duckdb_columns()
        where database_name = '{WAREHOUSE}' and schema_name = '{SCHEMA}'
        order by table_name, column_index
        """
    ).fetchall():
        marts.setdefault(mart, {})[column] = kind
    return marts


def _loaded_at(connection: duckdb.DuckDBPyConnection) -> str | None:
    """When the newest raw row was loaded, as text that sorts by time."""
    tables = connection.execute(
        f"select table_name from duckdb_columns() where database_name = '{WAREHOUSE}' "
        "and schema_name = 'raw_mapped' and column_name = '_loaded_at' order by 1"
    ).fetchall()
    newest = [
        _scalar(connection, f"select max(_loaded_at) from {WAREHOUSE}.raw_mapped.{_name(table)}")
        for (table,) in tables
    ]
    return max((f"{value:%Y-%m-%d %H:%M:%S.%f}" for value in newest if value), default=None)


def _parameters(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(f"select key, value from {WAREHOUSE}.raw_meta.parameters").fetchall()
    return dict(rows)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"
