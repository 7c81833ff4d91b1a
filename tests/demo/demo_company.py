"""A small demo company on disk: its CRM exports, its mapping, what was planted, its event log."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration import pipeline
from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.settings import DemoSettings
from orchestration.demo.simulation import simulate
from orchestration.demo.vendors import vendors
from orchestration.demo.world import Account, Deal, Group, Person
from orchestration.settings import Settings
from orchestration.warehouse import LoadReport


@dataclass
class Demo:
    """A demo company written below ``folder``, and the warehouse its exports were loaded into."""

    folder: Path
    company: Company
    groups: list[Group]
    report: LoadReport
    warehouse: Path

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    @cached_property
    def planted(self) -> list[dict[str, str]]:
        with (self.folder / "truth" / "warts.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def planted_records(self, wart: str) -> list[str]:
        return [row["record"] for row in self.planted if row["wart"] == wart]

    @property
    def people(self) -> Iterator[Person]:
        """Everybody known by the time of the exports."""
        for group in self.groups:
            yield from (person for person in group.people if person.created_at < self.company.as_of)

    @property
    def accounts(self) -> Iterator[Account]:
        for group in self.groups:
            yield from group.accounts

    @property
    def deals(self) -> Iterator[Deal]:
        for account in self.accounts:
            yield from account.deals

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def read(self, name: str, encoding: str = "utf-8") -> str:
        return (self.exports / name).read_bytes().decode(encoding)

    def table(self, name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
        with (self.exports / name).open(encoding=encoding, newline="") as file:
            return list(csv.DictReader(file))


def write_exports(folder: Path, settings: DemoSettings) -> tuple[Company, list[Group]]:
    """Drive the recorders of every system over the event log; exports and planted list in place."""
    company = Company(settings)
    (folder / "truth").mkdir(parents=True)
    exports = Exports(company, folder / "exports")
    planted = Planted(folder / "truth")
    recorders = vendors(company, exports, planted)
    groups = list(simulate(company))
    for group in groups:
        for recorder in recorders:
            recorder.add(group)
    for recorder in recorders:
        recorder.close()
    exports.close()
    planted.close()
    return company, groups


def load_demo(folder: Path, settings: DemoSettings) -> Demo:
    """Write the demo company and load its exports as a run would."""
    company, groups = write_exports(folder, settings)
    exports = folder / "exports"
    run = Settings.load({}, home=folder / "home", exports=exports, config=exports / "exports.yaml")
    report = pipeline.load(run, "run-1")
    return Demo(folder, company, groups, report, run.warehouse)


def tree_hash(folder: Path) -> str:
    """One hash over the names, bytes and ages of every file."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
        digest.update(str(path.stat().st_mtime_ns).encode() if "exports" in path.parts else b"")
    return digest.hexdigest()


def utc(at: int | None) -> datetime | None:
    """An instant of the event log as the warehouse holds it."""
    return None if at is None else datetime(1970, 1, 1) + timedelta(seconds=at)


def day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)
