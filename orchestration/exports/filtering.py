"""Which rows of a staged file an entry asks for, and which it cannot tell of.

A condition of true or false alone is one of a column of truth values: every word that casting reads
as one of them counts, and an empty cell is not true. A row whose cell says neither is kept
back, as is one with a word that is not among those a column is known to hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import FALSE, PLAIN, TRUE, trimmed_text
from orchestration.exports.mapping_model import FileMapping

UNDECIDED = "undecided"
"""The temporary table of the rows in doubt; ``_doubt`` is the position of the reason."""

LEFT_OUT = "left_out"
"""The temporary table of the rows of a history that ``where_not`` alone keeps out."""


@dataclass(frozen=True)
class Doubt:
    """Why nobody can say whether a row is wanted."""

    header: str
    reason: str


@dataclass(frozen=True)
class _Condition:
    header: str
    cell: str
    """The cell as SQL, lower case, "" where it is empty."""
    words: tuple[str, ...]
    is_kept: bool
    """Whether the words keep a row in, or out."""
    known: tuple[str, ...] | None
    """Every word the column may hold; none when it may hold any."""
    is_boolean: bool

    @property
    def wanted(self) -> str:
        return f"{'' if self.is_kept else 'not '}{sql.one_of(self.cell, self.words)}"

    @property
    def doubt(self) -> Doubt:
        if self.is_boolean:
            return Doubt(self.header, "not true or false, which says whether the row is wanted")
        listed = ", ".join(repr(word) for word in self.known or () if word)
        return Doubt(
            self.header,
            f"none of the words that say what the row is ({listed}). Map it to one of them, or add "
            "it to those that are known",
        )


def take_out(
    connection: duckdb.DuckDBPyConnection, entry: FileMapping, fields: dict[str, str], table: str
) -> tuple[int, tuple[Doubt, ...]]:
    """Take the rows in doubt to ``UNDECIDED`` and those not asked for away, and count the latter.

    No doubts means that there is no such table.
    """
    conditions = [
        _condition(entry, header, words, is_kept, fields)
        for stated, is_kept in ((entry.where, True), (entry.where_not, False))
        for header, words in stated.items()
    ]
    if not conditions:
        return 0, ()
    doubts = _take_doubted(connection, [item for item in conditions if item.known], table)
    before = sql.count(connection, f"select count(*) from {table}")
    for is_kept in (True, False):
        stated = [condition.wanted for condition in conditions if condition.is_kept == is_kept]
        is_wanted = " and ".join(stated) or "true"
        if entry.history and not is_kept:
            connection.execute(
                f"create or replace temp table {LEFT_OUT} as "
                f"select * from {table} where not ({is_wanted})"
            )
        connection.execute(f"delete from {table} where not ({is_wanted})")
    return before - sql.count(connection, f"select count(*) from {table}"), doubts


def _take_doubted(
    connection: duckdb.DuckDBPyConnection, conditions: list[_Condition], table: str
) -> tuple[Doubt, ...]:
    if not conditions:
        return ()
    whens = " ".join(
        f"when not {sql.one_of(condition.cell, condition.known or ())} then {position}"
        for position, condition in enumerate(conditions)
    )
    connection.execute(
        f"create or replace temp table {UNDECIDED} as "
        f"select *, case {whens} end as _doubt from {table} where case {whens} end is not null"
    )
    if not sql.count(connection, f"select count(*) from {UNDECIDED}"):
        return ()
    connection.execute(f"delete from {table} where case {whens} end is not null")
    return tuple(condition.doubt for condition in conditions)


def _condition(
    entry: FileMapping, header: str, stated: list[str], is_kept: bool, fields: dict[str, str]
) -> _Condition:
    words = [word.strip().lower() for word in stated]
    nulls = [null.strip().lower() for null in entry.nulls]
    trimmed = f"coalesce(lower({trimmed_text(fields[header])}), '')"
    empty = [null for null in nulls if null not in words]
    cell = trimmed
    if empty:
        cell = f"case when {sql.one_of(trimmed, empty)} then '' else {trimmed} end"
    is_boolean = bool({"true", "false"} & set(words)) and set(words) <= {*PLAIN, ""}
    further = entry.known.get(header, [] if is_boolean else None)
    known = None
    if is_boolean:
        words += [*(TRUE if "true" in words else ()), *(FALSE if "false" in words else ())]
    if further is not None:
        known = [*words, *(word.strip().lower() for word in further)]
        if is_boolean:
            known += PLAIN
        if not is_kept or (is_boolean and "false" not in words):
            known.append("")
    return _Condition(
        header,
        cell,
        tuple(dict.fromkeys(words)),
        is_kept,
        tuple(dict.fromkeys(known)) if known else None,
        is_boolean,
    )
