"""Rows that cannot be used: kept with line, column, value and reason, and never too many unnoticed.

Works on the temporary tables of one load: the shaped rows of text, and ``typed``, the typed ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import Cast, Caster
from orchestration.exports.delimited import Malformed
from orchestration.exports.entities import Entity, entity_columns
from orchestration.exports.errors import QuarantineOverflow
from orchestration.exports.filtering import UNDECIDED
from orchestration.exports.inventory import ExportFile
from orchestration.exports.shaping import Shaped


def keep_back_failed(
    connection: duckdb.DuckDBPyConnection,
    load_no: int,
    malformed: Sequence[Malformed],
    shaped: Shaped,
    casts: list[Cast],
    sheet: str | None,
) -> None:
    """Move the rows that could not be split or typed from ``typed`` to ``stage_quarantine``."""
    for start in range(0, len(malformed), 1000):
        rows = ", ".join(
            f"({load_no}, {bad.row}, null, null, {sql.text(bad.reason)}, "
            f"to_json({sql.text(bad.text)}))"
            for bad in malformed[start : start + 1000]
        )
        connection.execute(f"insert into stage_quarantine values {rows}")
    if not sql.count(connection, "select count(*) from typed where _failed is not null"):
        return
    columns = " ".join(
        f"when {position} then {sql.text(cast.column.name)}" for position, cast in enumerate(casts)
    )
    values = _by_position(cast.field for cast in casts)
    reasons = " ".join(
        f"when {2 * position + bad} then {reason}"
        for position, cast in enumerate(casts)
        for bad, reason in enumerate((sql.text(cast.missing), cast.complaint))
    )
    connection.execute(
        f"""
        insert into stage_quarantine
        select
            {load_no}, typed._source_row, case _failed // 2 {columns} end,
            case _failed // 2 {values} end,
            case _failed {reasons} end{_cell(shaped)}{_sheet(sheet)},
            {_row_json(shaped)}
        from typed inner join {shaped.table} on typed._row_id = {shaped.table}.{shaped.row_id}
        where _failed is not null
        """
    )
    connection.execute("delete from typed where _failed is not null")


def keep_back_undecided(
    connection: duckdb.DuckDBPyConnection, load_no: int, shaped: Shaped, sheet: str | None
) -> int:
    """Quarantine the rows of which nobody can say whether they are wanted; how many they are."""
    if not shaped.doubts:
        return 0
    headers = _by_position(sql.text(doubt.header) for doubt in shaped.doubts)
    values = _by_position(shaped.fields[doubt.header] for doubt in shaped.doubts)
    reasons = _by_position(sql.text(doubt.reason) for doubt in shaped.doubts)
    connection.execute(
        f"""
        insert into stage_quarantine
        select
            {load_no}, _source_row, case _doubt {headers} end, case _doubt {values} end,
            case _doubt {reasons} end{_cell(shaped)}{_sheet(sheet)}, {_row_json(shaped)}
        from {UNDECIDED}
        """
    )
    return sql.count(connection, f"select count(*) from {UNDECIDED}")


def _by_position(values: Iterable[str]) -> str:
    """The branches of a ``case`` that gives each value at its position."""
    return " ".join(f"when {position} then {value}" for position, value in enumerate(values))


def settle_repeats(
    connection: duckdb.DuckDBPyConnection,
    load_no: int,
    entity: Entity,
    shaped: Shaped,
    sheet: str | None,
) -> int:
    """Of rows with one key the one changed last stays, of equal ones the first.

    Older versions and exact repeats are superseded, others kept back.
    """
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
            select
                _row_id,
                first_value(_row_id)
                    over (partition by {keys} order by _modified desc, _row_id) as first_id
            from typed
        )
        select
            ranked._row_id,
            earlier._source_row as first_row,
            typed._modified < earlier._modified or ({same}) as is_superseded
        from ranked
        inner join typed on ranked._row_id = typed._row_id
        inner join typed as earlier on ranked.first_id = earlier._row_id
        where ranked._row_id <> ranked.first_id
        """
    )
    key_text = " || ', ' || ".join(f"coalesce({key}::varchar, '')" for key in entity.key)
    connection.execute(
        f"""
        insert into stage_quarantine
        select
            {load_no}, typed._source_row, {sql.text(", ".join(entity.key))}, {key_text},
            'row ' || first_row || ' has the same key with other values'{_cell(shaped)}
            {_sheet(sheet)},
            {_row_json(shaped)}
        from repeats
        inner join typed on repeats._row_id = typed._row_id
        inner join {shaped.table} on repeats._row_id = {shaped.table}.{shaped.row_id}
        where not is_superseded
        """
    )
    connection.execute("delete from typed where _row_id in (select _row_id from repeats)")
    return sql.count(connection, "select count(*) from repeats where is_superseded")


def check_rate(
    connection: duckdb.DuckDBPyConnection,
    caster: Caster,
    file: ExportFile,
    load_no: int,
    quarantined: int,
    rows_wanted: int,
) -> None:
    """Raise QuarantineOverflow when more of a file was kept back than the mapping allows."""
    limit = caster.mapping.max_quarantine_rate
    if not rows_wanted or quarantined / rows_wanted <= limit:
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
        f"Loading {file.name} as {caster.entry.name}: {quarantined} of {rows_wanted} rows cannot "
        f"be used, more than max_quarantine_rate {limit:g} allows. {listed}. A retry will not "
        "help. Correct the export or the mapping, or raise max_quarantine_rate."
    )


def _cell(shaped: Shaped) -> str:
    """What follows a reason as SQL: the header of the cell, where one row has several."""
    return f" || ' (column ' || {shaped.header} || ')'" if shaped.unpivoted else ""


def _sheet(sheet: str | None) -> str:
    """What follows a reason as SQL: the sheet of a workbook, where the entry names one."""
    return f" || {sql.text(f' (sheet {sheet})')}" if sheet else ""


def _row_json(shaped: Shaped) -> str:
    pairs = ", ".join(f"{sql.text(header)}, {field}" for header, field in shaped.fields.items())
    return f"json_object({pairs})::varchar"
