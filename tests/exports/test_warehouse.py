"""One writer, one transaction, and a memory of what was already read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration import warehouse
from orchestration.exports.entities import ENTITIES
from orchestration.exports.errors import FileChanging, LoadFailed, WarehouseBusy
from orchestration.settings import Settings
from tests.exports.conftest import DEALS, Company

ONE_DEAL = "id,stage,amount,closed\nd1,Won,1,\n"


def test_every_raw_table_is_there_with_its_columns(company: Company):
    company.deals(ONE_DEAL)
    found = company.rows(
        "select table_schema, table_name, list(column_name order by ordinal_position) "
        "from information_schema.columns group by all"
    )
    expected = {(table.schema, table.name): list(table.columns) for table in warehouse.raw_tables()}
    assert {(schema, name): columns for schema, name, columns in found} == expected
    assert {name for schema, name in expected if schema == "raw_mapped"} == set(ENTITIES)


def test_parameters_say_what_the_load_stands_for(company: Company):
    company.head += "fiscal_type: 454\n"
    company.head += "parameters: {mql_cooloff_days: 30}\ninternal_email_domains: [Test.example]\n"
    company.deals(ONE_DEAL)
    assert dict(company.rows("from raw_meta.parameters")) == {
        "as_of": "2026-01-01 00:00:00",
        "reporting_tz": "Europe/Berlin",
        "reporting_currency": "EUR",
        "fiscal_type": "454",
        "fiscal_year_start_month": "1",
        "fiscal_week_start": "7",
        "company_name": "Test company",
        "source_system": "test",
        "pii_salt": "salt",
        "run_id": "run-1",
        "input_fingerprint": "",
        "mql_cooloff_days": "30",
    }
    assert company.rows("from raw_meta.opportunity_stages") == [
        ("Open", 10, True, "open", None),
        ("Won", 90, True, "won", None),
        ("Lost", 91, False, "lost", None),
    ]
    assert company.rows("from raw_meta.internal_email_domains") == [("test.example",)]


def test_as_of_is_the_time_of_the_run_when_not_stated(company: Company):
    company.head = company.head.replace("as_of: 2026-01-01T00:00:00Z\n", "")
    before = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    company.deals(ONE_DEAL)
    ((as_of,),) = company.rows(
        "select value::timestamp from raw_meta.parameters where key = 'as_of'"
    )
    assert before <= as_of <= datetime.now(UTC).replace(tzinfo=None)


def test_a_second_writer_is_told_to_wait(company: Company):
    company.deals(ONE_DEAL)
    script = (
        "import sys; from orchestration import warehouse; from orchestration.settings import "
        "Settings\nwith warehouse.writer_lock(Settings.load({}, home=sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(company.settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(WarehouseBusy, match="another run holds") as raised:
            company.load()
        assert raised.value.is_transient
        holder.communicate(b"")
    company.load()


def test_the_lock_may_be_nested_in_one_process(company: Company):
    company.map(DEALS)
    company.write("deals.csv", ONE_DEAL)
    with warehouse.writer_lock(company.settings):
        company.load()
        with warehouse.open_warehouse(company.settings) as connection:
            assert connection.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)


def test_a_kill_before_the_commit_leaves_the_last_good_data(company: Company):
    company.deals(ONE_DEAL)
    company.write("deals.csv", ONE_DEAL + "d2,Won,2,\n")
    script = (
        "import os, signal, sys; from orchestration import warehouse; from orchestration.settings "
        "import Settings\nland = warehouse.replace_raw_tables\n"
        "def killed(*args):\n    land(*args)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "warehouse.replace_raw_tables = killed\n"
        "warehouse.load_exports(Settings.load({}, home=sys.argv[1], exports=sys.argv[2]), 'run-2')"
    )
    folders = [str(company.settings.home), str(company.settings.exports)]
    killed = subprocess.run([sys.executable, "-c", script, *folders], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert company.rows("select opportunity_id from raw_mapped.opportunities") == [("d1",)]
    assert company.rows("select value from raw_meta.parameters where key = 'run_id'") == [
        ("run-1",)
    ]
    company.load()
    assert company.rows("select count(*) from raw_mapped.opportunities") == [(2,)]


def test_published_definitions_outlive_a_load(company: Company):
    company.deals(ONE_DEAL)
    company.rows("insert into raw_meta.published_definitions values ('win_rate', 1, 'abc')")
    company.load()
    assert company.rows("from raw_meta.published_definitions") == [("win_rate", 1, "abc")]


def test_the_loaded_fingerprint_is_the_one_given(company: Company):
    assert warehouse.loaded_fingerprint(company.settings) == ""
    company.write("deals.csv", ONE_DEAL)
    company.map(DEALS)
    warehouse.load_exports(company.settings, "run-1", "abc")
    assert warehouse.loaded_fingerprint(company.settings) == "abc"


def test_an_unchanged_folder_is_not_hashed_again(company: Company):
    path = company.write("deals.csv", ONE_DEAL)
    company.map(DEALS)
    (first,) = warehouse.inventory(company.settings)
    status = path.stat()
    path.write_text(ONE_DEAL.replace("Won", "Los"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert warehouse.inventory(company.settings) == [first]
    path.write_text(ONE_DEAL + "\n")
    (changed,) = warehouse.inventory(company.settings)
    assert changed.sha256 != first.sha256


def test_the_fingerprint_follows_content_mapping_and_day(company: Company):
    def fingerprint() -> str:
        return warehouse.fingerprint(company.settings, warehouse.inventory(company.settings))

    path = company.write("deals.csv", ONE_DEAL)
    company.map(DEALS)
    first = fingerprint()
    path.touch()
    assert fingerprint() == first
    path.write_text(ONE_DEAL + "d2,Won,1,\n")
    second = fingerprint()
    company.map(DEALS + "# changed\n")
    assert len({first, second, fingerprint()}) == 3


def test_a_file_that_changes_or_vanishes_meanwhile_is_worth_a_retry(company: Company):
    path = company.write("deals.csv", ONE_DEAL)
    company.map(DEALS)
    (file,) = warehouse.inventory(company.settings)
    path.write_text(ONE_DEAL + "d2,Won")
    with pytest.raises(FileChanging, match="it had 33 bytes and now has 39"):
        file.check_unchanged()
    path.unlink()
    with pytest.raises(FileChanging, match="it is gone"):
        file.check_unchanged()
    assert LoadFailed([FileChanging("x")]).is_transient


def test_an_empty_drop_folder_means_the_demo_company(company: Company, tmp_path: Path):
    empty = Settings.load({}, home=tmp_path / "fresh")
    resolved = warehouse.resolve_exports(empty)
    assert resolved.exports.parent.parent == empty.home / "demo"
    assert resolved == replace(
        empty, exports=resolved.exports, config=resolved.exports / "exports.yaml"
    )
    written = warehouse.fingerprint(resolved, warehouse.inventory(resolved))
    (empty.home / "demo" / "of-another-release").mkdir()
    assert warehouse.resolve_exports(empty) == resolved
    assert warehouse.fingerprint(resolved, warehouse.inventory(resolved)) == written
    assert [path.name for path in (empty.home / "demo").iterdir()] == [resolved.exports.parent.name]
    company.write("deals.csv", ONE_DEAL)
    assert warehouse.resolve_exports(company.settings) == company.settings


def test_the_salt_is_drawn_once_per_home_and_readable_only_by_its_owner(tmp_path: Path):
    settings = Settings.load({}, home=tmp_path)
    salt = warehouse.pii_salt(settings)
    assert len(salt) == 64
    assert warehouse.pii_salt(settings) == salt
    assert (settings.state / "pii_salt").stat().st_mode & 0o777 == 0o600


def test_a_reader_of_the_working_database_is_named_as_the_cause(company: Company):
    company.deals(ONE_DEAL)
    script = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(company.settings.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"open\n"
        with pytest.raises(WarehouseBusy, match="readers open"):
            company.load()
        reader.communicate(b"")


def test_importing_the_room_does_not_import_pandas():
    script = "import sys, orchestration.warehouse; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_loading_does_not_import_pandas(company: Company):
    company.write("deals.csv", ONE_DEAL)
    company.map(DEALS)
    script = (
        "import sys; from orchestration import warehouse; from orchestration.settings import "
        "Settings\nwarehouse.load_exports(Settings.load({}, home=sys.argv[1], "
        "exports=sys.argv[2]), 'r')\nsys.exit('pandas' in sys.modules)"
    )
    folders = [str(company.settings.home), str(company.settings.exports)]
    assert subprocess.run([sys.executable, "-c", script, *folders], check=False).returncode == 0
