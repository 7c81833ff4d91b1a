"""The dbt test on business hours refuses hours that cannot be meant as they are written."""

from __future__ import annotations

import re

import duckdb
import pytest

from tests.expectations.conftest import DBT_PROJECT

QUERY = re.sub(
    r"\{\{ ref\('(\w+)'\) \}\}",
    r"\1",
    (DBT_PROJECT / "tests" / "assert_business_hours_are_unambiguous.sql").read_text("utf-8"),
)

OFFICE = ("Office", "Europe/Berlin", 1, 540, 1020, None, None)


def problems(*rows: tuple, holidays: tuple[str | None, ...] = ()) -> list[tuple[str, str]]:
    """What the test says about hours given as calendar, zone, weekday, minutes, region, owner."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table stg_mapped__business_hours (calendar varchar, time_zone varchar, "
            "weekday double, opens_minute integer, closes_minute integer, region varchar, "
            "owner_id varchar); "
            "create table stg_mapped__holidays (calendar varchar); "
            "create view int_business_hours_completed as select distinct calendar, time_zone, "
            "cast(weekday as integer) as iso_weekday, opens_minute, closes_minute "
            "from stg_mapped__business_hours"
        )
        connection.executemany(
            "insert into stg_mapped__business_hours values (?, ?, ?, ?, ?, ?, ?)", rows
        )
        for calendar in holidays:
            connection.execute("insert into stg_mapped__holidays values (?)", [calendar])
        return connection.execute(f"select * from ({QUERY}) order by all").fetchall()


def test_a_calendar_may_serve_many_and_close_for_lunch():
    assert (
        problems(
            ("Shop", "Europe/Berlin", 1, 540, 720, "North", None),
            ("Shop", "Europe/Berlin", 1, 780, 1440, "North", None),
            ("Shop", "Europe/Berlin", 1, 540, 720, None, "r1"),
            ("Shop", "Europe/Berlin", 1, 780, 1440, None, "r1"),
            OFFICE,
            holidays=(None, "Office"),
        )
        == []
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("Night", "Europe/Berlin", 8, 540, 1020, "North", None), "weekday is not 1 to 7"),
        (("Night", "Europe/Berlin", 1.5, 540, 1020, "North", None), "weekday is not 1 to 7"),
        (("Night", "Europe/Berlin", 1, 1320, 360, "North", None), "closes before it opens"),
    ],
)
def test_hours_out_of_order_are_refused(row: tuple, problem: str):
    assert problems(OFFICE, row) == [("Night", problem)]


def test_what_would_be_counted_twice_is_refused():
    assert problems(OFFICE, ("Office", "Europe/Berlin", 1, 1000, 1080, None, None)) == [
        ("Office", "hours of one day overlap")
    ]
    assert problems(OFFICE, ("Office", "Europe/Paris", 2, 540, 1020, None, None)) == [
        ("Office", "more than one time zone")
    ]
    assert problems(
        OFFICE,
        ("Other", "Europe/Berlin", 1, 540, 1020, None, None),
        ("North", "Europe/Berlin", 1, 540, 1020, "North", "r1"),
        ("South", "Europe/Berlin", 1, 540, 1020, "South", "r1"),
    ) == [
        ("owner r1", "served by more than one calendar"),
        ("the company", "served by more than one calendar"),
    ]


def test_a_holiday_of_no_calendar_is_refused():
    assert problems(OFFICE, holidays=("Ofice",)) == [
        ("Ofice", "holiday of a calendar without hours")
    ]
