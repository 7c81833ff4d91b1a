"""Which files of the drop folder a mapping speaks of, what is in them, and whether that is new."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from orchestration.exports.errors import FileChanging
from orchestration.exports.kinds import not_read
from orchestration.exports.mapping import load_mapping
from orchestration.exports.mapping_model import FileMapping, Mapping, SourceMapping
from orchestration.settings import Settings


@dataclass(frozen=True)
class ExportFile:
    """One file of the drop folder that an entry of the mapping names or a reader may take."""

    path: Path
    name: str
    """Relative to the exports folder, with forward slashes."""
    sha256: str
    size: int
    """Bytes."""
    mtime_ns: int

    @property
    def modified_at(self) -> datetime:
        return datetime.fromtimestamp(self.mtime_ns / 1e9, UTC)

    def check_unchanged(self) -> None:
        """Raise FileChanging when the file is no longer the one that was hashed."""
        try:
            found = self.path.stat()
        except FileNotFoundError as error:
            raise _changing(self.name, "it is gone") from error
        if (found.st_size, found.st_mtime_ns) != (self.size, self.mtime_ns):
            raise _changing(self.name, f"it had {self.size} bytes and now has {found.st_size}")


def resolve_exports(settings: Settings) -> Settings:
    """``settings``, or the demo company's when there is neither a mapping nor any file."""
    if settings.config.is_file() or files_below(settings.exports):
        return settings
    from orchestration.demo import kept_demo

    exports = kept_demo(settings.home)
    return replace(settings, exports=exports, config=exports / "exports.yaml")


def files_below(exports: Path) -> list[Path]:
    """Every file below the drop folder, by name, but for hidden ones."""
    if not exports.is_dir():
        return []
    return sorted(
        path
        for path in exports.rglob("*")
        if not path.name.startswith((".", "~$")) and path.is_file()
    )


def data_files(exports: Path) -> list[Path]:
    """Those of a kind that can be read."""
    return [path for path in files_below(exports) if not not_read(path)]


def matching(exports: Path, entry: FileMapping) -> list[Path]:
    """The files one entry of the mapping names, by name; a pattern also finds its .gz."""
    found = {
        path
        for pattern in (entry.pattern, f"{entry.pattern}.gz")
        for path in exports.glob(pattern)
        if path.is_file() and not path.name.startswith((".", "~$"))
    }
    return sorted(found)


def is_of(name: str, source: SourceMapping) -> bool:
    """Whether the file ``name``, relative to the exports folder, may come from ``source``."""
    path = PurePosixPath(name)
    folder = PurePosixPath(source.folder)
    if not path.is_relative_to(folder):
        return False
    below = path.relative_to(folder)
    return below.match(source.pattern) or below.match(f"{source.pattern}.gz")


def inventory(settings: Settings, mapping: Mapping | None = None) -> list[ExportFile]:
    """The files the mapping names or leaves to readers, oldest first (modified time, then name).

    Hashes are remembered in the home by path, size and modified time, so that an unchanged folder
    is not read again. Raises MappingError, or FileChanging for a file that grows meanwhile.
    """
    mapping = mapping or load_mapping(settings.config)
    paths = {path for entry in mapping.files for path in matching(settings.exports, entry)}
    if mapping.sources:
        paths |= {
            path
            for path in data_files(settings.exports)
            if any(
                is_of(path.relative_to(settings.exports).as_posix(), source)
                for source in mapping.sources
            )
        }
    cache_file = settings.state / "export_hashes.json"
    known = _read_cache(cache_file)
    files = [_export_file(settings.exports, path, known) for path in paths]
    fresh = {_cache_key(file): file.sha256 for file in files}
    if fresh.keys() - known.keys():
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        partial = cache_file.with_suffix(".tmp")
        partial.write_text(json.dumps(known | fresh, indent=0), encoding="utf-8")
        partial.replace(cache_file)
    return sorted(files, key=lambda file: (file.mtime_ns, file.name))


def fingerprint(settings: Settings, files: list[ExportFile]) -> str:
    """What a load of ``files`` depends on: their content and order, the mapping, and today's date.

    The date (in the reporting zone) counts only while the mapping does not fix ``as_of``.
    """
    mapping = load_mapping(settings.config)
    today = datetime.now(ZoneInfo(mapping.reporting_zone)).date().isoformat()
    parts = {
        "files": [[file.name, file.sha256] for file in files],
        "mapping": hashlib.sha256(settings.config.read_bytes()).hexdigest(),
        "day": None if mapping.as_of else today,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _export_file(exports: Path, path: Path, known: dict[str, str]) -> ExportFile:
    name = path.relative_to(exports).as_posix()
    try:
        found = path.stat()
        file = ExportFile(path, name, "", found.st_size, found.st_mtime_ns)
        sha256 = known.get(_cache_key(file))
        if sha256 is None:
            with path.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            file.check_unchanged()
    except FileNotFoundError as error:
        raise _changing(name, "it is gone") from error
    return replace(file, sha256=sha256)


def _cache_key(file: ExportFile) -> str:
    return f"{file.path}|{file.size}|{file.mtime_ns}"


def _read_cache(path: Path) -> dict[str, str]:
    try:
        cached = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return cached if isinstance(cached, dict) else {}


def _changing(name: str, fact: str) -> FileChanging:
    return FileChanging(
        f"Reading {name}: {fact} while it was read. A retry will help once the export has been "
        "written completely."
    )
