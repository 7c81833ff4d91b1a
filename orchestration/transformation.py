"""Runs dbt inside this process: parse once, build, and hand back what happened.

One process, because importing dbt costs more than a small build and a second one would hold the
warehouse file. dbt keeps its connection open after a command, so every command here closes it:
the gate opens the same file read-only right afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.settings import Settings


class TransformationError(Exception):
    """dbt could not build the marts; the published version is not touched."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node."""

    unique_id: str
    status: str
    """success, pass, warn, error, fail or skipped, in dbt's words."""
    message: str
    failures: int | None
    """Rows a data test returned; None for models."""
    seconds: float

    @property
    def kind(self) -> str:
        """model, seed, test or unit_test."""
        return self.unique_id.split(".", 1)[0]

    @property
    def is_good(self) -> bool:
        return self.status in {"success", "pass", "warn"}


@dataclass(frozen=True)
class TableFacts:
    """What stands in the warehouse under one name."""

    row_count: int | None
    """None for a view: counting one runs it."""
    columns: tuple[tuple[str, str], ...]
    """(name, type) in order."""


@dataclass(frozen=True)
class BuildResult:
    """Every node of a build, in the order dbt finished them."""

    nodes: tuple[NodeResult, ...]
    bad_nodes: tuple[NodeResult, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bad_nodes", tuple(n for n in self.nodes if not n.is_good))

    def count(self, kind: str) -> int:
        """How many nodes of ``kind`` were run."""
        return sum(node.kind == kind for node in self.nodes)

    def raise_for_status(self) -> None:
        """TransformationError naming the nodes that failed; skipped ones only follow from them."""
        causes = [node for node in self.bad_nodes if node.status != "skipped"]
        if not causes:
            return
        lines = "\n".join(f"  {n.unique_id}: {n.status}. {n.message.strip()}" for n in causes[:10])
        raise TransformationError(
            f"Building the marts with dbt: {len(causes)} of {len(self.nodes)} nodes failed.\n"
            f"{lines}\n"
            "A retry will not help: mend the export, its mapping or the model, then run again. "
            "The published version still stands."
        )


_parsed: dict[Path, tuple[str, Any]] = {}
"""What dbt parsed in this process and from which code, by target folder: parsing costs as much as
a small build, so homes share it."""


@contextmanager
def _dbt(settings: Settings) -> Iterator[Callable[..., Any]]:
    """A function that runs one dbt command in this process; raises what dbt raised."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    variables = {
        "SMARKETING_WAREHOUSE": str(settings.warehouse),
        "SMARKETING_THREADS": str(settings.threads),
        "SMARKETING_DBT_TARGET": "warehouse",
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)

    def invoke(*command: str, on_event: Callable[[Any], None] | None = None) -> Any:
        _, manifest = _parsed.get(settings.dbt_target, ("", None))
        runner = dbtRunner(
            manifest=manifest,
            callbacks=[on_event] if on_event else [],
        )
        result = runner.invoke(
            [
                "--quiet",
                "--no-use-colors",
                "--log-level-file",
                "none",
                *command,
                "--project-dir",
                str(settings.dbt_project),
                "--profiles-dir",
                str(settings.dbt_project),
                "--target-path",
                str(settings.dbt_target),
            ]
        )
        if result.exception is not None:
            raise TransformationError(
                f"Running dbt {command[0]}: {result.exception}\n"
                "A retry will not help: mend the project, then run again."
            ) from result.exception
        return result.result

    try:
        yield invoke
    finally:
        DuckDBConnectionManager.close_all_connections()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


NOT_SOURCE = {"target", "logs", "__pycache__"}
"""Folders that tools write into the source tree."""


def code_fingerprint(*roots: Path) -> str:
    """sha256 over the text of every source file below ``roots`` and the versions that read them."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb", "duckdb"):
        digest.update(f"{package}={version(package)}\n".encode())
    for root in roots:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root)
            if path.is_file() and not NOT_SOURCE & set(name.parts):
                digest.update(name.as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def manifest_path(settings: Settings) -> Path:
    """dbt's manifest, parsed again only when a file of the project has changed.

    Dagster needs it to know the assets before anything has run.
    """
    path = settings.dbt_target / "manifest.json"
    stamp = settings.dbt_target / "manifest.sha256"
    fingerprint = code_fingerprint(settings.dbt_project)
    if path.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return path
    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    _parsed.pop(settings.dbt_target, None)
    for target, parsed in list(_parsed.items()):
        if parsed[0] == fingerprint and (target / path.name).exists():
            shutil.copyfile(target / path.name, path)
            _parsed[settings.dbt_target] = parsed
            break
    else:
        with _dbt(settings) as invoke:
            _parsed[settings.dbt_target] = (fingerprint, invoke("parse"))
    stamp.write_text(fingerprint)
    return path


def build(
    settings: Settings,
    on_progress: Callable[[str], None] | None = None,
) -> BuildResult:
    """Seeds, models and data tests into the warehouse; unit tests belong to the test suite.

    ``on_progress`` gets the name of each node as it finishes. Raises TransformationError when dbt
    itself breaks; a failed node is in the result, see ``raise_for_status``.
    """

    def on_event(event: Any) -> None:
        if on_progress and event.info.name == "NodeFinished":
            on_progress(event.data.node_info.node_name)

    manifest_path(settings)
    with _dbt(settings) as invoke:
        outcome = invoke("build", "--exclude-resource-type", "unit_test", on_event=on_event)
    return BuildResult(
        tuple(
            NodeResult(
                unique_id=result.node.unique_id,
                status=str(result.status),
                message=result.message or "",
                failures=result.failures,
                seconds=result.execution_time,
            )
            for result in outcome.results
        )
    )


def describe_tables(settings: Settings) -> dict[tuple[str, str], TableFacts]:
    """Columns of every relation in the warehouse by (schema, name); rows counted for tables."""
    import duckdb

    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for schema, table, column, type_ in connection.execute(
            "select table_schema, table_name, column_name, lower(data_type) "
            "from information_schema.columns order by table_schema, table_name, ordinal_position"
        ).fetchall():
            columns.setdefault((schema, table), []).append((column, type_))
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE'"
        ).fetchall()
        counts = {}
        for schema, table in tables:
            row = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone()
            counts[schema, table] = row[0] if row else 0
    return {key: TableFacts(counts.get(key), tuple(found)) for key, found in columns.items()}


def write_docs(settings: Settings, folder: Path) -> None:
    """dbt's documentation as one HTML file that needs no server: ``folder``/index.html."""
    with _dbt(settings) as invoke:
        invoke("docs", "generate", "--static", "--no-compile")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(settings.dbt_target / "static_index.html", folder / "index.html")


def read_manifest(settings: Settings) -> Mapping[str, Any]:
    """The parsed manifest."""
    return json.loads(manifest_path(settings).read_text(encoding="utf-8"))
