"""JSON exports as a table of text: arrays, one object a line, and documents that wrap records.

Objects inside a record are taken apart, to any depth: ``{"meta": {"at": 1}}`` has the header
``meta.at``. A dot that is part of a key stays as it is; where both readings meet in one file, the
shorter way through the objects has the name and the other one is ``meta.at (2)``. An array stays
JSON text, and so does a key that holds an object in one record and a plain value in another.
A mapped header may reach into an array: ``phone[0].value`` is the first item's, and with
``lines[].amount`` each item of the array is a row, beside the values of its record. Of an
array of pairs, objects with a ``key`` and a ``value``, ``event_params[page_title]`` is the value of
that key; where it is written in one of several types (``{"string_value": …, "int_value": …}``), the
one that is filled.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.exports import sql
from orchestration.exports.delimited import Malformed, read_numbered, unique_names
from orchestration.exports.encoding import Text
from orchestration.exports.errors import DamagedFile, FileError, cut_off, first_line
from orchestration.exports.json_pages import keep_page_records, read_pages


@dataclass(frozen=True)
class Pair:
    """The item of an array of pairs that has this key."""

    key: str


ITEMLESS = "_is_itemless"
"""The column that marks a record whose array of rows is empty; only where rows are items."""

CUT = "_is_cut"
"""The column that marks the first item of a record that says that it does not hold them all."""

Way = tuple[str | int | Pair | None, ...]
"""Keys to a value inside a record; 0 is the first item of an array and None each of them."""


def read_json(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    text: Text,
    records: str | None,
    wanted: Collection[str],
    table: str,
    scratch: Path,
    malformed: list[Malformed],
) -> tuple[str, ...]:
    """Fill the temporary ``table`` (f0, f1, …, _source_row), and return its header.

    ``records`` is the dotted path to the array of records inside each document of the file. A file
    without any record, as the last page of an API may be, has the ``wanted`` headers. Raises
    FileError for a damaged file and for a document without that array.
    """
    _read_records(connection, path, text, records, scratch)
    if records is not None:
        keep_page_records(connection)
    is_odd = "not json_valid(json) or json_type(json) <> 'OBJECT'"
    malformed += [
        Malformed(number, "not a JSON object", line)
        for number, line in connection.execute(
            f"select _source_row, json::varchar from json_rows where {is_odd} order by _source_row"
        ).fetchall()
    ]
    connection.execute(f"delete from json_rows where {is_odd}")
    if records is None:
        _refuse_cut_off_line(connection, path, text, malformed)
    paths = _paths(connection, wanted)
    if not paths and malformed and records is None:
        raise FileError(
            f"Reading {path.name}: none of its {len(malformed)} lines or items is a JSON object; "
            f"the first is {malformed[0].text[:80]!r}. A retry will not help. Export one object a "
            "line (JSONL) or an array, or, if it is one document, say in `records` of the file's "
            "entry where the array of its records stands."
        )
    if not paths and not malformed:
        paths = [(header,) for header in sorted(wanted)]
    return _tabled(connection, paths, table)


def _refuse_cut_off_line(
    connection: duckdb.DuckDBPyConnection, path: Path, text: Text, malformed: list[Malformed]
) -> None:
    """Raise DamagedFile when the last of several JSON lines begins an object and never ends it."""
    last = malformed[-1] if malformed else None
    if (
        last
        and last.row == text.lines
        and last.text.lstrip().startswith("{")
        and not text.has_last_line_end
        and sql.count(connection, "select count(*) from json_rows")
    ):
        raise cut_off(
            path.name,
            f"in its last record, line {last.row}: no whole JSON object, and no line end "
            f"({last.text[:80]!r})",
        )


def read_nested(
    connection: duckdb.DuckDBPyConnection, query: str, wanted: Collection[str], table: str
) -> tuple[str, ...]:
    """Fill the temporary ``table`` as ``read_json`` does, from a query of ``json``, _source_row."""
    connection.execute(f"create or replace temp table json_rows as {query}")
    return _tabled(connection, _paths(connection, wanted), table)


def nested_headers(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[str, ...]:
    """Every header that the records of a query offer, those that reach into arrays last."""
    connection.execute(f"create or replace temp table json_rows as {query}")
    return _headers(connection)


def _tabled(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Way], table: str
) -> tuple[str, ...]:
    _explode(connection, paths)
    _pair_up(connection, paths)
    fields = "".join(f"{_value(keys, paths)} as f{index}, " for index, keys in enumerate(paths))
    mark = f"{ITEMLESS}, {CUT}, " if any(None in keys for keys in paths) else ""
    connection.execute(
        f"""
        create or replace temp table {table} as
        select {fields} {mark} _source_row::bigint as _source_row from json_rows
        """
    )
    connection.execute("drop table json_rows")
    return unique_names(map(_name, paths))


def json_headers(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    text: Text,
    records: str | None,
    scratch: Path,
) -> tuple[str, ...]:
    """Every header that the records of a file offer, those that reach into arrays last."""
    _read_records(connection, path, text, records, scratch)
    connection.execute(
        "delete from json_rows where not json_valid(json) or json_type(json) <> 'OBJECT'"
    )
    return _headers(connection)


def _headers(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    plain, reaching = _ways(connection)
    connection.execute("drop table json_rows")
    return unique_names([*map(_name, _in_order(plain)), *map(_name, reaching)])


def _read_records(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    text: Text,
    records: str | None,
    scratch: Path,
) -> None:
    """Fill the temporary table ``json_rows`` with the records and their numbers."""
    if records is not None:
        read_pages(connection, path, text, records)
    elif _starts_with_bracket(text):
        _read_array(connection, path, text)
    else:
        _read_lines(connection, text, scratch)


def _structure(connection: duckdb.DuckDBPyConnection) -> Any:
    row = connection.execute("select json_group_structure(json::json) from json_rows").fetchone()
    assert row is not None
    return json.loads(row[0]) if row[0] else {}


def _paths(connection: duckdb.DuckDBPyConnection, wanted: Collection[str]) -> list[Way]:
    """The ways to every value of the records, in the order of their headers.

    Of the ways into arrays only those to a ``wanted`` header.
    """
    plain, reaching = _ways(connection)
    names = set(map(_name, plain))
    into = [way for way in reaching if _name(way) in wanted and _name(way) not in names]
    return [*_in_order(plain), *into]


def _ways(connection: duckdb.DuckDBPyConnection) -> tuple[list[Way], list[Way]]:
    """The ways to every value, and those into arrays: to each item, the first, that of a key."""
    structure = _structure(connection)
    plain: list[Way] = []
    reaching: list[Way] = []
    ahead: list[tuple[Way, Any]] = [((key,), inner) for key, inner in structure.items()]
    while ahead:
        keys, inner = ahead.pop()
        is_within = not all(isinstance(key, str) for key in keys)
        if isinstance(inner, dict) and inner:
            ahead += [((*keys, key), innermost) for key, innermost in inner.items()]
            continue
        (reaching if is_within else plain).append(keys)
        if isinstance(inner, list) and inner and not is_within:
            ahead += [((*keys, 0), inner[0]), ((*keys, None), inner[0])]
            reaching += [(*keys, Pair(key)) for key in _pair_keys(connection, keys, inner[0])]
    return plain, sorted(reaching, key=_name)


def _pair_keys(connection: duckdb.DuckDBPyConnection, array: Way, item: Any) -> list[str]:
    """The keys that an array of pairs holds anywhere in the file; none of any other array."""
    if not isinstance(item, dict) or set(item) != {"key", "value"}:
        return []
    keys = f"json_extract_string(json, {sql.text(sql.json_path(array) + '[*].key')})"
    found = connection.execute(f"select distinct unnest({keys}) from json_rows").fetchall()
    return [key for (key,) in found if key]


def _in_order(ways: list[Way]) -> list[Way]:
    return sorted(ways, key=lambda keys: (_name(keys), len(keys)))


def _name(keys: Way) -> str:
    def part(key: str | int | Pair | None) -> str:
        if isinstance(key, Pair):
            return f"[{key.key}]"
        return f".{key}" if isinstance(key, str) else "[0]" if key == 0 else "[]"

    return "".join(map(part, keys)).removeprefix(".")


def _explode(connection: duckdb.DuckDBPyConnection, paths: Sequence[Way]) -> None:
    """Make each item of the array that a path goes through a row, numbered through.

    A record without any stays a row, marked, so that it is counted and known to hold none.
    """
    arrays = list(dict.fromkeys(keys[: keys.index(None)] for keys in paths if None in keys))
    if not arrays:
        return
    items = f"from_json(json_extract(json, {sql.text(sql.json_path(arrays[0]))}), '[\"json\"]')"
    # A list of an API that stands inside a record, as the items of a subscription of Stripe do.
    beside = sql.json_path([*arrays[0][:-1], "has_more"])
    is_cut = "false"
    if len(arrays[0]) > 1:
        is_cut = f"coalesce(json_extract_string(json, {sql.text(beside)}) = 'true', false)"
    connection.execute(
        f"""
        create or replace temp table json_rows as
        with lists as (
            select json, _source_row, {is_cut} as is_cut, coalesce({items}, []) as items
            from json_rows
        ),

        items as (
            select
                json, _source_row, is_cut, len(items) = 0 as {ITEMLESS},
                unnest(if(len(items) = 0, [null], items)) as item,
                generate_subscripts(if(len(items) = 0, [null], items), 1) as item_no
            from lists
        )

        select
            json, item, {ITEMLESS}, is_cut and item_no = 1 as {CUT},
            row_number() over (order by {ITEMLESS}, _source_row, item_no) as _source_row
        from items
        """
    )


def _pair_up(connection: duckdb.DuckDBPyConnection, paths: Sequence[Way]) -> None:
    """Add each array of pairs that a path goes into as a column of keys and texts."""
    columns = []
    for number, array in enumerate(_pair_arrays(paths)):
        items = f"json_extract(json, {sql.text(sql.json_path(array))})"
        row = connection.execute(f"select json_group_structure({items}) from json_rows").fetchone()
        (item,) = json.loads(row[0]) if row else ({},)
        types = item["value"] if isinstance(item["value"], dict) else None
        shape = {"key": "VARCHAR", "value": dict.fromkeys(types, "VARCHAR") if types else "VARCHAR"}
        text = "pair.value"
        if types:
            text = f"coalesce({', '.join(f'pair.value.{sql.name(name)}' for name in types)})"
        columns.append(
            f"list_transform(from_json({items}, {sql.text(json.dumps([shape]))}), "
            f"lambda pair: {{'key': pair.key, 'text': {text}}}) as pairs_{number}"
        )
    if columns:
        connection.execute(
            "create or replace temp table json_rows as "
            f"select *, {', '.join(columns)} from json_rows"
        )


def _pair_arrays(paths: Sequence[Way]) -> list[Way]:
    return list(dict.fromkeys(keys[:-1] for keys in paths if isinstance(keys[-1], Pair)))


def _value(keys: Way, paths: Sequence[Way]) -> str:
    """The text at the end of a way as SQL."""
    last = keys[-1]
    if isinstance(last, Pair):
        pairs = f"pairs_{_pair_arrays(paths).index(keys[:-1])}"
        same = f"list_filter({pairs}, lambda pair: pair.key = {sql.text(last.key)})"
        return f"list_extract({same}, 1).text"
    if None not in keys:
        return f"json_extract_string(json, {sql.text(sql.json_path(keys))})"
    inner = sql.json_path(keys[keys.index(None) + 1 :])
    return f"json_extract_string(item, {sql.text(inner)})"


def _starts_with_bracket(text: Text) -> bool:
    with text.path.open(encoding="utf-8-sig") as file:
        return next((line.lstrip()[0] for line in file if line.strip()), "") == "["


def _read_array(connection: duckdb.DuckDBPyConnection, path: Path, text: Text) -> None:
    if not _ends_with(text.path, b"]"):
        # DuckDB takes what is there of a cut off array for all of it.
        raise DamagedFile(
            f"Reading {path.name} as a JSON array: it does not end with ]. The file is cut "
            "off; a retry will not help. Export or copy it again."
        )
    try:
        connection.execute(
            f"""
            create or replace temp table json_rows as
            select json, row_number() over () as _source_row
            from read_json_objects({sql.text(str(text.path))}, format = 'array')
            """
        )
    except duckdb.Error as error:
        raise DamagedFile(
            f"Reading {path.name} as a JSON array: {first_line(error)}. A retry will not "
            "help. Export it again, or as one object a line (JSONL)."
        ) from error


def _ends_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return file.read().rstrip().endswith(mark)


def _read_lines(connection: duckdb.DuckDBPyConnection, text: Text, scratch: Path) -> None:
    numbered = scratch / "lines.csv"
    with (
        text.path.open(encoding="utf-8-sig", newline=None) as source,
        numbered.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows(
            (number, line.rstrip("\n"))
            for number, line in enumerate(source, start=1)
            if line.strip()
        )
    read_numbered(connection, numbered, 1, "json_lines")
    connection.execute(
        """
        create or replace temp table json_rows as
        select f0 as json, _source_row from json_lines
        """
    )
    connection.execute("drop table json_lines")
