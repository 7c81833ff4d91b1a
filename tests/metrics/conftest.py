"""A folder from which MetricFlow answers questions on a published version.

`make mf` lays out the same folder for an analyst.

`mf` looks for target/semantic_manifest.json in the folder it runs in and nowhere else, so a
folder of its own keeps the project clean.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import PROJECT_ROOT, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
BIN = Path(sys.executable).parent


def metricflow_environment(analytics: Path, folder: Path) -> dict[str, str]:
    """Environment in which dbt and `mf` read ``analytics`` and write only below ``folder``."""
    return os.environ | {
        "SMARKETING_PUBLISHED_DB": str(analytics),
        "SMARKETING_DBT_TARGET": "published",
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def published_file(settings: Settings) -> Path:
    """The file readers open; its name never changes, only the version folder does."""
    return settings.published / "current" / "analytics.duckdb"


@pytest.fixture(scope="session")
def metricflow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good for every published version: their catalog has the same name in all."""
    folder = tmp_path_factory.mktemp("metricflow")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copyfile(DBT_PROJECT / name, folder / name)
    subprocess.run(
        [
            BIN / "dbt", "--quiet", "parse",
            "--project-dir", DBT_PROJECT,
            "--profiles-dir", DBT_PROJECT,
            "--target-path", folder / "target",
        ],
        env=metricflow_environment(folder / "analytics.duckdb", folder),
        check=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def ask_metricflow(metricflow_folder: Path) -> Callable[[Path, list[dict[str, Any]]], list[Any]]:
    """A function that puts questions to MetricFlow about one published file."""

    def ask(analytics: Path, questions: list[dict[str, Any]]) -> list[Any]:
        outcome = subprocess.run(
            [sys.executable, Path(__file__).with_name("ask_metricflow.py"), metricflow_folder],
            input=json.dumps(questions),
            env=metricflow_environment(analytics, metricflow_folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stderr
        return json.loads(outcome.stdout)

    return ask
