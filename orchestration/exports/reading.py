"""Any export file as one temporary table of text: f0, f1, … and ``_source_row``.

Nothing is typed here. ``_source_row`` is the physical line a CSV or JSONL record starts on, the
sheet row for XLSX and the record number for Parquet, JSON arrays and the records of JSON documents.
"""

from __future__ import annotations

import csv
import shutil
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from orchestration.exports import sql
from orchestration.exports.delimited import (
    HEADER_WITHIN,
    Malformed,
    is_blank,
    read_header,
    read_numbered,
    read_rows,
    shown,
    unique_names,
)
from orchestration.exports.encoding import Text, as_utf8, chunks
from orchestration.exports.errors import DamagedFile, FileError, first_line, nearest
from orchestration.exports.footers import Footers, TableTotal
from orchestration.exports.json_records import CUT, ITEMLESS, nested_headers, read_json, read_nested
from orchestration.exports.kinds import JSON, TEXT, kind_of, not_read
from orchestration.exports.mapping_model import FileMapping
from orchestration.exports.sheet_errors import formula_errors

_NESTED = ("STRUCT(", "MAP(", "UNION(")


@dataclass(frozen=True)
class Staged:
    """One export file as text in the temporary table ``table``."""

    table: str
    header: tuple[str, ...]
    encoding: str | None
    is_encoding_guessed: bool
    malformed: tuple[Malformed, ...]
    rows_footer: int
    """Lines taken out because the entry says they are no data."""
    totals: tuple[TableTotal, ...] = ()
    """Those of them in which the tables of the file are added up."""
    repeats: tuple[int, ...] = ()
    """The rows in which its header stands again, above a further table."""
    are_items: bool = False
    """Whether rows are items of lists; records without any are marked ``ITEMLESS``."""
    records_cut: int = 0
    """Records that say that they do not hold all of their items."""


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
    text: Text | None = None
    malformed: list[Malformed] = []
    footers = Footers(entry, path.name)
    kind = kind_of(path)
    _refuse_keys_of_other_kinds(path, entry, kind)
    if kind in TEXT:
        text = as_utf8(path, entry.encoding, scratch, wanted)
        stated = entry.delimiter or ("\t" if kind == ".tsv" else None)
        found = read_header(path, text, stated, wanted)
        footers.header = header = found.names
        malformed = read_rows(connection, path, text, found, footers, table, scratch)
    elif kind in JSON:
        text = as_utf8(path, entry.encoding, scratch, wanted)
        header = read_json(connection, path, text, entry.records, wanted, table, scratch, malformed)
    elif kind == ".parquet":
        header = _read_parquet(connection, path, wanted, table, scratch)
    elif kind == ".xlsx":
        header = _read_xlsx(connection, path, entry, wanted, footers, table, scratch)
    else:
        raise FileError(f"Reading {path.name}: {not_read(path)}. A retry will not help.")
    if entry.total and entry.total.empty in header:
        _take_total(connection, table, header.index(entry.total.empty), footers)
    are_items = ITEMLESS in _columns(connection, table)
    return Staged(
        table,
        header,
        text.encoding if text else None,
        text is not None and text.is_guessed,
        tuple(malformed),
        footers.count,
        footers.totals,
        tuple(footers.repeats),
        are_items,
        sql.count(connection, f"select count(*) from {table} where {CUT}") if are_items else 0,
    )


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe {table}").fetchall()]


def _take_total(
    connection: duckdb.DuckDBPyConnection, table: str, position: int, footers: Footers
) -> None:
    """Take the rows whose cell is empty to the footers; the last of them is the total."""
    is_total = f"coalesce(trim(f{position}), '') = ''"
    last = connection.execute(
        f"select * exclude (_source_row) from {table} where {is_total} "
        "order by _source_row desc limit 1"
    ).fetchone()
    footers.count += sql.count(connection, f"select count(*) from {table} where {is_total}")
    if last:
        footers.note_total([cell or "" for cell in last])
    connection.execute(f"delete from {table} where {is_total}")


def _refuse_keys_of_other_kinds(path: Path, entry: FileMapping, kind: str) -> None:
    for key, stated, kinds in (
        ("records", entry.records, JSON),
        ("footer", entry.footer, (*TEXT, ".xlsx")),
    ):
        if stated and kind not in kinds:
            raise FileError(
                f"Reading {path.name} as {entry.name}: the entry states `{key}`, which means "
                f"nothing for {kind or 'a file without a suffix'} (only for {', '.join(kinds)}). A "
                "retry will not help. Take the key away, or correct the pattern."
            )


def _read_parquet(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    wanted: Collection[str],
    table: str,
    scratch: Path,
) -> tuple[str, ...]:
    try:
        names, reader, records = _parquet(connection, path, scratch)
        if records:
            return read_nested(connection, records, wanted, table)
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
        raise _no_parquet(path, error) from error
    return unique_names(names)


def parquet_headers(
    connection: duckdb.DuckDBPyConnection, path: Path, scratch: Path
) -> tuple[str, ...]:
    """The columns of a Parquet file; of nested ones the headers that their records offer."""
    try:
        names, _, records = _parquet(connection, path, scratch)
        return nested_headers(connection, records) if records else unique_names(names)
    except duckdb.Error as error:
        raise _no_parquet(path, error) from error


def _no_parquet(path: Path, error: duckdb.Error) -> DamagedFile:
    return DamagedFile(
        f"Reading {path.name} as Parquet: {first_line(error)}. A retry will not help. Export "
        "it again."
    )


def _parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, scratch: Path
) -> tuple[list[str], str, str | None]:
    """The columns of a file, what reads it, and where some are nested its rows as JSON records."""
    plain = _unpacked(path, scratch / "export.parquet")
    reader = f"read_parquet({sql.text(str(plain))}, file_row_number = true)"
    described = connection.execute(f"describe select * from {reader}").fetchall()
    kinds = {column[0]: column[1] for column in described if column[0] != "file_row_number"}
    nested = {name for name, kind in kinds.items() if kind.startswith(_NESTED) or "[" in kind}
    if not nested:
        return list(kinds), reader, None
    # What is not nested is text as in any other file, exact to the last digit.
    values = ", ".join(
        f"{sql.text(name)}: {sql.name(name)}{'' if name in nested else '::varchar'}"
        for name in kinds
    )
    records = (
        f"select to_json({{{values}}}) as json, (file_row_number + 1)::bigint as _source_row "
        f"from {reader}"
    )
    return list(kinds), reader, records


def _read_xlsx(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    entry: FileMapping,
    wanted: Collection[str],
    footers: Footers,
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
        footers.header = header = _take_header(rows, wanted)
        errors = formula_errors(plain, name)
        start = workbook.get_sheet_by_name(name).start
        first = start[1] + 1 if start else 1
        rewritten = scratch / "sheet.csv"
        with rewritten.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for number, values in rows:
                cells = [_cell(value) for value in values[: len(header)]]
                for column, error in errors.get(number, {}).items():
                    if first <= column < first + len(cells):
                        cells[column - first] = error
                if footers.take(number, cells, ",".join(cells).rstrip(","), cells[0].strip()):
                    continue
                writer.writerow([number, *cells, *[""] * (len(header) - len(cells))])
    except CalamineError as error:
        raise FileError(
            f"Reading {path.name} as XLSX: {error}. A retry will not help. Save it again as .xlsx."
        ) from error
    read_numbered(connection, rewritten, len(header), table)
    return header


def _sheet_with(workbook: Any, wanted: Collection[str]) -> str:
    """The sheet whose header shows most of the mapped columns; the first of equals."""

    return max(
        workbook.sheet_names,
        key=lambda name: shown(_take_header(_filled_rows(workbook, name), wanted), wanted),
    )


def sheet_rows(path: Path, scratch: Path) -> Iterator[tuple[str, int, list[str]]]:
    """Each sheet's first filled rows: the sheet, the row's number in it and its cells."""
    from python_calamine import CalamineError, CalamineWorkbook

    plain = _unpacked(path, scratch / "export.xlsx")
    try:
        workbook = CalamineWorkbook.from_path(str(plain))
        for name in workbook.sheet_names:
            for number, values in islice(_filled_rows(workbook, name), HEADER_WITHIN):
                yield name, number, [_cell(value) for value in values]
    except CalamineError as error:
        raise FileError(
            f"Reading {path.name} as XLSX: {error}. A retry will not help. Save it again as .xlsx."
        ) from error


def _take_header(rows: deque[tuple[int, list[Any]]], wanted: Collection[str]) -> tuple[str, ...]:
    """Take the header off, and what stands above it: the first row that names the most."""
    names = [
        unique_names(_cell(value) for value in values) for _, values in islice(rows, HEADER_WITHIN)
    ]
    if not names:
        return ()
    position = max(range(len(names)), key=lambda index: shown(names[index], wanted))
    for _ in range(position + 1):
        rows.popleft()
    return names[position]


def _filled_rows(workbook: Any, name: str) -> deque[tuple[int, list[Any]]]:
    """The rows that hold anything, each with its number in the sheet."""
    sheet = workbook.get_sheet_by_name(name)
    first = sheet.start[0] + 1 if sheet.start else 1
    return deque(
        (number, values)
        for number, values in enumerate(sheet.to_python(skip_empty_area=True), start=first)
        if not is_blank(map(str, values))
    )


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
