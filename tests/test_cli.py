"""`smarketing` as a newcomer meets it, in a process of its own and a fresh home."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

SMARKETING = Path(sys.executable).parent / "smarketing"


def smarketing(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SMARKETING, *arguments, "--home", home],
        env={k: v for k, v in os.environ.items() if not k.startswith(("SMARKETING", "DAGSTER"))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    return smarketing(home, "run")


def manifest(home: Path) -> dict:
    return json.loads((home / "published/current/manifest.json").read_text(encoding="utf-8"))


def test_the_first_run_says_in_plain_words_what_it_did(first, home):
    assert first.returncode == 0, first.stderr
    published = manifest(home)
    totals, checks = published["totals"], published["check_totals"]
    said = first.stderr + first.stdout
    assert f"{totals['files']} files, {totals['rows_read']:,} rows read" in said
    assert f"{totals['rows_loaded']:,} loaded" in said
    assert f"{totals['rows_quarantined']:,} quarantined" in said
    assert str(home / "quarantine.csv") in said
    assert "models built" in said
    assert f"{checks['passed']} checks passed, {checks['warned']} warned, 0 failed" in said
    assert f"Version {published['version_id']}" in said
    for path in ("published/current/docs/index.html", "published/current/analytics.duckdb"):
        assert str(home / path) in said
        assert (home / path).is_file()


def test_the_quarantine_file_names_file_line_column_value_and_reason(first, home):
    rows = duckdb.sql(
        f"select source_file, source_row, column_name, value, reason "
        f"from read_csv('{home / 'quarantine.csv'}', all_varchar = true)"
    ).fetchall()
    assert len(rows) == manifest(home)["totals"]["rows_quarantined"]
    assert all(file and line and reason for file, line, _, _, reason in rows)


def test_a_second_run_with_nothing_new_says_so_and_publishes_nothing(first, home):
    again = smarketing(home, "run")
    assert again.returncode == 0, again.stderr
    assert "Nothing new" in again.stdout
    listed = smarketing(home, "versions").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["*", manifest(home)["version_id"]]]


def test_a_killed_run_is_repaired_by_the_next_and_readers_keep_their_version(
    worked_examples_home, tmp_path
):
    home = shutil.copytree(worked_examples_home.home, tmp_path / "home", symlinks=True)
    again = ["run", "--force", "--exports", str(worked_examples_home.exports)]
    before = manifest(home)["version_id"]
    run = subprocess.Popen(
        [SMARKETING, *again, "--home", home],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    for line in run.stderr:
        if "Building the marts" in line:
            break
    time.sleep(1)
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stderr.close()
    assert manifest(home)["version_id"] == before

    repaired = smarketing(home, *again)
    assert repaired.returncode == 0, repaired.stderr
    after = manifest(home)["version_id"]
    assert after > before

    back = smarketing(home, "rollback")
    assert back.stdout == f"Readers now see {before}.\n"
    assert manifest(home)["version_id"] == before
    assert smarketing(home, "rollback", after).returncode == 0


def test_a_refused_file_changes_nothing_and_the_message_says_what_to_do(first, home, tmp_path):
    (demo,) = (home / "demo").iterdir()
    exports = shutil.copytree(demo / "exports", tmp_path / "exports")
    (deals,) = exports.glob("hubspot/*all-deals*.csv")
    header, rest = deals.read_text(encoding="utf-8").split("\n", 1)
    deals.write_text(header.replace("Deal Stage", "Phase") + "\n" + rest, encoding="utf-8")
    before = manifest(home)["version_id"]
    refused = smarketing(home, "run", "--exports", str(exports))
    assert refused.returncode == 1
    assert deals.name in refused.stderr
    assert "'Deal Stage'" in refused.stderr
    assert "A retry will not help" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert manifest(home)["version_id"] == before
