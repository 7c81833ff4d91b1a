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

import duckdb
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
    """A function that puts questions to MetricFlow about one published file.

    Its queries are the same for all files, and writing them takes far longer than running them.
    """
    queries: dict[str, str] = {}

    def ask(analytics: Path, questions: list[dict[str, Any]]) -> list[Any]:
        asked = {json.dumps(question): question for question in questions}
        new = {key: question for key, question in asked.items() if key not in queries}
        if new:
            script = Path(__file__).with_name("render_metricflow.py")
            outcome = subprocess.run(
                [sys.executable, script, metricflow_folder],
                input=json.dumps(list(new.values())),
                env=metricflow_environment(analytics, metricflow_folder),
                capture_output=True,
                text=True,
                check=False,
            )
            assert outcome.returncode == 0, outcome.stderr
            queries.update(zip(new, json.loads(outcome.stdout), strict=True))
        with duckdb.connect(str(analytics), read_only=True) as connection:
            return [
                _answer(connection, queries[key], question["metrics"])
                for key, question in asked.items()
            ]

    return ask


def _answer(
    connection: duckdb.DuckDBPyConnection, query: str, metrics: list[str]
) -> list[dict[str, Any]]:
    """The rows of a query by column name, with group-by values as text and numbers as floats."""
    found = connection.execute(query)
    names = [column[0] for column in found.description or ()]
    return [
        {
            name: None if cell is None else float(cell) if name in metrics else str(cell)
            for name, cell in zip(names, row, strict=True)
        }
        for row in found.fetchall()
    ]
