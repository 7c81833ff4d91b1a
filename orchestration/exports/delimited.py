"""CSV and TSV exports as a table of text, each row with the physical line it starts on.

Well-formed files go straight through DuckDB. Its reader is told everything (delimiter, quote,
number of columns) and nothing is sniffed, and what it read must account for every line of the
file; otherwise the rows are taken apart here, one by one, so that each broken one is kept with its
line and the reason.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.exports import sql
from orchestration.exports.encoding import Text
from orchestration.exports.errors import FileError, cut_off

if TYPE_CHECKING:
    from orchestration.exports.footers import Footers

MAX_RECORD = 500_000
"""Characters of one record. DuckDB gives up at 2 MB, and a longer one is a quote never closed."""

HEADER_WITHIN = 50
"""Filled rows among which the header is looked for, below titles and report settings."""

DELIMITERS = (",", ";", "\t", "|")
_LINE_ENDS = "\r\n"
_BLANK = " \t\r\n\x1a\xa0\u3000"
"""What a row of nothing may hold; old programs end a text with Control-Z."""
_STRAIGHT = {ord(mark): '"' for mark in "“”„‟"} | {ord(mark): "'" for mark in "‘’‚‛"}


@dataclass(frozen=True)
class Malformed:
    """A row that could not be split into the header's columns."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True)
class Header:
    names: tuple[str, ...]
    delimiter: str
    is_wholly_quoted: bool
    """Each row of the file is one quoted string that holds the real row."""
    first_line: int
    last_line: int
    heading: tuple[str, ...] = ()
    """The remarks, lines that begin with #, right above it."""


@dataclass
class Lines:
    """Physical lines that can be put back; ``taken`` are those since the last ``mark``."""

    source: Iterator[str]
    number: int = 0
    taken: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.source)
        self.number += 1
        self.taken.append(line)
        return line

    def mark(self) -> None:
        self.taken = []

    def put_back_all_but_first(self) -> None:
        self.returned.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        self.taken = self.taken[:1]


def read_header(path: Path, text: Text, stated: str | None, wanted: Collection[str]) -> Header:
    """The header: of the first rows, the one that shows most of the mapped columns.

    The delimiter is the one under which it shows most. Where no row shows any, the first filled
    row counts, so that the message about it can quote it. Raises FileError when one column comes
    out where the mapping names several.
    """
    candidates = [
        _header(text, delimiter, wanted) for delimiter in ((stated,) if stated else DELIMITERS)
    ]
    found = max(candidates, key=lambda header: (shown(header.names, wanted), len(header.names)))
    if not found.names:
        raise FileError(
            f"Reading {path.name}: none of its lines holds anything. A retry will not help. Export "
            "it again, or remove it from the drop folder."
        )
    if len(found.names) == 1 and len(wanted) > 1:
        raise FileError(
            f"Reading {path.name}: its header comes out as one column, {found.names[0][:200]!r}, "
            f"where the mapping names {len(wanted)} "
            f"(delimiter {'stated' if stated else 'tried'}: "
            f"{' '.join(repr(header.delimiter) for header in candidates)}). A retry will not help. "
            "State the right `delimiter` in the file's entry, or correct its columns."
        )
    return found


def is_blank(cells: Iterable[str]) -> bool:
    """Whether a row holds nothing, as spreadsheets leave below their data: it is no row."""
    return not any(cell.strip(_BLANK) for cell in cells)


def shown(names: Collection[str], wanted: Collection[str]) -> int:
    """How many of the mapped columns a row names."""
    return len(set(wanted) & set(names))


def read_rows(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    text: Text,
    header: Header,
    footers: Footers,
    table: str,
    scratch: Path,
) -> list[Malformed]:
    """Fill the temporary ``table`` (f0, f1, …, _source_row) and return the rows that do not fit.

    Raises DamagedFile when the last record is cut off.
    """
    is_plain = (
        header.first_line == header.last_line == 1
        and not footers.patterns
        and not header.is_wholly_quoted
        and not text.has_mixed_line_ends
    )
    if is_plain and _read_in_engine(connection, text, header, table):
        cells = (f"trim(f{index}, {sql.text(_BLANK)}) = ''" for index in range(len(header.names)))
        connection.execute(f"delete from {table} where {' and '.join(cells)}")
        return []
    malformed: list[Malformed] = []
    repaired = scratch / "repaired.csv"
    with repaired.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row, fields in _records(path, text, header, footers, malformed):
            writer.writerow([row, *fields])
    read_numbered(connection, repaired, len(header.names), table)
    return malformed


def read_numbered(
    connection: duckdb.DuckDBPyConnection, path: Path, width: int, table: str
) -> None:
    """Fill ``table`` from a CSV this program wrote: the row's number, then ``width`` fields."""
    names = [f"f{index}" for index in range(width)]
    # Left to itself DuckDB takes the first line break it meets for all, even one inside quotes.
    reader = _read_csv(path, ",", ["f_row", *names], "new_line = '\\n'")
    connection.execute(
        f"""
        create or replace temp table {table} as
        select {", ".join(names)}, f_row::bigint as _source_row from {reader}
        """
    )


def _read_csv(path: Path, delimiter: str, fields: list[str], option: str) -> str:
    columns = ", ".join(f"'{column}': 'varchar'" for column in fields)
    return f"""read_csv(
            {sql.text(str(path))}, auto_detect = false, header = false, {option},
            delim = {sql.text(delimiter)}, quote = '"', escape = '"', nullstr = chr(1),
            strict_mode = true, columns = {{{columns}}}
        )"""


def _read_in_engine(
    connection: duckdb.DuckDBPyConnection, text: Text, header: Header, table: str
) -> bool:
    names = [f"f{index}" for index in range(len(header.names))]
    reader = _read_csv(text.path, header.delimiter, names, "skip = 1")
    try:
        connection.execute(
            f"""
            create or replace temp table {table} as
            select *, 1 + row_number() over () as _source_row from {reader}
            """
        )
    except duckdb.Error:
        return False
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    if 1 + row[0] == text.lines:
        return True
    return _number_by_line(connection, text, names, table)


def _number_by_line(
    connection: duckdb.DuckDBPyConnection, text: Text, names: list[str], table: str
) -> bool:
    """Count the line breaks inside fields; False when they do not explain every further line."""
    breaks = " + ".join(
        f"coalesce(length({column}) - length(replace({column}, chr(10), '')), 0)"
        for column in names
    )
    row = connection.execute(f"select count(*) + sum({breaks}) from {table}").fetchone()
    if row is None or row[0] is None or 1 + row[0] != text.lines:
        return False
    connection.execute(
        f"""
        create or replace temp table {table} as
        select
            * exclude (_source_row),
            _source_row + coalesce(
                sum({breaks}) over (
                    order by _source_row rows between unbounded preceding and 1 preceding
                ),
                0
            )::bigint as _source_row
        from {table}
        """
    )
    return True


def header_candidates(text: Text, delimiter: str) -> Iterator[Header]:
    """The first filled rows, each as the header it would make.

    Of a file that begins with a remark, also each row below remarks: a report may stand below a
    chart of any length.
    """
    with _open(text) as file:
        lines = Lines(iter(file))
        reader = _reader(lines, delimiter)
        filled = 0
        heading: tuple[str, ...] = ()
        has_remarks = False
        while filled < HEADER_WITHIN or has_remarks:
            lines.mark()
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if not filled:
                    yield _header_of(["".join(lines.taken).strip()], delimiter, lines)
                return
            if not any(value.strip() for value in fields):
                continue
            filled += 1
            if filled <= HEADER_WITHIN or heading:
                yield replace(_header_of(fields, delimiter, lines), heading=heading)
            is_remark = fields[0].startswith("# ") or fields[0].strip() == "#"
            has_remarks = has_remarks or (is_remark and filled == 1)
            heading = (*heading, ",".join(fields)) if is_remark else ()


def _header(text: Text, delimiter: str, wanted: Collection[str]) -> Header:
    found: Header | None = None
    for row in header_candidates(text, delimiter):
        if found is None or shown(row.names, wanted) > shown(found.names, wanted):
            found = row
        if shown(found.names, wanted) == len(wanted):
            break
    return found or Header((), delimiter, False, 1, 1)


def _header_of(fields: list[str], delimiter: str, lines: Lines) -> Header:
    is_wholly_quoted = len(fields) == 1 and delimiter in fields[0]
    if is_wholly_quoted:
        try:
            fields = next(_reader([fields[0]], delimiter), [])
        except csv.Error:
            is_wholly_quoted = False
    first_line = lines.number - len(lines.taken) + 1
    return Header(unique_names(fields), delimiter, is_wholly_quoted, first_line, lines.number)


def straight_quotes(text: str) -> str:
    """``text`` with “curly” quotes as straight ones: one tool writes both into its headers."""
    return text.translate(_STRAIGHT)


def unique_names(fields: Iterable[str]) -> tuple[str, ...]:
    """Header cells as names: trimmed, an empty one numbered, a repeated one counted."""
    names: list[str] = []
    for position, value in enumerate(fields, start=1):
        name = base = straight_quotes(value.strip().strip("\ufeff")) or f"column {position}"
        count = 1
        while name in names:
            count += 1
            name = f"{base} ({count})"
        names.append(name)
    return tuple(names)


def _reader(lines: Iterable[str], delimiter: str, is_strict: bool = False):
    # DuckDB too takes a quote after a space for a quote.
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=is_strict)


def _open(text: Text):
    return text.path.open(encoding="utf-8-sig", newline="")


def _records(
    path: Path, text: Text, header: Header, footers: Footers, malformed: list[Malformed]
) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_RECORD)
    width = len(header.names)
    # A quote that is never closed costs one row where sound rows or a footer follow it.
    last: Malformed | None = None
    with _open(text) as file:
        lines = Lines(iter(file))
        for _ in range(header.last_line):
            next(lines)
        reader = _reader(lines, header.delimiter, is_strict=True)
        while True:
            lines.mark()
            first = lines.number + 1
            try:
                fields = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                # The quote that went wrong may have swallowed sound rows: only its own line is bad.
                lines.put_back_all_but_first()
                if footers.take(first, (), _raw(lines)):
                    last = None
                else:
                    malformed.append(Malformed(first, f"broken quotes: {error}", _raw(lines)))
                    if "end of data" in str(error):
                        last = last or Malformed(first, "a quote that never closes", _raw(lines))
                reader = _reader(lines, header.delimiter, is_strict=True)
                continue
            if is_blank(fields):
                continue
            first_cell = fields[0].strip()
            fields = _unwrapped(fields, header)
            texts = (_raw(lines), first_cell, fields[0].strip())
            if footers.patterns and footers.take(first, fields, *texts):
                last = None
                continue
            if len(fields) > width and not any(fields[width:]):
                fields = fields[:width]
            if len(fields) != width:
                reason = f"{len(fields)} fields where the header has {width}"
                malformed.append(Malformed(first, reason, _raw(lines)))
                if len(fields) < width and lines.taken[-1][-1] not in _LINE_ENDS:
                    last = last or Malformed(first, f"{reason}, and no line end", _raw(lines))
            elif sum(map(len, fields)) > MAX_RECORD:
                reason = f"the record is longer than {MAX_RECORD} characters"
                malformed.append(Malformed(first, reason, _raw(lines)))
            else:
                last = None
                yield first, fields
    if last:
        raise cut_off(
            path.name,
            f"in its last record, line {last.row}: {last.reason} ({last.text[:80]!r})",
        )


def _unwrapped(fields: list[str], header: Header) -> list[str]:
    """The real fields of a row that was exported as one quoted string."""
    if len(fields) == 1 and len(header.names) > 1 and header.delimiter in fields[0]:
        try:
            return next(_reader([fields[0]], header.delimiter, is_strict=True))
        except csv.Error:
            return fields
    return fields


def _raw(lines: Lines) -> str:
    return "".join(lines.taken).rstrip(_LINE_ENDS)[:MAX_RECORD]
