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
from orchestration.exports.versions import keep_versions

_IS_ATTENDANCE = (
    "touch_id is null and coalesce(email, person_id) is not null "
    "and (channel = 'event' or touch_type in ('event', 'webinar'))"
)

_CHANGED = {"lead_stage_events": "person_id", "opportunity_stage_events": "opportunity_id"}


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
        zone = sql.text(caster.mapping.reporting_zone)
        day = f"timezone({zone}, timezone('UTC', touch_at))::date"
        attendance = f"campaign, coalesce(lower(trim(email)), person_id), {day}"
        rejoined = _take_rejoins(connection, attendance)
        record = (
            "case when touch_id is not null then json_array(touch_id) "
            f"when campaign is not null and {_IS_ATTENDANCE} then json_array({attendance}) end"
        )
    elif caster.entry.history:
        record = f"json_array({_CHANGED[entity.name]}, entered_at)"
    else:
        return 0
    entry = sql.text(f"{caster.entry.name} ")
    connection.execute(f"update typed set _record = {entry} || {record} where _record is null")
    keep_versions(connection, "select _record, _modified from typed", entity, file, load_no)
    return rejoined


def _take_rejoins(connection: duckdb.DuckDBPyConnection, attendance: str) -> int:
    """Take all rows of an attendance but the earliest out; how many."""
    connection.execute(
        f"""
        create or replace temp table rejoins as
        select _row_id from typed
        where {_IS_ATTENDANCE}
        qualify row_number() over (partition by {attendance} order by touch_at, _row_id) > 1
        """
    )
    connection.execute("delete from typed where _row_id in (select _row_id from rejoins)")
    return sql.count(connection, "select count(*) from rejoins")
