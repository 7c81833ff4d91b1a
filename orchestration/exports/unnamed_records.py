"""Histories whose header does not say whose stages they are: the lists of records tell.

HubSpot writes the history of a property of companies as it writes that of contacts, and both have
the property of the lifecycle stage.
"""

from __future__ import annotations

import duckdb

from orchestration.exports import sql
from orchestration.exports.reader_model import reader
from orchestration.exports.report import FileLoad, LeftOut


def leave_accounts_out(
    connection: duckdb.DuckDBPyConnection, loads: list[FileLoad]
) -> list[LeftOut]:
    """Take the stages of those loads away most of whose records are accounts and fewer people,
    where the header of the file may be that of either; which, and why."""
    asked = [
        str(number)
        for number, load in enumerate(loads)
        if load.entity == "lead_stage_events" and load.rows_loaded and _is_of_any(load.shape)
    ]
    if not asked:
        return []
    known = " union ".join(
        f"select {sql.text(kind)} as kind, _source, unnest([{ids}]) as id from {table}"
        for kind, table, ids in (
            ("person", "stage_people", "person_id"),
            ("account", "stage_accounts", "account_id"),
            ("person", "stage_merges where record_type = 'person'", "merged_id, surviving_id"),
            ("account", "stage_merges where record_type = 'account'", "merged_id, surviving_id"),
        )
    )
    found = connection.execute(
        f"""
        with records as (
            select distinct _load_no, _source, person_id as id from stage_lead_stage_events
            where _load_no in ({", ".join(asked)})
        ),

        known as ({known})

        select
            _load_no, count(distinct id),
            count(*) filter (where kind = 'account') as accounts,
            count(*) filter (where kind = 'person') as people
        from records left join known using (_source, id)
        group by _load_no
        having accounts > people and 2 * accounts > count(distinct id)
        order by _load_no
        """
    ).fetchall()
    left = []
    for number, records, accounts, people in found:
        connection.execute(f"delete from stage_lead_stage_events where _load_no = {number}")
        connection.execute(f"delete from stage_versions where _load_no = {number}")
        load = loads[number]
        loads[number] = load.not_asked_for()
        reason = (
            f"its header does not say whose stages these are, and of its {records} records "
            f"{accounts} are exported accounts and {people} exported people: they are stages of "
            "accounts, of which none are counted. A retry will not help. Take the file out; where "
            "they are of people all the same, name it under `files`"
        )
        left.append(LeftOut(load.file, load.entity, reason))
    return left


def _is_of_any(shape: str | None) -> bool:
    if shape is None:
        return False
    system, _, name = shape.partition(".")
    return any(one.is_of_any_record for one in reader(system).shapes if one.name == name)
