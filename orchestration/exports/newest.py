"""Records that several files bring: the newest version of each stays."""

from __future__ import annotations

import duckdb

from orchestration.exports import sql
from orchestration.exports.entities import Entity, entity_columns


def keep_newest(connection: duckdb.DuckDBPyConnection, entity: Entity) -> dict[int, int]:
    """Leave the newest version of each record; rows taken out, by load number.

    The newest is the one that the source changed last, and of equal ones that of the newer file:
    load numbers rise with the age of the files. An entity without a key has no records to compare:
    a newer file replaces the slices that it has, and of other rows those that it repeats exactly.
    """
    table = f"stage_{entity.name}"
    if sql.count(connection, f"select count(distinct _load_no) from {table}") < 2:
        return {}
    newest = "_load_no < max(_load_no) over (partition by {})"
    is_older = newest.format(", ".join(entity_columns(entity)))
    if entity.key:
        record = (*entity.key, *(("_source",) if entity.is_described_by_several else ()))
        is_older = (
            f"row_number() over (partition by {', '.join(record)} "
            "order by _modified desc, _load_no desc) > 1"
        )
    elif entity.slice:
        is_older = (
            f"case when {entity.slice[0]} is null then {is_older} "
            f"else {newest.format(', '.join(('_source', *entity.slice)))} end"
        )
    connection.execute(
        f"""
        create or replace temp table superseded as
        select rowid as row_id, _load_no from {table} qualify {is_older}
        """
    )
    connection.execute(f"delete from {table} where rowid in (select row_id from superseded)")
    return dict(
        connection.execute("select _load_no, count(*) from superseded group by 1").fetchall()
    )
