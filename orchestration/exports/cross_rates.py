"""Rates to another currency than the company reports in, turned by the rate of that one.

Of a list that says what each currency is worth in euros, the dollar among them, a company that
reports in dollars takes what each is worth in dollars, the euro among them: on the same day, since
a rate of another day is not that of this one.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from orchestration.exports import sql
from orchestration.exports.casting import Cast, Caster
from orchestration.exports.currencies import NO_CURRENCY
from orchestration.exports.errors import FileError
from orchestration.exports.inventory import ExportFile


def turn_rates(
    connection: duckdb.DuckDBPyConnection, caster: Caster, file: ExportFile, casts: list[Cast]
) -> list[Cast]:
    """Turn the rates in ``typed``; the casts, with what to say of a row that has no rate to go by.

    Raises FileError where the file has no rate of the currency that the company reports in.
    """
    base, reporting = caster.entry.rate_base, caster.mapping.currency
    if base is None or reporting in (base, NO_CURRENCY):
        return casts
    of_reporting = f"currency = {sql.text(reporting)} and _failed is null"
    if not sql.count(connection, f"select count(*) from typed where {of_reporting}"):
        raise FileError(
            f"Reading {file.name} as {caster.entry.name}: its rates are to {base}, and it has none "
            f"of {reporting}, which the company reports in. A retry will not help. Export rates to "
            f"{reporting}, or that of {reporting} too, or correct `currency` of the mapping or "
            "`base`."
        )
    position = next(number for number, cast in enumerate(casts) if cast.column.name == "rate")
    # The row of the reporting currency is that of the base, the other way round.
    connection.execute(
        f"""
        create or replace temp table typed as
        with of_reporting as (
            select rate_date, max_by(rate, _row_id) as rate from typed
            where {of_reporting} group by rate_date
        )

        select typed.* replace (
            if(typed.currency = {sql.text(reporting)}, {sql.text(base)}, typed.currency)
                as currency,
            coalesce(
                if(typed.currency = {sql.text(reporting)}, 1, typed.rate) / of_reporting.rate,
                typed.rate
            ) as rate,
            coalesce(
                typed._failed, if(of_reporting.rate is null, {2 * position + 1}, null)
            ) as _failed
        )
        from typed left join of_reporting on typed.rate_date = of_reporting.rate_date
        """
    )
    cast = casts[position]
    reason = f"a rate to {base}, and the file has none of {reporting} on that day to turn it by"
    complaint = f"case when typed.rate is null then {cast.complaint} else {sql.text(reason)} end"
    return [*casts[:position], replace(cast, complaint=complaint), *casts[position + 1 :]]
