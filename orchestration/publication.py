"""The publish protocol: validate, write a complete version beside the old one, switch to it.

Readers see ``HOME/published/current``, a link to one folder of ``published/versions/``. A version
is written under a name that no reader looks at, brought safely to disk, renamed, and only then
linked; so a failed check, a crash at any moment or a reader that holds a file open leaves
everyone with the last good version. One publisher at a time holds a lock of the operating system,
which dies with its process.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import version_files
from orchestration.settings import Settings

if TYPE_CHECKING:
    from expectations.report import GateReport

PARTIAL_SUFFIX = ".partial"
LOCK_TIMEOUT_SECONDS = 900
ID_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
VERSION_ID = re.compile(r"\d{8}T\d{6}Z-[a-z0-9]{1,8}")
FAILURES_IN_MESSAGE = 5


class PublicationError(Exception):
    """Publishing or rolling back did not happen; the message says what still stands."""


class GateFailed(PublicationError):
    """At least one check of severity ``error`` failed; ``report`` holds every result."""

    def __init__(self, message: str, report: GateReport) -> None:
        super().__init__(message)
        self.report = report


class StaleRun(PublicationError):
    """The warehouse holds older raw data than the version readers already have."""


@dataclass(frozen=True)
class Version:
    """One published version: a folder that is never changed after it got its name."""

    version_id: str
    path: Path
    created_at: datetime
    run_id: str
    is_current: bool

    @property
    def manifest(self) -> dict[str, Any]:
        """What the version holds: sources, counts, definitions, checks, a hash of each file."""
        return _read_manifest(self.path)


def publish(
    settings: Settings,
    *,
    run_id: str,
    fingerprint: str,
    validate: Callable[[Path], GateReport],
    build_docs: Callable[[Path, dict[str, Any]], None],
) -> Version:
    """Validate the warehouse, then write and switch to a new version of its marts.

    ``validate`` gets an empty folder for its own pages and runs here, inside the step, so no
    caller can publish around it. ``build_docs`` gets the folder of the unfinished version, which
    already holds its data files, and the manifest, complete but for the hashes in ``files``.

    Raises GateFailed, StaleRun or PublicationError; the version before then still stands.
    """
    with _publish_lock(settings):
        _repair(settings)
        with version_files.frozen(settings.warehouse) as warehouse:
            company = version_files.company(warehouse)
            report = _validated(settings, company, validate)
            contents = version_files.contents(warehouse)
            _refuse_stale(settings, contents["loaded_at"])
            created_at = _next_instant(settings)
            version_id = f"{created_at:{ID_TIME_FORMAT}}-{_short(run_id)}"
            manifest: dict[str, Any] = {
                "version_id": version_id,
                "run_id": run_id,
                "fingerprint": fingerprint,
                "created_at": f"{created_at:%Y-%m-%dT%H:%M:%SZ}",
                "code_version": metadata.version("smarketing"),
                **contents,
                "checks": [asdict(result) for result in report.results],
                "check_totals": {
                    "passed": report.passed_count,
                    "warned": len(report.failed_warnings),
                    "failed": len(report.failed_errors),
                },
            }
            partial = _versions_dir(settings) / f"{version_id}{PARTIAL_SUFFIX}"
            partial.mkdir(parents=True)
            manifest["marts"] = version_files.write_data(
                warehouse, partial, version_files.column_comments(settings.dbt_target)
            )
        shutil.copytree(_gate_dir(settings) / "checks", partial / "docs" / "checks")
        build_docs(partial, manifest)
        manifest["files"] = version_files.hashes(partial)
        version_files.write_json(partial / "manifest.json", manifest)
        version_files.sync_tree(partial)
        final = _versions_dir(settings) / version_id
        partial.rename(final)
        version_files.sync(final.parent)
        _switch(settings, version_id)
        _prune(settings)
        return _version(final, version_id)


def versions(settings: Settings) -> list[Version]:
    """Every complete version, newest first."""
    current = _current_id(settings)
    folders = _versions_dir(settings)
    if not folders.is_dir():
        return []
    names = sorted((path.name for path in folders.iterdir()), reverse=True)
    return [
        _version(folders / name, current)
        for name in names
        if VERSION_ID.fullmatch(name) and (folders / name / "manifest.json").is_file()
    ]


def current_manifest(settings: Settings) -> dict[str, Any] | None:
    """The manifest of the version readers see; None before the first one."""
    current = _current_id(settings)
    return _read_manifest(_versions_dir(settings) / current) if current else None


def rollback(settings: Settings, version_id: str | None = None) -> Version:
    """Switch readers to ``version_id``, or to the version before the current one.

    Raises PublicationError when there is no such version; nothing is changed then.
    """
    with _publish_lock(settings):
        _repair(settings)
        known = versions(settings)
        current = next((version for version in known if version.is_current), None)
        if current is None:
            raise PublicationError(
                f"Rolling back {settings.published}: nothing is published there yet, so a retry "
                "will not help. Publish first: smarketing run."
            )
        if version_id is None:
            older = [version for version in known if version.version_id < current.version_id]
            if not older:
                raise PublicationError(
                    f"Rolling back: no version is older than {current.version_id}, which still "
                    "stands. Name a version to switch to a newer one: smarketing versions."
                )
            target = older[0]
        else:
            named = [version for version in known if version.version_id == version_id]
            if not named:
                raise PublicationError(
                    f"Rolling back to {version_id!r}: there is no such version; "
                    f"{current.version_id} still stands. Known: "
                    f"{', '.join(version.version_id for version in known)}."
                )
            target = named[0]
        _switch(settings, target.version_id)
        return replace(target, is_current=True)


def repair(settings: Settings) -> None:
    """Remove what a killed publisher left behind, and restore a link that points nowhere."""
    with _publish_lock(settings):
        _repair(settings)


def _repair(settings: Settings) -> None:
    folders = _versions_dir(settings)
    folders.mkdir(parents=True, exist_ok=True)
    for path in folders.glob(f"*{PARTIAL_SUFFIX}"):
        shutil.rmtree(path)
    for path in settings.published.glob(f"current{PARTIAL_SUFFIX}"):
        path.unlink()
    if _current_id(settings) is None:
        # A complete version passed the gate before it got its name, so it may be shown.
        complete = versions(settings)
        if complete:
            _switch(settings, complete[0].version_id)


@contextmanager
def _publish_lock(settings: Settings) -> Iterator[None]:
    from filelock import FileLock, Timeout

    settings.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.state / "publish.lock", timeout=LOCK_TIMEOUT_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise PublicationError(
            f"Publishing to {settings.published}: another run has been publishing for "
            f"{LOCK_TIMEOUT_SECONDS} s. Retry when it has ended."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _validated(
    settings: Settings, company: str, validate: Callable[[Path], GateReport]
) -> GateReport:
    """The gate's report, kept under ``state/gate`` whatever it says; raises GateFailed."""
    folder = _gate_dir(settings)
    shutil.rmtree(folder, ignore_errors=True)
    docs_dir = folder / "checks"
    docs_dir.mkdir(parents=True)
    report = validate(docs_dir)
    version_files.write_json(folder / "report.json", report.as_dict())
    if not report.failed_errors:
        return report
    failed = [
        f"{result.rule_id}: {result.detail}"
        for result in report.failed_errors[:FAILURES_IN_MESSAGE]
    ]
    if len(report.failed_errors) > FAILURES_IN_MESSAGE:
        failed.append(f"and {len(report.failed_errors) - FAILURES_IN_MESSAGE} more")
    current = _current_id(settings)
    stands = f"Version {current} still stands." if current else "Nothing was published before."
    raise GateFailed(
        f"{company} not published: "
        f"{len(report.failed_errors)} of {len(report.results)} checks failed "
        f"({'; '.join(failed)}). {stands} A retry on the same exports will not help. "
        f"Next step: open {docs_dir / 'index.html'}, mend what the failed checks name (an export, "
        "the mapping or a definition), run again.",
        report,
    )


def _refuse_stale(settings: Settings, loaded_at: str | None) -> None:
    current = current_manifest(settings)
    published = current.get("loaded_at") if current else None
    if current and published and loaded_at and loaded_at < published:
        raise StaleRun(
            f"Publishing {settings.warehouse}: its raw data was loaded at {loaded_at}, before "
            f"that of version {current['version_id']} ({published}), which still stands. A retry "
            "will not help. Load the exports again, or go back on purpose: smarketing rollback."
        )


def _next_instant(settings: Settings) -> datetime:
    """Now, or one second after the newest version when the clock has not moved past it."""
    now = datetime.now(UTC).replace(microsecond=0)
    newest = versions(settings)[:1]
    return max(now, newest[0].created_at + timedelta(seconds=1)) if newest else now


def _switch(settings: Settings, version_id: str) -> None:
    link = settings.published / "current"
    if link.is_dir() and not link.is_symlink():
        raise PublicationError(
            f"Switching to version {version_id}: {link} is a folder, not a link, so readers "
            "cannot be switched and a retry will not help. Move it away and run again."
        )
    new_link = settings.published / f"current{PARTIAL_SUFFIX}"
    new_link.symlink_to(Path("versions") / version_id)
    new_link.replace(link)
    version_files.sync(settings.published)


def _prune(settings: Settings) -> None:
    for version in versions(settings)[max(settings.keep_versions, 1) :]:
        if not version.is_current:
            # Renamed first: a folder that is being emptied must not pass for a version.
            doomed = version.path.with_name(version.path.name + PARTIAL_SUFFIX)
            version.path.rename(doomed)
            shutil.rmtree(doomed)


def _current_id(settings: Settings) -> str | None:
    link = settings.published / "current"
    if not link.is_symlink():
        return None
    name = link.readlink().name
    return name if (_versions_dir(settings) / name / "manifest.json").is_file() else None


def _version(path: Path, current: str | None) -> Version:
    manifest = _read_manifest(path)
    return Version(
        version_id=path.name,
        path=path,
        created_at=datetime.strptime(path.name.split("-")[0], ID_TIME_FORMAT).replace(tzinfo=UTC),
        run_id=manifest["run_id"],
        is_current=path.name == current,
    )


def _read_manifest(path: Path) -> dict[str, Any]:
    return json.loads((path / "manifest.json").read_text(encoding="utf-8"))


def _short(run_id: str) -> str:
    return re.sub(r"[^a-z0-9]", "", run_id.lower())[:8] or "0"


def _versions_dir(settings: Settings) -> Path:
    return settings.published / "versions"


def _gate_dir(settings: Settings) -> Path:
    return settings.state / "gate"
