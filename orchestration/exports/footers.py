"""Lines of a file that are no data: totals, copyright, remarks of the tool, heads of tables.

A report may hold several tables under each other, each below lines that head it. Further ones with
the same header go on with the first, as the next range of dates does; one with another header is
another report, and what its cells mean cannot be known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.exports.delimited import unique_names
from orchestration.exports.errors import FileError

if TYPE_CHECKING:
    from orchestration.exports.mapping_model import FileMapping


@dataclass(frozen=True)
class TableTotal:
    """The rows that add up one table between them, and the rows that it stands between."""

    rows: tuple[tuple[str, ...], ...]
    after: int
    before: int | None


@dataclass(frozen=True)
class _TotalRow:
    cells: tuple[str, ...]
    is_part: bool
    rows_above: int
    """Rows of data of its file that stand above it."""


class Footers:
    """What an entry says of such lines, and what was found of them in one file."""

    def __init__(self, entry: FileMapping, file: str) -> None:
        self.file = file
        self.patterns = [re.compile(pattern) for pattern in entry.footer]
        self.data = re.compile(entry.data) if entry.data else None
        self.header: tuple[str, ...] = ()
        """Of the first table, as soon as it is known."""
        self.count = 0
        self.repeats: list[int] = []
        """The rows in which the header stands again."""
        total = entry.total
        self._total = re.compile(total.row) if total and total.row else None
        self._part = re.compile(total.part) if total and total.part else None
        self._heading = re.compile(entry.heading) if entry.heading else None
        self._filled = entry.filled
        self._nulls = {
            spec.column: entry.nulls_of(spec) for spec in entry.columns.values() if spec.column
        }
        self._totals: dict[int, list[_TotalRow]] = defaultdict(list)
        self._rows = 0
        self._is_below_heading = False

    @property
    def totals(self) -> tuple[TableTotal, ...]:
        """What adds each table up that is added up."""
        bounds = [0, *self.repeats, None]
        return tuple(
            TableTotal(_adding_up(rows), bounds[table] or 0, bounds[table + 1])
            for table, rows in self._totals.items()
        )

    def note_total(self, cells: Sequence[str], *, is_part: bool = False) -> None:
        """Keep the cells of a row that adds up the table it stands in, or a part of it."""
        self._totals[len(self.repeats)].append(_TotalRow(tuple(cells), is_part, self._rows))

    def take(self, row: int, cells: Sequence[str], *texts: str) -> bool:
        """Whether a row, given by its cells and its texts, the line first, is no data; counted.

        Raises FileError where another table begins.
        """
        is_footer = any(pattern.search(text) for pattern in self.patterns for text in texts)
        if self._is_data(cells, texts[0], is_footer) or not (is_footer or self._is_below_heading):
            self._rows += 1
            return False
        if not is_footer:
            self._begin_table(row, cells)
        elif self._heading and self._heading.search(texts[0]):
            self._is_below_heading = self._rows > 0
        elif self._total and any(self._total.search(text) for text in texts):
            self.note_total(cells)
        elif self._part and any(self._part.search(text) for text in texts):
            self.note_total(cells, is_part=True)
        self.count += 1
        return True

    def _is_data(self, cells: Sequence[str], line: str, is_footer: bool) -> bool:
        """Whether a row is data, whatever a footer says of it."""
        if self.data and self.data.search(line):
            return True
        return (
            is_footer
            and bool(self._filled)
            and all(any(self._fills(cells, header) for header in group) for group in self._filled)
        )

    def _fills(self, cells: Sequence[str], header: str) -> bool:
        position = self.header.index(header) if header in self.header else len(cells)
        cell = cells[position].strip() if position < len(cells) else ""
        return cell not in self._nulls.get(header, ("",)) and not any(
            pattern.search(cell) for pattern in self.patterns
        )

    def _begin_table(self, row: int, cells: Sequence[str]) -> None:
        names = unique_names(cells)
        if names != self.header:
            raise FileError(
                f"Reading {self.file}: below its table another one begins in row {row}, with the "
                f"header {', '.join(map(repr, names))[:300]}; that of the first is "
                f"{', '.join(map(repr, self.header))[:300]}. A retry will not help. Export each "
                "table as a file of its own, or take the further ones out of this one."
            )
        self.repeats.append(row)
        self._is_below_heading = False


def _adding_up(totals: Sequence[_TotalRow]) -> tuple[tuple[str, ...], ...]:
    """The rows that add up a table: the last one alone, or with those of the same level above it.

    Rows of data between totals part the table: below each month stands its total, below the last
    month of a quarter that of the quarter too. What adds up all is the lowest of the last rows.
    """
    alike = [total for total in totals if total.is_part == totals[-1].is_part]
    levels: dict[int, list[_TotalRow]] = defaultdict(list)
    for total in alike:
        levels[total.rows_above].append(total)
    level = len(levels[alike[-1].rows_above])
    return tuple(rows[level - 1].cells for rows in levels.values() if len(rows) >= level)
