"""Which file is read for which entry: as the mapping names it, or as a shipped reader knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import duckdb

from orchestration.exports.encoding import AmbiguousEncoding
from orchestration.exports.errors import (
    EmptyPage,
    ExportError,
    FileChanging,
    FileError,
    LoadFailed,
    PermanentExportError,
    Unrecognised,
    nearest,
)
from orchestration.exports.expansion import expand
from orchestration.exports.inventory import (
    ExportFile,
    data_files,
    files_below,
    is_of,
    matching,
)
from orchestration.exports.kinds import not_read
from orchestration.exports.mapping_model import FileMapping, Mapping, SourceMapping
from orchestration.exports.reader_model import Reader, expression, reader
from orchestration.exports.recognition import (
    Candidate,
    Claim,
    by_sheet,
    claims,
    headers,
    nearest_shape,
)
from orchestration.exports.record_links import LOOKUPS
from orchestration.exports.report import LeftOut, UnmatchedFile
from orchestration.settings import Settings

UNNAMED = "no entry names it"
"""Why a file is left that the mapping does not speak of."""


@dataclass
class Plan:
    """What a load will read, lists of names first, each oldest file first, and what it leaves."""

    reads: list[tuple[ExportFile, FileMapping]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    """Files with the same content as another file of their entry."""
    unmatched: list[UnmatchedFile] = field(default_factory=list)
    shapes: dict[tuple[str, str], str] = field(default_factory=dict)
    """What readers took files for, as ``system.shape``, by name of the file and of the entry."""
    left_out: list[LeftOut] = field(default_factory=list)


def plan_reads(
    settings: Settings, mapping: Mapping, files: list[ExportFile], scratch: Path
) -> Plan:
    """Which of the inventory's files are read for which entries.

    Raises LoadFailed when an entry that is not optional has no file, a source none with a column
    that the mapping states for it, or when a file is damaged.
    """
    named = _named(settings, mapping, files)
    plan = Plan()
    recognised = _recognised(mapping, files, {file for file, _ in named}, scratch, plan)
    seen: dict[str, set[str]] = defaultdict(set)
    repeated: dict[str, None] = {}
    order = {file: position for position, file in enumerate(files)}
    reads = [*named, *recognised]
    _refuse_unknown_lists(mapping, [entry for _, entry in reads])
    for file, entry in sorted(
        reads, key=lambda read: (read[1].entity != LOOKUPS.name, order[read[0]])
    ):
        content = f"{file.sha256} {entry.sheet or ''}"
        if content in seen[entry.name]:
            repeated[file.name] = None
        else:
            seen[entry.name].add(content)
            plan.reads.append((file, entry))
    plan.repeated = list(repeated)
    known = {*(file.path for file in files), settings.config}
    plan.unmatched += [
        UnmatchedFile(path.relative_to(settings.exports).as_posix(), not_read(path) or UNNAMED)
        for path in files_below(settings.exports)
        if path not in known
    ]
    return plan


def _refuse_unknown_lists(mapping: Mapping, entries: list[FileMapping]) -> None:
    """Raise LoadFailed for a ``lookup`` in a list that neither the mapping nor a reader names."""
    of_readers = (
        entry
        for system in {source.reader for source in mapping.sources}
        for shape in reader(system).shapes
        for entry in shape.entries
    )
    specs = [
        entry.columns["lookup"]
        for entry in (*mapping.files, *of_readers)
        if entry.entity == LOOKUPS.name
    ]
    known = {word for spec in specs for word in (spec.constant, *spec.values.values()) if word}
    unknown = {
        f"Reading {entry.pattern} as {entry.name}: {name} is looked up in a list {word!r} "
        f"that nothing names; {nearest(word, known)}. A retry will not help. Correct it, or "
        "map the list under `files` as an entry of lookups."
        for entry in entries
        for name, spec in entry.columns.items()
        for word in (spec.lookup, spec.unless_listed)
        if word and word not in known
    }
    if unknown:
        raise LoadFailed([PermanentExportError(text) for text in sorted(unknown)])


def _named(
    settings: Settings, mapping: Mapping, files: list[ExportFile]
) -> list[tuple[ExportFile, FileMapping]]:
    by_path = {file.path: file for file in files}
    named: list[tuple[ExportFile, FileMapping]] = []
    empty: list[ExportError] = []
    for entry in mapping.files:
        found = [by_path[path] for path in matching(settings.exports, entry) if path in by_path]
        if not found and not entry.optional:
            names = [path.name for path in data_files(settings.exports)]
            empty.append(
                PermanentExportError(
                    f"Looking for {entry.name} in {settings.exports}: no file matches "
                    f"{entry.pattern!r}; the folder holds {', '.join(names[:20]) or 'no exports'}. "
                    "A retry will not help. Add the file, correct the pattern, or say "
                    "`optional: true` in the entry."
                )
            )
        named += [(file, entry) for file in found]
    if empty:
        raise LoadFailed(empty)
    return named


def _recognised(
    mapping: Mapping,
    files: list[ExportFile],
    named: set[ExportFile],
    scratch: Path,
    plan: Plan,
) -> list[tuple[ExportFile, FileMapping]]:
    """The files that no entry names, for the entries that their readers make of them.

    ``plan`` takes what they were taken for, and those that are left.
    """
    reads: list[tuple[ExportFile, FileMapping]] = []
    errors: list[ExportError] = []
    absent: dict[int, set[tuple[str, str]]] = defaultdict(set)
    present: dict[int, set[tuple[str, str]]] = defaultdict(set)
    with duckdb.connect() as connection:
        for file in files:
            sources = [source for source in mapping.sources if is_of(file.name, source)]
            if file in named or not sources:
                continue
            try:
                found = recognise(connection, file.path, sources, scratch)
            except Unrecognised as error:
                is_empty = isinstance(error, EmptyPage)
                plan.unmatched.append(UnmatchedFile(file.name, str(error), is_empty))
                continue
            except FileError as error:
                errors.append(_changing(file) or error)
                continue
            plan.unmatched += [UnmatchedFile(file.name, reason) for reason in found.parts_left]
            expansions = [
                (claim, source, expand(claim, source, mapping, file.name))
                for claim, source in found.claims
            ]
            is_read = any(expansion.entries for *_, expansion in expansions)
            for claim, source, expansion in expansions:
                reads += [(file, entry) for entry in expansion.entries]
                shape = f"{claim.reader.system}.{claim.shape.name}"
                plan.shapes |= {(file.name, entry.name): shape for entry in expansion.entries}
                # Notes beside sheets that are read need no word.
                if not expansion.entries and (expansion.left_out or not is_read):
                    reason = nothing_in(claim, expansion.left_out)
                    plan.unmatched.append(UnmatchedFile(file.name, reason))
                elif expansion.entries:
                    plan.left_out += [LeftOut(file.name, *left) for left in expansion.left_out]
                number = mapping.sources.index(source)
                absent[number].update(expansion.absent)
                present[number].update(expansion.found)
    errors += _unknown_headers(mapping, absent, present)
    if errors:
        raise LoadFailed(errors)
    return reads


def _changing(file: ExportFile) -> FileChanging | None:
    """That a file is still being written, when it is: what it seems to be then says nothing."""
    try:
        file.check_unchanged()
    except FileChanging as error:
        return error
    return None


def _unknown_headers(
    mapping: Mapping,
    absent: dict[int, set[tuple[str, str]]],
    present: dict[int, set[tuple[str, str]]],
) -> list[PermanentExportError]:
    """A column that the company states and no file has is a mistake; one that some lack is not."""
    return [
        PermanentExportError(
            f"sources[{number}].{place}: no file of {entity} has the header "
            f"{header!r}. A retry will not help. "
            "Correct it, export the column, or say `optional: true` there."
        )
        for number in absent
        for entity, column in sorted(absent[number] - present[number])
        for place, header in [_stated(mapping.sources[number], entity, column)]
    ]


def _stated(source: SourceMapping, entity: str, column: str) -> tuple[str, str | None]:
    """Where the mapping states a column of a source, and its header."""
    if column.startswith("custom."):
        name = column.removeprefix("custom.")
        return f"custom.{entity}.{name}", source.custom[entity][name].column
    spec = source.columns[entity][column]
    return f"columns.{entity}.{column}", spec.column if spec else None


@dataclass(frozen=True)
class Recognised:
    """What a file is taken for: one claim, or one for each sheet of a workbook."""

    claims: tuple[tuple[Claim, SourceMapping], ...]
    parts_left: tuple[str, ...] = ()
    """Why nobody takes the other sheets, and which charts stand above what is taken."""


def recognise(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    sources: list[SourceMapping],
    scratch: Path,
) -> Recognised:
    """The shape and source of a file, or of each sheet of a workbook.

    Raises Unrecognised with the reason when there is none, FileError for a damaged file.
    """
    readers = {source.reader: reader(source.reader) for source in sources}
    encodings = {source.encoding for source in sources if source.encoding}
    stated = encodings.pop() if len(encodings) == 1 else None
    places, words = _places(readers.values()), _words(readers.values())
    try:
        found = headers(connection, path, stated, places, words, scratch)
    except AmbiguousEncoding as error:
        tried = (
            headers(connection, path, encoding, places, words, scratch)
            for encoding in error.encodings
        )
        if any(claims(readers.values(), candidates) for candidates in tried):
            raise
        raise Unrecognised("no reader takes it in any encoding it could be in") from error
    sheets = by_sheet(found)
    taken: list[tuple[Claim, SourceMapping]] = []
    left: dict[str | None, str] = {}
    for sheet, candidates in sheets.items():
        try:
            taken.append(_taken(readers, sources, candidates))
        except Unrecognised as error:
            left[sheet] = str(error)
    if not taken:
        one_reason = next(iter(left.values())) if len(left) == 1 else None
        raise Unrecognised(one_reason or nearest_shape(readers.values(), found))
    sheets_left = [f"sheet {sheet!r}: {reason}" for sheet, reason in left.items()]
    charts = [
        f"the table in row {chart.line} ({', '.join(chart.names[:3])}), a chart above the report "
        f"in row {claim.header.line}"
        for claim, _ in taken
        if claim.shape.entries
        for chart in claim.above
    ]
    return Recognised(tuple(taken), (*sheets_left, *charts))


def _taken(
    readers: dict[str, Reader], sources: list[SourceMapping], candidates: list[Candidate]
) -> tuple[Claim, SourceMapping]:
    claimed = claims(readers.values(), candidates)
    if not claimed:
        raise Unrecognised(nearest_shape(readers.values(), candidates))
    if len(claimed) > 1:
        names = [f"{claim.reader.title} {claim.shape.name}" for claim in claimed]
        lines = [claim.header.line for claim in claimed]
        if len(set(lines)) == len(lines):
            tables = ", ".join(
                f"{name} in row {line}" for name, line in zip(names, lines, strict=True)
            )
            raise Unrecognised(
                f"more than one table stands in it: {tables}. Export each as a file of its own"
            )
        raise Unrecognised(f"more than one reader takes it: {', '.join(names)}")
    claim = claimed[0]
    of_reader = [source for source in sources if source.reader == claim.reader.system]
    narrowest = max(_narrowness(source) for source in of_reader)
    fitting = [source for source in of_reader if _narrowness(source) == narrowest]
    if len(fitting) > 1:
        words = ", ".join(source.source or source.reader for source in fitting)
        raise Unrecognised(
            f"more than one source takes it: {words}; give each its own folder or pattern"
        )
    return claim, fitting[0]


def nothing_in(claim: Claim, left_out: tuple[tuple[str, str], ...]) -> str:
    """Why a recognised file has nothing to read, as text."""
    known = f"known as {claim.reader.title}, {claim.shape.name}"
    if left_out:
        return f"{known}, but {'; '.join(f'{entity}: {reason}' for entity, reason in left_out)}"
    return f"{known}: {claim.shape.how.en}"


def _narrowness(source: SourceMapping) -> tuple[int, bool]:
    return len(PurePosixPath(source.folder).parts), source.pattern != "*"


def _words(readers: Iterable[Reader]) -> frozenset[str]:
    """The headers that readers know, for telling an encoding."""
    aliases = (alias for reader in readers for shape in reader.shapes for alias in shape.aliases)
    return frozenset(alias for alias in aliases if expression(alias) is None)


def _places(readers: Iterable[Reader]) -> list[str]:
    places = {
        place: None for reader in readers for shape in reader.shapes for place in shape.records
    }
    return list(places)
