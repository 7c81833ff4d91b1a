"""A recognised file as ordinary entries of the mapping, with the headers that it really has."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from pathlib import Path

from orchestration.exports.entities import ENTITIES, Column
from orchestration.exports.kinds import TEXT, kind_of
from orchestration.exports.mapping_model import (
    ColumnMapping,
    CustomField,
    FileMapping,
    Mapping,
    SourceMapping,
    TotalMapping,
    UnpivotMapping,
)
from orchestration.exports.reader_model import (
    AliasUnpivot,
    ReaderEntry,
    Shape,
    expression,
    find,
    normal,
)
from orchestration.exports.recognition import Claim

_DATED = {
    "lead_stage_events": ("people", "person_id"),
    "opportunity_stage_events": ("opportunities", "opportunity_id"),
}
"""The records whose date columns are events of an entity, and the id they share."""


@dataclass(frozen=True)
class Expansion:
    """What is read from one recognised file."""

    entries: tuple[FileMapping, ...]
    left_out: tuple[tuple[str, str], ...]
    """Entities of entries that the file lacks a column for, and what it lacks, in words. Stages
    entered are not missed in one form where they are read in another, as dates or as a history."""
    absent: tuple[tuple[str, str], ...]
    """Entity and canonical column of the company's own headers that the file does not have."""
    found: tuple[tuple[str, str], ...]
    """Those that it has."""


def expand(claim: Claim, source: SourceMapping, mapping: Mapping, name: str) -> Expansion:
    """The entries of the file ``name`` that ``claim`` recognises for ``source``."""
    entries: list[FileMapping] = []
    left_out: list[tuple[str, str]] = []
    absent: list[tuple[str, str]] = []
    found: list[tuple[str, str]] = []
    word = source.source or claim.reader.system
    stated = [*claim.shape.entries, *_stage_dates(claim.shape, source)]
    for number, entry in enumerate(stated, start=1):
        several = f"_{entry.entity}_{number}" if len(stated) > 1 else ""
        expanded = _Expander(claim, source, mapping, entry)
        reason = expanded.lacks()
        if reason:
            if not entry.optional:
                left_out.append((entry.entity, f"the file has no {reason}"))
            continue
        entries.append(expanded.entry(f"{word}_{claim.shape.name}{several}", word, name))
        absent += [(entry.entity, column) for column in expanded.absent]
        found += [(entry.entity, column) for column in expanded.found]
    entries = _asked_once(claim, stated, entries)
    read = {entry.entity for entry in entries}
    left_out = [
        (entity, reason) for entity, reason in left_out if not (entity in _DATED and entity in read)
    ]
    return Expansion(tuple(entries), tuple(left_out), tuple(absent), tuple(found))


def _asked_once(
    claim: Claim, stated: list[ReaderEntry], entries: list[FileMapping]
) -> list[FileMapping]:
    """The first entry that filters by a column keeps back what it cannot tell; the others do not.

    A row would else be kept back once for each entry that it may belong to.
    """
    further: dict[str, list[str]] = {}
    for condition in (item for entry in stated for item in (*entry.where, *entry.where_not)):
        header = find(condition.column, claim.header.index)
        if header is not None and condition.known is not None:
            further.setdefault(header, []).extend(condition.known)
    for entry in entries:
        for header, words in (*entry.where.items(), *entry.where_not.items()):
            if header in further:
                further[header] += words
    asked: set[str] = set()
    told = []
    for entry in entries:
        headers = dict.fromkeys((*entry.where, *entry.where_not))
        known = {header: None for header in headers if header in asked} | {
            header: further[header]
            for header in headers
            if header in further and header not in asked
        }
        asked.update(headers)
        told.append(entry.model_copy(update={"known": known}) if known else entry)
    return told


def _stage_dates(shape: Shape, source: SourceMapping) -> Iterator[ReaderEntry]:
    """The company's date columns as events of the people or deals they stand beside."""
    for events, dates in source.stage_dates.items():
        records, key = _DATED[events]
        for entry in shape.entries:
            if entry.entity == records:
                yield ReaderEntry(
                    entity=events,
                    columns={key: entry.columns[key]},
                    where=entry.where,
                    where_not=entry.where_not,
                    unpivot=AliasUnpivot(value="entered_at", label="stage", columns=dates),
                )


class _Expander:
    """One entry of a shape against the header of one file."""

    def __init__(
        self, claim: Claim, source: SourceMapping, mapping: Mapping, entry: ReaderEntry
    ) -> None:
        self.claim, self.source, self.mapping, self.alias = claim, source, mapping, entry
        self.index = claim.header.index
        self.entity = ENTITIES[entry.entity]
        self.absent: list[str] = []
        self.found: list[str] = []
        self.columns = dict(self._columns())
        self.custom = dict(self._custom())
        self.where = {
            header: [*condition.words, *self._mapped_in(header)]
            for condition in entry.where
            if (header := find(condition.column, self.index)) is not None
        }
        self.where_not = {
            header: words
            for condition in entry.where_not
            if (header := find(condition.column, self.index)) is not None
            and (words := self._without_mapped(condition.words, header))
        }
        self.unpivot = self._unpivot(entry.unpivot) if entry.unpivot else None

    def lacks(self) -> str | None:
        """The first thing the entry cannot do without and the file does not have."""
        for condition in (*self.alias.where, *self.alias.where_not):
            if not condition.optional and find(condition.column, self.index) is None:
                return " or ".join(map(repr, condition.column))
        if self.alias.base == "stated" and self.source.base is None:
            return (
                "word on which way its rates go; state `base: EUR` for the source where they are "
                "units of each currency for one euro"
            )
        if self.alias.unpivot and self.unpivot is None:
            return f"column that holds {self.alias.unpivot.value}"
        unpivoted = (self.unpivot.value, self.unpivot.label) if self.unpivot else ()
        for column in self.entity.columns:
            if column.name == "currency":
                # Or the source states it; a row without any is kept back and says so.
                continue
            if column.required and column.name not in (*self.columns, *unpivoted):
                spec = self.alias.columns.get(column.name)
                return " or ".join(map(spec.in_words, spec.column)) if spec else column.name
        return None

    def entry(self, name: str, word: str, file: str) -> FileMapping:
        shape, source, header = self.claim.shape, self.source, self.claim.header
        has_lines = kind_of(Path(file)) in (*TEXT, ".xlsx")
        footer = shape.footer if has_lines else []
        stated = {
            "name": name,
            "pattern": glob.escape(file),
            "entity": self.entity.name,
            "columns": self.columns,
            "custom": self.custom,
            "source": word,
            "records": header.records or None,
            "footer": footer,
            "data": shape.data if footer else None,
            "filled": self._filled() if footer else [],
            "heading": shape.heading if footer else None,
            "total": self._total() if has_lines else None,
            "where": self.where,
            "where_not": self.where_not,
            "unpivot": self.unpivot,
            "modified": find(shape.modified, self.index),
            "record": find(self.alias.record, self.index),
            "history": self.alias.history,
            "tells": self.alias.tells,
            "encoding": source.encoding,
            "delimiter": header.delimiter,
            "sheet": header.sheet,
            "nulls": shape.nulls,
            "date_format": [*source.date_format, *shape.date_format],
            "decimal": source.decimal,
            "thousands": source.thousands,
            "time_zone": shape.time_zone or source.time_zone,
            "currency": source.currency,
            "base": source.base if self.alias.base == "stated" else self.alias.base,
        }
        return FileMapping.model_validate(
            {key: value for key, value in stated.items() if value is not None}
        )

    def _total(self) -> TotalMapping | None:
        total = self.alias.total
        if total is None:
            return None
        empty = find(total.empty, self.index)
        spec = self.columns.get(total.column or "")
        column = total.column if spec and spec.column is not None else None
        if column is None and total.rows is None and empty is None:
            return None
        return TotalMapping(
            row=total.row, part=total.part, empty=empty, column=column, rows=total.rows
        )

    def _filled(self) -> list[list[str]]:
        groups = (
            [find(aliases, self.index) for aliases in group] for group in self.claim.shape.filled
        )
        return [[header for header in group if header is not None] for group in groups]

    def _columns(self) -> Iterator[tuple[str, ColumnMapping]]:
        own = self.source.columns.get(self.entity.name, {})
        for column in self.entity.columns:
            stated = own.get(column.name)
            spec = self._own(column, stated) if stated else None
            is_left_empty = column.name in own and stated is None
            if spec is None and column.name in self.alias.columns and not is_left_empty:
                spec = self._aliased(column)
            if spec is not None:
                words = self._words(column, spec.values)
                yield column.name, spec.model_copy(update={"values": words})

    def _custom(self) -> Iterator[tuple[str, CustomField]]:
        for name, spec in self.source.custom.get(self.entity.name, {}).items():
            header = None if spec.column is None else self.index.get(normal(spec.column))
            if spec.column is None or header is not None:
                self.found.append(f"custom.{name}")
                yield name, spec.model_copy(update={"column": header})
            elif not spec.optional:
                self.absent.append(f"custom.{name}")

    def _own(self, column: Column, spec: ColumnMapping) -> ColumnMapping | None:
        if spec.column is None:
            return spec
        header = self.index.get(normal(spec.column))
        if header is None:
            if not spec.optional:
                self.absent.append(column.name)
            return None
        self.found.append(column.name)
        return spec.model_copy(update={"column": header})

    def _aliased(self, column: Column) -> ColumnMapping | None:
        spec = self.alias.columns[column.name]
        found = [find(aliases, self.index) for aliases in (spec.column, *spec.fallback)]
        headers = [header for header in found if header is not None]
        if not headers:
            rules = spec.model_dump(include={"constant", "source", "values", "remedy"})
            return ColumnMapping(**rules) if spec.constant is not None else None
        rules = spec.model_dump(exclude={"column", "constant", "source_column", "count", "less"})
        header, *rules["fallback"] = headers
        for name, tax in spec.less.items():
            if normal(name) == normal(header):
                rules["less"] = find((tax,), self.index)
                if rules["less"] is None:
                    return None
        rules["source_column"] = find(spec.source_column, self.index)
        rules["count"] = find(spec.count, self.index)
        return ColumnMapping(column=header, **rules)

    def _words(self, column: Column, shipped: Mapping_[str, str | None]) -> dict[str, str | None]:
        """The reader's words with the company's over them."""
        named = self._own_words(column.name)
        words = {word.strip().lower(): (word, target) for word, target in shipped.items()}
        words |= {word.strip().lower(): (word, target) for word, target in named.items()}
        return dict(words.values())

    def _mapped_in(self, header: str) -> list[str]:
        """The words of a column that the company maps, beside those the reader knows."""
        return [
            word
            for name, spec in self.columns.items()
            if spec.column == header
            for word in self._own_words(name)
        ]

    def _without_mapped(self, words: list[str], header: str) -> list[str]:
        mapped = {word.strip().lower() for word in self._mapped_in(header)}
        return [word for word in words if word.strip().lower() not in mapped]

    def _own_words(self, name: str) -> dict[str, str | None]:
        own = self.source.values
        named = own.get(f"{self.entity.name}.{name}", {})
        if (self.entity.name, name) == ("people", "stage"):
            # A list shows the words that a history does.
            named = own.get("lead_stage_events.stage", {}) | named
        return own.get(name, {}) | named

    def _unpivot(self, unpivot: AliasUnpivot) -> UnpivotMapping | None:
        """The columns that the file has, one for each word: the first that is listed."""
        headers: dict[str, str] = {}
        for alias, word in unpivot.columns.items():
            header = find((alias,), self.index)
            if header is not None:
                headers.setdefault(word, header)
        for pattern in unpivot.patterns:
            compiled = expression(f"/{pattern}/")
            assert compiled is not None
            for header in self.claim.header.names:
                if found := compiled.fullmatch(header):
                    headers.setdefault(self._stage_in(found.groups()), header)
        if not headers:
            return None
        columns = {header: word for word, header in headers.items()}
        return UnpivotMapping(
            value=unpivot.value,
            label=unpivot.label,
            columns=columns,
            lookup=unpivot.lookup,
            optional=True,
        )

    def _stage_in(self, groups: tuple[str | None, ...]) -> str:
        words = [word for word in groups if word]
        known = {
            word.strip().lower()
            for stage in self.mapping.stages
            for word in (stage.name, *stage.spellings)
        }
        return next((word for word in words if word.strip().lower() in known), words[-1])
