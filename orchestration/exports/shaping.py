"""A staged file as the rows its entry wants: cells and items of lists as rows, others filtered out.

Works on the temporary table of ``reading.stage`` before anything is typed.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import trimmed_text
from orchestration.exports.filtering import LEFT_OUT, Doubt, take_out
from orchestration.exports.json_records import ITEMLESS
from orchestration.exports.mapping_model import FileMapping
from orchestration.exports.reading import Staged


@dataclass(frozen=True)
class Shaped:
    """The rows that are to be typed, in the temporary table ``table``."""

    table: str
    fields: dict[str, str]
    """The field of each header."""
    unpivoted: dict[str, str]
    """The field of each canonical column that an unpivot fills."""
    rows_read: int
    """Rows of the file, or its filled cells when unpivoted, or the items of its lists, a list
    without any being one row; malformed and filtered ones too."""
    rows_filtered: int
    """Those not asked for, and lists without any item."""
    doubts: tuple[Doubt, ...]
    """Why rows stand in the temporary table ``UNDECIDED``."""
    left_out: str | None
    """The table of changes in a history whose word ``where_not`` leaves out."""
    row_id: str
    """The column that tells rows apart; cells and items of one row share its ``_source_row``."""

    @property
    def header(self) -> str:
        """The header a row's value stands under as SQL, null unless unpivoted."""
        return "u_header" if self.unpivoted else "null"


def shape(connection: duckdb.DuckDBPyConnection, entry: FileMapping, staged: Staged) -> Shaped:
    """Unpivot, then filter; every header that the entry does not call optional must be there."""
    fields = {header: f"f{index}" for index, header in enumerate(staged.header)}
    unpivoted = {}
    itemless = _take_itemless(connection, staged)
    listing = entry.listing
    if listing and listing.column in fields:
        _list(connection, entry, fields[listing.column], listing.each_of, staged.table)
    if entry.unpivot:
        _unpivot(connection, entry, fields, staged.table)
        unpivoted = {entry.unpivot.value: "u_value", entry.unpivot.label: "u_label"}
    rows = sql.count(connection, f"select count(*) from {staged.table}")
    filtered, doubts = take_out(connection, entry, fields, staged.table)
    return Shaped(
        staged.table,
        fields,
        unpivoted,
        rows + len(staged.malformed) + itemless,
        filtered + itemless,
        doubts,
        LEFT_OUT if entry.history and entry.where_not else None,
        "_row_id" if unpivoted or listing else "_source_row",
    )


def _take_itemless(connection: duckdb.DuckDBPyConnection, staged: Staged) -> int:
    """Take the records away whose list of rows is empty; how many they are."""
    if not staged.are_items:
        return 0
    itemless = sql.count(connection, f"select count(*) from {staged.table} where {ITEMLESS}")
    connection.execute(f"delete from {staged.table} where {ITEMLESS}")
    return itemless


def _list(
    connection: duckdb.DuckDBPyConnection,
    entry: FileMapping,
    field: str,
    separator: str | None,
    table: str,
) -> None:
    """A row for each filled item of a list."""
    connection.execute(
        f"""
        create or replace temp table {table} as
        with items as (
            select
                * exclude ({field}),
                unnest(string_split(trim({field}, '[] '), {sql.text(separator)})) as {field},
                generate_subscripts(string_split({field}, {sql.text(separator)}), 1) as item_no
            from {table}
        )

        select * exclude (item_no), row_number() over (order by _source_row, item_no) as _row_id
        from items
        where not {sql.one_of(trimmed_text(field), entry.nulls_of())}
        """
    )


def _unpivot(
    connection: duckdb.DuckDBPyConnection,
    entry: FileMapping,
    fields: dict[str, str],
    table: str,
) -> None:
    assert entry.unpivot is not None
    cells = ", ".join(
        f"{{'position': {position}, 'header': {sql.text(header)}, 'label': {sql.text(word)}, "
        f"'value': {fields[header]}}}"
        for position, (header, word) in enumerate(entry.unpivot.columns.items())
        if header in fields
    )
    connection.execute(
        f"""
        create or replace temp table {table} as
        with cells as (
            select
                *,
                unnest(
                    [{cells}]::struct(
                        position integer, header varchar, label varchar, value varchar
                    )[]
                ) as cell
            from {table}
        )

        select
            * exclude (cell),
            cell.header as u_header,
            cell.label as u_label,
            cell.value as u_value,
            row_number() over (order by _source_row, cell.position) as _row_id
        from cells
        where not {sql.one_of(trimmed_text("cell.value"), entry.nulls_of())}
        """
    )
