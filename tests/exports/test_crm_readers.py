"""Each shape that a reader knows, read from a file of that shape and compared whole."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.checking import check_file, describe
from orchestration.exports.entities import ENTITIES
from orchestration.exports.errors import LoadFailed, MappingError
from orchestration.exports.mapping import read_yaml
from orchestration.exports.reader_model import Shape, readers
from tests.conftest import SHARED_DATA
from tests.exports.conftest import Company

FIXTURES = Path(__file__).parent / "fixtures"
HEAD = """\
version: 1
company: Test company
source: test
time_zone: Europe/Berlin
currency: EUR
as_of: 2026-01-01T00:00:00Z
max_quarantine_rate: 0
stages:
  - name: Open
    order: 10
    outcome: open
    spellings: [in progress, Prospecting, qualifiedtobuy, "11"]
  - {name: Won, order: 90, outcome: won, spellings: [Closed Won, closedwon, "12"]}
  - {name: Lost, order: 91, outcome: lost}
"""
EXPECTED = {
    reader.system: read_yaml(path)
    for reader in readers()
    if (path := FIXTURES / reader.system / "expected.yaml").is_file()
}
SHAPES = {
    (reader.system, shape.name): shape
    for reader in readers()
    if reader.system in EXPECTED
    for shape in reader.shapes
}
# A shape that comes in several forms has a file of each: leads.csv, leads.replica.csv.
FILES = [
    pytest.param(system, name, id=f"{system}-{name}")
    for system, names in EXPECTED.items()
    for name in names
]


def _rows(company: Company, entity: str) -> list[dict[str, str]]:
    """The canonical rows as text, without their empty columns."""
    names = [column.name for column in ENTITIES[entity].columns]
    columns = ", ".join(f'"{name}"::varchar' for name in names)
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in company.rows(f"select {columns} from raw_mapped.{entity} order by all")
    ]


def _read(company: Company, path: Path, reader: str) -> Any:
    company.write(path.name, path.read_bytes())
    is_silent = reader.endswith("_ads") and b"(GBP)" not in path.read_bytes()
    stated = ", currency: USD" if is_silent else ""
    stated += ", base: EUR" if reader == "fx_rates" else ""
    company.map(f"sources:\n  - {{reader: {reader}{stated}}}\n", HEAD)
    report = company.load()
    for load in report.file_loads:
        assert load.rows_read == (
            load.rows_loaded + load.rows_quarantined + load.rows_superseded + load.rows_filtered
        )
    return report


def _file(system: str, name: str) -> tuple[Path, Shape]:
    (path,) = (path for path in (FIXTURES / system).iterdir() if path.stem == name)
    return path, SHAPES[system, name.partition(".")[0]]


@pytest.mark.parametrize(("system", "name"), FILES)
def test_a_file_of_each_shape_becomes_its_rows(company: Company, system: str, name: str):
    path, shape = _file(system, name)
    expected = EXPECTED[system][name]
    if "refused" in expected:
        # Every row is kept back, and so many stop the load.
        with pytest.raises(LoadFailed, match=re.escape(expected["refused"])):
            _read(company, path, system)
        return
    report = _read(company, path, system)
    # One look at all tables: opening the warehouse for each costs a second.
    filled = company.rows(
        "select table_name from duckdb_tables() "
        "where schema_name = 'raw_mapped' and estimated_size > 0"
    )
    assert {name: _rows(company, name) for (name,) in filled} == {
        entity: sorted(rows, key=lambda row: list(row.values()))
        for entity, rows in expected.items()
    }
    assert report.totals["rows_quarantined"] == 0
    if not shape.entries:
        (unmatched,) = report.unmatched_files
        assert unmatched.reason.startswith("known as ")
        assert unmatched.reason.endswith(shape.how.en)
    else:
        assert report.unmatched_files == ()


@pytest.mark.parametrize(("system", "name"), FILES)
def test_no_other_shape_takes_a_file_of_it(tmp_path: Path, system: str, name: str):
    path, shape = _file(system, name)
    (check,) = check_file(path, None, path.parent, tmp_path)
    assert check.claim is not None, check.reason
    assert (check.claim.reader.system, check.claim.shape.name) == (system, shape.name)


def test_every_file_of_a_shape_has_the_rows_it_becomes():
    for system, names in EXPECTED.items():
        files = {path.stem for path in (FIXTURES / system).iterdir()}
        assert files == {*names, "expected"}, system


def _real(folder: str) -> Path:
    path = SHARED_DATA / folder
    if not path.is_dir():
        pytest.skip(f"the real exports {folder} are not beside the project: {path} is absent")
    return path


@pytest.mark.parametrize(
    ("kind", "entity", "rows"),
    [("companies", "accounts", 2), ("contacts", "people", 2), ("deals", "opportunities", 2)],
)
def test_real_pages_of_the_hubspot_api_are_read(
    company: Company, kind: str, entity: str, rows: int
):
    pages = json.loads((_real("hubspot") / "api_v3_mock_responses.json").read_text())
    for name, page in pages.items():
        if name.startswith(f"mock_{kind}_") and "results" in page and "id" in page["results"][0]:
            company.write(f"{name}.json", json.dumps(page))
    company.map("sources:\n  - {reader: hubspot}\n", HEAD)
    report = company.load()
    assert report.unmatched_files == ()
    ids = {row[next(iter(row))] for row in _rows(company, entity)}
    assert len(ids) == rows
    assert all(id_.startswith("hubspot:") for id_ in ids)


def test_deals_that_lack_everything_are_read_and_said_to_lack_it(company: Company):
    _read(company, _real("fivetran_seeds/dbt_hubspot") / "deal_data.csv", "hubspot")
    assert company.rows(
        "select count(*), count(amount), count(close_date), count(created_at), "
        "count(*) filter (stage = '__unmapped__') from raw_mapped.opportunities"
    ) == [(44, 0, 0, 44, 44)]
    assert company.rows("select source_value, row_count from raw_meta.value_map_use") == [
        ("(no stage)", 44)
    ]


def test_deals_that_are_all_deleted_are_read_and_said_to_be(company: Company, tmp_path: Path):
    path = _real("fivetran_seeds/dbt_salesforce") / "sf_opportunity_data.csv"
    _read(company, path, "salesforce")
    assert company.rows(
        "select count(*), count(*) filter (is_deleted) from raw_mapped.opportunities"
    ) == [(10, 10)]
    lines = list(describe(check_file(path, None, path.parent, tmp_path)[0]))
    assert "    10 of 10 rows are deleted: they stay and count nowhere" in lines


def test_a_deal_that_the_stream_says_is_deleted_is_so_whatever_arrives_later(company: Company):
    """The page of deals is the newer file, and holds the older version."""
    for age, name in ((2, "deal_stream.jsonl"), (1, "deals.json")):
        path = company.write(name, (FIXTURES / "zendesk_sell" / name).read_bytes())
        os.utime(path, (1_750_000_000 - age, 1_750_000_000 - age))
    company.map("sources:\n  - {reader: zendesk_sell}\n", HEAD)
    company.load()
    assert company.rows("select opportunity_id, is_deleted from raw_mapped.opportunities") == [
        ("zendesk_sell:5", True)
    ]


def test_a_lead_and_a_contact_of_one_number_are_two_people_of_sell(company: Company):
    """They are counted apart there. Wrong: one person with the activities of both."""

    def page(name: str, *records: dict[str, Any]) -> None:
        company.write(f"{name}.json", json.dumps({"items": [{"data": one} for one in records]}))

    at = "2025-01-11T08:00:00Z"
    page("leads", {"id": 7, "organization_name": "Made Up", "status": "New", "updated_at": at})
    page("contacts", {"id": 7, "is_organization": False, "contact_id": 4, "updated_at": at})
    page("deals", {"id": 5, "stage_id": 12, "value": "1", "contact_id": 7})
    page("lead_conversions", {"id": 1, "lead_id": 8, "individual_id": 7})
    both = [{"resource_type": kind, "resource_id": 7} for kind in ("lead", "contact")]
    page(
        "calls", *({"id": 10 + n, "made_at": at, "user_id": 1} | who for n, who in enumerate(both))
    )
    page(
        "texts", *({"id": 20 + n, "sent_at": at, "user_id": 1} | who for n, who in enumerate(both))
    )
    page("visits", *({"id": 30 + n, "visited_at": at} | who for n, who in enumerate(both)))
    page(
        "notes",
        *(
            {"id": 40 + n, "content": "x", "creator_id": 1, "created_at": at} | who
            for n, who in enumerate(both)
        ),
    )
    page(
        "tasks",
        *(
            {"id": 50 + n, "completed": True, "completed_at": at} | who
            for n, who in enumerate(both)
        ),
    )
    company.write(
        "lead_stream.jsonl",
        '{"items": [{"data": {"id": 7, "status": "New"}, "meta": {"event_time": "2025-01-10"}}]}',
    )
    company.map("sources:\n  - {reader: zendesk_sell}\n", HEAD)
    assert company.load().unmatched_files == ()
    lead, contact = "zendesk_sell:lead:7", "zendesk_sell:contact:7"
    assert company.rows("select person_id, stage from raw_mapped.people order by 1") == [
        (contact, None),
        (lead, "lead"),
    ]
    assert company.rows(
        "select person_id, string_agg(activity_id, ' ' order by activity_id) "
        "from raw_mapped.activities group by 1 order by 1"
    ) == [
        (contact, " ".join(f"zendesk_sell:{tens}1" for tens in range(1, 6))),
        (lead, " ".join(f"zendesk_sell:{tens}0" for tens in range(1, 6))),
    ]
    assert company.rows("select person_id from raw_mapped.opportunities") == [(contact,)]
    assert company.rows("select person_id from raw_mapped.lead_stage_events") == [(lead,)]
    assert company.rows("select merged_id, surviving_id from raw_mapped.merges") == [
        (contact, "zendesk_sell:lead:8")
    ]


@pytest.mark.parametrize("is_exported", [True, False])
def test_what_is_said_of_an_organization_of_sell_is_its_accounts(
    company: Company, is_exported: bool
):
    """It is a contact there. Wrong: a person of its number, with its notes and deals."""
    at = "2025-01-11T08:00:00Z"
    of = {"resource_type": "contact", "resource_id": 4, "updated_at": at}
    pages = {
        "calls": {"id": 1, "made_at": at, "user_id": 1},
        "texts": {"id": 2, "sent_at": at, "user_id": 1},
        "visits": {"id": 3, "visited_at": at},
        "notes": {"id": 4, "content": "x", "creator_id": 1, "created_at": at},
        "tasks": {"id": 5, "completed": True, "completed_at": at},
    }
    for name, record in pages.items():
        company.write(f"{name}.json", json.dumps({"items": [{"data": record | of}]}))
    deal = {"id": 7, "stage_id": 12, "value": "1", "contact_id": 4, "organization_id": 4}
    company.write("deals.json", json.dumps({"items": [{"data": deal}]}))
    for name in ("export_deals.csv", "export_notes.csv", "export_tasks.csv"):
        text = (FIXTURES / "zendesk_sell" / name).read_text()
        text = text.replace(",Lead,1,", ",Contact,4,").replace(",Contact,3,", ",Contact,4,")
        company.write(name, text)
    if is_exported:
        company.write("contacts.json", (FIXTURES / "zendesk_sell" / "contacts.json").read_bytes())
    company.map("sources:\n  - {reader: zendesk_sell}\n", HEAD)
    assert company.load().unmatched_files == ()
    account, person = "zendesk_sell:4", "zendesk_sell:contact:4"
    links = (None, account) if is_exported else (person, None)
    assert company.rows(
        "select person_id, account_id, count(*) from raw_mapped.activities "
        "where opportunity_id is null group by all"
    ) == [(*links, 7)]
    assert company.rows(
        "select person_id, account_id from raw_mapped.opportunities "
        "where opportunity_id <> 'zendesk_sell:5' order by opportunity_id"
    ) == [links, (links[0], account)]


@pytest.mark.parametrize("system", ["zendesk_sell", "other"])
def test_an_own_list_of_people_of_sell_says_their_kind(company: Company, system: str):
    company.write("own.csv", "lead,reason\n7,student\n")
    mapping = (
        f"sources:\n  - {{reader: zendesk_sell, source: other}}\n"
        f"files:\n  - name: own\n    pattern: own.csv\n    entity: people\n    source: {system}\n"
        "    columns: {person_id: {column: lead%s}, not_a_prospect_reason: reason}\n"
    )
    company.map(mapping % "", HEAD)
    with pytest.raises(MappingError, match=rf"a lead and a contact of {system} may have the same"):
        company.load()
    company.map(mapping % ", kind: lead", HEAD)
    company.load()
    assert company.rows("select person_id from raw_mapped.people") == [(f"{system}:lead:7",)]


def test_links_of_a_replica_say_whose_a_deal_and_an_activity_are(company: Company):
    """Tables of their own link them; a record that none links has no link and is no unknown id."""
    for path in (FIXTURES / "hubspot").glob("replica_*_*.csv"):
        if path.stem.startswith(("replica_deal_co", "replica_engagement_")):
            company.write(path.name, path.read_bytes())
    for name in ("api_deals.replica.csv", "api_calls.replica.csv", "replica_engagements.csv"):
        lines = (FIXTURES / "hubspot" / name).read_text()
        # Newer replicas name the primary company, older ones do not.
        company.write(name, lines.replace("property_hs_primary_associated_company", "property_x"))
    company.map("sources:\n  - {reader: hubspot}\n", HEAD)
    report = company.load()
    assert company.rows(
        "select opportunity_id, account_id, person_id from raw_mapped.opportunities order by 1"
    ) == [("hubspot:5", "hubspot:9", "hubspot:1"), ("hubspot:6", None, None)]
    assert company.rows(
        "select activity_id, person_id, account_id, opportunity_id from raw_mapped.activities "
        "order by 1"
    ) == [
        ("hubspot:70", "hubspot:1", "hubspot:9", "hubspot:5"),
        ("hubspot:74", None, None, None),
        ("hubspot:75", None, None, None),
    ]
    assert {(use.column, use.source_value) for use in report.unmapped} == {("stage", "(no stage)")}
