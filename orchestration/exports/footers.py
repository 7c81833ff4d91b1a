"""Lines of a file that are no data: totals, copyright, remarks of the tool, heads of tables.

A report may hold several tables under each other, each below lines that head it. Further ones with
the same header go on with the first, as the next range of dates does; one with another header is
another report, and what its cells mean cannot be known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration.exports.delimited import unique_names
from orchestration.exports.errors import FileError

if TYPE_CHECKING:
    from orchestration.exports.mapping_model import FileMapping


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
        self._total = re.compile(entry.total.row) if entry.total and entry.total.row else None
        self._heading = re.compile(entry.heading) if entry.heading else None
        self._totals: dict[int, tuple[str, ...]] = {}
        self._has_rows = self._is_below_heading = False

    @property
    def totals(self) -> tuple[tuple[str, ...], ...]:
        """The cells of the last row of each table that adds it up."""
        return tuple(self._totals.values())

    def note_total(self, cells: Sequence[str]) -> None:
        """Keep the cells of a row that adds up the table it stands in."""
        self._totals[len(self.repeats)] = tuple(cells)

    def take(self, row: int, cells: Sequence[str], *texts: str) -> bool:
        """Whether a row, given by its cells and its texts, the line first, is no data; counted.

        Raises FileError where another table begins.
        """
        if self.data and self.data.search(texts[0]):
            return False
        if not any(pattern.search(text) for pattern in self.patterns for text in texts):
            if not self._is_below_heading:
                self._has_rows = True
                return False
            self._begin_table(row, cells)
        elif self._heading and self._heading.search(texts[0]):
            self._is_below_heading = self._has_rows
        elif self._total and any(self._total.search(text) for text in texts):
            self.note_total(cells)
        self.count += 1
        return True

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
