"""What a load did, as values: for the console, the run's metadata and the manifest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.exports.inventory import ExportFile
    from orchestration.exports.loading import Loaded
    from orchestration.exports.mapping_model import FileMapping


ROWS = "(rows)"
"""What a total is called that counts rows."""


@dataclass(frozen=True)
class FileTotal:
    """The total a file states of a column, beside what its loaded rows add up to."""

    column: str
    """The canonical column, or ``ROWS``."""
    stated: float | None
    """None when what stands in the total row cannot be read."""
    loaded: float
    tolerance: float
    """Cents that rounding may leave: a total is rounded after it is summed, its rows before."""

    @property
    def says(self) -> str:
        """Both sides, as text."""
        stated = "something unreadable" if self.stated is None else f"{self.stated:,.2f}"
        return f"{self.column} {stated}, the rows loaded add up to {self.loaded:,.2f}"

    @property
    def agrees(self) -> bool:
        """Whether nothing was lost or counted twice."""
        return self.stated is not None and abs(self.stated - self.loaded) <= self.tolerance


@dataclass(frozen=True)
class FileLoad:
    """One file x one entry; read = loaded + quarantined + superseded + filtered."""

    file: str
    entry: str
    """The entry's name: the kind of export file."""
    entity: str
    source_system: str
    sha256: str
    modified_at: datetime
    encoding: str | None
    is_encoding_guessed: bool
    """Whether nothing says so but the bytes themselves."""
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_superseded: int
    rows_filtered: int
    """Rows that the entry's ``where`` and ``where_not`` leave out."""
    rows_footer: int
    """Lines that the entry calls no data; not among those read."""
    totals: tuple[FileTotal, ...] = ()
    """As its total row states them, before newer files take rows over."""
    records_cut: int = 0
    """Records that say that they do not hold all of their items, which are rows."""
    shape: str | None = None
    """What a reader took the file for, as ``system.shape``; None when ``files`` names it."""

    @classmethod
    def of(
        cls,
        file: ExportFile,
        entry: FileMapping,
        source_system: str,
        loaded: Loaded,
        shape: str | None = None,
    ) -> FileLoad:
        """What ``file`` brought for ``entry``."""
        return cls(
            file=file.name,
            entry=entry.name,
            entity=entry.entity,
            source_system=source_system,
            sha256=file.sha256,
            modified_at=file.modified_at,
            encoding=loaded.encoding,
            is_encoding_guessed=loaded.is_encoding_guessed,
            rows_read=loaded.rows_read,
            rows_loaded=loaded.rows_loaded,
            rows_quarantined=loaded.rows_quarantined,
            rows_superseded=loaded.rows_superseded,
            rows_filtered=loaded.rows_filtered,
            rows_footer=loaded.rows_footer,
            totals=loaded.totals,
            records_cut=loaded.records_cut,
            shape=shape,
        )

    def superseded_by_newer(self, rows: int) -> FileLoad:
        """The same load after a newer file took over ``rows`` of its records."""
        return replace(
            self,
            rows_loaded=self.rows_loaded - rows,
            rows_superseded=self.rows_superseded + rows,
        )

    def not_asked_for(self) -> FileLoad:
        """The same load after its rows turned out to be of nothing that its entry is for."""
        return replace(self, rows_loaded=0, rows_filtered=self.rows_filtered + self.rows_loaded)


@dataclass(frozen=True)
class ValueUse:
    """A word the value map changed or does not know, and in how many loaded rows it stands."""

    entity: str
    column: str
    source_value: str
    mapped_value: str | None
    row_count: int
    is_unmapped: bool


@dataclass(frozen=True)
class Drift:
    """A column that came without being mapped, or stayed away though it is mapped."""

    file: str
    entity: str
    column: str
    kind: str


@dataclass(frozen=True)
class UnmatchedFile:
    """A file of the drop folder that is not read."""

    file: str
    reason: str
    is_empty: bool = False
    """Whether it is sound and holds no rows, as the last page of an API may."""


@dataclass(frozen=True)
class LeftOut:
    """What a reader knows of the kind of file and cannot read from this one."""

    file: str
    entity: str
    reason: str


@dataclass(frozen=True)
class QuarantineExample:
    """One quarantined row; ``value`` is masked where it may name a person."""

    entity: str
    file: str
    row: int
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True)
class LoadReport:
    """Everything a load read, kept back and noticed."""

    run_id: str
    company: str
    source_system: str
    file_loads: tuple[FileLoad, ...]
    row_counts: dict[tuple[str, str], int]
    """Rows of every raw table now, by schema and name."""
    mapped_values: tuple[ValueUse, ...]
    drift: tuple[Drift, ...]
    quarantine_examples: tuple[QuarantineExample, ...]
    repeated_files: tuple[str, ...]
    """Files with the same content as another file of their entry, read once."""
    unmatched_files: tuple[UnmatchedFile, ...]
    """Files of the drop folder that no entry names and no reader takes, or that cannot be read."""
    left_out: tuple[LeftOut, ...]
    """What recognised files are not read for, beside what they are."""
    unfinished_files: tuple[str, ...]
    """Files of pages that say more follow, where the next page is not among the files."""

    @property
    def unmapped(self) -> tuple[ValueUse, ...]:
        """The words no value map knows, most rows first."""
        return tuple(use for use in self.mapped_values if use.is_unmapped)

    @property
    def guessed_encodings(self) -> dict[str, str]:
        """What files were read as that do not say what they are written in, by file."""
        return {
            load.file: load.encoding
            for load in self.file_loads
            if load.encoding and load.is_encoding_guessed
        }

    @property
    def cut_records(self) -> dict[str, int]:
        """How many records of a file hold only some of their items, by file."""
        return {load.file: load.records_cut for load in self.file_loads if load.records_cut}

    @property
    def unknown_columns(self) -> tuple[Drift, ...]:
        """The columns that no entry of their file maps."""
        return tuple(item for item in self.drift if item.kind == "unknown_column")

    @property
    def broken_totals(self) -> tuple[FileLoad, ...]:
        """The loads whose rows do not add up to what their file says."""
        return tuple(
            load for load in self.file_loads if not all(total.agrees for total in load.totals)
        )

    @property
    def totals(self) -> dict[str, int]:
        """Rows over all files, and the number of distinct files."""
        return {
            "files": len({load.file for load in self.file_loads}),
            "rows_read": sum(load.rows_read for load in self.file_loads),
            "rows_loaded": sum(load.rows_loaded for load in self.file_loads),
            "rows_quarantined": sum(load.rows_quarantined for load in self.file_loads),
            "rows_superseded": sum(load.rows_superseded for load in self.file_loads),
            "rows_filtered": sum(load.rows_filtered for load in self.file_loads),
            "rows_footer": sum(load.rows_footer for load in self.file_loads),
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        plain = asdict(self)
        for load in plain["file_loads"]:
            load["modified_at"] = load["modified_at"].isoformat()
        plain["row_counts"] = {
            f"{schema}.{table}": count for (schema, table), count in self.row_counts.items()
        }
        return plain | {
            "totals": self.totals,
            "unmapped": [asdict(use) for use in self.unmapped],
        }
