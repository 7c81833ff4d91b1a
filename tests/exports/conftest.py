"""A company in a temporary folder: write files and a mapping, load, look at the raw tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import warehouse
from orchestration.settings import Settings

HEAD = """\
version: 1
company: Test company
source: test
time_zone: Europe/Berlin
currency: EUR
as_of: 2026-01-01T00:00:00Z
stages:
  - {name: Open, order: 10, outcome: open, qualified: true, spellings: [in progress]}
  - {name: Won, order: 90, outcome: won}
  - {name: Lost, order: 91, outcome: lost}
"""

DEALS = """\
files:
  - name: deals
    pattern: "deals*"
    entity: opportunities
    columns: {opportunity_id: id, stage: stage, amount: amount, close_date: closed}
"""


@dataclass
class Company:
    settings: Settings
    head: str = HEAD

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.settings.exports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    def map(self, files: str, head: str | None = None) -> None:
        self.write("exports.yaml", (self.head if head is None else head) + files)

    def load(self) -> warehouse.LoadReport:
        return warehouse.load_exports(self.settings, "run-1")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse)) as connection:
            return connection.execute(query).fetchall()

    def quarantined(self) -> list[tuple[Any, ...]]:
        """Row, column, value and reason of everything kept back."""
        return self.rows(
            "select source_row, column_name, value, reason from raw_meta.quarantine order by all"
        )

    def deals(self, content: str | bytes, name: str = "deals.csv", files: str = DEALS) -> list:
        """Load one file of deals; id, stage, amount and close date of what landed."""
        self.write(name, content)
        self.map(files)
        self.load()
        return self.rows(
            "select opportunity_id, stage, amount::double, close_date::varchar "
            "from raw_mapped.opportunities order by _source_row"
        )


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Bad rows never stop a load here unless a test says so."""
    home = tmp_path / "home"
    exports = tmp_path / "exports"
    exports.mkdir()
    settings = Settings.load({}, home=home, exports=exports, pii_salt="salt")
    return Company(settings, HEAD + "max_quarantine_rate: 1\n")
