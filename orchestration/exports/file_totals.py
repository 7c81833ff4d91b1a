"""The row in which a file adds itself up, beside what its rows came to."""

from __future__ import annotations

import re

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import Caster
from orchestration.exports.entities import ENTITIES, Column, Entity, entity_columns
from orchestration.exports.reading import Staged
from orchestration.exports.report import ROWS, FileTotal


def stated_totals(
    connection: duckdb.DuckDBPyConnection, caster: Caster, entity: Entity, staged: Staged
) -> tuple[FileTotal, ...]:
    """What the file's total row states, beside what the rows that could be read come to."""
    total = caster.entry.total
    if total is None or not staged.totals:
        return ()
    found = [
        _sum(connection, caster, entity.column(total.column), staged) if total.column else None
    ]
    texts = (",".join(cells) for table in staged.totals for cells in table.rows)
    counts = [re.search(total.rows or "(?!)", text) for text in texts]
    if all(counts):
        stated = float(sum(int(re.sub(r"\D", "", count[1])) for count in counts if count))
        rows = sql.count(connection, f"select count(*) from typed where {_added_up(staged)}")
        found.append(FileTotal(ROWS, stated, float(rows), 0.0))
    return tuple(item for item in found if item)


def _added_up(staged: Staged) -> str:
    """The rows of the tables that are added up, as SQL."""
    tables = (
        f"_source_row > {table.after}"
        + (f" and _source_row < {table.before}" if table.before is not None else "")
        for table in staged.totals
    )
    return f"({' or '.join(tables)})"


def _sum(
    connection: duckdb.DuckDBPyConnection, caster: Caster, column: Column, staged: Staged
) -> FileTotal | None:
    """The stated sum of a column; none where the row states none, or currencies are added up."""
    entry = caster.entry
    spec = entry.columns[column.name]
    assert spec.column is not None
    position = staged.header.index(spec.column)
    rows = [cells for table in staged.totals for cells in table.rows]
    cells = [cells[position] if position < len(cells) else "" for cells in rows]
    if not all(cell.strip() for cell in cells):
        return None
    if "currency" in entity_columns(ENTITIES[entry.entity]) and (
        sql.count(
            connection, f"select count(distinct currency) from typed where {_added_up(staged)}"
        )
        > 1
    ):
        return None
    cast = caster.cast(column, spec, "cell", {column.name: "mapped"})
    # Its rows have said their currency.
    value = f"try_cast({caster.number('mapped')} as double)"
    found = connection.execute(
        f"""
        with cells as (select unnest([{", ".join(map(sql.text, cells))}]) as cell),
        trimmed as (select {cast.trimmed} as r_{column.name} from cells),
        texts as (select {cast.text} as mapped from trimmed),
        stated as (select {value} as value from texts)
        select
            (select case when count(*) = count(value) then sum(value) end from stated),
            coalesce(sum({column.name}), 0)::double,
            least(0.005 * (count(*) + 1), 0.02 * sqrt(count(*) + 1))
        from typed
        where {_added_up(staged)}
        """
    ).fetchone()
    assert found is not None
    stated, loaded, tolerance = found
    return FileTotal(column.name, stated, loaded, float(tolerance))
