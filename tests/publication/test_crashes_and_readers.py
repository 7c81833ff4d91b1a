"""Publishers that die or meet, and readers that hold files open: nobody sees half a version."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

from orchestration import publication
from orchestration.settings import PROJECT_ROOT, Settings
from tests.publication.conftest import change_warehouse, passing, write_docs

PUBLISH = """
import os, pathlib, signal, sys, time
from orchestration import publication, version_files
from orchestration.settings import Settings
from tests.publication.conftest import passing, write_docs

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def dying(call, when, after=False):
    def wrapped(*given, **named):
        if not when(*given):
            return call(*given, **named)
        if after:
            call(*given, **named)
        die()
    return wrapped

def validate(docs_dir):
    return passing(docs_dir)

def build_docs(version_dir, manifest):
    write_docs(version_dir, manifest)

{fault}
settings = Settings.load({{}}, home=sys.argv[1], keep_versions=2)
publication.publish(
    settings, run_id=sys.argv[2], fingerprint="f", validate=validate, build_docs=build_docs
)
"""

# Where kill -9 arrives, as the line of code that stands in for it.
MOMENTS = {
    "while validating": "validate = die",
    "before any file": "version_files.write_data = die",
    "between two marts": "version_files.write_csv = "
    "dying(version_files.write_csv, lambda *a: 'fct_sums' in a[1])",
    "while drawing pages": "build_docs = die",
    "before the manifest": "version_files.write_json = "
    "dying(version_files.write_json, lambda path, _: path.name == 'manifest.json')",
    "after the manifest": "version_files.sync_tree = die",
    "before the rename": "pathlib.Path.rename = die",
    "after the rename": "pathlib.Path.rename = "
    "dying(pathlib.Path.rename, lambda *_: True, after=True)",
    "before the switch": "pathlib.Path.replace = die",
    "after the switch": "publication._prune = die",
    "while pruning": "version_files.shutil.rmtree = "
    "dying(version_files.shutil.rmtree, lambda path: 'versions' in str(path))",
}
SWITCHED = ("after the switch", "while pruning")


def publishing(settings: Settings, run_id: str, fault: str = "") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISH.format(fault=fault), str(settings.home), run_id],
        cwd=PROJECT_ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def publish(settings: Settings, run_id: str) -> publication.Version:
    return publication.publish(
        settings, run_id=run_id, fingerprint="f", validate=passing, build_docs=write_docs
    )


def accounts(database: Path) -> int:
    with duckdb.connect(database, read_only=True) as connection:
        row = connection.execute("select count(*) from marts.dim_account").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_publisher_killed_at_any_moment_leaves_a_whole_version_and_is_repaired(settings, moment):
    publish(settings, "run-0")
    before = publish(settings, "run-1")
    change_warehouse(settings, "delete from marts.dim_account where account_id <> 'a'")
    child = publishing(settings, "run-2", MOMENTS[moment])
    _, errors = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, errors

    database = settings.published / "current" / "analytics.duckdb"
    assert accounts(database) == (1 if moment in SWITCHED else 8)
    current = next(version for version in publication.versions(settings) if version.is_current)
    assert (current.version_id == before.version_id) is (moment not in SWITCHED)

    after = publish(settings, "run-3")
    assert after.is_current
    assert accounts(database) == 1
    assert sorted(path.name for path in settings.published.iterdir()) == ["current", "versions"]
    left = sorted(path.name for path in (settings.published / "versions").iterdir())
    assert left == sorted(version.version_id for version in publication.versions(settings))


def test_the_first_publisher_killed_before_its_switch_is_completed_by_repair(settings):
    child = publishing(settings, "run-1", MOMENTS["before the switch"])
    child.communicate(timeout=60)
    assert publication.current_manifest(settings) is None
    publication.repair(settings)
    manifest = publication.current_manifest(settings)
    assert manifest is not None
    assert manifest["run_id"] == "run-1"


def test_a_reader_in_this_process_keeps_its_version_and_sees_the_next_on_reopening(settings):
    publish(settings, "run-1")
    path = settings.published / "current" / "analytics.duckdb"
    with duckdb.connect(path.resolve(), read_only=True) as reader:
        change_warehouse(settings, "delete from marts.dim_account where account_id <> 'a'")
        publish(settings, "run-2")
        assert reader.execute("select count(*) from marts.dim_account").fetchall() == [(8,)]
        # While the old connection is still open: a version has its own path, so no stale cache.
        assert accounts(path.resolve()) == 1
    assert accounts(path) == 1


def test_a_reader_in_another_process_keeps_its_version_through_publish_and_pruning(settings):
    publish(settings, "run-1")
    script = """
        import sys, duckdb
        count = "select count(*) from marts.dim_account"
        reader = duckdb.connect(sys.argv[1], read_only=True)
        print(reader.execute(count).fetchall(), flush=True)
        sys.stdin.readline()
        print(reader.execute(count).fetchall(), flush=True)
        print(duckdb.connect(sys.argv[1], read_only=True).execute(count).fetchall() and "again")
        reader.close()
        print(duckdb.connect(sys.argv[1], read_only=True).execute(count).fetchall())
    """
    path = settings.published / "current" / "analytics.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "[(8,)]\n"
        change_warehouse(settings, "delete from marts.dim_account where account_id <> 'a'")
        for number in range(2, 6):
            publish(settings, f"run-{number}")
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.read() == "[(8,)]\nagain\n[(1,)]\n"


def test_the_warehouse_cannot_change_between_validation_and_copy(settings):
    script = f"import duckdb; duckdb.connect({str(settings.warehouse)!r})"

    def validate(docs_dir):
        writer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert "lock" in writer.stderr
        # The gate itself reads the same file, beside us and in this process.
        assert accounts(settings.warehouse) == 8
        return passing(docs_dir)

    publication.publish(
        settings, run_id="run-1", fingerprint="f", validate=validate, build_docs=write_docs
    )


def test_two_publishers_at_once_publish_one_after_the_other(settings):
    children = [publishing(settings, f"run-{number}") for number in (1, 2)]
    for child in children:
        _, errors = child.communicate(timeout=60)
        assert child.returncode == 0, errors
    found = publication.versions(settings)
    assert sorted(version.run_id for version in found) == ["run-1", "run-2"]
    assert [version.is_current for version in found] == [True, False]
    assert [accounts(version.path / "analytics.duckdb") for version in found] == [8, 8]
