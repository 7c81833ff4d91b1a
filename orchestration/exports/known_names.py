"""Files that gave rows last time and bring nothing of the kind now: their rows would go unnoticed.

A file that is gone, or that the mapping no longer names, takes its rows along: somebody did that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from orchestration.exports import sql
from orchestration.exports.errors import FileError
from orchestration.exports.inventory import is_of
from orchestration.exports.mapping_model import SourceMapping
from orchestration.exports.planning import UNNAMED, Plan
from orchestration.exports.reader_model import reader


@dataclass(frozen=True)
class KnownFile:
    """A file that the last load took rows from."""

    sha256: str
    shapes: frozenset[str]
    """What readers took it for, as ``system.shape``; empty when entries of ``files`` named it."""


def files_loaded(connection: duckdb.DuckDBPyConnection) -> dict[str, KnownFile]:
    """The files that the last load took rows from, by name; none before the first load."""
    is_there = "table_schema = 'raw_meta' and table_name = 'file_loads'"
    if not sql.count(
        connection, f"select count(*) from information_schema.tables where {is_there}"
    ):
        return {}
    # The warehouse of an earlier version does not say what its files were taken for.
    found = connection.execute(
        """
        with loads as (
            select null::varchar as reader_shape where false
            union all by name
            select * from raw_meta.file_loads
        )

        select source_file, any_value(sha256), list(distinct reader_shape)
        from loads where rows_loaded > 0 group by source_file
        """
    ).fetchall()
    return {
        name: KnownFile(sha256, frozenset(shape for shape in shapes if shape))
        for name, sha256, shapes in found
    }


def refusals(
    plan: Plan, sources: list[SourceMapping], loaded: Mapping[str, KnownFile]
) -> list[FileError]:
    """What is wrong with files that the last load took rows from."""
    return [*_no_longer_taken(plan, loaded), *_wrong_files(plan, sources, loaded)]


def _no_longer_taken(plan: Plan, loaded: Mapping[str, KnownFile]) -> Iterator[FileError]:
    read = {file.name for file, _ in plan.reads}
    for left in plan.unmatched:
        is_meant = left.reason == UNNAMED or left.is_empty
        if left.file in loaded and left.file not in read and not is_meant:
            yield FileError(
                f"Reading {left.file}: the last load took rows from it, and now no reader takes "
                f"it: {left.reason}. A retry will not help. Export it again as docs/sources.md "
                "says, or take it out of the folder if it is no longer wanted."
            )


def _wrong_files(
    plan: Plan, sources: list[SourceMapping], loaded: Mapping[str, KnownFile]
) -> Iterator[FileError]:
    """Files that are sound and of another kind than last time, while that kind is still read."""
    for file in dict.fromkeys(file for file, _ in plan.reads):
        known = loaded.get(file.name)
        shapes = {
            plan.shapes[key]
            for other, entry in plan.reads
            if other == file and (key := (file.name, entry.name)) in plan.shapes
        }
        if known is None or known.sha256 == file.sha256 or not shapes or shapes & known.shapes:
            continue
        systems = {source.reader for source in sources if is_of(file.name, source)}
        before = [shape for shape in known.shapes if shape.partition(".")[0] in systems]
        if before:
            yield FileError(
                f"Reading {file.name}: wrong file under a known name: the last load read it as "
                f"{_titles(before)}, and now it looks like {_titles(shapes)}. Nothing of it is "
                "loaded. A retry will not help. Export the right one under this name again "
                "(docs/sources.md says how); if both are wanted, give this one a name of its own."
            )


def _titles(shapes: list[str] | set[str]) -> str:
    parts = [shape.partition(".") for shape in sorted(shapes)]
    return " and ".join(f"{reader(system).title}, {shape}" for system, _, shape in parts)
