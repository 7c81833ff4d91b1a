"""The main job as three plain functions: load, build, publish. Dagster only wraps them."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import publication, transformation, warehouse
from orchestration.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from expectations.gate import GateReport

log = logging.getLogger("smarketing")


def input_fingerprint(settings: Settings) -> str:
    """sha256 of everything a published version follows from: exports, mapping and our own code."""
    settings = warehouse.resolve_exports(settings)
    code = transformation.code_fingerprint(
        settings.dbt_project, PROJECT_ROOT / "orchestration", PROJECT_ROOT / "expectations"
    )
    exports = warehouse.fingerprint(settings, warehouse.inventory(settings))
    return hashlib.sha256(f"{code}\n{exports}".encode()).hexdigest()


def is_up_to_date(settings: Settings) -> bool:
    """Whether the current version was published from exactly these inputs."""
    manifest = publication.current_manifest(settings)
    return manifest is not None and manifest["fingerprint"] == input_fingerprint(settings)


def load(settings: Settings, run_id: str) -> warehouse.LoadReport:
    """Exports into the raw tables; the last good raw data stays when any file is refused."""
    settings = warehouse.resolve_exports(settings)
    log.info("Reading exports from %s", settings.exports)
    report = warehouse.load_exports(settings, run_id, input_fingerprint(settings))
    totals = report.totals
    log.info(
        "  %s files, %s rows read: %s loaded, %s superseded by newer ones, %s quarantined%s%s%s",
        totals["files"],
        f"{totals['rows_read']:,}",
        f"{totals['rows_loaded']:,}",
        f"{totals['rows_superseded']:,}",
        f"{totals['rows_quarantined']:,}",
        f" (see {settings.quarantine})" if totals["rows_quarantined"] else "",
        f", {totals['rows_filtered']:,} not asked for" if totals["rows_filtered"] else "",
        f"; {totals['rows_footer']:,} footer lines are no data" if totals["rows_footer"] else "",
    )
    for unmatched in report.unmatched_files:
        log.info("  not read: %s (%s)", unmatched.file, unmatched.reason)
    for left in report.left_out[:10]:
        log.info("  %s: no %s are read from it (%s)", left.file, left.entity, left.reason)
    if len(report.left_out) > 10:
        log.info("  … and %s more that are not read from their files", len(report.left_out) - 10)
    for file in report.unfinished_files[:10]:
        log.info(
            "  %s: it says that more pages follow, and the next one is not among the files, so "
            "that records are missing; a retry will not help, export every page",
            file,
        )
    if len(report.unfinished_files) > 10:
        log.info("  … and %s more without their next page", len(report.unfinished_files) - 10)
    for file, records in report.cut_records.items():
        log.info(
            "  %s: %s of its records say that they hold only the first of their items (has_more), "
            "so that rows are missing; a retry will not help, export each with all of its items",
            file,
            f"{records:,}",
        )
    for file, encoding in report.guessed_encodings.items():
        log.info(
            "  %s: read as %s, which is a guess; state its `encoding` if names look wrong",
            file,
            encoding,
        )
    if kept_aside := report.unknown_columns:
        log.info(
            "  %s columns of %s files are mapped to nothing and kept beside their rows; "
            "`smarketing sources check FILE` names them",
            f"{len(kept_aside):,}",
            len({column.file for column in kept_aside}),
        )
    for load in report.broken_totals[:10]:
        for total in load.totals:
            if not total.agrees:
                log.info("  %s: its total row says %s", load.file, total.says)
    for word in report.unmapped[:10]:
        log.info(
            "  %s.%s: the mapping does not know %r; rows kept as %s: %s",
            word.entity,
            word.column,
            word.source_value,
            word.mapped_value,
            f"{word.row_count:,}",
        )
    return report


def build(settings: Settings) -> transformation.BuildResult:
    """dbt models and data tests over the raw tables."""
    log.info("Building the marts")
    with warehouse.writer_lock(settings):
        result = transformation.build(settings, on_progress=lambda node: log.debug("  %s", node))
    log.info(
        "  %s models built, %s data tests run, %s failed",
        result.count("model"),
        result.count("test"),
        len(result.bad_nodes),
    )
    return result


def publish(settings: Settings, run_id: str) -> publication.Version:
    """Validate the marts and, only when the gate holds, publish them with their documentation.

    Raises publication.GateFailed with the report; the last version then stays as it is.
    """
    from expectations import gate

    def validate(docs: Path) -> GateReport:
        log.info("Validating the shared definitions")
        report = gate.validate(settings.warehouse, docs, settings.dbt_project, run_id)
        log.info(
            "  %s checks passed, %s warned, %s failed",
            report.passed_count,
            len(report.failed_warnings),
            len(report.failed_errors),
        )
        return report

    def build_docs(version: Path, manifest: dict[str, Any]) -> None:
        from orchestration.pages import build_site

        log.info("Drawing the data docs")
        build_site(version / "analytics.duckdb", version / "docs", manifest)
        transformation.write_docs(settings, version / "docs" / "dbt")

    with warehouse.writer_lock(settings):
        current = publication.current_manifest(settings)
        warehouse.record_published_definitions(settings, current["definitions"] if current else {})
        version = publication.publish(
            settings,
            run_id=run_id,
            fingerprint=warehouse.loaded_fingerprint(settings),
            validate=validate,
            build_docs=build_docs,
        )
    log.info("Published version %s", version.version_id)
    return version
