"""Has MetricFlow write the SQL of many questions in one process; starting `mf` for each is slow.

``python render_metricflow.py FOLDER`` reads a JSON list of questions, each
``{"metrics": [...], "group_by": [...]}``, from standard input and prints a JSON list of queries.
FOLDER is what `mf` itself needs: dbt_project.yml, profiles.yml, target/semantic_manifest.json.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest


def rendered(configuration: CLIConfiguration, question: dict[str, list[str]]) -> str:
    """The query MetricFlow would run."""
    request = MetricFlowQueryRequest.create(
        metric_names=question["metrics"], group_by_names=question["group_by"] or None
    )
    return configuration.mf.explain(request).sql_statement.sql


def main(folder: Path) -> None:
    questions = json.load(sys.stdin)
    # Whatever dbt prints must not mix with the queries.
    with contextlib.redirect_stdout(sys.stderr):
        configuration = CLIConfiguration()
        configuration.setup(
            dbt_profiles_path=folder, dbt_project_path=folder, configure_file_logging=False
        )
        queries = [rendered(configuration, question) for question in questions]
    json.dump(queries, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
