"""A published version made by hand, whose numbers a reader can check on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.pages import build_site
from tests.pages.page import Page

KPI_VALUES = Path(__file__).parent / "kpi_values.csv"
HOSTILE = """<script>alert("1")</script>"><img src=x onerror='alert(2)'>"""

# metric_id, name_en, name_zh, unit, kind, date_basis, direction, dimensions
DEFINITIONS = (
    ("lead_count", "Leads", "线索数", "people", "count", "event", 1, "channel, origin"),
    ("lead_to_customer_rate", "Lead rate", "转化率", "ratio", "proportion", "cohort", 1, "origin"),
    ("open_pipeline_amount", "Open pipeline", "在途金额", "money", "sum", "snapshot", 1, "owner"),
    ("sales_cycle_days", "Sales cycle", "销售周期", "days", "median", "event", -1, "owner"),
    ("sales_revenue", "Revenue", "收入", "money", "sum", "event", 1, "owner, product"),
    ("win_rate_amount", "Win rate by amount", "金额赢单率", "ratio", "ratio", "event", 1, "owner"),
)


def _check(rule_id: str, table: str, **changes: object) -> dict[str, object]:
    return {
        "rule_id": rule_id,
        "table": table,
        "severity": "error",
        "invariant": None,
        "description_en": f"{rule_id} holds.",
        "description_zh": f"{rule_id} 成立。",
        "passed": True,
        "observed": 0.0,
        "unexpected_count": 0,
        "element_count": 9,
        "detail": "none found",
        **changes,
    }


def manifest() -> dict[str, Any]:
    """The manifest of the hand-made version: midnight in Berlin is still June in UTC."""
    warned = {"passed": False, "severity": "warning"}
    return {
        "version_id": "20260701T010000Z-abc",
        "created_at": "2026-07-01T01:00:00Z",
        "as_of": "2026-06-30 22:00:00",
        "company": f"Acme Demo {HOSTILE}",
        "reporting_currency": "EUR",
        "reporting_tz": "Europe/Berlin",
        "sources": [
            _source(f"javascript:{HOSTILE}.csv", "opportunities", 7, 3, 1, 1, 2),
            _source("people.csv", "people", 1300, 1300, 0, 0, 0),
        ],
        "totals": {
            "files": 2, "rows_read": 1307, "rows_loaded": 1303,
            "rows_quarantined": 1, "rows_superseded": 1, "rows_filtered": 2,
        },
        "unmapped": [
            {"entity": "people", "column": "channel", "source_value": HOSTILE, "row_count": 200}
        ],
        "marts": {"kpi_values": 35, "metric_definitions": len(DEFINITIONS)},
        "checks": [
            _check("kpi_values_key_is_unique", "kpi_values"),
            _check("kpi_lead_count_within_bounds", "kpi_values"),
            _check(
                "win_rate_amount_is_usual", "kpi_values", **warned,
                unexpected_count=16, detail=f"16 found; for example {HOSTILE}",
            ),
            _check(
                "no_row_is_in_quarantine", "kpi_values", **warned,
                unexpected_count=1, detail="1 found; for example deals.csv line 98",
            ),
            _check("every_deal_is_kept", "fct_opportunities"),
        ],
        "check_totals": {"passed": 3, "warned": 2, "failed": 0},
    }  # fmt: skip


def _source(file: str, entity: str, read: int, *counts: int) -> dict[str, object]:
    names = ("rows_loaded", "rows_quarantined", "rows_superseded", "rows_filtered")
    return {
        "file": file, "entity": entity, "sha256": "aa", "rows_read": read,
        **dict(zip(names, counts, strict=True)),
    }  # fmt: skip


def write_analytics(path: Path) -> None:
    """``analytics.duckdb`` with the columns of the marts that the pages read."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.metric_definitions (
                metric_id varchar, metric_version integer, effective_from date,
                name_en varchar, name_zh varchar, definition_en varchar, definition_zh varchar,
                formula varchar, formula_zh varchar, unit varchar, date_basis varchar,
                kind varchar, direction varchar, window_days integer, parameters_in_force varchar,
                dimensions varchar,
                beside_metric_id varchar, quarrel_en varchar, quarrel_zh varchar,
                settlement_en varchar, settlement_zh varchar, owner_sales varchar,
                owner_marketing varchar, signed_sales_on date, signed_marketing_on date
            );
            create table marts.kpi_values (
                metric_id varchar, period_grain varchar, period_start_date date,
                dimension varchar, dimension_value varchar, numerator double,
                denominator double, value double, ci_low double, ci_high double,
                target_value double, is_mature boolean, low_n boolean, p90_value double
            );
            create table marts.fct_external_factors (
                factor_id varchar, name_en varchar, name_zh varchar, factor_type varchar,
                factor_type_source_value varchar, scope varchar, metric_ids varchar,
                is_hindsight boolean, is_rule_change boolean, start_date date, end_date date,
                signed_sales_on date, signed_marketing_on date
            );
            insert into marts.fct_external_factors values
                ('f1', 'Fair', '展会', 'event', 'fair', 'all', ' lead_count , mql_count',
                 false, false, '2025-06-10', '2025-06-12', null, null),
                ('f2', 'Downturn', null, 'economy', 'Downturn', 'channel=paid_search', null,
                 null, false, '2025-05-20', '2025-07-01', null, null),
                ('f3', 'Threshold', '门槛', 'rule_change', 'rule', 'all', 'lead_count',
                 true, true, '2026-05-01', null, '2026-04-28', null),
                ('f4', 'Tomorrow', null, 'outage', 'outage', 'all', null,
                 false, false, '2026-07-02', null, null, null);
            create table marts.campaign_performance (
                campaign varchar, channel varchar, first_cost_date date, last_cost_date date,
                program_cost double, lead_count bigint, mql_count bigint, customer_count bigint,
                won_amount double, cpl double, cost_per_customer double
            );
            create table marts.funnel_steps (
                period_grain varchar, period_start_date date, step varchar, step_order integer,
                from_stage varchar, to_stage varchar, window_days integer, entered_count bigint,
                converted_count bigint, late_conversion_count bigint, left_count bigint,
                stalled_count bigint, undecided_count bigint, conversion_rate double,
                ci_low double, ci_high double, median_days double, p90_days double,
                is_mature boolean, is_low_n boolean, is_low_n_of_days boolean
            );
            create table marts.sla_attainment (
                side varchar, promise varchar, metric_id varchar, period_grain varchar,
                period_start_date date, region varchar, segment varchar, team_id varchar,
                attainment_status varchar, limit_value double, promised_share double,
                committed_value double, committed_to_date double, delivered double,
                attainment double, pace double, n bigint, met_count bigint, late_count bigint,
                unanswered_count bigint, not_due_count bigint, other_origin_count bigint,
                unfit_count bigint, declined_count bigint, recycled_count bigint,
                unpromised_count bigint, median_minutes double, p90_minutes double, low_n boolean
            );
            insert into marts.sla_attainment by name
            select
                *, 'all' as segment, 'all' as team_id, false as low_n,
                case when promise = 'first_response' then 210 end as median_minutes,
                case when promise = 'first_response' then 660 end as p90_minutes
            from (
                values
                ('marketing', 'mql_volume', 'month', date '2026-06-01', 'all', 'missed', null,
                 null, 100.0, 100.0, 89.0, 0.89, 0.89, 95, 91, null, null, 0, 1, 1, 2, 12, 2),
                ('sales', 'first_response', 'month', date '2026-06-01', 'all', 'missed', 240.0,
                 0.9, 8.0, 8.0, 6.0, 0.75, 0.75, 8, 6, 1, 1, 1, null, null, null, null, null),
                ('sales', 'first_response', 'month', date '2026-06-01', 'North', 'missed', 240.0,
                 0.9, 5.0, 5.0, 4.0, 0.8, 0.8, 5, 4, 1, 0, 0, null, null, null, null, null),
                ('sales', 'first_response', 'month', date '2026-06-01', 'South', 'missed', 240.0,
                 0.9, 3.0, 3.0, 2.0, 2 / 3, 2 / 3, 3, 2, 0, 1, 1, null, null, null, null, null),
                ('sales', 'first_response', 'year', date '2026-01-01', 'all', 'open', 240.0,
                 0.9, 8.0, 8.0, 6.0, 0.75, 0.75, 8, 6, 1, 1, 1, null, null, null, null, null),
                ('sales', 'decision', 'month', date '2026-06-01', 'all', 'no_commitment', 2.0,
                 1.0, null, null, 3.0, null, null, 4, 3, 1, 0, 0, null, null, null, null, null)
            ) as promises (
                side, promise, period_grain, period_start_date, region, attainment_status,
                limit_value, promised_share, committed_value, committed_to_date, delivered,
                attainment, pace, n, met_count, late_count, unanswered_count, not_due_count,
                other_origin_count, unfit_count, declined_count, recycled_count,
                unpromised_count
            );
            create table marts.sla_breaches (
                lead_cycle_id varchar, promise varchar, breach_status varchar, owner_id varchar,
                region varchar, limit_value double, clock_start_at timestamp, due_at timestamp,
                answered_at timestamp, business_minutes_over double, record_url varchar
            );
            insert into marts.sla_breaches values
                ('c1', 'first_response', 'late', 'o2', 'North', 240, '2026-06-03 08:00:00',
                 '2026-06-03 12:00:00', '2026-06-03 13:01:00', 61, null),
                ('c2', 'first_response', 'overdue', 'o1', 'South', 240, '2026-06-26 08:00:00',
                 '2026-06-26 12:00:00', null, 1260, 'https://crm.example/people/2');
            create table marts.red_flags (
                red_flag_id varchar, flag varchar, owner_team varchar, metric_id varchar,
                period_grain varchar, period_start_date date, dimension varchar,
                dimension_value varchar, observed_value double, limit_value double,
                compared_value double, case_count double, record_ids varchar, is_open boolean
            );
            insert into marts.red_flags values
                ('a', 'RF2', 'sales', 'win_rate', 'month', '2026-06-01', 'owner', 'o1', 0.5, 0.8,
                 null, 40, null, true),
                ('b', 'RF2', 'sales', 'win_rate', 'month', '2026-06-01', 'all', 'all', 0.75, 0.8,
                 null, 20, null, true),
                ('c', 'RF2', 'sales', 'win_rate', 'month', '2026-05-01', 'all', 'all', 0.6, 0.8,
                 null, 20, null, false),
                ('d', 'RF1', 'both', 'win_rate', 'quarter', '2026-04-01', 'region', 'North', 0.3,
                 0.36, 0.45, 25, null, true),
                ('e', 'RF2', 'sales', 'lead_count', 'month', '2026-06-01', 'all', 'all', 2, 0,
                 null, 2, 'c1, c2', true);
            insert into marts.red_flags
            select concat('f', range), 'RF11', 'operations', 'win_rate', 'month', '2026-06-01',
                'segment', concat('s', range), 0.2, 0.1, null, 100 - range, null, true
            from range(12);
            create table marts.dim_owner (owner_id varchar, owner_name varchar);
            create table marts.dim_product (product_id varchar, product_name varchar);
            create table marts.fct_lead_cycles (lead_date date, mql_credited_date date);
            create table marts.fct_opportunities (created_date date, final_close_date date);
            create table marts.fct_bookings (booking_date date);
            insert into marts.fct_lead_cycles values ('2026-06-20', null);
            insert into marts.fct_opportunities values ('2025-01-05', '2026-06-28');
            insert into marts.dim_product values ('p1', 'Widget & Söhne');
            """
        )
        connection.execute("insert into marts.dim_owner values ('o1', ?)", [HOSTILE])
        connection.execute(
            """
            insert into marts.campaign_performance values
                ('Fair', 'event', '2025-06-01', '2025-08-31', 9000, 30, 12, 3, 45000, 300, 3000),
                ($1, 'paid_social', '2026-01-01', null, 20000, 40, 9, 0, 0, 500, null),
                ('Never ran', 'email', null, null, 0, 0, 0, 0, 0, null, null),
                ('__missing__', '__missing__', null, null, 0, 700, 90, 20, 1e6, 0, 0),
                ('__unallocated__', '__missing__', '2025-06-01', '2026-06-30', 5e4, 0, 0, 0, 0,
                 null, null)
            """,
            [HOSTILE],
        )
        connection.execute(
            """
            insert into marts.fct_external_factors
            values ('f5', $1, $1, '__unmapped__', $1, concat('channel=', $1), 'sales_revenue',
                false, false, '2026-06-15', null, null, null)
            """,
            [HOSTILE],
        )
        connection.execute(
            """
            insert into marts.kpi_values by name
            select * replace (
                case dimension_value when 'hostile' then ? else dimension_value end
                as dimension_value
            )
            from read_csv(?, header = true)
            """,
            [HOSTILE, str(KPI_VALUES)],
        )
        for metric_id, name_en, name_zh, unit, kind, basis, direction, dimensions in DEFINITIONS:
            wanted = "higher_is_better" if direction > 0 else "lower_is_better"
            for version in (1, 2):
                connection.execute(
                    """
                    insert into marts.metric_definitions by name
                    select
                        ? as metric_id, ? as metric_version, date '2026-01-01' as effective_from,
                        ? as name_en, ? as name_zh, ? as definition_en, '含义。' as definition_zh,
                        'a ÷ b' as formula, ? as unit, ? as kind, ? as date_basis,
                        ? as direction, ? as dimensions, 'Head of Sales' as owner_sales,
                        date '2026-01-02' as signed_sales_on
                    """,
                    [
                        metric_id, version, name_en, name_zh, f"Meaning, version {version}.",
                        unit, kind, basis, wanted, dimensions,
                    ],
                )  # fmt: skip


@pytest.fixture(scope="session")
def version_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version folder with its site, and stand-ins for what others write beside it."""
    folder = tmp_path_factory.mktemp("version")
    write_analytics(folder / "analytics.duckdb")
    build_site(folder / "analytics.duckdb", folder / "docs", manifest())
    others = ["manifest.json", "docs/checks/index.html", "docs/dbt/index.html"]
    others += [
        f"{kind}/{mart}.{kind}" for kind in ("csv", "parquet") for mart in manifest()["marts"]
    ]
    for name in others:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.fixture(scope="session")
def pages(version_dir: Path) -> dict[str, Page]:
    """Every page of the site by its path in ``docs/``."""
    docs = version_dir / "docs"
    written = [docs / "index.html", *docs.glob("en/**/*.html"), *docs.glob("zh/**/*.html")]
    return {path.relative_to(docs).as_posix(): Page(path) for path in written}


@pytest.fixture
def page(pages: dict[str, Page]) -> Callable[[str], Page]:
    return pages.__getitem__
