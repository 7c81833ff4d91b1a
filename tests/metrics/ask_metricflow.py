"""Asks MetricFlow many questions in one process, which starting `mf` each time would make slow.

``python ask_metricflow.py FOLDER`` reads a JSON list of ``{"metrics": [...], "group_by": [...]}``
from standard input and prints a JSON list of answers, each a list of rows by column name.
FOLDER is what `mf` itself needs: dbt_project.yml, profiles.yml, target/semantic_manifest.json.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest


def answer(configuration: CLIConfiguration, question: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The rows MetricFlow returns, with group-by values as text and numbers as floats."""
    metrics = question["metrics"]
    table = configuration.mf.query(
        MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=question["group_by"] or None
        )
    ).result_df
    if table is None:
        return []
    return [
        {
            name: None if cell is None else float(str(cell)) if name in metrics else str(cell)
            for name, cell in zip(table.column_names, row, strict=True)
        }
        for row in table.rows
    ]


def main(folder: Path) -> None:
    questions = json.load(sys.stdin)
    # Whatever dbt prints must not mix with the answers.
    with contextlib.redirect_stdout(sys.stderr):
        configuration = CLIConfiguration()
        configuration.setup(
            dbt_profiles_path=folder, dbt_project_path=folder, configure_file_logging=False
        )
        answers = [answer(configuration, question) for question in questions]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
