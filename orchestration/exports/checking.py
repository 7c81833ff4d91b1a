"""What would happen to one file: the reader that takes it, what it maps, the first problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import Caster
from orchestration.exports.currencies import NO_CURRENCY
from orchestration.exports.custom_fields import custom_value
from orchestration.exports.errors import ExportError
from orchestration.exports.expansion import expand
from orchestration.exports.inventory import ExportFile, is_of, matching
from orchestration.exports.json_pages import unended
from orchestration.exports.kinds import not_read
from orchestration.exports.loading import Loaded, create_stages, load_file
from orchestration.exports.mapping import reader_names
from orchestration.exports.mapping_model import (
    ColumnMapping,
    FileMapping,
    Mapping,
    SourceMapping,
    known_headers,
)
from orchestration.exports.planning import nothing_in, recognise
from orchestration.exports.raw_tables import mapped_values, quarantine_examples
from orchestration.exports.recognition import Claim
from orchestration.exports.report import FileLoad, QuarantineExample, ValueUse

STAND_IN = Mapping(
    version="1", company="", source="checked", time_zone="UTC", currency=NO_CURRENCY, as_of=None
)
"""For a file that is looked at before there is a mapping."""


@dataclass
class EntryCheck:
    """One entity that the file holds."""

    entry: FileMapping
    loaded: Loaded | None = None
    filled: dict[str, int] = field(default_factory=dict)
    """Rows with a value, by canonical column."""
    deleted: int = 0
    """Rows that the source marks as deleted."""
    error: str | None = None


@dataclass
class Check:
    """What is known of one file after reading it with nobody's warehouse."""

    file: str
    named_by: tuple[str, ...] = ()
    """Entries of the mapping that read the file, so that no reader is asked."""
    claim: Claim | None = None
    reason: str | None = None
    """Why no reader takes it, or why there is nothing to read."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Entities that the file lacks a column for, and what it lacks."""
    entries: list[EntryCheck] = field(default_factory=list)
    is_unfinished: bool = False
    """Whether it holds pages that say that more follow, and not the last of them."""
    unmapped_headers: tuple[str, ...] = ()
    unknown_words: tuple[ValueUse, ...] = ()
    problems: tuple[QuarantineExample, ...] = ()


def check_file(path: Path, mapping: Mapping | None, exports: Path, scratch: Path) -> list[Check]:
    """Read ``path`` with the readers that ``mapping`` names, or with every reader, in memory.

    One check for the file, or one for each sheet of a workbook.
    """
    name = path.relative_to(exports).as_posix() if path.is_relative_to(exports) else path.name
    entries = mapping.files if mapping else []
    named = tuple(entry.name for entry in entries if path in matching(exports, entry))
    mapping = (mapping or STAND_IN).model_copy(update={"max_quarantine_rate": 1.0})
    sources = [source for source in mapping.sources if is_of(name, source)] or [
        SourceMapping(reader=reader) for reader in reader_names()
    ]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        try:
            found = recognise(connection, path, sources, scratch)
        except ExportError as error:
            return [Check(name, named, reason=str(error))]
        checks = [
            _check(connection, path, Check(name, named, claim), source, mapping, scratch)
            for claim, source in found.claims
        ]
    return checks + [Check(name, named, reason=reason) for reason in found.parts_left]


def _check(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    check: Check,
    source: SourceMapping,
    mapping: Mapping,
    scratch: Path,
) -> Check:
    claim, name = check.claim, check.file
    assert claim is not None
    create_stages(connection)
    expansion = expand(claim, source, mapping, name)
    check.left_out = expansion.left_out
    if not expansion.entries:
        check.reason = nothing_in(claim, expansion.left_out)
    headers = known_headers(expansion.entries)
    check.unmapped_headers = tuple(
        header for header in claim.header.names if header not in headers and "[" not in header
    )
    stat = path.stat()
    file = ExportFile(path, name, "", stat.st_size, stat.st_mtime_ns)
    loads: list[FileLoad] = []
    for entry in expansion.entries:
        checked = EntryCheck(entry)
        check.entries.append(checked)
        try:
            caster = Caster(mapping, entry, "")
            checked.loaded = load_file(connection, caster, file, len(loads), headers, scratch)
        except (ExportError, duckdb.Error) as error:
            checked.error = str(error)
            continue
        checked.filled = _filled(connection, entry, len(loads))
        if "is_deleted" in entry.columns:
            checked.deleted = sql.count(
                connection,
                f"select count(*) from stage_{entry.entity} "
                f"where is_deleted and _load_no = {len(loads)}",
            )
        loads.append(FileLoad.of(file, entry, entry.source or "", checked.loaded))
    check.is_unfinished = bool(unended(connection))
    check.unknown_words = tuple(use for use in mapped_values(connection, loads) if use.is_unmapped)
    check.problems = quarantine_examples(connection, loads, limit=10)
    return check


def _filled(
    connection: duckdb.DuckDBPyConnection, entry: FileMapping, load_no: int
) -> dict[str, int]:
    columns = {
        name: sql.name(name)
        for name in (
            *entry.columns,
            *((entry.unpivot.value, entry.unpivot.label) if entry.unpivot else ()),
        )
    }
    columns |= {f"custom_{name}": custom_value(name) for name in entry.custom}
    counts = connection.execute(
        f"select {', '.join(f'count({value})' for value in columns.values())} "
        f"from stage_{entry.entity} where _load_no = {load_no}"
    ).fetchone()
    assert counts is not None
    return dict(zip(columns, counts, strict=True))


def describe(check: Check) -> Iterator[str]:
    """The check as lines of text."""
    if check.named_by:
        yield (
            f"{check.file} is read by {', '.join(check.named_by)} of the mapping. Without that "
            "entry:"
        )
    if check.claim is None:
        yield f"{check.file}: no reader takes it: {check.reason}"
        if not not_read(Path(check.file)):
            yield (
                "Map it under `files` of exports.yaml, or see `smarketing sources` for what is "
                "known."
            )
        return
    header, shape = check.claim.header, check.claim.shape
    yield f"{check.file}: {check.claim.reader.title}, {shape.name} ({shape.shape})"
    facts = [
        f"encoding {header.encoding}{' (a guess)' if header.is_encoding_guessed else ''}"
        if header.encoding
        else "",
        f"delimiter {header.delimiter!r}" if header.delimiter else "",
        f"sheet {header.sheet!r}" if header.sheet else "",
        f"header in line {header.line}" if header.line else "",
        f"records at {header.records!r}" if header.records else "",
    ]
    yield f"  {', '.join(fact for fact in facts if fact) or 'columns as stored'}"
    if check.is_unfinished:
        yield "  it says that more pages follow; the next one must be among the files"
    if check.reason:
        yield f"  nothing to read: {check.reason}"
    for checked in check.entries:
        yield from _described(checked)
    for entity, reason in () if check.reason else check.left_out:
        yield f"  left out: {entity}: {reason}"
    if check.unmapped_headers:
        yield f"  kept beside the row, mapped to nothing: {', '.join(check.unmapped_headers)}"
    for use in check.unknown_words[:10]:
        yield (
            f"  {use.entity}.{use.column}: no mapping knows {use.source_value!r}; kept as "
            f"{use.mapped_value}: {use.row_count:,} rows"
        )
    for problem in check.problems:
        yield (
            f"  {problem.entity}, row {problem.row}: {problem.column or 'the row'} "
            f"{problem.value!r}: {problem.reason}"
        )


def _looked_up(spec: ColumnMapping) -> str:
    headers = ", else ".join((f"{spec.column}", *spec.fallback))
    return f"{headers}, named by the list {spec.lookup}" if spec.lookup else headers


def _described(checked: EntryCheck) -> Iterator[str]:
    entry, loaded = checked.entry, checked.loaded
    if loaded is None:
        yield f"  {entry.entity}: {checked.error}"
        return
    yield (
        f"  {entry.entity}: {loaded.rows_read:,} rows read: {loaded.rows_loaded:,} loaded, "
        f"{loaded.rows_quarantined:,} quarantined, {loaded.rows_superseded:,} superseded, "
        f"{loaded.rows_filtered:,} not asked for"
    )
    if loaded.records_cut:
        yield (
            f"    {loaded.records_cut:,} of its records say that they hold only the first of their "
            "items (has_more)"
        )
    for total in loaded.totals:
        verdict = "the same" if total.agrees else "NOT the same"
        yield f"    its total row says {total.says}: {verdict}"
    origins = {
        name: _looked_up(spec) if spec.column is not None else f"always {spec.constant!r}"
        for name, spec in entry.specs.items()
    }
    if entry.unpivot:
        origins[entry.unpivot.value] = f"the cells of {', '.join(entry.unpivot.columns)}"
        origins[entry.unpivot.label] = "their headers"
    width = max(len(name) for name in origins)
    for name, origin in origins.items():
        filled = f"{checked.filled[name]:,} of {loaded.rows_loaded:,} filled"
        yield f"    {name:{width}}  {origin}: {filled}"
    if checked.deleted:
        yield (
            f"    {checked.deleted:,} of {loaded.rows_loaded:,} rows are deleted: they stay and "
            "count nowhere"
        )
