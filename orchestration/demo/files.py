"""The files of a demo company: opened once, written in one pass, the same bytes every time."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestration.demo.company import Company


class Exports:
    """The folder of exports. Every file is closed, and given its age, by ``close``."""

    def __init__(self, company: Company, folder: Path) -> None:
        self.company = company
        self.folder = folder
        self._open: list[io.TextIOBase] = []
        self._ages: dict[Path, int] = {}
        folder.mkdir(parents=True)

    def text(
        self, name: str, encoding: str = "utf-8", newline: str = "", age_days: int = 0
    ) -> io.TextIOBase:
        """A text file called ``name``; ``age_days`` before the end it was exported."""
        path = self.path(name, age_days)
        file = path.open("w", encoding=encoding, newline=newline)
        self._open.append(file)
        return file

    def table(
        self, name: str, header: Iterable[str] | None, *, encoding: str = "utf-8",
        delimiter: str = ",", quote_all: bool = False, line_end: str = "\r\n", age_days: int = 0,
    ) -> Any:  # fmt: skip
        """A CSV writer with its header row written; ``None`` for a file that begins otherwise."""
        writer = csv.writer(
            self.text(name, encoding, age_days=age_days),
            delimiter=delimiter,
            quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
            lineterminator=line_end,
        )
        if header is not None:
            writer.writerow(list(header))
        return writer

    def path(self, name: str, age_days: int = 0) -> Path:
        """Where a file goes that a library writes itself."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._ages[path] = self.company.as_of - age_days * 86_400
        return path

    def close(self) -> None:
        """Close everything; newer exports are newer files, as a loader expects."""
        for file in self._open:
            file.close()
        for path, at in self._ages.items():
            os.utime(path, (at, at))


class Planted:
    """The list of planted defects: one row each in ``warts.csv``, and how many of each kind."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "warts.csv").open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(["wart", "file", "record", "detail"])
        self.counts: dict[str, int] = {}

    def note(self, wart: str, file: str, record: object, detail: str = "") -> None:
        """One planted defect, by the name of ``orchestration.demo.warts.WARTS``."""
        self.counts[wart] = self.counts.get(wart, 0) + 1
        self._rows.writerow([wart, file, record, detail])

    def close(self) -> None:
        self._file.close()
