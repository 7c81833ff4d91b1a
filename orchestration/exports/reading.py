"""Any export file as one temporary table of text: f0, f1, … and ``_source_row``.

Nothing is typed here. ``_source_row`` is the physical line a CSV or JSONL record starts on, the
sheet row for XLSX and the record number for Parquet and JSON arrays.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.exports import sql
from orchestration.exports.delimited import (
    Malformed,
    read_header,
    read_numbered,
    read_rows,
    unique_names,
)
from orchestration.exports.encoding import Text, as_utf8, chunks
from orchestration.exports.errors import FileError, nearest
from orchestration.exports.mapping_model import FileMapping

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson", ".xlsx")
"""What an export may be called; each also with .gz."""


@dataclass(frozen=True)
class Staged:
    """One export file as text in the temporary table ``table``."""

    table: str
    header: tuple[str, ...]
    encoding: str | None
    malformed: tuple[Malformed, ...]
    rows_read: int
    """Rows of the table plus malformed ones."""


def kind_of(path: Path) -> str:
    """The file's suffix without .gz, lower case."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def stage(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    entry: FileMapping,
    wanted: Collection[str],
    scratch: Path,
    table: str = "staged",
) -> Staged:
    """Read ``path`` into the temporary ``table``; ``wanted`` are the headers the mapping names.

    Raises FileError when the file cannot be read as what its name says it is.
    """
    encoding: str | None = None
    malformed: list[Malformed] = []
    kind = kind_of(path)
    if kind in (".csv", ".tsv", ".txt"):
        text = as_utf8(path, entry.encoding, scratch)
        stated = entry.delimiter or ("\t" if kind == ".tsv" else None)
        found = read_header(path, text, stated, wanted)
        header, encoding = found.names, text.encoding
        malformed = read_rows(connection, text, found, table, scratch)
    elif kind in (".json", ".jsonl", ".ndjson"):
        text = as_utf8(path, entry.encoding, scratch)
        encoding = text.encoding
        header = _read_json(connection, path, text, table, scratch, malformed)
    elif kind == ".parquet":
        header = _read_parquet(connection, path, table, scratch)
    elif kind == ".xlsx":
        header = _read_xlsx(connection, path, entry, wanted, table, scratch)
    else:
        raise FileError(
            f"Reading {path.name}: {kind or 'no suffix'} is not a kind of export this can read. "
            f"A retry will not help. Export as one of {', '.join(SUFFIXES)} (also .gz)."
        )
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return Staged(table, header, encoding, tuple(malformed), row[0] + len(malformed))


def _read_json(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    text: Text,
    table: str,
    scratch: Path,
    malformed: list[Malformed],
) -> tuple[str, ...]:
    with text.path.open(encoding="utf-8-sig") as file:
        is_array = next((line.lstrip()[0] for line in file if line.strip()), "") == "["
    if is_array:
        if not _ends_with(text.path, b"]"):
            # DuckDB takes what is there of a cut off array for all of it.
            raise FileError(
                f"Reading {path.name} as a JSON array: it does not end with ]. The file is cut "
                "off; a retry will not help. Export or copy it again."
            )
        try:
            connection.execute(
                f"""
                create or replace temp table json_rows as
                select json, row_number() over () as _source_row
                from read_json_objects({sql.text(str(text.path))}, format = 'array')
                """
            )
        except duckdb.Error as error:
            raise FileError(
                f"Reading {path.name} as a JSON array: {_first_line(error)}. A retry will not "
                "help. Export it again, or as one object a line (JSONL)."
            ) from error
    else:
        _read_json_lines(connection, text, scratch)
    malformed += [
        Malformed(number, "not a JSON object", line)
        for number, line in connection.execute(
            """
            select _source_row, json::varchar from json_rows
            where not json_valid(json) or json_type(json) <> 'OBJECT'
            order by _source_row
            """
        ).fetchall()
    ]
    connection.execute(
        "delete from json_rows where not json_valid(json) or json_type(json) <> 'OBJECT'"
    )
    keys = connection.execute(
        "select distinct unnest(json_keys(json)) as key from json_rows order by key"
    ).fetchall()
    names = [key for (key,) in keys]
    fields = "".join(
        f"json_extract_string(json, {sql.text(_json_path(key))}) as f{index}, "
        for index, key in enumerate(names)
    )
    connection.execute(
        f"""
        create or replace temp table {table} as
        select {fields} _source_row::bigint as _source_row from json_rows
        """
    )
    connection.execute("drop table json_rows")
    return tuple(names)


def _ends_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return file.read().rstrip().endswith(mark)


def _read_json_lines(connection: duckdb.DuckDBPyConnection, text: Text, scratch: Path) -> None:
    numbered = scratch / "lines.csv"
    with (
        text.path.open(encoding="utf-8-sig", newline=None) as source,
        numbered.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows(
            (number, line.rstrip("\n"))
            for number, line in enumerate(source, start=1)
            if line.strip()
        )
    read_numbered(connection, numbered, 1, "json_lines")
    connection.execute(
        """
        create or replace temp table json_rows as
        select f0 as json, _source_row from json_lines
        """
    )
    connection.execute("drop table json_lines")


def _json_path(key: str) -> str:
    return '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, scratch: Path
) -> tuple[str, ...]:
    plain = _unpacked(path, scratch / "export.parquet")
    reader = f"read_parquet({sql.text(str(plain))}, file_row_number = true)"
    try:
        described = connection.execute(f"describe select * from {reader}").fetchall()
        names = [column[0] for column in described if column[0] != "file_row_number"]
        fields = "".join(
            f"{sql.name(column)}::varchar as f{index}, " for index, column in enumerate(names)
        )
        connection.execute(
            f"""
            create or replace temp table {table} as
            select {fields} (file_row_number + 1)::bigint as _source_row from {reader}
            """
        )
    except duckdb.Error as error:
        raise FileError(
            f"Reading {path.name} as Parquet: {_first_line(error)}. A retry will not help. Export "
            "it again."
        ) from error
    return tuple(names)


def _read_xlsx(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    entry: FileMapping,
    wanted: Collection[str],
    table: str,
    scratch: Path,
) -> tuple[str, ...]:
    from python_calamine import CalamineError, CalamineWorkbook

    plain = _unpacked(path, scratch / "export.xlsx")
    try:
        workbook = CalamineWorkbook.from_path(str(plain))
        sheets = workbook.sheet_names
        name = entry.sheet or _sheet_with(workbook, wanted)
        if name not in sheets:
            raise FileError(
                f"Reading {path.name}: it has no sheet {name!r}; {nearest(name, sheets)}. A retry "
                "will not help. Correct `sheet` in the file's entry of the mapping."
            )
        rows = _filled_rows(workbook, name)
        header = unique_names([_cell(value) for value in next(rows, (0, []))[1]])
        rewritten = scratch / "sheet.csv"
        with rewritten.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for number, values in rows:
                cells = [_cell(value) for value in values[: len(header)]]
                writer.writerow([number, *cells, *[""] * (len(header) - len(cells))])
    except CalamineError as error:
        raise FileError(
            f"Reading {path.name} as XLSX: {error}. A retry will not help. Save it again as .xlsx."
        ) from error
    read_numbered(connection, rewritten, len(header), table)
    return header


def _sheet_with(workbook: Any, wanted: Collection[str]) -> str:
    """The sheet whose header shows most of the mapped columns; the first of equals."""

    def shown(name: str) -> int:
        _, values = next(_filled_rows(workbook, name), (0, []))
        return len({_cell(value).strip() for value in values} & set(wanted))

    return max(workbook.sheet_names, key=shown)


def _filled_rows(workbook: Any, name: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, each with its number in the sheet."""
    sheet = workbook.get_sheet_by_name(name)
    first = sheet.start[0] + 1 if sheet.start else 1
    for number, values in enumerate(sheet.to_python(skip_empty_area=True), start=first):
        if any(value != "" for value in values):
            yield number, values


def _cell(value: Any) -> str:
    """A cell as the text a CSV export of the same sheet would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _unpacked(path: Path, target: Path) -> Path:
    if path.suffix.lower() != ".gz":
        return path
    with target.open("wb") as file:
        for piece in chunks(path):
            file.write(piece)
    return target


def free_scratch(scratch: Path) -> None:
    """Remove the rewritten copies of one file; they may be as large as the export."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, exist_ok=True)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
