"""Which stage each deal and person was in at each pull, kept when the next pull replaces the file.

Raw tables hold what the exports say now. An export that says only the stage of today is a
snapshot, and a stage that a later snapshot shows for the first time was entered in between. So
every load adds what its files show to ``raw_meta.stage_observations``: a row per record, day and
stage, at the first time that day. The rows of a set that only grows, and times that only become
earlier, are the same in whatever order files arrive, and however often one is read.

A row belongs to the company the mapping names: whoever tries the demo and then loads exports of
their own into the same home must not find demo deals in the history of theirs.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from orchestration.exports import salesforce_ids, sql
from orchestration.exports.report import FileLoad

_OBSERVED = {"people": "person_id", "opportunities": "opportunity_id"}
_KEY = ("company_name", "entity", "record_id", "observed_day", "stage_source_value")


def observe_stages(connection: duckdb.DuckDBPyConnection, loads: list[FileLoad]) -> None:
    """Collect the stages of all staged rows, of superseded versions too, into a temporary table.

    A row was seen when its source last changed it, where the mapping says when that was; else when
    its file was pulled, which is the file's own time and never that of the run.
    """
    pulls = ", ".join(
        f"({number}, timestamp {sql.text(f'{load.modified_at:%Y-%m-%d %H:%M:%S.%f}')}, "
        f"{sql.text(load.file)}, {sql.text(load.source_system)})"
        for number, load in enumerate(loads)
    )
    # A row that was never changed is as it was made.
    seen = "case when year(_modified) > 1 then _modified else coalesce(created_at, pulled_at) end"
    rows = " union all ".join(
        f"""
        select
            '{entity}' as entity, {key} as record_id, stage, stage_source_value, owner_id,
            {seen} as observed_at, pulled_at, source_file, source_system
        from stage_{entity} inner join pulls using (_load_no)
        where stage is not null
        """
        for entity, key in _OBSERVED.items()
    )
    empty = "(null::integer, null::timestamp, null::varchar, null::varchar)"
    connection.execute(
        f"""
        create or replace temp table observed as
        with pulls as (
            from (values {pulls or empty})
                as pulls (_load_no, pulled_at, source_file, source_system)
        ), rows as ({rows})
        select
            entity, record_id, observed_at::date as observed_day, stage_source_value,
            arg_max(stage, (pulled_at, source_file)) as stage,
            arg_min(owner_id, (observed_at, source_file)) as owner_id,
            min(observed_at) as observed_at,
            min(pulled_at) as pulled_at,
            arg_min(source_file, (observed_at, source_file)) as source_file,
            any_value(source_system) as source_system
        from rows
        group by all
        """
    )


def add_observations(
    connection: duckdb.DuckDBPyConnection, company_name: str, of_salesforce: Collection[str]
) -> None:
    """Add what ``observe_stages`` collected; the caller holds the transaction.

    ``of_salesforce`` are the words of the sources whose ids have a short spelling.
    """
    # Homes from before rows had a company hold those of one.
    for table in ("observed", "raw_meta.stage_observations"):
        connection.execute(
            f"alter table {table} add column if not exists company_name varchar "
            f"default {sql.text(company_name)}"
        )
    _complete_ids(connection, of_salesforce)
    same = " and ".join(
        f"known.{key} = observed.{key}"
        if key != "observed_day"
        else "known.observed_at::date = observed.observed_day"
        for key in _KEY
    )
    # The mapping may have learnt a word since it was seen.
    connection.execute(
        """
        update raw_meta.stage_observations as known set stage = words.stage
        from (
            select company_name, entity, source_system, stage_source_value, min(stage) as stage
            from observed group by all having count(distinct stage) = 1
        ) as words
        where known.company_name = words.company_name
            and known.entity = words.entity and known.source_system = words.source_system
            and known.stage_source_value = words.stage_source_value and known.stage <> words.stage
        """
    )
    connection.execute(
        f"""
        update raw_meta.stage_observations as known set
            observed_at = observed.observed_at, owner_id = observed.owner_id,
            source_file = observed.source_file
        from observed
        where {same} and (observed.observed_at, observed.source_file)
            < (known.observed_at, known.source_file)
        """
    )
    connection.execute(
        f"""
        update raw_meta.stage_observations as known set pulled_at = observed.pulled_at
        from observed where {same} and observed.pulled_at < known.pulled_at
        """
    )
    connection.execute(
        f"""
        insert into raw_meta.stage_observations by name
        select observed.* exclude (observed_day) from observed
        where not exists (select 1 from raw_meta.stage_observations as known where {same})
        """
    )


def _complete_ids(connection: duckdb.DuckDBPyConnection, of_salesforce: Collection[str]) -> None:
    """Write the ids of homes from before they were completed as they are read now."""
    columns = ("record_id", "owner_id")
    is_short = " or ".join(f"regexp_matches({column}, '(^|:)[^:]{{15}}$')" for column in columns)
    is_spelled_short = f"{sql.one_of('source_system', sorted(of_salesforce))} and ({is_short})"
    short = f"select count(*) from raw_meta.stage_observations where {is_spelled_short}"
    # Planning the update alone costs a tenth of a small load, and few homes have such ids.
    if not sql.count(connection, short):
        return
    full = {}
    for column in columns:
        id_ = salesforce_ids.in_full(f"regexp_replace({column}, '^[^:]*:', '')")
        full[column] = f"regexp_extract({column}, '^[^:]*:') || {id_}"
    is_other = " or ".join(f"{column} <> {id_}" for column, id_ in full.items())
    found = connection.execute(
        f"""
        update raw_meta.stage_observations
        set {", ".join(f"{column} = {id_}" for column, id_ in full.items())}
        where {is_spelled_short} and ({is_other})
        """
    ).fetchone()
    if found and found[0]:
        # A day that was seen under both is one.
        connection.execute(
            f"""
            delete from raw_meta.stage_observations where rowid not in (
                select arg_min(rowid, (observed_at, source_file))
                from raw_meta.stage_observations
                group by {", ".join(_KEY).replace("observed_day", "observed_at::date")}
            )
            """
        )
