"""Postings and attendances name no record: a newer file that states one anew replaces it."""

from __future__ import annotations

import os
from itertools import count

import pytest
import xlsxwriter

from tests.exports.conftest import Company

CLOCK = count(1_700_000_000)
COSTS = "select cost_date::varchar, description, amount::double from raw_mapped.costs order by all"
TOUCHES = (
    "select campaign, lower(email), touch_at::varchar from raw_mapped.touches "
    "order by campaign nulls first, touch_at, email"
)


def _load(company: Company, reader: str, head: str, *files: str) -> list[tuple[int, ...]]:
    """Load lists, each newer than those before; rows read, loaded and superseded of each."""
    for number, rows in enumerate(files):
        at = next(CLOCK)
        os.utime(company.write(f"list{number}.csv", head + rows), (at, at))
    company.map(f"sources:\n  - {{reader: {reader}}}\n")
    report = company.load()
    assert report.unmatched_files == ()
    assert company.quarantined() == []
    loads = report.file_loads
    return [(load.rows_read, load.rows_loaded, load.rows_superseded) for load in loads]


def _costs(company: Company, *files: str) -> list[tuple[int, ...]]:
    head = "Posting date,Document,Cost type,Campaign,Amount,Currency,Text\n"
    return _load(company, "costs", head, *files)


JANUARY = "2025-01-30,,tools,,10,EUR,One\n2025-01-31,,tools,,20,EUR,Two\n"
NUMBERED = "2025-01-30,7,tools,,10,EUR,One\n2025-01-31,8,tools,,20,EUR,Two\n"
ONE, TWO = ("2025-01-30", "One", 10.0), ("2025-01-31", "Two", 20.0)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param((JANUARY, "2025-01-31,,tools,,25,EUR,Two\n"),
                     [ONE, ("2025-01-31", "Two", 25.0)], id="an amount corrected"),
        pytest.param((JANUARY, JANUARY + "2025-02-01,,tools,,30,EUR,Two\n"),
                     [ONE, TWO, ("2025-02-01", "Two", 30.0)], id="the year so far"),
        pytest.param((JANUARY, "2025-01-31,,tools,,5,EUR,Three\n2025-01-31,,agency,,6,EUR,Two\n"),
                     [ONE, ("2025-01-31", "Three", 5.0), ("2025-01-31", "Two", 6.0), TWO],
                     id="another vendor and another type"),
        pytest.param((JANUARY, "2025-01-31,,tools,,20,CHF,Two\n2025-01-31,,tools,Fair,1,EUR,Two\n"),
                     [ONE, ("2025-01-31", "Two", 1.0), TWO, TWO],
                     id="another currency and another campaign"),
        pytest.param((JANUARY.replace(",,tools", ",-,tools"), "2025-01-31,-,tools,,5,EUR,Three\n"),
                     [ONE, ("2025-01-31", "Three", 5.0), TWO], id="a dash for no number"),
        pytest.param(("2025-01-31,,tools,,20,EUR,Two\n" * 2,), [TWO, TWO], id="equal in one file"),
        pytest.param(("2025-01-31,,tools,,20,EUR,Two\n" * 2, "2025-01-31,,tools,,20,EUR,Two\n" * 3),
                     [TWO, TWO, TWO], id="equal in one file, delivered again"),
        pytest.param((NUMBERED, "2025-01-29,8,agency,Fair,25,CHF,Second\n"),
                     [("2025-01-29", "Second", 25.0), ONE], id="a document corrected throughout"),
        pytest.param((NUMBERED, "2025-01-31,8,tools,,5,EUR,Two\n2025-01-31,8,agency,,6,EUR,Two\n"),
                     [ONE, ("2025-01-31", "Two", 5.0), ("2025-01-31", "Two", 6.0)],
                     id="a document split"),
        pytest.param((NUMBERED, "2025-01-31,9,tools,,20,EUR,Two\n2025-02-28,8,tools,,1,EUR,Two\n"),
                     [ONE, TWO, TWO, ("2025-02-28", "Two", 1.0)],
                     id="an equal document, and a number that begins anew with the month"),
    ],
)  # fmt: skip
def test_a_newer_list_replaces_the_postings_that_it_states_anew(
    company: Company, files: tuple[str, ...], expected: list[tuple]
):
    counts = _costs(company, *files)
    assert company.rows(COSTS) == expected
    assert all(read == loaded + superseded for read, loaded, superseded in counts)
    assert sum(loaded for _, loaded, _ in counts) == len(expected)


def test_the_costs_of_a_workbook_that_is_filled_anew_count_once(company: Company):
    for name, amount in (("plan.xlsx", 10), ("plan_2.xlsx", 12)):
        path = company.settings.exports / name
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("Costs")
            sheet.write_row(0, 0, ["Cost date", "Cost type", "Amount", "Currency", "Text"])
            sheet.write_row(1, 0, ["2025-01-31", "tools", amount, "EUR", "Two"])
        at = next(CLOCK)
        os.utime(path, (at, at))
    company.map("sources:\n  - {reader: planning}\n")
    company.load()
    assert company.rows(COSTS) == [("2025-01-31", "Two", 12.0)]


def _attended(company: Company, *files: str) -> list[tuple[int, ...]]:
    return _load(company, "events", "Event,Attended at,Email,CRM contact\n", *files)


def test_who_comes_back_to_an_event_attended_it_once_from_the_first_time_on(company: Company):
    """The day is that of the reporting zone: 23:30 and 0:30 UTC are one night in Berlin."""
    counts = _attended(
        company,
        "Talk,2025-01-08 10:30,a@x.example,\nTalk,2025-01-08 10:00,A@x.example,hubspot:1\n"
        "Talk,2025-01-08 10:00,b@x.example,\nFair,2025-01-08 10:00,a@x.example,\n"
        "Talk,2025-02-05 10:00,a@x.example,\nNight,2025-01-09 00:30,a@x.example,\n"
        "Night,2025-01-09 02:30,a@x.example,\nTalk,2025-01-08 10:00,,hubspot:2\n"
        "Talk,2025-01-08 10:10,,hubspot:2\n",
    )
    assert counts == [(9, 6, 3)]
    assert company.rows(TOUCHES) == [
        ("Fair", "a@x.example", "2025-01-08 09:00:00"),
        ("Night", "a@x.example", "2025-01-08 23:30:00"),
        ("Talk", "a@x.example", "2025-01-08 09:00:00"),
        ("Talk", "b@x.example", "2025-01-08 09:00:00"),
        ("Talk", None, "2025-01-08 09:00:00"),
        ("Talk", "a@x.example", "2025-02-05 09:00:00"),
    ]


# By event: who attended it at which minute in each of three lists, and what is kept of that.
PRESENCES = {
    "First an id": (("0,,crm:1", "5,a@x,crm:1"), [("crm:1", "a@x", 5)]),
    "Then an id": (("5,a@x,crm:1", "0,,crm:1"), [("crm:1", None, 0)]),
    "Tied late": (("0,a@x,", "1,,crm:1", "5,A@x,crm:1"), [("crm:1", "A@x", 5)]),
    "Two addresses": (("0,a@x,crm:1", "5,b@x,crm:1"), [("crm:1", "b@x", 5)]),
    "Nothing ties": (("0,,crm:1", "5,a@x,"), [("crm:1", None, 0), (None, "a@x", 5)]),
    "Back with an address": (("0,,crm:1 5,a@x,crm:1",), [("crm:1", "a@x", 0)]),
    "Back with an id": (("0,a@x, 5,A@x,crm:1",), [("crm:1", "a@x", 0)]),
    "Back as two": (("0,a@x, 5,a@x,crm:1 6,a@x,crm:2",), [(None, "a@x", 0)]),
    "Back by both": (("0,a@x, 1,b@x, 5,b@x,crm:1 6,a@x,crm:1",), [("crm:1", "a@x", 0)]),
    # The letters and spaces of an event say nothing; the newest list says how it is written.
    "two  Spaces": (("0,a@x, 5,b@x,",), []),
    "Two spaces": (("", "7,A@x,"), [(None, "b@x", 5), (None, "A@x", 7)]),
    "Small": (("0,a@x,",), [(None, "a@x", 0)]),
    "small ": (("5,a@x,",), []),
    "Small 2": (("7,a@x,",), [(None, "a@x", 7)]),
}


def test_an_attendance_is_told_by_the_id_or_the_address_and_carries_both(company: Company):
    files = [
        "".join(
            f"{event},2025-01-08 10:0{presence}\n"
            for event, (lists, _) in PRESENCES.items()
            for presence in (lists[number].split() if number < len(lists) else ())
        )
        for number in range(3)
    ]
    counts = _attended(company, *files)
    assert company.rows(
        "select campaign, person_id, email, minute(touch_at) from raw_mapped.touches order by all"
    ) == sorted(
        ((event, *kept) for event, (_, rows) in PRESENCES.items() for kept in rows),
        key=lambda row: [(value is None, value) for value in row],
    )
    assert all(read == loaded + superseded for read, loaded, superseded in counts)


def test_a_corrected_list_of_attendees_replaces_the_times_that_it_states(company: Company):
    counts = _attended(
        company,
        "Talk,2025-01-08 10:00,a@x.example,\nTalk,2025-01-08 10:00,b@x.example,\n",
        "Talk,2025-01-08 11:00,a@x.example,hubspot:1\n",
    )
    assert counts == [(2, 1, 1), (1, 1, 0)]
    assert company.rows(TOUCHES) == [
        ("Talk", "b@x.example", "2025-01-08 09:00:00"),
        ("Talk", "a@x.example", "2025-01-08 10:00:00"),
    ]


def test_reports_of_webinars_that_nothing_names_are_compared_row_by_row(company: Company):
    head = "Attended,First Name,Email,Join Time,Time in Session (minutes)\n"
    first = "Yes,A,a@x.example,2025-01-08 10:00:00,5\nYes,A,a@x.example,2025-01-08 10:20:00,9\n"
    second = "Yes,A,a@x.example,2025-01-08 10:00:00,5\nYes,B,b@x.example,2025-01-08 15:00:00,5\n"
    third = "Yes,A,a@x.example,2025-01-08 16:00:00,5\n"
    counts = _load(company, "events", head, first, second, third)
    assert counts == [(2, 0, 2), (2, 2, 0), (1, 1, 0)]
    assert company.rows(TOUCHES) == [
        (None, "a@x.example", "2025-01-08 09:00:00"),
        (None, "b@x.example", "2025-01-08 14:00:00"),
        (None, "a@x.example", "2025-01-08 15:00:00"),
    ]


def test_a_touch_with_an_id_is_replaced_by_its_newer_version(company: Company):
    for name, at, moment in (("old.csv", "10:00", 1), ("new.csv", "11:00", 2)):
        path = company.write(
            name, f"id,at,type\n1,2025-01-08 {at},form\n{moment}0,2025-01-01,form\n"
        )
        os.utime(path, (moment, moment))
    company.map(
        'files:\n  - {name: touches, pattern: "*.csv", entity: touches, columns: {touch_id: id, '
        "touch_at: at, touch_type: type}}\n"
    )
    company.load()
    assert company.rows(
        "select touch_id, hour(touch_at) from raw_mapped.touches order by touch_id"
    ) == [("1", 10), ("10", 23), ("20", 23)]
