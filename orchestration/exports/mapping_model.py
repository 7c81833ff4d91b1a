"""What a mapping file may say: the shape of each of its parts.

``mapping.load_mapping`` reads the file and checks what the parts mean together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestration.exports.currencies import in_header, rated_in
from orchestration.exports.entities import CHANNELS, ENTITIES, REOPENED, Column, ColumnType
from orchestration.exports.mapping_values import (
    Currency,
    Delimiter,
    Encoding,
    Expression,
    Footers,
    Formats,
    Header,
    Instant,
    Kind,
    RecordUrls,
    Source,
    Words,
    Zone,
)

DEFAULT_NULLS = ("", "NULL", "null", "N/A", "n/a", "--", "#N/A", "#NV")
"""Placeholders for "no value" when a file entry states none; compared after trimming."""

SHARED = "shared"
"""Where a column names its source: the ids that all systems share, such as product codes."""

LinkedEntity = Literal["people", "accounts", "opportunities"]
"""Entities whose records have a page of their own."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnRules(Part):
    """What the cells of one canonical column mean, wherever they come from."""

    constant: str | None = None
    source: Source | None = None
    """The system whose ids these are, when not the entry's."""
    kind: Kind | None = None
    """What the ids are of, in a system that counts leads and contacts apart: ``crm:lead:7``."""
    first_of: str | None = Field(default=None, min_length=1)
    """What separates the items of a list, of which only the first counts."""
    lookup: str | None = Field(default=None, min_length=1)
    """The exported list, an entry of ``lookups``, that names what the cell is the id of."""
    unless_listed: str | None = Field(default=None, min_length=1)
    """The exported list that names the ids which are of something else, and no ids here."""
    values: dict[str, str | None] = {}
    nulls: list[str] = []
    default: str | None = Field(default=None, min_length=1)
    """The word that an empty cell stands for."""
    date_format: Formats = []
    percent: bool = False
    micros: bool = False
    """The amount is written in millionths of its currency."""
    pattern: Expression = None
    """Regular expression of the whole text of an id; a row with another is kept back."""
    minor: bool = False
    """The amount is written in the smallest unit of its currency: 1200 is 12 euro and 1200 yen."""
    remedy: str | None = None
    """What to do about a row without a value, in words."""


class ColumnMapping(ColumnRules):
    """Where one canonical column comes from: an exported header, or the same text for each row."""

    column: Header | None = None
    source_column: Header | None = None
    """Whose cell is the system of the row's id, for lists of the ids of several systems."""
    less: Header | None = None
    """Whose amount is taken off, such as the tax of a total; an empty cell is nothing to take."""
    count: Header | None = None
    """Whose cell stands before the column's own as one word: 3 beside month is `3 month`."""
    each_of: str | None = Field(default=None, min_length=1)
    """What separates the items of a list, each of which is a row. Square brackets are no item."""
    fallback: list[Header] = []
    """Whose cells count, in this order, where the column's own is empty."""
    optional: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that the column is read from."""
        named = (self.column, self.source_column, self.less, self.count, *self.fallback)
        return tuple(header for header in named if header is not None)


class Label(Part):
    """What readers see instead of a name."""

    en: str = Field(min_length=1)
    zh: str | None = Field(default=None, min_length=1)


class CustomField(ColumnMapping):
    """A field of the company's own: a column as any other, typed, or banded to words."""

    type: Literal["text", "number", "share", "boolean", "date", "timestamp"] = "text"
    bands: dict[str, str] = {}
    """The word of each band, by the number it begins with; numbers below the first have none."""
    dimension: bool = False
    """Whether the KPIs of people, or of deals, are sliced by it."""
    label: Label | None = None

    @property
    def column_type(self) -> ColumnType:
        """What the cells are read as before they become text again."""
        return ColumnType.NUMBER if self.bands else ColumnType(self.type)


CustomFields = dict[str, CustomField]


class UnpivotMapping(Part):
    """Several columns of a wide file that hold one kind of value: a row for each filled cell."""

    value: str
    """The canonical column that takes the cell."""
    label: str
    """The canonical column that takes the word given for the cell's header."""
    columns: dict[Header, str] = Field(min_length=1)
    """The word of each header."""
    lookup: str | None = None
    """The exported list that names what a word is the id of."""
    optional: bool = False


class TotalMapping(Part):
    """The row in which a report adds itself up; what was loaded must come to the same."""

    row: Expression = None
    """Regular expression of the row's text or first cell, which a footer must match as well."""
    part: Expression = None
    """The same of rows that add up a part of the report, such as a month; all of them together are
    the total of a report that has no other."""
    empty: Header | None = None
    """Instead of ``row``, the header whose cell is empty in this row alone."""
    column: str | None = None
    """The canonical column whose sum is compared."""
    rows: Expression = None
    """Regular expression in the row's text whose group is the number of rows it speaks of."""


class FileMapping(Part):
    """One kind of export file and the canonical entity its rows become."""

    name: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")
    pattern: str
    entity: str
    columns: dict[str, ColumnMapping]
    custom: CustomFields = {}
    """The company's own fields of the entity, by the name they get."""
    source: Source | None = None
    """The system the file comes from, when not the mapping's; its ids carry the word."""
    records: str | None = Field(default=None, min_length=1)
    """Dotted path to the array of records inside each JSON document."""
    footer: Footers = []
    """Regular expressions of lines, or first cells, that are no data."""
    data: Expression = None
    """Regular expression of lines that are data, whatever a footer says."""
    filled: list[list[Header]] = []
    """Headers, one of each list, that data fill with what no footer matches, and footers never."""
    heading: Expression = None
    """Regular expression of footers above a table; what follows below rows is a further table."""
    total: TotalMapping | None = None
    where: dict[Header, Words] = {}
    """The words a cell must be one of for its row to be loaded."""
    where_not: dict[Header, Words] = {}
    """The words that keep a row from being loaded; "" is an empty cell."""
    known: dict[Header, list[str] | None] = {}
    """What else a cell of such a column may hold: a row with another word is kept back. Of columns
    of true and false this is known; null takes any word."""
    unpivot: UnpivotMapping | None = None
    modified: Header | None = None
    """When the source last changed a record; of several versions the latest counts."""
    record: Header | None = None
    """What names the record that rows without a key of their own belong to."""
    history: bool = False
    """Whether each row is a change of a record's stage, which its instant tells from the others."""
    tells: str | None = Field(default=None, min_length=1)
    """A word for what other exports of the source tell as well, which counts once: of shares or of
    stages entered."""
    encoding: Encoding = None
    delimiter: Delimiter = None
    sheet: str | None = None
    nulls: list[str] = list(DEFAULT_NULLS)
    date_format: Formats = []
    decimal: Literal[".", ",", None] = None
    thousands: Literal[".", ",", "'", " ", "", None] = None
    time_zone: Zone | None = None
    currency: Currency | None = None
    base: Currency | None = None
    """The currency of which one unit is worth the rates of the file, in units of each other one."""
    optional: bool = False

    @property
    def headers(self) -> frozenset[str]:
        """Every header of the file that the entry names."""
        unpivoted = self.unpivot.columns if self.unpivot else {}
        mapped = (header for spec in self.specs.values() for header in spec.headers)
        stated = (self.modified, self.record, self.total and self.total.empty)
        named = (header for header in stated if header)
        filled = (header for group in self.filled for header in group)
        return frozenset((*mapped, *named, *filled, *self.where, *self.where_not, *unpivoted))

    @property
    def specs(self) -> dict[str, ColumnMapping]:
        """Every column that is filled, by canonical name; custom ones as ``custom_<name>``."""
        return self.columns | {f"custom_{name}": spec for name, spec in self.custom.items()}

    @property
    def listing(self) -> ColumnMapping | None:
        """The column whose cells are lists, each item of which is a row."""
        return next((spec for spec in self.columns.values() if spec.each_of), None)

    @property
    def currency_headers(self) -> dict[str, str]:
        """The headers of amounts that state a currency, and which."""
        columns = ENTITIES[self.entity].columns
        amounts = {column.name for column in columns if column.type is ColumnType.AMOUNT}
        return {
            spec.column: code
            for name, spec in self.columns.items()
            if name in amounts and spec.column and (code := in_header(spec.column))
        }

    @property
    def rate_base(self) -> str | None:
        """The currency that rates are of one unit of, or in, as stated or as their header says."""
        rate = self.columns.get("rate") if self.entity == "fx_rates" else None
        return self.base or (rated_in(rate.column) if rate and rate.column else None)

    @property
    def header_currency(self) -> str | None:
        """The currency that the headers of the amounts state."""
        return next(iter(self.currency_headers.values()), None)

    def source_of(self, spec: ColumnMapping) -> str | None:
        """The word that the ids of a column carry; none when they stay as exported."""
        source = spec.source or self.source
        return None if source == SHARED else source

    def nulls_of(self, spec: ColumnRules | None = None) -> tuple[str, ...]:
        """What stands for no value in a column, or in any, trimmed, an empty cell first."""
        own = spec.nulls if spec else ()
        return tuple(dict.fromkeys(word.strip() for word in ("", *self.nulls, *own)))

    @property
    def decimal_sign(self) -> str:
        """A point unless stated."""
        return self.decimal or "."

    @property
    def grouping(self) -> str:
        """The thousands separator; the one that is not the decimal sign unless stated."""
        if self.thousands is not None:
            return self.thousands
        return "," if self.decimal_sign == "." else "."


StageDates = Annotated[dict[Header, str], Field(min_length=1)]


class SourceMapping(Part):
    """One account of a system whose exports a shipped reader recognises."""

    reader: str
    source: Source | None = None
    """The word its ids carry; the reader's system unless several accounts need telling apart."""
    folder: str = ""
    """Only files below this folder of the exports."""
    pattern: str = "*"
    """Only files of this name, or of this path below the folder."""
    columns: dict[str, dict[str, ColumnMapping | None]] = {}
    """By entity: where canonical columns come from that the reader does not know, or elsewhere. In
    a file without that header what the reader knows counts; null is a column to leave empty."""
    custom: dict[str, CustomFields] = {}
    """By entity: the company's own fields."""
    values: dict[str, dict[str, str | None]] = {}
    """The company's words, by canonical column or by entity.column."""
    stage_dates: dict[Literal["lead_stage_events", "opportunity_stage_events"], StageDates] = {}
    """The stage that each date column of people or deals stands for, where no history is kept."""
    encoding: Encoding = None
    date_format: Formats = []
    decimal: Literal[".", ",", None] = None
    thousands: Literal[".", ",", "'", " ", "", None] = None
    time_zone: Zone | None = None
    currency: Currency | None = None
    base: Currency | None = None
    """See ``FileMapping``, for lists of rates that do not say it."""


def known_headers(entries: Iterable[FileMapping]) -> frozenset[str]:
    """Every header that one of a file's entries names.

    A header that reaches into an array makes the array itself no unknown one.
    """
    named = frozenset[str]().union(*(entry.headers for entry in entries))
    return named | {header.partition("[")[0] for header in named}


class StageMapping(Part):
    """A deal stage by its canonical name, in the order deals move through."""

    name: str
    order: int
    outcome: Literal["open", "won", "lost", "excluded"]
    qualified: bool | None = None
    probability: float | None = Field(default=None, ge=0, le=1)
    spellings: list[str] = []

    @property
    def is_qualified(self) -> bool:
        """As stated; else a won deal was, and of any other only its own history can say."""
        return self.outcome == "won" if self.qualified is None else self.qualified


class Mapping(Part):
    """A whole mapping file."""

    version: Literal["1"]
    company: str
    source: Source
    time_zone: Zone
    reporting_time_zone: Zone | None = None
    currency: Currency
    as_of: Instant = None
    fiscal_type: Literal["monthly", "445", "454", "544"] = "monthly"
    fiscal_year_start_month: int = Field(default=1, ge=1, le=12)
    fiscal_week_start: int = Field(default=7, ge=1, le=7)
    """Where fiscal years are made of weeks: the day these start on, 1 for Monday."""
    internal_email_domains: list[str] = []
    max_quarantine_rate: float = Field(default=0.05, ge=0, le=1)
    parameters: dict[str, str] = {}
    channels: list[str] = []
    stages: list[StageMapping] = []
    record_urls: dict[Source, dict[LinkedEntity, RecordUrls]] = {}
    """By source: where a record is shown in its own system, with {id} for its id there."""
    sources: list[SourceMapping] = []
    files: list[FileMapping] = []

    @property
    def custom_fields(self) -> dict[tuple[str, str], CustomField]:
        """Every custom field by entity and name, as it is stated first; a dimension if any is."""
        stated = [(entry.entity, entry.custom) for entry in self.files]
        stated += [item for source in self.sources for item in source.custom.items()]
        fields: dict[tuple[str, str], CustomField] = {}
        for entity, custom in stated:
            for name, spec in custom.items():
                first = fields.get((entity, name), spec)
                merged = {
                    "dimension": first.dimension or spec.dimension,
                    "label": first.label or spec.label,
                }
                fields[entity, name] = first.model_copy(update=merged)
        return fields

    def sources_read_by(self, reader: str) -> frozenset[str]:
        """The words of the sources whose exports are those of one system."""
        stated = (source for source in self.sources if source.reader == reader)
        return frozenset((reader, *(source.source for source in stated if source.source)))

    @property
    def reporting_zone(self) -> str:
        """The one zone whose days the whole company reports in."""
        return self.reporting_time_zone or self.time_zone

    @property
    def channel_words(self) -> tuple[str, ...]:
        """The closed list of channels, with the words the mapping adds."""
        return (*CHANNELS, *(word for word in self.channels if word not in CHANNELS))

    def vocabulary(self, column: Column) -> tuple[str, ...]:
        """The closed list of words of a VOCABULARY column under this mapping."""
        if column.name == "channel":
            return self.channel_words
        if column.vocabulary or not self.stages:
            return column.vocabulary
        return (*(stage.name for stage in self.stages), REOPENED)
