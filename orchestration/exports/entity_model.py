"""What an entity is made of: typed columns, closed lists of words, a key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """How a mapped text value becomes a typed one."""

    ID = "id"
    """Text, never a number: leading zeros and long digits survive."""
    TEXT = "text"
    VOCABULARY = "vocabulary"
    """Text through a value map; the exported word is kept in ``<column>_source_value``."""
    AMOUNT = "amount"
    SHARE = "share"
    """A fraction 0..1; values written as percentages are divided by 100 by the mapping."""
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    """A calendar day as typed, never shifted between zones."""
    TIMESTAMP = "timestamp"
    """UTC; a value without a time of day is midnight of that day in the reporting zone."""
    TIME = "time"
    """A time of day on the wall, as ``HH:MM``; 24:00 is the end of the day."""
    WEEKDAY = "weekday"
    """1 is Monday and 7 Sunday; written as that or by name."""
    ZONE = "zone"
    """An IANA name of a time zone."""


DUCKDB_TYPES: dict[ColumnType, str] = {
    ColumnType.ID: "varchar",
    ColumnType.TEXT: "varchar",
    ColumnType.VOCABULARY: "varchar",
    ColumnType.AMOUNT: "decimal(18, 4)",
    ColumnType.SHARE: "double",
    ColumnType.NUMBER: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.TIME: "varchar",
    ColumnType.WEEKDAY: "double",
    ColumnType.ZONE: "varchar",
}

CHANNELS = (
    "paid_search", "paid_social", "organic_search", "organic_social", "content", "display",
    "email", "event", "referral", "partner", "outbound", "direct", "other", "unknown",
)  # fmt: skip

UNMAPPED = "__unmapped__"
"""Where a word lands that the value map does not know: counted, shown, never dropped."""

REOPENED = "__reopened__"
"""The stage of a deal that is open again, where its system does not say which one that is."""


@dataclass(frozen=True)
class Column:
    name: str
    type: ColumnType
    required: bool = False
    """A row without a value here is quarantined, and a mapping must name it."""
    vocabulary: tuple[str, ...] = ()
    """The closed list of a VOCABULARY column; empty for deal stages, which the mapping lists."""
    is_told_by_words: bool = False
    """Of a BOOLEAN: whether words of the source say it, such as the outcome of a call. One that no
    value map knows says nothing and is shown; the row of any other flag is kept back."""


@dataclass(frozen=True)
class Entity:
    name: str
    """Also the raw table's name, in ``raw_mapped``."""
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """The columns that name a record; two rows with one key are one record."""
    slice: tuple[str, ...] = ()
    """The columns that name what a report states as a whole, such as a campaign's day, for an
    entity without a key. A newer file that has the slice replaces all that older ones of the same
    system say of it; a row without a value in the first column belongs to none."""
    record: str = ""
    """Of an entity with a key: the column that names what a list shows all rows of, such as a
    subscription of several items. Its newest version in any list of its source replaces them all.
    """
    event_flag: str = ""
    """The flag that is false of rows of such lists, and true of single events, which all stay."""
    has_custom_fields: bool = False
    """Whether a company may declare fields of its own, which travel on as JSON text."""
    is_described_by_several: bool = False
    """Whether several systems may each have a row of one key, of which all stay."""

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError when the entity has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def entity_columns(entity: Entity) -> dict[str, str]:
    """The canonical columns of an entity's table with their types, source words included."""
    columns: dict[str, str] = {}
    for column in entity.columns:
        columns[column.name] = DUCKDB_TYPES[column.type]
        if column.type is ColumnType.VOCABULARY:
            columns[f"{column.name}_source_value"] = "varchar"
    if entity.name == "people":
        columns["has_contact_means"] = "boolean"
    if entity.has_custom_fields:
        columns["custom_fields"] = "varchar"
    return columns


def id_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.ID, required)


def text_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.TEXT, required)


def amount_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.AMOUNT, required)


def date_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.DATE, required)


def timestamp_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.TIMESTAMP, required)


def flag_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.BOOLEAN, required)


def word_column(name: str, vocabulary: tuple[str, ...] = (), required: bool = False) -> Column:
    return Column(name, ColumnType.VOCABULARY, required, vocabulary)


def number_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.NUMBER, required)


def share_column(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.SHARE, required)
