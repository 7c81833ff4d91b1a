"""Exports that are more than a header and rows: reports of ad platforms, the planning workbook."""

from __future__ import annotations

import csv
import io
from typing import Any

from python_calamine import CalamineWorkbook

from orchestration.demo.traffic import DailyLeads
from tests.demo.demo_company import Demo


def below_header(
    demo: Demo, name: str, first: str, encoding: str = "utf-8", delimiter: str = ","
) -> list[dict[str, str]]:
    """The rows below the header that begins with ``first``, remarks and totals too."""
    lines = csv.reader(io.StringIO(demo.read(name, encoding), newline=""), delimiter=delimiter)
    rows = [line for line in lines if line]
    start = next(number for number, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[start], row, strict=False)) for row in rows[start + 1 :]]


def sheet(demo: Demo, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet of the planning workbook."""
    book = CalamineWorkbook.from_path(str(demo.exports / "planning.xlsx"))
    header, *rows = book.get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def daily_leads(demo: Demo) -> DailyLeads:
    """New people by day, counted once more."""
    leads = DailyLeads(demo.company)
    for group in demo.groups:
        leads.add(group)
    return leads
