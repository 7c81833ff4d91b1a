"""dbt's own unit tests: a rule of the sheet each, on the smallest rows that show it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.settings import Settings


def test_every_dbt_unit_test_passes(worked_examples_home: Settings, tmp_path: Path):
    """On a copy: dbt takes the columns of mocked tables from a warehouse that has them."""
    home = worked_examples_home
    shutil.copyfile(home.warehouse, tmp_path / "warehouse.duckdb")
    outcome = subprocess.run(
        [
            Path(sys.executable).parent / "dbt", "--no-use-colors", "--log-level-file", "none",
            "test", "--select", "test_type:unit",
            "--project-dir", home.dbt_project, "--profiles-dir", home.dbt_project,
            "--target-path", tmp_path / "target",
        ],
        env=os.environ | {"SMARKETING_WAREHOUSE": str(tmp_path / "warehouse.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout
    results = json.loads((tmp_path / "target/run_results.json").read_text())["results"]
    assert len(results) > 30
    assert {result["status"] for result in results} == {"pass"}
