"""JSON documents that wrap an array of records, as the pages of an API do, and pages that lack."""

from __future__ import annotations

from datetime import datetime
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
_PLACES = """
    coalesce(
        try_cast(json_extract_string(page, '$.additional_data.pagination.start') as bigint),
        case when json_extract_string(page, '$.meta.links.self') is not null then coalesce(
            try_cast(regexp_extract(
                json_extract_string(page, '$.meta.links.self'), '[?&]page=(\\d+)', 1
            ) as bigint), 1
        ) end
    ) as place,
    coalesce(
        try_cast(json_extract_string(page, '$.additional_data.pagination.next_start') as bigint),
        try_cast(regexp_extract(
            json_extract_string(page, '$.meta.links.next_page'), '[?&]page=(\\d+)', 1
        ) as bigint)
    ) as next_place
"""
"""Where in its list a page stands, and the next one: Pipedrive and Zendesk Sell say it."""

# Of an API that names the kind of a record, ids are those of that kind.
_RECORD = (
    "hash(json_extract_string(json, '$.object'), coalesce(json_extract_string(json, '$.id'), "
    "json_extract_string(json, '$.Id'), json_extract_string(json, '$.data.id'), json::varchar))"
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

        select json, page_no, row_number() over (order by page_no, item_no) as _source_row
        from items
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
            page_no, {says_more} as says_more,
            try_cast(json_extract_string(page, '$.totalSize') as bigint) as total,
            {_PLACES}
        from json_pages
        """
    )
    connection.execute("drop table json_pages")


def keep_page_records(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep which records stand on which page that ``read_pages`` read, before rows are made."""
    connection.execute(
        f"""
        create or replace temp table json_page_records as
        select page_no, {_RECORD} as record from json_rows
        """
    )


def create_stage_pages(connection: duckdb.DuckDBPyConnection) -> None:
    """The temporary tables of every page that a load reads, and of the records on it."""
    connection.execute(
        "create or replace temp table stage_pages (entry varchar, _load_no integer, "
        "modified_at timestamp, page_no bigint, says_more boolean, total bigint, place bigint, "
        "next_place bigint)"
    )
    connection.execute(
        "create or replace temp table stage_page_records "
        "(entry varchar, _load_no integer, page_no bigint, total bigint, record ubigint)"
    )


def note_pages(
    connection: duckdb.DuckDBPyConnection, entry: str, modified_at: datetime, load_no: int
) -> None:
    """Keep the pages of the file that was read last for ``entry``."""
    names = f"{sql.text(entry)} as entry, {load_no} as _load_no"
    at = f"timestamp {sql.text(f'{modified_at:%Y-%m-%d %H:%M:%S}')} as modified_at"
    connection.execute(
        f"insert into stage_pages by name select *, {names}, {at} from json_pages_seen"
    )
    connection.execute(
        f"""
        insert into stage_page_records by name
        select page_no, total, record, {names}
        from json_page_records inner join json_pages_seen using (page_no)
        """
    )


def unended(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """The loads with pages that say that more follow which are not there, and how many ends lack.

    Where pages state their places in the list, each next place needs a page; where they state how
    many records the list has (Salesforce), there must be as many. Other APIs do not say which page
    follows. But no list shows a record twice, so that pages are of as many lists as one record is
    seen on, each with a last page of its own, and pages of one list are written within half a day.
    """
    return dict(
        connection.execute(
            """
            with occurrences as (
                select
                    _load_no, page_no,
                    dense_rank() over (
                        partition by entry, total, record order by _load_no, page_no
                    ) as list_no
                from stage_page_records
            ),

            records as (
                select _load_no, page_no, max(list_no) as list_no, count(*) as record_count
                from occurrences
                group by _load_no, page_no
            ),

            pages as (
                select
                    stage_pages.*, coalesce(list_no, 1) as list_no,
                    coalesce(record_count, 0) as record_count
                from stage_pages left join records using (_load_no, page_no)
            ),

            lists as (
                select
                    entry, total, max(list_no) - count(*) filter (not says_more) as lacking,
                    coalesce(list(list_no) filter (not says_more), []) as ended,
                    coalesce(list(epoch(modified_at)) filter (not says_more), []) as ended_at,
                    sum(record_count) <> total * count(*) filter (not says_more) as has_gap
                from pages
                group by entry, total
            ),

            places as (
                select entry, place, count(*) as pages_there from pages group by entry, place
            ),

            judged as (
                select
                    pages._load_no,
                    case
                        when pages.place is not null and pages.next_place is not null
                            then row_number() over (
                                partition by pages.entry, pages.next_place
                                order by pages._load_no, pages.page_no
                            ) - coalesce(places.pages_there, 0)
                        when lists.lacking > 0 and not list_contains(lists.ended, pages.list_no)
                            then lists.lacking
                        when lists.has_gap or not coalesce(list_bool_or(list_transform(
                            lists.ended_at,
                            lambda moment: abs(moment - epoch(pages.modified_at)) <= 12 * 3600
                        )), false) then 1
                    end as lacking
                from pages
                inner join lists
                    on
                        pages.entry = lists.entry
                        and pages.total is not distinct from lists.total
                left join places
                    on pages.entry = places.entry and pages.next_place = places.place
                where pages.says_more
            )

            select _load_no, max(lacking) from judged
            where lacking > 0 group by _load_no order by _load_no
            """
        ).fetchall()
    )


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
