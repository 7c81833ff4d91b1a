"""Which reader's shape a file has, told by its header alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from orchestration.exports.delimited import DELIMITERS, header_candidates, unique_names
from orchestration.exports.encoding import as_utf8
from orchestration.exports.errors import DamagedFile, EmptyPage, FileError, Unrecognised
from orchestration.exports.json_records import json_headers
from orchestration.exports.kinds import JSON, TEXT, kind_of, not_read
from orchestration.exports.reader_model import Reader, Shape, find, indexed, normal
from orchestration.exports.reading import parquet_headers, sheet_rows


@dataclass(frozen=True)
class Candidate:
    """A row, or the keys of records, that could be the header of a file."""

    names: tuple[str, ...]
    records: str = ""
    """Where the records stand in a JSON document."""
    line: int | None = None
    delimiter: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    is_encoding_guessed: bool = False
    heading: tuple[str, ...] = ()
    """The remarks right above it."""

    @cached_property
    def index(self) -> dict[str, str]:
        """The names by what they are compared as."""
        return indexed(self.names)


@dataclass(frozen=True)
class Claim:
    """A shape that a file has."""

    reader: Reader
    shape: Shape
    header: Candidate
    above: tuple[Candidate, ...] = ()
    """The headers of tables above it, each below remarks of its own."""


def headers(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    encoding: str | None,
    records: Iterable[str],
    words: Collection[str],
    scratch: Path,
) -> list[Candidate]:
    """What the header of a file could be; ``records`` are the places to look in JSON documents,
    ``words`` what headers may be.

    Raises FileError when the file cannot be read as what its name says it is, Unrecognised for a
    JSON document without records at those places and for a kind that nothing reads.
    """
    if reason := not_read(path):
        raise Unrecognised(reason)
    kind = kind_of(path)
    if kind in TEXT:
        text = as_utf8(path, encoding, scratch, words)
        return [
            Candidate(
                row.names,
                "",
                row.first_line,
                delimiter,
                None,
                text.encoding,
                text.is_guessed,
                row.heading,
            )
            for delimiter in DELIMITERS
            for row in header_candidates(text, delimiter)
        ]
    if kind in JSON:
        return list(_json_headers(connection, path, encoding, records, words, scratch))
    if kind == ".parquet":
        return [Candidate(parquet_headers(connection, path, scratch))]
    return [
        Candidate(unique_names(cells), "", line, None, sheet)
        for sheet, line, cells in sheet_rows(path, scratch)
    ]


def by_sheet(found: list[Candidate]) -> dict[str | None, list[Candidate]]:
    """The candidates of each sheet of a workbook; those of any other file are of none."""
    sheets: dict[str | None, list[Candidate]] = {}
    for header in found:
        sheets.setdefault(header.sheet, []).append(header)
    return sheets


def claims(readers: Iterable[Reader], found: list[Candidate]) -> list[Claim]:
    """The shapes that fit, each with the header that shows most of it, and no charts."""
    claimed: list[Claim] = []
    for reader in readers:
        for shape in reader.shapes:
            fitting = [header for header in found if next(lacks(shape, header), None) is None]
            if fitting:
                # Of a document with a record a line the lines look like records too.
                header = max(fitting, key=lambda one: (_shown(shape, one), one.records != ""))
                claimed.append(Claim(reader, shape, header, tuple(_above(header, found))))
    return [claim for claim in claimed if not any(_draws(claim, other) for other in claimed)]


def _above(header: Candidate, found: list[Candidate]) -> Iterator[Candidate]:
    for other in found:
        is_table = other.heading and not other.names[0].startswith("#")
        if (
            is_table
            and other.delimiter == header.delimiter
            and (other.line or 0) < (header.line or 0)
        ):
            yield other


def _draws(chart: Claim, report: Claim) -> bool:
    """Whether a table is the chart of the one below it: both say that they are of the same."""
    above, below = (
        [line for line in claim.header.heading if line != "#"] for claim in (chart, report)
    )
    return (
        chart.shape.chart
        and chart.reader is report.reader
        and chart.header in report.above
        and bool(below)
        and above[-len(below) :] == below
    )


def lacks(shape: Shape, header: Candidate) -> Iterator[str]:
    """What keeps a header from being one of ``shape``; nothing when it is one.

    One by one: most rows of most files fail at the first name of most shapes.
    """
    if header.records not in shape.records:
        yield "its records elsewhere"
        return
    for group in shape.recognise:
        if find(group, header.index) is None:
            yield " or ".join(map(repr, group))
    extra = find(shape.unless, header.index)
    if extra is not None:
        yield f"no {extra!r}"


def nearest_shape(readers: Iterable[Reader], found: list[Candidate]) -> str:
    """The shape that knows most of a file and what keeps the file from being one, as text.

    None is close that lacks half of what tells it, nor one that knows neither half of the file's
    names nor two that no other system has: every export has an id, a name and a day.
    """
    readers = list(readers)
    systems = Counter(
        alias
        for reader in readers
        for alias in {normal(alias) for shape in reader.shapes for alias in shape.aliases}
    )
    near = [
        (-shown, len(missing) / len(shape.recognise), reader, shape, missing)
        for reader in readers
        for shape in reader.shapes
        for header in found
        if header.records in shape.records
        and 0 < 2 * len(missing := list(lacks(shape, header))) < len(shape.recognise)
        and (
            2 * (shown := _shown(shape, header)) >= len(header.names)
            or sum(systems[normal(alias)] == 1 for alias in _telling(shape, header)) > 1
        )
    ]
    if not near:
        return "no reader comes near its header"
    _, _, reader, shape, missing = min(near, key=lambda item: item[:2])
    return (
        f"nearest is {reader.title}, {shape.name} ({shape.shape}), which would need "
        f"{' and '.join(missing)}"
    )


def _is_empty_array(path: Path) -> bool:
    return path.read_text(encoding="utf-8-sig").split() in (["[]"], ["[", "]"])


def _telling(shape: Shape, header: Candidate) -> Iterator[str]:
    """The aliases by which a header has what tells a shape, one of each."""
    for group in shape.recognise:
        yield from [alias for alias in group if find((alias,), header.index) is not None][:1]


def _shown(shape: Shape, header: Candidate) -> int:
    return sum(find((alias,), header.index) is not None for alias in shape.aliases)


def _json_headers(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    encoding: str | None,
    records: Iterable[str],
    words: Collection[str],
    scratch: Path,
) -> Iterator[Candidate]:
    text = as_utf8(path, encoding, scratch, words)
    places = list(records)
    refused: list[FileError] = []
    empty: list[str] = []
    filled: list[str] = []
    for place in places:
        try:
            names = json_headers(connection, path, text, place or None, scratch)
        except FileError as error:
            # A document without records here may have them elsewhere.
            refused.append(error)
            continue
        (filled if names else empty).append(place)
        yield Candidate(
            names,
            place,
            encoding=text.encoding,
            is_encoding_guessed=text.is_guessed,
        )
    if any(empty) and not any(filled):
        raise EmptyPage(f"there are no records at {max(empty)!r}")
    if text.lines < 4 and text.path.stat().st_size < 64 and _is_empty_array(text.path):
        raise EmptyPage("there are no records in it")
    if filled:
        return
    for error in refused:
        if isinstance(error, DamagedFile):
            raise error
    elsewhere = "".join(f", nor at {place!r}" for place in places if place)
    raise Unrecognised(f"it holds no JSON records, one a line or in an array{elsewhere}")
