"""Rows that name no record and are stated anew by newer files: postings, touches, changes of stage.

What they are told apart by is made of their values, within one entry. A posting is its document in
its month, because numbers begin anew with a year or month; without a number it is all that it says
but its amount. Whoever comes back to an event on one day attended it once. A record has one change
at an instant in a history.
"""

from __future__ import annotations

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import Caster
from orchestration.exports.entities import Entity
from orchestration.exports.inventory import ExportFile
from orchestration.exports.mapping_model import Mapping
from orchestration.exports.told_twice import CHANGED
from orchestration.exports.versions import keep_versions

_IS_ATTENDANCE = (
    "touch_id is null and coalesce(email, person_id) is not null "
    "and (channel = 'event' or touch_type in ('event', 'webinar'))"
)

_EVENT = "lower(regexp_replace(campaign, '\\s+', ' ', 'g'))"


def name_records(
    connection: duckdb.DuckDBPyConnection,
    caster: Caster,
    entity: Entity,
    file: ExportFile,
    load_no: int,
) -> int:
    """Give each row of ``typed`` without a record the one that its values name.

    Of an attendance the earliest row of the file stays; how many others there were.
    """
    rejoined = 0
    if entity.name == "costs":
        # Ad platforms state slices: see ``newest``.
        record = (
            "case when platform is null and document_id is not null "
            "then json_array(document_id, date_trunc('month', cost_date)) when platform is null "
            "then json_array(cost_date, cost_type, cost_type_source_value, channel, "
            "channel_source_value, campaign, region, description, upper(trim(currency))) end"
        )
    elif entity.name == "touches":
        rejoined = _take_rejoins(connection, _day(caster.mapping))
        record = (
            "case when touch_id is not null then json_array(touch_id) "
            "when campaign is not null then (select json_array(event, who, day) "
            "from attendances where attendances._row_id = typed._row_id) end"
        )
    elif caster.entry.history:
        record = f"json_array({CHANGED[entity.name]}, entered_at)"
    else:
        return 0
    entry = sql.text(f"{caster.entry.name} ")
    connection.execute(f"update typed set _record = {entry} || {record} where _record is null")
    keep_versions(connection, "select _record, _modified from typed", entity, file, load_no)
    return rejoined


def _day(mapping: Mapping) -> str:
    zone = sql.text(mapping.reporting_zone)
    return f"timezone({zone}, timezone('UTC', touch_at))::date"


def _take_rejoins(connection: duckdb.DuckDBPyConnection, day: str) -> int:
    """Take all rows of an attendance but the earliest out, which takes over the id and address
    that all of them agree on; how many.

    Two rows are of one person who have an id or an address in common.
    """
    connection.execute(
        f"""
        create or replace temp table attendances as
        with named as (
            select
                _row_id, touch_at, person_id, lower(trim(email)) as email,
                {_EVENT} as event, {day} as day
            from typed where {_IS_ATTENDANCE}
        ),

        with_addresses as (
            select *, case
                when person_id is null then email
                else min(email) over (partition by event, day, person_id)
            end as address
            from named
        ),

        told as (
            select *, coalesce(
                case
                    when email is null then address
                    else min(address) over (partition by event, day, email)
                end,
                person_id
            ) as who
            from with_addresses
        )

        select
            _row_id, event, day, who,
            row_number() over (attendance order by touch_at, _row_id) as visit_no,
            case when min(person_id) over attendance = max(person_id) over attendance
                then min(person_id) over attendance end as person_id,
            case when min(email) over attendance = max(email) over attendance
                then min(email) over attendance end as email
        from told
        window attendance as (partition by event, day, who)
        """
    )
    connection.execute(
        """
        update typed set
            person_id = coalesce(typed.person_id, attendances.person_id),
            email = coalesce(typed.email, attendances.email)
        from attendances where typed._row_id = attendances._row_id
        """
    )
    rejoins = "select _row_id from attendances where visit_no > 1"
    connection.execute(f"delete from typed where _row_id in ({rejoins})")
    return sql.count(connection, f"select count(*) from ({rejoins})")


def tie_attendances(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Make one record of the attendances that any list says are one person's, and one event of
    those that differ in letters and spaces alone, written as in the newest list.

    Whom a list knows by the id another may know by the address, and a third by both.
    """
    is_attendance = "touch_id is null and contains(_record, ' [\"')"
    entry = "split_part(_record, ' ', 1)"
    connection.execute(
        f"""
        create or replace temp table tied as
        with named as (
            select
                _record as old,
                {entry} || ' ' || json_array({_EVENT}, person_id, {_day(mapping)}) as of_id
            from stage_touches where {is_attendance} and person_id is not null
        ),

        firsts as (
            select old, first_value(old) over (partition by of_id order by old = of_id, old) as new
            from named
        )

        select old, min(new) as new from firsts group by 1 having old <> min(new)
        """
    )
    for table in ("stage_touches", "stage_versions"):
        connection.execute(
            f"update {table} set _record = tied.new from tied where {table}._record = tied.old"
        )
    connection.execute(
        f"""
        update stage_touches set campaign = written.name
        from (
            select {entry} as entry, {_EVENT} as event,
                arg_max(campaign, (_load_no, -_source_row)) as name
            from stage_touches where {is_attendance} group by 1, 2
        ) as written
        where {is_attendance} and {entry} = written.entry and {_EVENT} = written.event
            and campaign <> written.name
        """
    )
