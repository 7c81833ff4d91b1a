"""Events of a website as BigQuery exports them: nested, in several files, exported again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.exports.entities import ENTITIES
from tests.conftest import SHARED_DATA
from tests.exports.conftest import Company

FIXTURE = Path(__file__).parent / "fixtures/ga4/bigquery_events.json"
SOURCE = "sources:\n  - {reader: ga4}\n"
PAIRS = (
    "struct(key varchar, value struct(string_value varchar, int_value bigint, float_value double, "
    "double_value double))[]"
)
CAMPAIGN = "struct(source varchar, medium varchar, campaign_name varchar{0})"
NESTED = {
    "event_date": "varchar",
    "event_timestamp": "bigint",
    "event_name": "varchar",
    "event_params": PAIRS,
    "event_bundle_sequence_id": "bigint",
    "user_pseudo_id": "varchar",
    "user_properties": PAIRS,
    "device": "struct(category varchar, web_info struct(hostname varchar))",
    "geo": "struct(country varchar)",
    "traffic_source": "struct(name varchar, medium varchar, source varchar)",
    "collected_traffic_source": (
        "struct(manual_source varchar, manual_medium varchar, manual_campaign_name varchar)"
    ),
    "session_traffic_source_last_click": (
        f"struct(manual_campaign {CAMPAIGN.format('')}, cross_channel_campaign "
        f"{CAMPAIGN.format(', default_channel_group varchar, primary_channel_group varchar')})"
    ),
    "batch_page_id": "bigint",
    "batch_ordering_id": "bigint",
    "batch_event_index": "bigint",
}
"""Types of a daily table, as its Parquet export has them."""


def _rows(company: Company) -> list[tuple[Any, ...]]:
    names = ", ".join(column.name for column in ENTITIES["web_events"].columns)
    return company.rows(f"select {names} from raw_mapped.web_events order by all")


def _parquet(path: Path, query: str = "select * from events") -> None:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in NESTED.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"create view events as select * from read_json('{FIXTURE}', columns = {{{columns}}}, "
            "format = 'newline_delimited')"
        )
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def test_parquet_and_json_lines_of_one_table_are_the_same_rows(company: Company):
    company.map(SOURCE)
    shutil.copy(FIXTURE, company.settings.exports / "events_20250102.ndjson")
    company.load()
    as_json = _rows(company)
    (company.settings.exports / "events_20250102.ndjson").unlink()
    _parquet(company.settings.exports / "events_20250102.parquet")
    report = company.load()
    assert len(as_json) == 3
    assert _rows(company) == as_json
    assert (report.totals["rows_read"], report.totals["rows_loaded"]) == (3, 3)


def test_shards_of_a_day_add_up_and_a_day_exported_again_replaces_itself(company: Company):
    company.map(SOURCE)
    exports = company.settings.exports
    _parquet(exports / "events-0.parquet", "from events where event_name = 'page_view'")
    _parquet(exports / "events-1.parquet", "from events where event_name <> 'page_view'")
    company.load()
    assert company.rows("select count(*) from raw_mapped.web_events") == [(3,)]
    _parquet(
        exports / "events-2.parquet",
        "select * replace ({'category': 'tablet', 'web_info': null} as device) from events",
    )
    report = company.load()
    assert company.rows("select device, count(*) from raw_mapped.web_events group by 1") == [
        ("tablet", 3)
    ]
    totals = report.totals
    assert (totals["rows_read"], totals["rows_loaded"], totals["rows_superseded"]) == (6, 3, 3)


def test_an_event_without_a_time_is_kept_back_with_its_place(company: Company):
    company.map(SOURCE)
    company.write("e.jsonl", FIXTURE.read_text().replace('"1735776005000000"', '"soon"'))
    totals = company.load().totals
    assert (totals["rows_read"], totals["rows_loaded"], totals["rows_quarantined"]) == (3, 2, 1)
    assert company.quarantined() == [
        (3, "event_at", "soon", "not a time in ISO form or in epoch_us")
    ]


def test_a_key_that_is_there_twice_counts_once_and_one_with_a_quote_is_a_key(company: Company):
    company.write(
        "people.jsonl",
        '{"id": 1, "p": [{"key": "a\'b", "value": 1}, {"key": "a\'b", "value": 2}]}\n'
        '{"id": 2, "p": [{"key": "x", "value": "no"}]}\n{"id": 3, "p": []}\n{"id": 4}\n',
    )
    company.map(
        "files:\n  - {name: people, pattern: people.jsonl, entity: people, columns: "
        "{person_id: id, segment: \"p[a'b]\", region: 'p[x]'}}\n"
    )
    company.load()
    assert company.rows("select person_id, segment, region from raw_mapped.people order by 1") == [
        ("1", "1", None), ("2", None, "no"), ("3", None, None), ("4", None, None),
    ]  # fmt: skip


def test_the_real_event_table_of_a_replica_is_read_whole(company: Company):
    folder = SHARED_DATA / "fivetran_seeds" / "dbt_ga4_export"
    if not folder.is_dir():
        pytest.skip(f"the real exports are not beside the project: {folder} is absent")
    company.map(SOURCE)
    config = company.settings.exports / "exports.yaml"
    company.settings = replace(company.settings, exports=folder, config=config)
    report = company.load()
    with duckdb.connect() as connection:
        expected = connection.execute(
            f"select count(*), min(timestamp), max(timestamp) from '{folder}/event_data.csv'"
        ).fetchall()
    assert report.totals["rows_read"] == expected[0][0]
    assert (
        company.rows("select count(*), min(event_at), max(event_at) from raw_mapped.web_events")
        == expected
    )
