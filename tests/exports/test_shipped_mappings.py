"""The mappings that ship: the demo company, and two real companies where their files are."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration import warehouse
from orchestration.exports.entities import ENTITIES
from orchestration.settings import PROJECT_ROOT, Settings

SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"


def _load(tmp_path: Path, name: str) -> tuple[warehouse.LoadReport, duckdb.DuckDBPyConnection]:
    exports = SHARED_DATA / name
    if not exports.is_dir():
        pytest.skip(f"the real exports {name} are not beside the project: {exports} is absent")
    config = PROJECT_ROOT / "examples" / name / "exports.yaml"
    settings = Settings.load({}, home=tmp_path, exports=exports, config=config)
    report = warehouse.load_exports(settings, "run-1")
    return report, duckdb.connect(str(settings.warehouse), read_only=True)


def test_the_demo_company_is_read_whole_but_for_the_row_that_was_cut_off(tmp_path: Path):
    settings = warehouse.resolve_exports(Settings.load({}, home=tmp_path))
    report = warehouse.load_exports(settings, "run-1")
    # Nobody at the demo company submits forecasts or decides on matches; it has no shop, and its
    # website is known by daily reports.
    assert {load.entity for load in report.file_loads} == set(ENTITIES) - {
        "forecast_submissions",
        "match_decisions",
        "orders",
        "web_events",
    }
    totals = report.totals
    assert totals["rows_read"] == sum(
        totals[kind]
        for kind in ("rows_loaded", "rows_superseded", "rows_quarantined", "rows_filtered")
    )
    assert report.unmapped == ()
    (cut_off,) = report.quarantine_examples
    assert cut_off.file == "hubspot/hubspot-crm-exports-all-contacts-2026-06-15.csv"
    assert "fields where the header has" in cut_off.reason


def test_maven_deals_all_land_and_the_misspelt_product_is_mended(tmp_path: Path):
    report, raw = _load(tmp_path, "maven_crm")
    assert report.totals == {
        "files": 4,
        "rows_read": 8927,
        "rows_loaded": 8927,
        "rows_quarantined": 0,
        "rows_superseded": 0,
        "rows_filtered": 0,
        "rows_footer": 0,
    }
    assert raw.execute(
        "select stage, count(*), sum(amount)::integer from raw_mapped.opportunities "
        "group by 1 order by 1"
    ).fetchall() == [
        ("Engaging", 1589, None),
        ("Lost", 2473, None),
        ("Prospecting", 500, None),
        ("Won", 4238, 10005534),
    ]
    assert [
        (use.source_value, use.mapped_value, use.row_count) for use in report.mapped_values
    ] == [("GTXPro", "GTX Pro", 1480)]
    assert raw.execute(
        "select count(*), sum(amount)::integer from raw_mapped.opportunities "
        "inner join raw_mapped.products using (product_id)"
    ).fetchall() == [(8800, 10005534)]
    assert raw.execute(
        "select owners.region, sum(amount)::integer from raw_mapped.opportunities "
        "inner join raw_mapped.owners using (owner_id) where stage = 'Won' group by 1 order by 2"
    ).fetchall() == [("East", 3090594), ("Central", 3346293), ("West", 3568647)]


def test_olist_leads_keep_their_origin_and_every_deal_its_seller(tmp_path: Path):
    report, raw = _load(tmp_path, "olist_funnel")
    assert report.totals == {
        "files": 3,
        "rows_read": 21621,
        "rows_loaded": 21621,
        "rows_quarantined": 0,
        "rows_superseded": 0,
        "rows_filtered": 0,
        "rows_footer": 0,
    }
    assert report.unmapped == ()
    assert raw.execute(
        "select channel, count(*), count(opportunity_id) from raw_mapped.people "
        "left join raw_mapped.opportunities using (person_id) group by 1 order by 2 desc"
    ).fetchall() == [
        ("organic_search", 2296, 271),
        ("paid_search", 1586, 195),
        ("social", 1350, 75),
        ("unknown", 1099, 179),
        ("direct", 499, 56),
        ("email", 493, 15),
        ("referral", 284, 24),
        ("other", 150, 4),
        ("display", 118, 6),
        ("other_publicities", 65, 3),
        (None, 60, 14),
    ]
    assert raw.execute(
        "select count(*) from raw_mapped.opportunities anti join raw_mapped.accounts "
        "using (account_id)"
    ).fetchall() == [(462,)]
    assert raw.execute(
        "select count(*) from (select owner_id from raw_mapped.owners group by 1 "
        "having count(distinct role) = 2)"
    ).fetchall() == [(13,)]
    assert raw.execute(
        "select count(*) from raw_mapped.opportunities inner join raw_mapped.people "
        "using (person_id) where closed_at < people.created_at"
    ).fetchall() == [(1,)]
