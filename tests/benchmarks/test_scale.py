"""The company that the benchmark writes still fits the raw tables."""

from __future__ import annotations

import duckdb

from tests.benchmarks.scale import write_company


def test_the_company_has_people_cycles_deals_and_calls():
    with duckdb.connect() as connection:
        assert write_company(connection, 800) == 2400
        counts = {
            table: (connection.table(f"raw_mapped.{table}").aggregate("count(*)").fetchone() or ())
            for table in ("people", "accounts", "activities", "opportunities", "touches")
        }
    assert counts == {
        "people": (800,),
        "accounts": (80,),
        "activities": (684,),
        "opportunities": (100,),
        "touches": (1066,),
    }
