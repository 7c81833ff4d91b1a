"""The private working database: one writer, and the raw tables the exports land in.

A load happens in one transaction. Killed or failed at any moment, it leaves the raw tables as the
last good load left them.
"""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from orchestration.exports.casting import Caster
from orchestration.exports.custom_fields import refuse_taken_names, refuse_too_many_members
from orchestration.exports.errors import (
    ExportError,
    LoadFailed,
    PermanentExportError,
    WarehouseBusy,
)
from orchestration.exports.inventory import (
    ExportFile,
    fingerprint,
    inventory,
    resolve_exports,
)
from orchestration.exports.json_pages import unended
from orchestration.exports.known_names import files_loaded, refusals
from orchestration.exports.loading import create_stages, load_file
from orchestration.exports.mapping import load_mapping
from orchestration.exports.mapping_model import FileMapping, Mapping, known_headers
from orchestration.exports.newest import keep_newest
from orchestration.exports.observations import observe_stages
from orchestration.exports.planning import Plan, plan_reads
from orchestration.exports.raw_tables import (
    RawTable,
    count_rows,
    create_raw_tables,
    mapped_values,
    quarantine_examples,
    raw_tables,
    replace_published_definitions,
    replace_raw_tables,
    staged_entities,
)
from orchestration.exports.reading import free_scratch
from orchestration.exports.report import Drift, FileLoad, LoadReport
from orchestration.exports.restated import tie_attendances
from orchestration.exports.unnamed_records import leave_accounts_out
from orchestration.settings import Settings
from orchestration.version_files import write_csv

__all__ = [
    "LoadReport",
    "RawTable",
    "create_raw_tables",
    "fingerprint",
    "inventory",
    "load_exports",
    "loaded_fingerprint",
    "open_warehouse",
    "pii_salt",
    "raw_tables",
    "record_published_definitions",
    "resolve_exports",
    "writer_lock",
]


@contextmanager
def writer_lock(settings: Settings) -> Iterator[None]:
    """Hold the warehouse for this process; may be nested. Raises WarehouseBusy at once."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "warehouse.lock"
    lock = FileLock(path, timeout=0, is_singleton=True, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise WarehouseBusy(
            f"Opening {settings.warehouse}: another run holds {path}. A retry will help once that "
            "run has ended; a run that was killed holds nothing."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writing connection to the working database, alone on this machine. Times are UTC."""
    with writer_lock(settings):
        try:
            connection = duckdb.connect(settings.warehouse)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            raise WarehouseBusy(
                f"Opening {settings.warehouse}: {str(error).splitlines()[0]}. A retry will help "
                "once the other program has closed the file; readers open "
                f"{settings.published / 'current' / 'analytics.duckdb'} instead."
            ) from error
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()


def pii_salt(settings: Settings) -> str:
    """The secret of the hashes: as set, else drawn once and kept in the home."""
    if settings.pii_salt:
        return settings.pii_salt
    path = settings.state / "pii_salt"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".tmp")
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_hex(32), encoding="utf-8")
        partial.replace(path)
    return path.read_text(encoding="utf-8").strip()


def loaded_fingerprint(settings: Settings) -> str:
    """The ``input_fingerprint`` of the last load; empty before the first one."""
    if not settings.warehouse.is_file():
        return ""
    with open_warehouse(settings) as connection:
        create_raw_tables(connection)
        row = connection.execute(
            "select value from raw_meta.parameters where key = 'input_fingerprint'"
        ).fetchone()
    return row[0] if row else ""


def record_published_definitions(
    settings: Settings, definitions: dict[str, dict[str, Any]]
) -> None:
    """Lay what readers have today beside the marts, so that the gate can compare definitions."""
    with open_warehouse(settings) as connection:
        create_raw_tables(connection)
        replace_published_definitions(
            connection,
            [(metric, about["version"], about["hash"]) for metric, about in definitions.items()],
        )


def load_exports(settings: Settings, run_id: str, input_fingerprint: str = "") -> LoadReport:
    """Replace all raw tables by what the exports hold now, or change nothing.

    Every file is read again: a corrected file replaces what it brought and a removed one takes its
    rows along. Raises MappingError, WarehouseBusy, or LoadFailed naming every file that failed.
    """
    mapping = load_mapping(settings.config)
    refuse_taken_names(settings.config, mapping, settings.dbt_project)
    files = inventory(settings, mapping)
    scratch = settings.state / "scratch"
    free_scratch(scratch)
    plan = plan_reads(settings, mapping, files, scratch)
    with open_warehouse(settings) as connection:
        if errors := refusals(plan, mapping.sources, files_loaded(connection)):
            raise LoadFailed(errors)
        create_stages(connection)
        loads, drift = _read_all(connection, settings, mapping, plan)
        unfinished = _unfinished(connection, loads, plan)
        left_out = leave_accounts_out(connection, loads)
        observe_stages(connection, loads)
        tie_attendances(connection, mapping)
        for entity in staged_entities(loads):
            for load_no, rows in keep_newest(connection, entity).items():
                loads[load_no] = loads[load_no].superseded_by_newer(rows)
        refuse_too_many_members(connection, mapping)
        parameters = _parameters(settings, mapping, run_id, input_fingerprint)
        words = mapped_values(connection, loads)
        connection.execute("begin")
        replace_raw_tables(connection, mapping, parameters, loads, words, drift)
        connection.execute("commit")
        quarantine = next(table for table in raw_tables() if table.name == "quarantine")
        write_csv(
            connection,
            "raw_meta.quarantine",
            quarantine.columns,
            settings.quarantine,
        )
        return LoadReport(
            run_id=run_id,
            company=mapping.company,
            source_system=mapping.source,
            file_loads=tuple(loads),
            row_counts=count_rows(connection),
            mapped_values=words,
            drift=tuple(drift),
            quarantine_examples=quarantine_examples(connection, loads),
            repeated_files=tuple(plan.repeated),
            unmatched_files=tuple(plan.unmatched),
            left_out=(*plan.left_out, *left_out),
            unfinished_files=unfinished,
        )


def _parameters(
    settings: Settings, mapping: Mapping, run_id: str, input_fingerprint: str
) -> dict[str, str]:
    as_of = mapping.as_of or datetime.now(UTC)
    return mapping.parameters | {
        "as_of": f"{as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "reporting_tz": mapping.reporting_zone,
        "reporting_currency": mapping.currency,
        "fiscal_type": mapping.fiscal_type,
        "fiscal_year_start_month": str(mapping.fiscal_year_start_month),
        "fiscal_week_start": str(mapping.fiscal_week_start),
        "company_name": mapping.company,
        "source_system": mapping.source,
        "pii_salt": pii_salt(settings),
        "run_id": run_id,
        "input_fingerprint": input_fingerprint,
    }


def _read_all(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    mapping: Mapping,
    plan: Plan,
) -> tuple[list[FileLoad], list[Drift]]:
    salt = pii_salt(settings)
    scratch = settings.state / "scratch"
    loads: list[FileLoad] = []
    drift: dict[tuple[str, str, str], Drift] = {}
    errors: list[ExportError] = []
    for file, entry in plan.reads:
        headers = known_headers(other_entry for other, other_entry in plan.reads if other == file)
        free_scratch(scratch)
        caster = Caster(mapping, entry, salt)
        try:
            loaded = load_file(connection, caster, file, len(loads), headers, scratch)
        except ExportError as error:
            errors.append(error)
            continue
        except duckdb.Error as error:
            errors.append(_unexpected(file, entry, error))
            continue
        source, shape = entry.source or mapping.source, plan.shapes.get((file.name, entry.name))
        loads.append(FileLoad.of(file, entry, source, loaded, shape))
        for kind, columns in (
            ("unknown_column", loaded.unknown),
            ("missing_optional_column", loaded.missing),
        ):
            for column in columns:
                drift.setdefault(
                    (file.name, column, kind), Drift(file.name, entry.entity, column, kind)
                )
    shutil.rmtree(scratch, ignore_errors=True)
    if errors:
        raise LoadFailed(errors)
    return loads, list(drift.values())


def _unfinished(
    connection: duckdb.DuckDBPyConnection, loads: list[FileLoad], plan: Plan
) -> tuple[str, ...]:
    """The files whose pages end nowhere; an empty page beside them is an end too."""
    empty = Counter(PurePosixPath(left.file).parent for left in plan.unmatched if left.is_empty)
    lacking = {loads[load_no].file: ends for load_no, ends in unended(connection).items()}
    return tuple(name for name, ends in lacking.items() if empty[PurePosixPath(name).parent] < ends)


def _unexpected(file: ExportFile, entry: FileMapping, error: duckdb.Error) -> PermanentExportError:
    return PermanentExportError(
        f"Loading {file.name} as {entry.name}: DuckDB answered {str(error).splitlines()[0]!r}. "
        "That is not an answer this program knows, so a retry is unlikely to help. Look for the "
        "row it speaks of, and report it if the file is sound."
    )
