"""A small hand-made warehouse: enough marts to publish, with values that are easy to get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.report import CheckResult, GateReport
from orchestration.settings import Settings

WAREHOUSE = """
create schema raw_meta;
create schema raw_mapped;
create schema marts;

create table raw_meta.parameters (key varchar, value varchar);
insert into raw_meta.parameters values
    ('as_of', '2026-03-01 00:00:00'), ('company_name', 'Acme Demo'), ('source_system', 'acme'),
    ('reporting_tz', 'UTC'), ('reporting_currency', 'EUR'), ('pii_salt', 'a-secret'),
    ('run_id', 'load-1');

create table raw_meta.file_loads (
    source_file varchar, file_name_pattern varchar, entity varchar, sha256 varchar,
    modified_at timestamp, encoding varchar, rows_read bigint, rows_loaded bigint,
    rows_quarantined bigint, rows_superseded bigint, rows_filtered bigint
);
insert into raw_meta.file_loads values
    ('deals.csv', '*.csv', 'opportunities', 'aa', null, 'utf-8', 6, 3, 1, 1, 1),
    ('deals.csv', '*.csv', 'owners', 'aa', null, 'utf-8', 5, 5, 0, 0, 0);

create table raw_meta.value_map_use (
    entity varchar, column_name varchar, source_value varchar, mapped_value varchar,
    row_count bigint, is_unmapped boolean
);
insert into raw_meta.value_map_use values
    ('opportunities', 'stage', 'won!', 'Won', 2, false),
    ('opportunities', 'stage', '???', '__unmapped__', 1, true);

create table raw_meta.custom_fields (
    entity varchar, name varchar, label_en varchar, label_zh varchar, is_dimension boolean
);
insert into raw_meta.custom_fields values
    ('people', 'vertical', 'Industry', '行业', true), ('opportunities', 'band', null, null, true),
    ('opportunities', 'note', 'Note', null, false);

create table raw_mapped.opportunities (opportunity_id varchar, _loaded_at timestamp);
insert into raw_mapped.opportunities values ('1', timestamp '2026-03-01 10:00:00');

create table marts.dim_account (account_id varchar, account_name varchar, balance double);
insert into marts.dim_account values
    ('b', '=cmd|calc', -5), ('a', '+1', null), ('c', '@x', 1.5), ('d', '-2', 0),
    ('e', 'tab', 2), ('f', 'Müller, "Söhne" 公司', 3), ('g', '', 4), ('h', null, 5);
update marts.dim_account set account_name = chr(9) || '=1' where account_id = 'e';

create table marts.fct_sums as select sum(balance::bigint) as total from marts.dim_account;

create table marts.metric_definitions (
    metric_id varchar, metric_version integer, definition_hash varchar
);
insert into marts.metric_definitions values
    ('win_rate', 1, 'old'), ('win_rate', 2, 'new'), ('lead_count', 1, 'only');
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse is built and nothing is published."""
    made = Settings.load({}, home=tmp_path / "home", keep_versions=3)
    made.home.mkdir()
    with duckdb.connect(made.warehouse) as connection:
        connection.execute(WAREHOUSE)
    return made


def change_warehouse(settings: Settings, statement: str) -> None:
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute(statement)


def result(rule_id: str, *, passed: bool = True, severity: str = "error") -> CheckResult:
    return CheckResult(
        rule_id=rule_id,
        table="dim_account",
        severity=severity,
        invariant=None,
        description_en="An account is listed once.",
        description_zh="每个客户只出现一次。",
        passed=passed,
        observed=float("nan"),
        unexpected_count=0 if passed else 2,
        element_count=8,
        detail="" if passed else "2 accounts twice: a, b",
    )


def passing(docs_dir: Path) -> GateReport:
    """A gate in which one warning fails, which blocks nothing."""
    (docs_dir / "index.html").write_text("checked", encoding="utf-8")
    return GateReport((result("unique"), result("named", passed=False, severity="warning")))


def failing(docs_dir: Path) -> GateReport:
    (docs_dir / "index.html").write_text("failed", encoding="utf-8")
    return GateReport((result("unique", passed=False), result("present")))


def write_docs(version_dir: Path, manifest: dict[str, Any]) -> None:
    (version_dir / "docs" / "index.html").write_text(manifest["company"], encoding="utf-8")
