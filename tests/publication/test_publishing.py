"""What a published version holds, and which one readers see."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from orchestration import publication
from orchestration.publication import GateFailed, PublicationError, StaleRun, Version
from orchestration.settings import Settings
from tests.publication.conftest import change_warehouse, failing, passing, write_docs


def publish(settings: Settings, run_id: str = "run-1", validate=passing) -> Version:
    return publication.publish(
        settings, run_id=run_id, fingerprint="f1", validate=validate, build_docs=write_docs
    )


def rows(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def current_rows(settings: Settings, query: str) -> list[tuple]:
    return rows(settings.published / "current" / "analytics.duckdb", query)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_version_holds_data_docs_and_manifest_and_nothing_else(settings):
    version = publish(settings)
    assert names(version.path) == [
        "analytics.duckdb",
        "csv",
        "csv/dim_account.csv",
        "csv/fct_sums.csv",
        "csv/metric_definitions.csv",
        "docs",
        "docs/checks",
        "docs/checks/index.html",
        "docs/index.html",
        "manifest.json",
        "parquet",
        "parquet/dim_account.parquet",
        "parquet/fct_sums.parquet",
        "parquet/metric_definitions.parquet",
    ]
    assert (settings.published / "current").readlink() == Path("versions") / version.version_id
    assert names(settings.published / "versions" / version.version_id) == names(version.path)
    assert version.is_current


def test_published_tables_equal_the_warehouse(settings):
    version = publish(settings)
    for mart in ("dim_account", "metric_definitions"):
        query = f"select * from marts.{mart} order by all"
        expected = rows(settings.warehouse, query)
        assert rows(version.path / "analytics.duckdb", query) == expected
        parquet = f"select * from '{version.path}/parquet/{mart}.parquet' order by all"
        assert duckdb.sql(parquet).fetchall() == expected


def test_a_128_bit_sum_is_published_as_a_bigint(settings):
    version = publish(settings)
    query = "select data_type from duckdb_columns() where table_name = 'fct_sums'"
    assert rows(settings.warehouse, query) == [("HUGEINT",)]
    assert rows(version.path / "analytics.duckdb", query) == [("BIGINT",)]
    assert rows(version.path / "analytics.duckdb", "from marts.fct_sums") == [(11,)]


def test_the_database_file_is_readable_by_the_first_stable_duckdb(settings):
    version = publish(settings)
    header = (version.path / "analytics.duckdb").read_bytes()[8:20]
    assert header == b"DUCK" + (64).to_bytes(8, "little")


def test_csv_opens_in_a_spreadsheet_without_running_formulas(settings):
    path = publish(settings).path / "csv" / "dim_account.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfaccount_id,")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["account_id", "account_name", "balance"],
            ["a", "'+1", ""],
            ["b", "'=cmd|calc", "-5.0"],
            ["c", "'@x", "1.5"],
            ["d", "'-2", "0.0"],
            ["e", "'\t=1", "2.0"],
            ["f", 'Müller, "Söhne" 公司', "3.0"],
            ["g", "", "4.0"],
            ["h", "", "5.0"],
        ]


def test_column_descriptions_of_dbt_become_comments(settings):
    settings.dbt_target.mkdir(parents=True)
    column = {"name": "account_name", "description": "The account's own name."}
    node = {
        "resource_type": "model",
        "schema": "marts",
        "alias": "dim_account",
        "columns": {"account_name": column},
    }
    (settings.dbt_target / "manifest.json").write_text(json.dumps({"nodes": {"model.x": node}}))
    version = publish(settings)
    assert rows(
        version.path / "analytics.duckdb",
        "select table_name, column_name, comment from duckdb_columns() where comment is not null",
    ) == [("dim_account", "account_name", "The account's own name.")]


def test_the_manifest_says_what_was_published_from_what(settings):
    version = publish(settings)
    manifest = json.loads((version.path / "manifest.json").read_text(encoding="utf-8"))
    files = manifest.pop("files")
    checks = manifest.pop("checks")
    assert manifest == {
        "version_id": version.version_id,
        "run_id": "run-1",
        "fingerprint": "f1",
        "created_at": version.created_at.isoformat().replace("+00:00", "Z"),
        "code_version": "0.1.0",
        "as_of": "2026-03-01 00:00:00",
        "loaded_at": "2026-03-01 10:00:00.000000",
        "company": "Acme Demo",
        "source_system": "acme",
        "reporting_currency": "EUR",
        "reporting_tz": "UTC",
        "definitions": {
            "lead_count": {"version": 1, "hash": "only"},
            "win_rate": {"version": 2, "hash": "new"},
        },
        "sources": [
            {
                "file": "deals.csv",
                "entity": entity,
                "sha256": "aa",
                "rows_read": loaded + quarantined + superseded + filtered,
                "rows_loaded": loaded,
                "rows_quarantined": quarantined,
                "rows_superseded": superseded,
                "rows_filtered": filtered,
            }
            for entity, loaded, quarantined, superseded, filtered in (
                ("opportunities", 3, 1, 1, 1),
                ("owners", 5, 0, 0, 0),
            )
        ],
        "totals": {
            "files": 1,
            "rows_read": 11,
            "rows_loaded": 8,
            "rows_quarantined": 1,
            "rows_superseded": 1,
            "rows_filtered": 1,
        },
        "unmapped": [
            {"entity": "opportunities", "column": "stage", "source_value": "???", "row_count": 1}
        ],
        "custom_dimensions": {
            "band": {"en": "band", "zh": None},
            "vertical": {"en": "Industry", "zh": "行业"},
        },
        "check_totals": {"passed": 1, "warned": 1, "failed": 0},
        "marts": {"dim_account": 8, "fct_sums": 1, "metric_definitions": 3},
    }
    assert [(check["rule_id"], check["passed"], check["observed"]) for check in checks] == [
        ("unique", True, None),
        ("named", False, None),
    ]
    assert files == {
        name: hashlib.sha256((version.path / name).read_bytes()).hexdigest()
        for name in names(version.path)
        if (version.path / name).is_file() and name != "manifest.json"
    }
    assert "a-secret" not in (version.path / "manifest.json").read_text(encoding="utf-8")


def test_a_failed_check_keeps_the_last_version(settings):
    first = publish(settings)
    change_warehouse(settings, "delete from marts.dim_account")
    with pytest.raises(GateFailed) as failure:
        publish(settings, "run-2", failing)
    assert str(failure.value) == (
        "Acme Demo not published: 1 of 2 checks failed (unique: 2 accounts twice: a, b). "
        f"Version {first.version_id} still stands. A retry on the same exports will not help. "
        f"Next step: open {settings.state}/gate/checks/index.html, mend what the failed checks "
        "name (an export, the mapping or a definition), run again."
    )
    assert [result.rule_id for result in failure.value.report.failed_errors] == ["unique"]
    report = json.loads((settings.state / "gate" / "report.json").read_text(encoding="utf-8"))
    assert (report["passed"], report["warned"], report["failed"]) == (1, 0, 1)
    assert [version.version_id for version in publication.versions(settings)] == [first.version_id]
    assert names(settings.published / "versions") == [
        first.version_id,
        *(f"{first.version_id}/{name}" for name in names(first.path)),
    ]
    assert current_rows(settings, "select count(*) from marts.dim_account") == [(8,)]


def test_a_failed_check_before_the_first_version_publishes_nothing(settings):
    with pytest.raises(GateFailed, match="Nothing was published before"):
        publish(settings, validate=failing)
    assert publication.versions(settings) == []
    assert publication.current_manifest(settings) is None


def test_pages_that_cannot_be_built_keep_the_last_version(settings):
    first = publish(settings)

    def broken(version_dir, manifest):
        raise ValueError("no pages")

    with pytest.raises(ValueError, match="no pages"):
        publication.publish(
            settings, run_id="run-2", fingerprint="f", validate=passing, build_docs=broken
        )
    publication.repair(settings)
    assert [path.name for path in (settings.published / "versions").iterdir()] == [first.version_id]


def test_versions_are_listed_newest_first_even_when_made_in_one_second(settings):
    made = [publish(settings, f"run-{number}").version_id for number in range(3)]
    assert [
        (version.version_id, version.run_id, version.is_current)
        for version in publication.versions(settings)
    ] == [(made[2], "run-2", True), (made[1], "run-1", False), (made[0], "run-0", False)]
    manifest = publication.current_manifest(settings)
    assert manifest is not None
    assert manifest["run_id"] == "run-2"


def test_only_the_last_versions_stay(settings):
    made = [publish(settings, f"run-{number}").version_id for number in range(5)]
    assert sorted(path.name for path in (settings.published / "versions").iterdir()) == made[2:]


def test_older_raw_data_never_replaces_newer(settings):
    change_warehouse(settings, "update raw_mapped.opportunities set _loaded_at = '2026-03-02'")
    newer = publish(settings)
    change_warehouse(settings, "update raw_mapped.opportunities set _loaded_at = '2026-03-01'")
    with pytest.raises(StaleRun, match=f"version {newer.version_id} .* still stands"):
        publish(settings, "run-2")
    assert [version.version_id for version in publication.versions(settings)] == [newer.version_id]


def test_rollback_goes_to_the_version_before(settings):
    first = publish(settings)
    change_warehouse(settings, "delete from marts.dim_account where account_id <> 'a'")
    second = publish(settings, "run-2")
    assert current_rows(settings, "select count(*) from marts.dim_account") == [(1,)]
    assert publication.rollback(settings).version_id == first.version_id
    assert current_rows(settings, "select count(*) from marts.dim_account") == [(8,)]
    with pytest.raises(PublicationError, match=f"no version is older than {first.version_id}"):
        publication.rollback(settings)
    assert publication.rollback(settings, second.version_id).is_current
    assert [version.is_current for version in publication.versions(settings)] == [True, False]


@pytest.mark.parametrize("name", ["20200101T000000Z-none", "../../..", "", "current"])
def test_rollback_to_an_unknown_version_changes_nothing(settings, name):
    version = publish(settings)
    with pytest.raises(PublicationError, match=f"{version.version_id} still stands. Known:"):
        publication.rollback(settings, name)
    assert publication.versions(settings)[0].is_current


def test_rollback_without_any_version_says_to_publish_first(settings):
    with pytest.raises(PublicationError, match="nothing is published there yet"):
        publication.rollback(settings)


def test_the_current_version_is_never_pruned(settings):
    made = [publish(settings, f"run-{number}").version_id for number in range(3)]
    publication.rollback(settings, made[0])
    assert publish(settings, "run-3").is_current
    kept = [version.version_id for version in publication.versions(settings)]
    assert kept[1:] == [made[2], made[1]]


def test_a_folder_in_place_of_the_link_is_left_alone(settings):
    (settings.published / "current").mkdir(parents=True)
    (settings.published / "current" / "mine.txt").write_text("keep")
    with pytest.raises(PublicationError, match="is a folder, not a link"):
        publish(settings)
    assert (settings.published / "current" / "mine.txt").read_text() == "keep"
