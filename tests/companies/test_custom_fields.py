"""Fields of a company's own, from its exports through the real models to KPIs and pages.

Nothing but the mapping knows them: no model, no definition and no page names one.
"""

from __future__ import annotations

import html

import duckdb
import pytest

from orchestration import pipeline
from orchestration.settings import Settings
from tests.conftest import open_published, published

HEAD = """\
version: 1
company: Custom company
source: crm
time_zone: Europe/Berlin
currency: EUR
as_of: 2025-07-01T00:00:00Z
stages:
  - {name: Open, order: 10, outcome: open, qualified: true}
  - {name: Won, order: 90, outcome: won}
  - {name: Lost, order: 91, outcome: lost}
"""
HOSTILE_HEADER = "Vertical__c'); drop table raw_mapped.people; --"
CONFIG = (
    HEAD
    + """\
files:
  - name: people
    pattern: people.csv
    entity: people
    columns: {person_id: id, created_at: created, channel: {constant: event}, email: mail,
      merged_into_id: merged into}
    custom:
      vertical:
        column: "HOSTILE"
        values: {mfg: Manufacturing}
        dimension: true
        label: {en: "Vertical <b>&", zh: 行业}
      event_score: {column: Score, type: number}
      contacted_by: Contact
  - name: stages
    pattern: stages.csv
    entity: lead_stage_events
    columns: {person_id: id, stage: stage, entered_at: entered}
  - name: deals
    pattern: deals.csv
    entity: opportunities
    columns: {opportunity_id: id, stage: stage, amount: amount, close_date: closed,
      created_at: created, order_type: {constant: new}}
    custom:
      deal_band: {column: amount, bands: {0: small, 1000: large}, dimension: true}
      note: {column: note, dimension: true, optional: true}
      sold_by: {constant: "partner's"}
      first_call: {column: call, type: date, date_format: "%d.%m.%Y"}
  - name: accounts
    pattern: accounts.csv
    entity: accounts
    columns: {account_id: id, account_name: name}
    custom: {tier: {column: tier, default: none stated}}
""".replace("HOSTILE", HOSTILE_HEADER)
)
LONG = "x" * 10_000
PEOPLE = (
    f'id,created,mail,"{HOSTILE_HEADER}",Score,Contact,merged into\n'
    "p1,2025-05-02,a@one.example,mfg,7,ann@own.example,\n"
    'p2,2025-05-03,b@two.example,"it\'s; drop table x",2.50,Ben,\n'
    "p3,2025-05-04,c@three.example,,,,\n"
    "p4,2025-05-05,a@one.example,Retail,9,,\n"
    f"p5,2025-05-06,d@four.example,{LONG},1,,\n"
)
DEALS = (
    "id,stage,amount,closed,created,note,call\n"
    "d1,Won,900,2025-06-10,2025-05-10,,31.05.2025\n"
    "d2,Won,1000,2025-06-11,2025-05-11,=cmd(),\n"
    'd3,Lost,-5,2025-06-12,2025-05-12,"say ""hi""",01.06.2025\n'
    "d4,Open,,,2025-05-13,<script>alert(1)</script>,\n"
)
STAGES = (
    "id,stage,entered\np1,sql,2025-05-20 10:00\np2,sql,2025-05-21 10:00\n"
    "p2,recycled,2025-05-22 10:00\n"
)
ACCOUNTS = "id,name,tier\na1,One,gold\na2,Two,\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    exports = tmp_path_factory.mktemp("custom-exports")
    for name, content in (
        ("exports.yaml", CONFIG),
        ("people.csv", PEOPLE),
        ("stages.csv", STAGES),
        ("deals.csv", DEALS),
        ("accounts.csv", ACCOUNTS),
    ):
        (exports / name).write_text(content, encoding="utf-8")
    return published(tmp_path_factory.mktemp("custom"), exports, exports / "exports.yaml")


@pytest.fixture(scope="module")
def marts(home: Settings) -> duckdb.DuckDBPyConnection:
    return open_published(home)


def field(name: str) -> str:
    return f"json_extract_string(custom_fields, '{name}')"


def members(marts: duckdb.DuckDBPyConnection, metric: str, dimension: str) -> list[tuple]:
    return marts.execute(
        "select dimension_value, numerator, denominator from marts.kpi_values "
        f"where metric_id = '{metric}' and dimension = '{dimension}' and period_grain = 'all' "
        "order by 1"
    ).fetchall()


def test_each_mart_carries_the_fields_of_its_records(marts: duckdb.DuckDBPyConnection):
    assert marts.execute(
        f"select opportunity_id, {field('deal_band')}, {field('note')}, {field('sold_by')}, "
        f"{field('first_call')} from marts.fct_opportunities order by 1"
    ).fetchall() == [
        ("d1", "small", None, "partner's", "2025-05-31"),
        ("d2", "large", "=cmd()", "partner's", None),
        ("d3", "__unmapped__", 'say "hi"', "partner's", "2025-06-01"),
        ("d4", None, "<script>alert(1)</script>", "partner's", None),
    ]
    assert marts.execute(
        f"select account_id, {field('tier')} from marts.dim_account order by 1"
    ).fetchall() == [("a1", "gold"), ("a2", "none stated")]
    assert marts.execute(
        f"select distinct {field('deal_band')} from marts.fct_bookings order by 1"
    ).fetchall() == [("large",), ("small",)]


def test_a_merged_person_has_the_fields_of_the_record_that_survives(
    marts: duckdb.DuckDBPyConnection,
):
    people = marts.execute(
        f"select person_id, surviving_person_id, {field('vertical')}, {field('event_score')} "
        "from marts.dim_person where person_id <> 'p5' order by 1"
    ).fetchall()
    assert people == [
        ("p1", "p1", "Manufacturing", "7"),
        ("p2", "p2", "it's; drop table x", "2.5"),
        ("p3", "p3", None, None),
        ("p4", "p1", "Retail", "9"),
    ]
    assert marts.execute(
        f"select person_id, {field('vertical')} from marts.fct_lead_cycles "
        "where person_id <> 'p5' order by 1"
    ).fetchall() == [("p1", "Manufacturing"), ("p2", "it's; drop table x"), ("p3", None)]
    ((length,),) = marts.execute(
        f"select length({field('vertical')}) from marts.dim_person where person_id = 'p5'"
    ).fetchall()
    assert length == 10_000


def test_an_address_in_a_custom_field_is_published_as_a_hash(marts: duckdb.DuckDBPyConnection):
    ((hashed, name),) = marts.execute(
        f"select max({field('contacted_by')}) filter (where person_id = 'p1'), "
        f"max({field('contacted_by')}) filter (where person_id = 'p2') from marts.dim_person"
    ).fetchall()
    assert (len(hashed), name) == (64, "Ben")


def test_fields_called_dimensions_slice_the_kpis_of_people_and_of_deals(
    marts: duckdb.DuckDBPyConnection,
):
    assert members(marts, "lead_count", "vertical") == [
        ("Manufacturing", 1, None),
        ("__missing__", 1, None),
        ("__unmapped__", 1, None),
        ("it's; drop table x", 1, None),
    ]
    assert members(marts, "sql_count", "vertical") == [
        ("Manufacturing", 1, None),
        ("it's; drop table x", 1, None),
    ]
    assert members(marts, "sql_to_opp_rate", "vertical") == [
        ("Manufacturing", 0, 1),
        ("it's; drop table x", 0, 1),
    ]
    assert members(marts, "win_rate", "deal_band") == [
        ("__unmapped__", 0, 1),
        ("large", 1, 1),
        ("small", 1, 1),
    ]
    assert members(marts, "sales_revenue", "deal_band") == [
        ("large", 1000, None),
        ("small", 900, None),
    ]
    sliced = marts.execute(
        "select dimension, list(distinct metric_id order by metric_id) from marts.kpi_values "
        "where dimension in ('vertical', 'deal_band', 'note', 'sold_by', 'tier') "
        "group by 1 order by 1"
    ).fetchall()
    by_name = dict(sliced)
    assert sorted(by_name) == ["deal_band", "note", "vertical"]
    assert by_name["deal_band"] == by_name["note"]
    assert {"sales_revenue", "win_rate", "opportunity_count"} <= set(by_name["note"])
    assert {
        "lead_count",
        "lead_to_customer_rate",
        "recycled_count",
        "sql_count",
        "sql_to_opp_rate",
        "untimed_stage_rate",
    } <= set(by_name["vertical"])
    assert not set(by_name["vertical"]) & set(by_name["note"])


def test_the_definitions_list_the_dimension_and_stay_the_same_definitions(
    marts: duckdb.DuckDBPyConnection, worked_examples: duckdb.DuckDBPyConnection
):
    hashes = "select metric_id, definition_hash from marts.metric_definitions where metric_id = "
    for metric in ("win_rate", "lead_count"):
        query = f"{hashes}'{metric}'"
        assert marts.execute(query).fetchall() == worked_examples.execute(query).fetchall()
    ((dimensions,),) = marts.execute(
        "select dimensions from marts.metric_definitions where metric_id = 'lead_count'"
    ).fetchall()
    assert dimensions.split(", ")[-1] == "vertical"


def test_pages_show_the_dimension_by_its_label(home: Settings):
    docs = home.published / "current" / "docs"
    english = (docs / "en" / "kpi" / "lead_count.html").read_text(encoding="utf-8")
    chinese = (docs / "zh" / "kpi" / "lead_count.html").read_text(encoding="utf-8")
    deals = (docs / "zh" / "kpi" / "sales_revenue.html").read_text(encoding="utf-8")
    assert f"By {html.escape('Vertical <b>&')}" in english
    assert "Vertical <b>" not in english
    assert "按行业" in chinese
    # Without a label it is called as the mapping calls it.
    assert "按deal_band" in deals
    assert "<script>alert" not in deals


def test_another_configuration_needs_no_other_code(home: Settings):
    """The same warehouse again, with a dimension more: dbt does not parse again."""
    settings = home
    parsed = (settings.dbt_target / "manifest.sha256").stat().st_mtime_ns
    config = settings.exports / "exports.yaml"
    before = config.read_text(encoding="utf-8")
    try:
        config.write_text(
            before.replace("type: number}", "type: number, dimension: true}"), encoding="utf-8"
        )
        pipeline.load(settings, "again")
        pipeline.build(settings).raise_for_status()
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            scores = connection.execute(
                "select dimension_value, value from marts.kpi_values where dimension = "
                "'event_score' and metric_id = 'lead_count' and period_grain = 'all' order by 1"
            ).fetchall()
    finally:
        config.write_text(before, encoding="utf-8")
    assert scores == [("1", 1), ("2.5", 1), ("7", 1), ("__missing__", 1)]
    assert (settings.dbt_target / "manifest.sha256").stat().st_mtime_ns == parsed
