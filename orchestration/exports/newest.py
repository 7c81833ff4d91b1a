"""Records that several files bring: the newest version of each stays."""

from __future__ import annotations

from collections import Counter

import duckdb

from orchestration.exports import sql
from orchestration.exports.entities import Entity, entity_columns
from orchestration.exports.told_twice import TOLD_BY_SEVERAL, is_told_twice


def keep_newest(connection: duckdb.DuckDBPyConnection, entity: Entity) -> dict[int, int]:
    """Leave the newest version of each record; rows taken out, by load number.

    The newest is the one that the source changed last, and of equal ones that of the newer file:
    load numbers rise with the age of the files. The newest version of a record that has several
    rows replaces all of them (``versions``). Of an entity without a key a newer file replaces the
    slices that it has, and of other rows those that it repeats exactly.
    """
    table = f"stage_{entity.name}"
    versions = f"select count(*) from stage_versions where entity = {sql.text(entity.name)}"
    if (
        # No file repeats what it holds itself.
        sql.count(connection, f"select count(distinct _load_no) from {table}") < 2
        and not sql.count(connection, versions)
    ):
        return {}
    newest = "rows._load_no < max(rows._load_no) over (partition by {})"
    columns = ", ".join(f"rows.{name}" for name in entity_columns(entity))
    of_older_version = "(rows._modified, rows._load_no) < (versions._modified, versions._load_no)"
    taken = Counter[int]()
    if entity.key:
        if entity.record:
            is_older = f"rows._record is not null and {of_older_version}"
            taken += _take_out(connection, entity, is_older, _versions(entity))
        record = (*entity.key, *(("_source",) if entity.is_described_by_several else ()))
        is_older = (
            f"row_number() over (partition by {', '.join(f'rows.{name}' for name in record)} "
            "order by rows._modified desc, rows._load_no desc) > 1"
        )
        return dict(taken + _take_out(connection, entity, is_older))
    is_older = (
        f"case when rows._record is null then {newest.format(f'rows._record, {columns}')} "
        f"else {of_older_version} end"
    )
    if entity.slice:
        slices = ", ".join(f"rows.{name}" for name in ("_source", *entity.slice))
        has_slice = f"rows.{entity.slice[0]} is not null"
        is_older = f"case when {has_slice} then {newest.format(slices)} else {is_older} end"
        return dict(_take_out(connection, entity, is_older, _versions(entity)))
    # Two lists of one file may name the same merge, the one as the other.
    is_repeated = f"rows._record is not null and {newest.format(f'rows._modified, {columns}')}"
    taken += _take_out(connection, entity, is_older, _versions(entity))
    taken += _take_out(connection, entity, is_repeated)
    told = (
        f"select count(*) from (select 1 from {table} where _tells is not null "
        "group by _source, _tells having count(distinct {'by': _told_by, 'to': _told_to}) > 1)"
    )
    if entity.name in TOLD_BY_SEVERAL and sql.count(connection, told):
        taken += _take_out(connection, entity, is_told_twice(entity))
    return dict(taken)


def _versions(entity: Entity) -> str:
    """The newest version of each record, joined to the rows; the sheets of a file are one."""
    return f"""
        left join (
            select _record, max(_modified) as _modified, min(_load_no) as _load_no
            from stage_versions
            where entity = {sql.text(entity.name)}
            group by _record, _file
            qualify row_number() over (
                partition by _record order by max(_modified) desc, min(_load_no) desc
            ) = 1
        ) as versions on rows._record = versions._record
    """


def _take_out(
    connection: duckdb.DuckDBPyConnection, entity: Entity, is_older: str, joined: str = ""
) -> Counter[int]:
    """Take the rows that are older out; how many, by load number."""
    table = f"stage_{entity.name}"
    connection.execute(
        f"""
        create or replace temp table superseded as
        with judged as (
            select rows.rowid as row_id, rows._load_no, {is_older} as is_older
            from {table} as rows {joined}
        )

        select row_id, _load_no from judged where is_older
        """
    )
    connection.execute(f"delete from {table} where rowid in (select row_id from superseded)")
    return Counter(
        dict(connection.execute("select _load_no, count(*) from superseded group by 1").fetchall())
    )
