"""Shipped readers: what the exports of a system look like and which of their headers mean what.

A reader is one file of ``readers/``. It says nothing the mapping language cannot say: a recognised
file becomes ordinary entries of a mapping, with the headers that the file really has
(``expansion``). An alias is a header as exported, whatever its case; one between slashes is a
regular expression of the whole header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from orchestration.exports.delimited import straight_quotes
from orchestration.exports.mapping import READERS, read_yaml, reader_names
from orchestration.exports.mapping_model import DEFAULT_NULLS, ColumnRules, Part
from orchestration.exports.mapping_values import Expression, Footers, Formats, Words, Zone


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Aliases = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""The names one header goes by, the most telling one first."""


class AliasColumn(ColumnRules):
    """Where one canonical column comes from; ``constant`` holds where no header is found."""

    column: Aliases = ()
    fallback: list[Aliases] = []
    """Each one header whose cell counts where those before it are empty or no header is found."""
    source_column: Aliases = ()
    """See ``mapping_model.ColumnMapping``."""
    count: Aliases = ()
    """See ``mapping_model.ColumnMapping``."""
    each_of: str | None = None
    """See ``mapping_model.ColumnMapping``."""
    less: dict[str, str] = {}
    """By header, the one whose amount is taken off it; a file without that one has no such column.
    """

    def in_words(self, alias: str) -> str:
        """An alias with the header that must stand beside it."""
        return f"{alias!r} with {self.less[alias]!r}" if alias in self.less else repr(alias)


class AliasFilter(Part):
    """The words of a column that decide whether a row is of the entity.

    Words that the company maps for the same column count as well.
    """

    column: Aliases
    words: Words
    known: list[str] | None = None
    """Where the words that the shape's entries have for the column, and these, are all it may hold:
    a row with another is kept back. Of columns of true and false this is known."""
    optional: bool = False
    """Whether a file without the column is loaded whole; else the entry is left out."""


class AliasUnpivot(Part):
    """Columns that hold one kind of value; see ``mapping_model.UnpivotMapping``."""

    value: str
    label: str
    columns: dict[str, str] = {}
    """The word of each alias. Of several headers with one word the first listed counts."""
    patterns: Aliases = ()
    """Regular expressions of headers; of their groups the first that is a known stage is the word,
    else the last."""
    lookup: str | None = None


class AliasTotal(Part):
    """The row in which a report adds itself up; see ``mapping_model.TotalMapping``."""

    row: Expression = None
    part: Expression = None
    empty: Aliases = ()
    column: str | None = None
    rows: Expression = None


class ReaderEntry(Part):
    """The rows of one entity that files of a shape hold."""

    entity: str
    columns: dict[str, AliasColumn]
    where: list[AliasFilter] = []
    where_not: list[AliasFilter] = []
    unpivot: AliasUnpivot | None = None
    total: AliasTotal | None = None
    """Where a report adds the entry's rows up."""
    base: str | None = None
    """See ``mapping_model.FileMapping``; "stated" where the source must say it."""
    record: Aliases = ()
    """What names the record whose rows these are, such as the id of a row of history."""
    history: bool = False
    """See ``mapping_model.FileMapping``."""
    tells: str | None = None
    """See ``mapping_model.FileMapping``."""
    optional: bool = False
    """Whether the entry is not missed in a file that lacks its columns."""


class How(Part):
    """How to export it properly."""

    en: str
    zh: str


class Shape(Part):
    """One kind of export of a system and what is read from it."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    shape: str
    """In words: "UI export, CSV", "API v3 JSON"."""
    how: How
    recognise: list[Aliases] = Field(min_length=1)
    """Groups of aliases; a header has one of each."""
    unless: Aliases = ()
    """Aliases that the header of another shape has and that of this one never."""
    records: Aliases = ("",)
    """Where the array of records may stand in a JSON document; "" is a file of records."""
    footer: Footers = []
    data: Expression = None
    """Lines that are data, whatever a footer says."""
    filled: list[list[Aliases]] = []
    """See ``mapping_model.FileMapping``."""
    heading: Expression = None
    """See ``mapping_model.FileMapping``."""
    chart: bool = False
    """Whether such a table above another of the reader, under the same remarks, is its chart."""
    date_format: Formats = []
    nulls: list[str] = list(DEFAULT_NULLS)
    time_zone: Zone | None = None
    """Of times that carry none, where the system fixes it."""
    is_of_any_record: bool = False
    """Whether lists of other records than those of its stages have the same header."""
    modified: Aliases = ()
    """When the source last changed a record: its cursor."""
    entries: list[ReaderEntry] = []
    """Empty for a file that is known and holds no rows of any entity."""

    @cached_property
    def aliases(self) -> frozenset[str]:
        """Every alias that the shape names."""
        groups: list[Iterable[str]] = [*self.recognise, self.modified]
        for entry in self.entries:
            groups += [column.column for column in entry.columns.values()]
            groups += [group for column in entry.columns.values() for group in column.fallback]
            groups += [column.source_column for column in entry.columns.values()]
            groups += [column.count for column in entry.columns.values()]
            groups.append(entry.record)
            groups.append(entry.total.empty if entry.total else ())
            groups += [condition.column for condition in (*entry.where, *entry.where_not)]
            if entry.unpivot:
                groups.append((*entry.unpivot.columns, *map(_slashed, entry.unpivot.patterns)))
        return frozenset(alias for group in groups for alias in group)


class Reader(Part):
    """What the exports of one system look like."""

    system: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    shapes: list[Shape] = Field(min_length=1)


def _spelled_out(document: dict[Any, Any]) -> dict[Any, Any]:
    """Columns in the short form, an alias or a list of them, in the long one."""
    for shape in document["shapes"]:
        for entry in shape.get("entries", ()):
            entry["columns"] = {
                name: spec if isinstance(spec, dict) else {"column": spec}
                for name, spec in entry["columns"].items()
            }
    return document


@cache
def reader(system: str) -> Reader:
    """The shipped reader of ``system``; ValueError when its file is not a reader."""
    path = READERS / f"{system}.yaml"
    try:
        return Reader.model_validate(_spelled_out(read_yaml(path)))
    except ValidationError as error:
        raise ValueError(f"{path}: {error}") from error


def readers() -> tuple[Reader, ...]:
    """Every shipped reader, by system."""
    return tuple(reader(system) for system in reader_names())


def _slashed(pattern: str) -> str:
    return f"/{pattern}/"


@cache
def normal(header: str) -> str:
    """A header as it is compared: case, curly quotes and the width of spaces say nothing."""
    return " ".join(straight_quotes(header).split()).casefold()


@cache
def expression(alias: str) -> re.Pattern[str] | None:
    """The regular expression of an alias between slashes."""
    if len(alias) > 2 and alias.startswith("/") and alias.endswith("/"):
        return re.compile(alias[1:-1], re.IGNORECASE)
    return None


def indexed(header: Iterable[str]) -> dict[str, str]:
    """The names of a header by what they are compared as; of equal ones the first."""
    return {normal(name): name for name in reversed(list(header))}


def find(aliases: Iterable[str], index: Mapping[str, str]) -> str | None:
    """The name in an ``indexed`` header that the first fitting alias finds."""
    for alias in aliases:
        pattern = expression(alias)
        if pattern is None:
            name = index.get(normal(alias))
        else:
            name = next((name for name in index.values() if pattern.fullmatch(name)), None)
        if name is not None:
            return name
    return None
