"""Stage history of systems that export only the stage of today, from daily pulls to the marts.

G14: a stage is reached for good, at its first entry. G11: what was before is read from what was
pulled then, never from today's records.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import pipeline
from orchestration.settings import Settings

HEAD = """\
version: 1
company: Snapshot company
source: crm
time_zone: UTC
currency: EUR
as_of: 2025-06-10T00:00:00Z
stages:
  - {name: New, order: 10, outcome: open, qualified: false}
  - {name: Proposal, order: 20, outcome: open, qualified: true}
  - {name: Won, order: 90, outcome: won}
  - {name: Lost, order: 91, outcome: lost}
"""
OWN_CRM = HEAD + (
    """\
files:
  - name: deals
    pattern: "deals*.csv"
    entity: opportunities
    columns: {opportunity_id: id, stage: stage, created_at: created, close_date: closed,
      amount: amount, account_id: id, order_type: {constant: new}}
  - name: people
    pattern: "people*.csv"
    entity: people
    columns:
      person_id: id
      created_at: created
      origin: {constant: marketing}
      stage: {column: status, values: {Contacted: mql, Talking: sql, Customer: null}}
  - name: moves
    pattern: moves.csv
    entity: opportunity_stage_events
    columns: {opportunity_id: deal, stage: to, entered_at: at}
"""
)
MOVES = "deal,to,at\nd8,New,2025-05-21T09:00:00Z\nd8,Proposal,2025-05-25T09:00:00Z\n"
PULLS = tuple(f"2025-06-0{day}T18:00:00Z" for day in (1, 2, 3))
# By deal: created, then at each pull the stage and the close date it states.
DEALS: dict[str, tuple[str, tuple[tuple[str, str] | None, ...]]] = {
    "d1": ("2025-05-20", (("New", ""), ("Proposal", ""), ("Won", ""))),
    "d2": ("2025-05-20", (("Proposal", ""), ("Proposal", ""), ("Lost", ""))),
    "d3": ("2025-06-02T09:00:00Z", (None, ("New", ""), ("Proposal", ""))),
    "d4": ("2025-06-02T09:00:00Z", (None, ("Proposal", ""), ("Proposal", ""))),
    "d5": ("2025-05-01", (("Lost", "2025-05-10"),) * 3),
    "d6": ("2025-05-20", (("New", ""), ("New", ""), ("Lost", ""))),
    "d7": ("2025-05-20", (("Proposal", ""), ("Won", "2025-06-02"), ("Won", "2025-06-02"))),
    "d8": ("2025-05-20", (("New", ""), ("Proposal", ""), ("Proposal", ""))),
    "d9": ("2025-05-20", (("New", ""), ("Proposal", ""), ("New", ""))),
    "d10": ("2025-05-20", (("Won", "2025-05-30"), ("Proposal", ""), ("Won", "2025-06-03"))),
    "d11": ("2025-05-20", (("New", ""), ("Geparkt", ""), ("Proposal", ""))),
    "d12": ("2025-05-20", (("Proposal", ""),) * 3),
}
PEOPLE = {
    "p1": ("2025-05-20", ("Lead", "Contacted", "Talking")),
    "p2": ("2025-06-02T09:00:00Z", (None, "Contacted", "Contacted")),
    "p3": ("2025-05-20", ("Contacted", "Contacted", "Talking")),
    "p4": ("2025-05-20", ("Lead", "Lead", "Customer")),
}


def day(number: int, month: int = 6) -> date:
    return date(2025, month, number)


EXPECTED_DEALS = [
    # deal, outcome, qualified on, imputed, closed on, from the pulls
    ("d1", "won", day(2), False, day(3), True),
    ("d2", "lost", day(20, 5), True, day(3), True),
    ("d3", "open", day(3), False, None, True),
    ("d4", "open", day(2), False, None, True),
    # Lost before the pulls began, when nobody could tell that it never qualified.
    ("d5", "lost", day(1, 5), True, day(10, 5), False),
    ("d6", "lost", None, False, day(3), True),
    ("d7", "won", day(20, 5), True, day(2), True),
    ("d8", "open", day(25, 5), False, None, False),
    ("d9", "open", day(2), False, None, True),
    ("d10", "won", day(2), False, day(3), True),
    ("d11", "open", day(3), False, None, True),
    ("d12", "open", day(20, 5), True, None, False),
]
EXPECTED_CYCLES = [
    # person, MQL on, imputed, SQL on, imputed, from the pulls
    ("p1", day(2), False, day(3), False, True),
    ("p2", day(2), False, None, False, True),
    ("p3", day(20, 5), True, day(3), False, True),
    ("p4", None, False, None, False, True),
]


def write(exports: Path, name: str, content: str, pulled: str) -> None:
    path = exports / name
    path.write_text(content, encoding="utf-8")
    at = datetime.fromisoformat(pulled).timestamp()
    os.utime(path, (at, at))


def pull(exports: Path, number: int, name: str) -> None:
    """The files of one day; ``name`` is what follows deals and people in theirs."""
    rows = "".join(
        f"{deal},{state[0]},{created},{state[1]},100\n"
        for deal, (created, states) in DEALS.items()
        if (state := states[number])
    )
    write(exports, f"deals{name}.csv", "id,stage,created,closed,amount\n" + rows, PULLS[number])
    rows = "".join(
        f"{person},{created},{states[number]}\n"
        for person, (created, states) in PEOPLE.items()
        if states[number]
    )
    write(exports, f"people{name}.csv", "id,created,status\n" + rows, PULLS[number])


def company(folder: Path, config: str) -> Settings:
    exports = folder / "exports"
    exports.mkdir()
    (exports / "exports.yaml").write_text(config, encoding="utf-8")
    write(exports, "moves.csv", MOVES, PULLS[0])
    return Settings.load({}, home=folder / "home", exports=exports)


def query(settings: Settings, statement: str) -> list[Any]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def kept(settings: Settings, order: Iterable[int]) -> None:
    """A file for each day stays in the folder; a load follows each delivery."""
    for number in order:
        pull(settings.exports, number, f"_{number}")
        pipeline.load(settings, f"run-{number}")


def overwritten(settings: Settings) -> None:
    """Each day's files take the place of the last; every load is run twice."""
    for number in range(len(PULLS)):
        pull(settings.exports, number, "")
        pipeline.load(settings, f"run-{number}")
        pipeline.load(settings, f"again-{number}")


@pytest.fixture(scope="module", params=["kept", "kept, oldest last", "overwritten"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = company(tmp_path_factory.mktemp("snapshots"), OWN_CRM)
    if request.param == "overwritten":
        overwritten(settings)
    else:
        kept(settings, (0, 1, 2) if request.param == "kept" else (1, 2, 0))
    pipeline.build(settings).raise_for_status()
    return settings


def test_deals_enter_stages_on_the_day_a_pull_first_shows_them(built: Settings):
    assert (
        query(
            built,
            "select opportunity_id, outcome, qualified_date, is_qualified_imputed, "
            "final_close_date, is_stage_history_observed from marts.fct_opportunities "
            "order by length(opportunity_id), opportunity_id",
        )
        == EXPECTED_DEALS
    )


def test_a_won_deal_seen_open_again_is_booked_undone_and_booked_again(built: Settings):
    assert query(
        built,
        "select event_type, booking_date, amount from marts.fct_bookings "
        "where opportunity_id = 'd10' order by booking_date",
    ) == [("win", day(1), 100), ("reopen", day(2), -100), ("win", day(3), 100)]
    assert query(
        built, "select reopened_count from marts.fct_opportunities where opportunity_id = 'd10'"
    ) == [(1,)]


def test_people_enter_stages_on_the_day_a_pull_first_shows_them(built: Settings):
    assert (
        query(
            built,
            "select person_id, mql_at::date, is_mql_imputed, sql_at::date, is_sql_imputed, "
            "is_stage_history_observed from marts.fct_lead_cycles order by 1",
        )
        == EXPECTED_CYCLES
    )


def test_a_handoff_that_only_a_pull_shows_has_no_clocks(built: Settings):
    assert query(
        built,
        "select distinct response_status, is_response_due, followup_status, decision_status, "
        "decided_at, decision_business_days from marts.fct_handoffs",
    ) == [("not_recorded", False, "not_recorded", "not_recorded", None, None)]


def test_one_pull_alone_says_nothing_that_its_records_do_not(tmp_path: Path):
    """The first pull changes no date: every deal has those of its own record. What another company
    of the same home was seen in, before the mapping named this one, is none of its history."""
    settings = company(tmp_path, OWN_CRM.replace("company: Snapshot company", "company: Trial"))
    pull(settings.exports, 1, "")
    pipeline.load(settings, "run-1")
    settings.config.write_text(OWN_CRM, encoding="utf-8")
    pull(settings.exports, 0, "")
    pipeline.load(settings, "run-0")
    assert query(
        settings,
        "select company_name, count(*) from raw_meta.stage_observations group by all order by 1",
    ) == [("Snapshot company", 13), ("Trial", 16)]
    pipeline.build(settings).raise_for_status()
    assert (
        query(
            settings,
            "select opportunity_id from marts.fct_opportunities where is_stage_history_observed",
        )
        == []
    )
    assert query(
        settings,
        "select qualified_date, is_qualified_imputed from marts.fct_opportunities "
        "where opportunity_id = 'd2'",
    ) == [(day(20, 5), True)]


def test_daily_lists_of_a_known_system_need_no_mapping(tmp_path: Path):
    """Pipedrive's list keeps the stage of a closed deal; its status says more."""
    config = HEAD + "sources: [{reader: pipedrive}]\n"
    settings = company(tmp_path, config)
    head = "Deal - ID,Deal - Title,Deal - Status,Deal - Stage,Deal - Deal created,Deal - Value\n"
    for number, states in enumerate(
        (("Open,New", "Open,Proposal"), ("Open,Proposal", "Lost,Proposal"), ("Won,Proposal", None))
    ):
        rows = "".join(
            f"{deal},Deal,{state},2025-05-20 09:00:00,100\n"
            for deal, state in enumerate(states, start=1)
            if state
        )
        write(settings.exports, f"deals-{number}.csv", head + rows, PULLS[number])
        pipeline.load(settings, f"run-{number}")
    pipeline.build(settings).raise_for_status()
    assert query(
        settings,
        "select opportunity_id, outcome, qualified_date, final_close_date, "
        "is_stage_history_observed from marts.fct_opportunities order by 1",
    ) == [
        ("pipedrive:1", "won", day(2), day(3), True),
        ("pipedrive:2", "lost", day(20, 5), day(2), True),
    ]
