"""Versions of the records whose rows have no key: events, shares and merges of a person or deal.

Such rows stand or fall with the record that an export shows them of: a later export of the record
replaces all of them, also by none. What names it is a column of the file, stated as ``record``; of
rows that are cells or items of a wider row it is the id beside them. So it is with the items of a
subscription, which have a key.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import FALSE, MODIFIED, Caster, trimmed_text
from orchestration.exports.entities import ColumnType, Entity
from orchestration.exports.inventory import ExportFile
from orchestration.exports.mapping_model import ColumnMapping, FileMapping


def create_versions(connection: duckdb.DuckDBPyConnection) -> None:
    """The temporary table of every version of a record that a file shows, also of those without
    rows."""
    connection.execute(
        "create or replace temp table stage_versions "
        "(entity varchar, _record varchar, _file varchar, _modified timestamp, _load_no integer)"
    )


def record_header(entry: FileMapping, entity: Entity) -> str | None:
    """The header that names the record of a row, for rows of an entity without a key or slice, and
    for those of lists that show all rows of a record."""
    if entity.key:
        named, flag = entry.columns.get(entity.record), entry.columns.get(entity.event_flag)
        is_list = flag is not None and (flag.constant or "").strip().lower() in FALSE
        return named.column if named and is_list else None
    if entity.slice:
        return None
    headers = [
        spec.column
        for column in entity.columns
        if column.required
        and column.type is ColumnType.ID
        and (spec := entry.columns.get(column.name)) is not None
        and spec.column is not None
        and not spec.each_of
        and "[]" not in spec.column
    ]
    is_part = entry.unpivot or entry.listing or any("[]" in header for header in entry.headers)
    return entry.record or (headers[0] if is_part and headers else None)


def record_of(caster: Caster, entity: Entity, fields: Mapping[str, str]) -> str | None:
    """The record of a staged row as SQL, told apart from those of other entries, or of other
    sources where several exports list the same records."""
    entry = caster.entry
    header = record_header(entry, entity) or ""
    if header not in fields:
        return None
    # Two systems may have one id; where a column names the system it is part of the name.
    named = [spec for spec in entry.columns.values() if spec.column == header]
    stated = {spec.source_column for spec in named if spec.source_column}
    systems = [fields[system] for system in sorted(stated) if system in fields]
    parts = [f"coalesce({trimmed_text(system)}, '') || ' '" for system in systems]
    id_ = caster.id_in_full(
        named[0] if named else ColumnMapping(column=header),
        f"nullif({trimmed_text(fields[header])}, '')",
        systems[0] if systems else None,
    )
    lister = entry.source_of(entry.columns[entity.record]) if entity.record else entry.name
    return " || ".join([sql.text(f"{lister} "), *parts, id_])


def modified_of(entry: FileMapping, file: ExportFile, value: str) -> str:
    """When a row was last changed, ``value`` being what the source says; it leaves it empty until
    a first change."""
    if entry.modified:
        return f"coalesce({value}, timestamp '0001-01-01')"
    return f"timestamp {sql.text(f'{file.modified_at:%Y-%m-%d %H:%M:%S.%f}')}"


def note_versions(
    connection: duckdb.DuckDBPyConnection,
    caster: Caster,
    entity: Entity,
    fields: Mapping[str, str],
    table: str,
    file: ExportFile,
    load_no: int,
) -> None:
    """Keep which records the staged rows of a file show, before any row is left out."""
    entry = caster.entry
    record = record_of(caster, entity, fields)
    if record is None:
        return
    spec = ColumnMapping(column=entry.modified) if entry.modified else ColumnMapping(constant="")
    field = fields[entry.modified] if entry.modified else "''"
    cast = caster.cast(MODIFIED, spec, field, {MODIFIED.name: "mapped"})
    keep_versions(
        connection,
        f"""
        with trimmed as (
            select {record} as _record, {cast.trimmed} as r_{MODIFIED.name} from {table}
        ),

        texts as (select _record, {cast.text} as mapped from trimmed)

        select _record, {modified_of(entry, file, cast.value)} as _modified from texts
        """,
        entity,
        file,
        load_no,
    )


def keep_versions(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    entity: Entity,
    file: ExportFile,
    load_no: int,
) -> None:
    """Keep the latest change of each ``_record`` of ``rows``, a query with its ``_modified``."""
    connection.execute(
        f"""
        insert into stage_versions
        select
            {sql.text(entity.name)}, _record, {sql.text(file.name)}, max(_modified), {load_no}
        from ({rows})
        where _record is not null
        group by _record
        """
    )
