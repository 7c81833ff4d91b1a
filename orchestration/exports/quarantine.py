"""Rows that cannot be used: kept with line, column, value and reason, and never too many unnoticed.

Works on the temporary tables of one load: ``staged`` holds the text, ``typed`` the typed rows.
"""

from __future__ import annotations

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import Cast, Caster
from orchestration.exports.entities import Entity, entity_columns
from orchestration.exports.errors import QuarantineOverflow
from orchestration.exports.inventory import ExportFile
from orchestration.exports.reading import Staged


def keep_back_failed(
    connection: duckdb.DuckDBPyConnection, load_no: int, staged: Staged, casts: list[Cast]
) -> None:
    """Move the rows that could not be split or typed from ``typed`` to ``stage_quarantine``."""
    for start in range(0, len(staged.malformed), 1000):
        rows = ", ".join(
            f"({load_no}, {bad.row}, null, null, {sql.text(bad.reason)}, "
            f"to_json({sql.text(bad.text)}))"
            for bad in staged.malformed[start : start + 1000]
        )
        connection.execute(f"insert into stage_quarantine values {rows}")
    if not sql.count(connection, "select count(*) from typed where _failed is not null"):
        return
    columns = " ".join(
        f"when {position} then {sql.text(cast.column.name)}" for position, cast in enumerate(casts)
    )
    values = " ".join(f"when {position} then {cast.field}" for position, cast in enumerate(casts))
    reasons = " ".join(
        f"when {2 * position + bad} then {sql.text(reason)}"
        for position, cast in enumerate(casts)
        for bad, reason in enumerate(("a required value is missing", cast.complaint))
    )
    connection.execute(
        f"""
        insert into stage_quarantine
        select
            {load_no}, _source_row, case _failed // 2 {columns} end,
            case _failed // 2 {values} end, case _failed {reasons} end, {_row_json(staged)}
        from typed inner join staged using (_source_row)
        where _failed is not null
        """
    )
    connection.execute("delete from typed where _failed is not null")


def settle_repeats(
    connection: duckdb.DuckDBPyConnection, load_no: int, entity: Entity, staged: Staged
) -> int:
    """Of rows with one key the first stays; exact repeats are superseded, others kept back."""
    keys = ", ".join(entity.key)
    if not entity.key or not sql.count(
        connection,
        f"select count(*) from (select 1 from typed group by {keys} having count(*) > 1)",
    ):
        return 0
    same = " and ".join(
        f"typed.{name} is not distinct from earlier.{name}" for name in entity_columns(entity)
    )
    connection.execute(
        f"""
        create or replace temp table repeats as
        with ranked as (
            select _source_row, min(_source_row) over (partition by {keys}) as first_row
            from typed
        )
        select ranked._source_row, ranked.first_row, {same} as is_same
        from ranked
        inner join typed on ranked._source_row = typed._source_row
        inner join typed as earlier on ranked.first_row = earlier._source_row
        where ranked._source_row > ranked.first_row
        """
    )
    key_text = " || ', ' || ".join(f"coalesce({key}::varchar, '')" for key in entity.key)
    connection.execute(
        f"""
        insert into stage_quarantine
        select
            {load_no}, _source_row, {sql.text(", ".join(entity.key))}, {key_text},
            'row ' || first_row || ' has the same key with other values', {_row_json(staged)}
        from repeats
        inner join typed using (_source_row)
        inner join staged using (_source_row)
        where not is_same
        """
    )
    connection.execute("delete from typed where _source_row in (select _source_row from repeats)")
    return sql.count(connection, "select count(*) from repeats where is_same")


def check_rate(
    connection: duckdb.DuckDBPyConnection,
    caster: Caster,
    file: ExportFile,
    load_no: int,
    quarantined: int,
    rows_read: int,
) -> None:
    """Raise QuarantineOverflow when more of a file was kept back than the mapping allows."""
    limit = caster.mapping.max_quarantine_rate
    if not rows_read or quarantined / rows_read <= limit:
        return
    reasons = connection.execute(
        f"""
        select coalesce(column_name || ': ', '') || reason, count(*), min(source_row)
        from stage_quarantine where _load_no = {load_no}
        group by 1 order by 2 desc, 1 limit 5
        """
    ).fetchall()
    listed = "; ".join(
        f"{reason} ({count} rows, first row {row})" for reason, count, row in reasons
    )
    raise QuarantineOverflow(
        f"Loading {file.name} as {caster.entry.name}: {quarantined} of {rows_read} rows cannot be "
        f"used, more than max_quarantine_rate {limit:g} allows. {listed}. A retry will not help. "
        "Correct the export or the mapping, or raise max_quarantine_rate."
    )


def _row_json(staged: Staged) -> str:
    pairs = ", ".join(f"{sql.text(header)}, f{index}" for index, header in enumerate(staged.header))
    return f"json_object({pairs})::varchar"
