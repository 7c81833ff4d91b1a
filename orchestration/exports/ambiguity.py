"""Texts that could be read two ways: their whole file is refused until the mapping says how.

Works on the temporary table of shaped text, before anything is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import MODIFIED, Cast
from orchestration.exports.entities import ColumnType, Entity
from orchestration.exports.errors import FileError
from orchestration.exports.inventory import ExportFile
from orchestration.exports.kinds import TEXT, kind_of
from orchestration.exports.mapping_model import ColumnMapping, FileMapping
from orchestration.exports.shaping import Shaped

_DATES = (ColumnType.DATE, ColumnType.TIMESTAMP)
_NUMBERS = (ColumnType.AMOUNT, ColumnType.NUMBER)
_DAY_AND_MONTH = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})(\D.*)?$"
_POINT = r"^\D*[1-9]\d{0,2}\.\d{3}\D*$"
_COMMA = r"^\D*[1-9]\d{0,2},\d{3}\D*$"
_WITH_POINT = r"\d{4}\.\d|(^|\D)0*\.\d|\.\d{1,2}(\D|$)|\.\d{4}|,\d{3}\.\d"
"""What only a number has whose decimal sign is a point."""
_DIGITS_KEPT = 15
"""By a spreadsheet; those after them become 0."""
_ENOUGH = 3
"""Ids that end in 0 there before it is no accident."""


def refuse_ambiguous(
    connection: duckdb.DuckDBPyConnection,
    file: ExportFile,
    entry: FileMapping,
    shaped: Shaped,
    casts: list[Cast],
) -> None:
    """Raise FileError for dates, numbers or ids of a file that nobody can read for sure."""
    for cast in casts:
        spec = entry.specs.get(cast.column.name, ColumnMapping())
        if cast.column is MODIFIED:
            spec = ColumnMapping(column=entry.modified)
        if spec.constant is not None:
            continue
        if cast.column.type in _DATES and not (spec.date_format or entry.date_format):
            _refuse_dates(connection, file, entry, shaped, cast, spec)
        if cast.column.type is ColumnType.ID:
            _refuse_cut_ids(connection, file, entry, shaped, cast)
    # Numbers of JSON, Parquet and workbooks are numbers and no text.
    if kind_of(Path(file.name)) in TEXT and entry.decimal is None and entry.thousands is None:
        _refuse_numbers(connection, file, entry, shaped, casts)


def refuse_overlap(
    connection: duckdb.DuckDBPyConnection,
    file: ExportFile,
    entry: FileMapping,
    entity: Entity,
    repeats: tuple[int, ...],
) -> None:
    """Raise FileError where tables under each other in a file state the same of a report."""
    if not entity.slice or not repeats:
        return
    slices = ", ".join(entity.slice)
    table_no = " + ".join(f"(_source_row > {row})::integer" for row in repeats)
    found = connection.execute(
        f"""
        select concat_ws(', ', {slices}), max(_source_row) from typed
        where {entity.slice[0]} is not null
        group by {slices} having count(distinct {table_no}) > 1
        order by 1 limit 1
        """
    ).fetchone()
    if found:
        raise FileError(
            f"Reading {file.name} as {entry.name}: its tables under each other state {found[0]} "
            f"more than once, the last time in row {found[1]}. They compare groups of visitors, or "
            "their ranges of dates overlap, and would be counted twice. A retry will not help. "
            "Export the report without comparisons, each day once."
        )


def _refuse_dates(
    connection: duckdb.DuckDBPyConnection,
    file: ExportFile,
    entry: FileMapping,
    shaped: Shaped,
    cast: Cast,
    spec: ColumnMapping,
) -> None:
    header = shaped.header if spec.column is None else sql.text(spec.column)
    first, second, year = (
        f"regexp_extract(day, '{_DAY_AND_MONTH}', {group})" for group in (1, 2, 3)
    )
    found = connection.execute(
        f"""
        with odd as (
            select {cast.trimmed} as r_{cast.column.name}, {header} as header, _source_row
            from {shaped.table}
            where {cast.field} not like '____-%' and length({cast.field}) > 5
        ),

        texts as (select {cast.text} as day, header, _source_row from odd)

        select day, _source_row, header from texts
        where regexp_matches(day, '{_DAY_AND_MONTH}') and (
            length({year}) = 2 or (
                {first}::integer <= 12 and {second}::integer <= 12
                and {first}::integer <> {second}::integer
            )
        )
        order by header, _source_row limit 3
        """
    ).fetchall()
    _refuse(
        file,
        entry,
        found,
        "dates whose day and month could be swapped",
        'State date_format for the file or the column, for example "%d/%m/%Y" or "%m/%d/%Y".',
    )


def _refuse_cut_ids(
    connection: duckdb.DuckDBPyConnection,
    file: ExportFile,
    entry: FileMapping,
    shaped: Shaped,
    cast: Cast,
) -> None:
    """A column of long ids that all end in 0 where a spreadsheet ends has gone through one."""
    found = connection.execute(
        f"""
        with long as (
            select {cast.trimmed} as id, min(_source_row) as row_no
            from {shaped.table}
            where length({cast.field}) > {_DIGITS_KEPT}
            group by 1
        ),

        numbers as (select * from long where regexp_full_match(id, '\\d{{{_DIGITS_KEPT + 1},}}'))

        select id, row_no
        from numbers
        where
            (select count(*) from numbers) >= {_ENOUGH}
            and (select bool_and(ltrim(substr(id, {_DIGITS_KEPT + 1}), '0') = '') from numbers)
        order by row_no limit 3
        """
    ).fetchall()
    if found:
        raise FileError(
            f"Reading {file.name} as {entry.name}: {cast.column.name} holds ids of which a "
            f"spreadsheet kept {_DIGITS_KEPT} digits: {_listed(found)}. A retry will not help. "
            "Export it again with the column formatted as text, and do not open the file in a "
            "spreadsheet before."
        )


def _refuse_numbers(
    connection: duckdb.DuckDBPyConnection,
    file: ExportFile,
    entry: FileMapping,
    shaped: Shaped,
    casts: list[Cast],
) -> None:
    """``1.234`` where no other number of the file tells whether the point groups thousands.

    A comma before three digits groups them, unless it is in a rate, which has decimals.
    """
    numbers = [
        cast
        for cast in casts
        if cast.column.type in _NUMBERS
        and (spec := entry.specs.get(cast.column.name))
        and spec.column is not None
    ]
    if not numbers:
        return
    cells = " union all ".join(
        f"select {sql.text(entry.specs[cast.column.name].column)} as header, _source_row, "
        f"{cast.field} as cell from {shaped.table} where contains({cast.field}, '.') "
        f"or contains({cast.field}, ',')"
        for cast in numbers
    )
    odd = f"regexp_matches(cell, '{_POINT}')"
    if entry.entity == "fx_rates":
        odd = f"({odd} or regexp_matches(cell, '{_COMMA}'))"
    found = connection.execute(
        f"""
        with cells as ({cells})

        select cell, _source_row, header from cells
        where {odd} and not (select bool_or(regexp_matches(cell, '{_WITH_POINT}')) from cells)
        order by header, _source_row limit 3
        """
    ).fetchall()
    _refuse(
        file,
        entry,
        found,
        "numbers whose sign could be that of decimals or of thousands",
        'State `decimal: "."` or `decimal: ","` for the source or the entry.',
    )


def _refuse(
    file: ExportFile,
    entry: FileMapping,
    found: list[tuple[str, int, str]],
    what: str,
    remedy: str,
) -> None:
    """Raise FileError for cells, with row and header, of which those of the first are shown."""
    if found:
        header = found[0][2]
        raise FileError(
            f"Reading {file.name} as {entry.name}: column {header!r} holds {what}: "
            f"{_listed(row[:2] for row in found if row[2] == header)}. A retry will not help. "
            f"{remedy}"
        )


def _listed(found: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{text!r} (row {row})" for text, row in found)
