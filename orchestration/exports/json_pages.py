"""JSON documents that wrap an array of records, as the pages of an API do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.exports import sql
from orchestration.exports.encoding import Text
from orchestration.exports.errors import DamagedFile, FileError, first_line, nearest

_SAYS_MORE = (
    # Salesforce, Stripe, HubSpot, Zendesk Sell, Pipedrive with its two ways of paging.
    ("$.done", "= 'false'"),
    ("$.has_more", "= 'true'"),
    ("$.paging.next.after", "is not null"),
    ("$.meta.links.next_page", "is not null"),
    ("$.additional_data.pagination.more_items_in_collection", "= 'true'"),
    ("$.additional_data.next_cursor", "is not null"),
)


@dataclass(frozen=True)
class Pages:
    """What the pages of a file say of those that follow, each by the number of records that its
    list has in all, where an API says it."""

    ended: frozenset[str] = frozenset()
    """Lists whose last page is among them."""
    unended: frozenset[str] = frozenset()
    """Lists of which every page says that more follow."""


def pages_seen(connection: duckdb.DuckDBPyConnection) -> Pages:
    """Of the file that ``read_pages`` read last."""
    found = connection.execute(
        "select list, bool_and(says_more) from json_pages_seen group by 1"
    ).fetchall()
    return Pages(
        frozenset(list_ for list_, is_unended in found if not is_unended),
        frozenset(list_ for list_, is_unended in found if is_unended),
    )


def read_pages(connection: duckdb.DuckDBPyConnection, path: Path, text: Text, records: str) -> None:
    """The records of one document, of one a line, or of an array of them, numbered through."""
    size = max(text.path.stat().st_size, 1 << 20)
    try:
        # A page of an API is one object, longer than DuckDB expects unless told.
        connection.execute(
            f"""
            create or replace temp table json_pages as
            with texts as (
                select json, row_number() over () as text_no
                from read_json_objects(
                    {sql.text(str(text.path))}, format = 'unstructured',
                    maximum_object_size = {size}
                )
            ),

            pages as (
                select
                    unnest(
                        case when json_type(json) = 'ARRAY'
                            then from_json(json, '["json"]') else [json]
                        end
                    ) as page,
                    text_no
                from texts
            )

            select page, row_number() over () as page_no from pages
            """
        )
    except duckdb.Error as error:
        raise DamagedFile(
            f"Reading {path.name} as JSON documents: {first_line(error)}. The file is cut off or "
            "damaged; a retry will not help. Export or copy it again."
        ) from error
    found = _locate(connection, path, records)
    connection.execute(
        f"""
        create or replace temp table json_rows as
        with items as (
            select
                page_no,
                unnest(from_json(json_extract(page, {sql.text(found)}), '["json"]')) as json,
                generate_subscripts(
                    from_json(json_extract(page, {sql.text(found)}), '["json"]'), 1
                ) as item_no
            from json_pages
        )

        select json, row_number() over (order by page_no, item_no) as _source_row from items
        """
    )
    says_more = " or ".join(
        f"coalesce(json_extract_string(page, {sql.text(place)}) {test}, false)"
        for place, test in _SAYS_MORE
    )
    connection.execute(
        f"""
        create or replace temp table json_pages_seen as
        select
            coalesce(json_extract_string(page, '$.totalSize'), '') as list, {says_more} as says_more
        from json_pages
        """
    )
    connection.execute("drop table json_pages")


def _locate(connection: duckdb.DuckDBPyConnection, path: Path, records: str) -> str:
    """The JSON path to the array ``records`` names, which every document must have.

    A page of an API without records may say null there.
    Of keys that hold dots themselves the longest that fits counts.
    """
    way: list[str] = []
    rest = records
    while rest:
        inner = f"json_extract(page, {sql.text(sql.json_path(way))})" if way else "page"
        keys = [
            key
            for (key,) in connection.execute(
                f"select distinct unnest(json_keys({inner})) as key from json_pages order by key"
            ).fetchall()
        ]
        fitting = [key for key in keys if f"{rest}.".startswith(f"{key}.")]
        if not fitting:
            raise _no_records(path, records, f"there is no {rest!r}", way, keys)
        way.append(max(fitting, key=len))
        rest = rest[len(way[-1]) + 1 :]
    place = sql.json_path(way)
    odd = connection.execute(
        f"""
        select page_no, json_type(page, {sql.text(place)}), json_keys(page) from json_pages
        where coalesce(json_type(page, {sql.text(place)}), '') not in ('ARRAY', 'NULL')
        order by page_no limit 1
        """
    ).fetchone()
    if odd:
        page_no, kind, keys = odd
        fact = "is missing" if kind is None else f"is {kind.lower()} and no array"
        raise _no_records(path, records, f"in document {page_no} it {fact}", [], keys or [])
    return place


def _no_records(path: Path, records: str, fact: str, way: list[str], keys: list[str]) -> FileError:
    place = f" in {'.'.join(way)!r}" if way else ""
    return FileError(
        f"Reading {path.name}: its records should stand at {records!r}, but {fact}; the keys found"
        f"{place} are {', '.join(map(repr, keys))[:600] or 'none'} "
        f"({nearest(records.split('.')[-1], keys)}). A retry will not help. Correct `records` in "
        "the file's entry, or export it again."
    )
