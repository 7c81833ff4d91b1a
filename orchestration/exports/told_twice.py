"""What several exports of one system tell alike counts once: shares of deals and stages entered.

Each kind of export names its records in its own way, so their versions never meet (``versions``).
Of the shares of one deal and type those of the export whose file is newest stay. A change that two
exports show is one where the record and the stage are the same and the times equal as far as the
coarser of them writes it; the finer one stays.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.exports import sql
from orchestration.exports.entities import UNMAPPED, Entity
from orchestration.exports.kinds import kind_of
from orchestration.exports.mapping_model import FileMapping

CHANGED = {"lead_stage_events": "person_id", "opportunity_stage_events": "opportunity_id"}
"""The column of the record whose stages the rows of an entity are."""

TOLD_BY_SEVERAL = ("opportunity_splits", *CHANGED)

_MINUTES, _SECONDS, _PARTS = 1, 2, 3


def told_to(entry: FileMapping, path: Path) -> str:
    """What the times of a file are written to, as SQL over its rows; of an export they are all
    written to the same."""
    if not entry.tells or entry.entity not in CHANGED:
        return "null::integer"
    # A cell of a workbook always has seconds; in an export to the minute all of them are zero.
    is_book = kind_of(path) == ".xlsx"
    second = "([1-5]\\d|0[1-9])" if is_book else "\\d\\d"
    return (
        "max(case "
        f"when regexp_matches(r_entered_at, ':\\d\\d:\\d\\d[.,]\\d') then {_PARTS} "
        f"when regexp_matches(r_entered_at, '^\\d{{9,}}') then {_PARTS} "
        f"when regexp_matches(r_entered_at, ':\\d\\d:{second}') then {_SECONDS} "
        f"else {_MINUTES} end) over ()"
    )


def is_told_twice(entity: Entity) -> str:
    """Whether another export tells what ``rows``, those of an entity, say, as SQL."""
    is_change = entity.name in CHANGED
    what, of = ("stage", CHANGED[entity.name]) if is_change else ("split_type", "opportunity_id")
    # Two words that nothing maps are two; a share without a type is one of the revenue.
    same = (
        f"rows._source, rows._tells, rows.{of}, coalesce(rows.{what}, 'revenue'), "
        f"case when rows.{what} = {sql.text(UNMAPPED)} then lower(rows.{what}_source_value) end"
    )
    if not is_change:
        newest = (
            f"first_value(rows._told_by) over (partition by {same} order by rows._load_no desc)"
        )
        return f"rows._tells is not null and rows._told_by <> {newest}"
    within = {
        part: f"max(rows._told_to) over (partition by {same}, date_trunc('{part}', entered_at))"
        for part in ("minute", "second")
    }
    newest = f"max(rows._load_no) over (partition by {same}, rows._told_to, entered_at)"
    return (
        "rows._tells is not null and case "
        f"when rows._told_to = {_MINUTES} and {within['minute']} > {_MINUTES} then true "
        f"when rows._told_to = {_SECONDS} and {within['second']} > {_SECONDS} then true "
        f"else rows._load_no < {newest} end"
    )
