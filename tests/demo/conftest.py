"""A small demo company with its exports and the event log they follow."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from orchestration.demo.company import Company, DemoSettings
from orchestration.demo.files import Exports, Planted
from orchestration.demo.simulation import simulate
from orchestration.demo.traffic import DailyLeads
from orchestration.demo.vendors import vendors
from orchestration.demo.warts import ALL
from orchestration.demo.world import Account, Group, Response


@dataclass
class Made:
    """A demo company, its exports, and the event log they follow."""

    company: Company
    folder: Path
    groups: list[Group]
    leads: DailyLeads
    planted: Planted

    @property
    def accounts(self) -> list[Account]:
        return [account for group in self.groups for account in group.accounts]

    @property
    def responses(self) -> list[Response]:
        return [response for account in self.accounts for response in account.responses]

    def text(self, name: str, encoding: str = "utf-8") -> str:
        return (self.folder / name).read_bytes().decode(encoding)

    def rows(self, name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
        """The rows of a file whose first line is its header."""
        return list(csv.DictReader(io.StringIO(self.text(name, encoding), newline="")))

    def report(
        self, name: str, first: str, encoding: str = "utf-8", delimiter: str = ","
    ) -> list[dict[str, str]]:
        """The rows below the header that begins with ``first``, remarks and totals too."""
        lines = csv.reader(io.StringIO(self.text(name, encoding), newline=""), delimiter=delimiter)
        rows = [line for line in lines if line]
        start = next(number for number, row in enumerate(rows) if row[0] == first)
        return [dict(zip(rows[start], row, strict=False)) for row in rows[start + 1 :]]

    def sheet(self, name: str) -> list[dict[str, Any]]:
        """The rows of a sheet of the planning workbook."""
        book = CalamineWorkbook.from_path(str(self.folder / "planning.xlsx"))
        header, *rows = book.get_sheet_by_name(name).to_python()
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def make(folder: Path, warts: frozenset[str], people: int = 1_500, months: int = 24) -> Made:
    company = Company(DemoSettings(people, months, 11, warts))
    (folder / "truth").mkdir(parents=True)
    exports, planted = Exports(company, folder / "exports"), Planted(folder / "truth")
    made = Made(company, folder / "exports", [], DailyLeads(company), planted)
    recorders = [made.leads, *vendors(company, exports, planted)]
    for group in simulate(company):
        made.groups.append(group)
        for recorder in recorders:
            recorder.add(group)
    for recorder in recorders:
        recorder.close()
    exports.close()
    planted.close()
    return made


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Without a single planted defect."""
    return make(tmp_path_factory.mktemp("plain"), frozenset())


@pytest.fixture(scope="session")
def warty(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("warty"), ALL)
