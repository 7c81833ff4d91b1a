"""Records that several files bring: the newest version of each stays."""

from __future__ import annotations

import duckdb

from orchestration.exports import sql
from orchestration.exports.entities import Entity, entity_columns


def keep_newest(connection: duckdb.DuckDBPyConnection, entity: Entity) -> dict[int, int]:
    """Leave the newest version of each record; rows taken out, by load number.

    The newest is the one that the source changed last, and of equal ones that of the newer file:
    load numbers rise with the age of the files. Of an entity without a key a newer file replaces
    the slices that it has, the newest version of a record all rows of it (``versions``), and of
    other rows those that it repeats exactly.
    """
    table = f"stage_{entity.name}"
    if not sql.count(connection, f"select count(*) from {table}"):
        return {}
    newest = "rows._load_no < max(rows._load_no) over (partition by {})"
    columns = ", ".join(f"rows.{name}" for name in entity_columns(entity))
    if entity.key:
        record = (*entity.key, *(("_source",) if entity.is_described_by_several else ()))
        is_older = (
            f"row_number() over (partition by {', '.join(f'rows.{name}' for name in record)} "
            "order by rows._modified desc, rows._load_no desc) > 1"
        )
    elif entity.slice:
        slices = ", ".join(f"rows.{name}" for name in ("_source", *entity.slice))
        is_older = (
            f"case when rows.{entity.slice[0]} is null then {newest.format(columns)} "
            f"else {newest.format(slices)} end"
        )
    else:
        is_older = (
            f"case when rows._record is null then {newest.format(f'rows._record, {columns}')} "
            "else (rows._modified, rows._load_no) < (versions._modified, versions._load_no) end"
        )
    taken_out = _take_out(connection, entity, is_older)
    if not entity.key and not entity.slice:
        # Two lists of one file may name the same merge, the one as the other.
        repeated = newest.format(f"rows._modified, {columns}")
        for load_no, count in _take_out(
            connection, entity, f"rows._record is not null and {repeated}"
        ).items():
            taken_out[load_no] = taken_out.get(load_no, 0) + count
    return taken_out


def _take_out(
    connection: duckdb.DuckDBPyConnection, entity: Entity, is_older: str
) -> dict[int, int]:
    table = f"stage_{entity.name}"
    connection.execute(
        f"""
        create or replace temp table superseded as
        with versions as (
            select _record, _modified, _load_no
            from stage_versions
            where entity = {sql.text(entity.name)}
            qualify row_number() over (
                partition by _record order by _modified desc, _load_no desc
            ) = 1
        )

        select rows.rowid as row_id, rows._load_no
        from {table} as rows
        left join versions on rows._record = versions._record
        qualify {is_older}
        """
    )
    connection.execute(f"delete from {table} where rowid in (select row_id from superseded)")
    return dict(
        connection.execute("select _load_no, count(*) from superseded group by 1").fetchall()
    )
