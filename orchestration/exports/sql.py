"""Text from an export inside SQL: always a quoted name or a quoted literal, never code."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb


def name(identifier: str) -> str:
    """An identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str | None) -> str:
    """A varchar literal; ``None`` is null."""
    if value is None:
        return "null"
    # A zero character ends a statement wherever it stands.
    parts = ("'" + part.replace("'", "''") + "'" for part in value.split("\0"))
    literal = " || chr(0) || ".join(parts)
    return f"({literal})" if "\0" in value else literal


def texts(values: Iterable[str]) -> str:
    """Varchar literals, separated by commas."""
    return ", ".join(text(value) for value in values)


def one_of(field: str, values: Iterable[str]) -> str:
    """Whether the field is one of the values; null for null.

    ``in`` would be a join to a table of them, and a file has more such lists than rows at times.
    """
    return f"list_contains([{texts(values)}]::varchar[], {field})"


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number a query returns."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def json_path(keys: Iterable[object]) -> str:
    """The JSON path that goes by ``keys``, numbers being positions in an array."""

    def part(key: object) -> str:
        if not isinstance(key, str):
            return f"[{key}]"
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'."{escaped}"'

    return "$" + "".join(map(part, keys))
