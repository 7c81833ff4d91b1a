"""Every setting of the product, typed, with its environment variable, default and meaning."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as text and one line on what it does."""

    variable: str
    default: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("SMARKETING_HOME", "./data", "Folder of everything a run writes."),
    Setting("SMARKETING_EXPORTS", "$SMARKETING_HOME/exports", "Folder the exports are read from."),
    Setting(
        "SMARKETING_CONFIG",
        "$SMARKETING_EXPORTS/exports.yaml",
        "Mapping file that says what each export means.",
    ),
    Setting("SMARKETING_KEEP_VERSIONS", "10", "How many published versions stay for rollback."),
    Setting(
        "SMARKETING_PII_SALT",
        "",
        "Secret mixed into hashes of e-mail addresses; drawn once per home when empty.",
    ),
    Setting("SMARKETING_THREADS", "2", "Threads of the dbt build."),
)


@dataclass(frozen=True)
class Settings:
    """Where a run reads and writes. Paths are absolute."""

    home: Path
    exports: Path
    config: Path
    keep_versions: int = 10
    pii_salt: str = ""
    threads: int = 2

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from the environment; an override that is not None wins over its variable."""
        env = os.environ if environ is None else environ
        given = {key: value for key, value in overrides.items() if value is not None}
        unknown = given.keys() - {field.name for field in fields(cls)}
        if unknown:
            raise TypeError(f"unknown settings: {', '.join(sorted(unknown))}")
        home = Path(given.get("home") or env.get("SMARKETING_HOME") or "./data").resolve()
        exports = Path(
            given.get("exports") or env.get("SMARKETING_EXPORTS") or home / "exports"
        ).resolve()
        config = Path(
            given.get("config") or env.get("SMARKETING_CONFIG") or exports / "exports.yaml"
        ).resolve()
        return cls(
            home=home,
            exports=exports,
            config=config,
            keep_versions=int(
                given.get("keep_versions") or env.get("SMARKETING_KEEP_VERSIONS") or 10
            ),
            pii_salt=given.get("pii_salt") or env.get("SMARKETING_PII_SALT") or "",
            threads=int(given.get("threads") or env.get("SMARKETING_THREADS") or 2),
        )

    @property
    def warehouse(self) -> Path:
        """The private working database: one writer, no readers."""
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """What readers see: ``current`` points at one of ``versions/``."""
        return self.home / "published"

    @property
    def state(self) -> Path:
        """What a run remembers for the next one: file hashes, dbt's parse, the last gate report."""
        return self.home / "state"

    @property
    def quarantine(self) -> Path:
        """The rows of the last load that were kept back, with the reason of each."""
        return self.home / "quarantine.csv"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dbt_project(self) -> Path:
        return PROJECT_ROOT / "dbt_project"

    @property
    def dbt_target(self) -> Path:
        """dbt's artifacts, a folder per home: another home's paths would void its parse."""
        return self.state / "dbt"
