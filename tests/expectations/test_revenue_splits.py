"""The dbt test on revenue splits complains about won deals only."""

from __future__ import annotations

import re

import duckdb
import pytest

from tests.expectations.conftest import DBT_PROJECT

QUERY = re.sub(
    r"\{\{ ref\('(\w+)'\) \}\}",
    r"\1",
    (DBT_PROJECT / "tests" / "assert_revenue_splits_sum_to_one.sql").read_text("utf-8"),
)


@pytest.mark.parametrize(
    ("outcome", "split_type", "shares", "fails"),
    [
        ("won", "revenue", (0.5, 0.3), True),
        ("won", "revenue", (0.7, 0.7), True),
        ("won", "revenue", (0.333, 0.333, 0.333), False),
        ("won", "overlay", (1, 1), False),
        ("open", "revenue", (0.5,), False),
        ("lost", "revenue", (0.5,), False),
        ("excluded", "revenue", (0.5,), False),
    ],
)
def test_only_revenue_splits_of_won_deals_must_sum_to_one(
    outcome: str, split_type: str, shares: tuple[float, ...], fails: bool
):
    with duckdb.connect() as connection:
        connection.execute(
            "create table int_opportunities_resolved (opportunity_id, outcome) as select 'd1', ?",
            [outcome],
        )
        connection.execute(
            "create table stg_mapped__opportunity_splits as "
            "select 'd1' as opportunity_id, ? as split_type, unnest(?::double[]) as share",
            [split_type, list(shares)],
        )
        found = connection.execute(QUERY).fetchall()

    assert bool(found) == fails
