"""The canonical entities: what every export is mapped to, and the raw tables it lands in.

One table per entity in the schema ``raw_mapped``; it exists, possibly empty, before dbt runs.
This module is the only place that names a canonical column: the mapping file is checked against
it, the raw tables are created from it, and the dbt sources are tested against it.
"""

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
    ColumnType.ZONE: "varchar",
}

UNMAPPED = "__unmapped__"
"""Where a word lands that the value map does not know: counted, shown, never dropped."""

CHANNELS = (
    "paid_search", "paid_social", "organic_search", "organic_social", "content", "display",
    "email", "event", "referral", "partner", "outbound", "direct", "other", "unknown",
)  # fmt: skip
ORIGINS = ("marketing", "sales", "partner", "customer_success")
ORDER_TYPES = ("new", "expansion", "renewal")
LEAD_STAGES = (
    "subscriber", "lead", "mql", "sal", "sql", "rejected", "recycled", "disqualified",
)  # fmt: skip
SPLIT_TYPES = ("revenue", "overlay")
ACTIVITY_TYPES = ("call", "email", "meeting", "chat", "social", "task", "other")
DIRECTIONS = ("outbound", "inbound")
COST_TYPES = (
    "media", "tools", "agency", "content", "event", "marketing_people", "sales_people",
)  # fmt: skip
OUTCOMES = ("open", "won", "lost", "excluded")
FACTOR_TYPES = (
    "season", "competitor", "regulation", "price_change", "economy", "outage", "event",
    "rule_change",
)  # fmt: skip
FACTOR_DIRECTIONS = ("up", "down", "none")
FACTOR_CONFIDENCES = ("low", "medium", "high")
TOUCH_TYPES = ("form", "ad_click", "webinar", "event", "email_click", "meeting", "reply", "other")
ANALYTICS = ("ga4", "universal_analytics")


@dataclass(frozen=True)
class Column:
    name: str
    type: ColumnType
    required: bool = False
    """A row without a value here is quarantined, and a mapping must name it."""
    vocabulary: tuple[str, ...] = ()
    """The closed list of a VOCABULARY column; empty for deal stages, which the mapping lists."""


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
    return columns


def _id(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.ID, required)


def _text(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.TEXT, required)


def _amount(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.AMOUNT, required)


def _date(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.DATE, required)


def _at(name: str, required: bool = False) -> Column:
    return Column(name, ColumnType.TIMESTAMP, required)


def _number(name: str) -> Column:
    return Column(name, ColumnType.NUMBER)


def _flag(name: str) -> Column:
    return Column(name, ColumnType.BOOLEAN)


def _word(name: str, vocabulary: tuple[str, ...] = (), required: bool = False) -> Column:
    return Column(name, ColumnType.VOCABULARY, required, vocabulary)


ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity(
            "people",
            (
                _id("person_id", required=True),
                _at("created_at"),
                _text("email"),
                _text("phone"),
                _word("origin", ORIGINS),
                _word("channel", CHANNELS),
                _text("campaign"),
                _id("account_id"),
                _id("owner_id"),
                _text("region"),
                _text("segment"),
                _id("merged_into_id"),
                _flag("is_deleted"),
                _flag("is_test"),
                _flag("is_spam"),
                _text("not_a_prospect_reason"),
            ),
            key=("person_id",),
        ),
        Entity(
            "lead_stage_events",
            (
                _id("person_id", required=True),
                _word("stage", LEAD_STAGES, required=True),
                _at("entered_at", required=True),
                _id("lead_cycle_id"),
                _id("owner_id"),
                _word("origin", ORIGINS),
                _text("reject_reason"),
                _at("assigned_at"),
            ),
        ),
        Entity(
            "activities",
            (
                _id("activity_id", required=True),
                _id("person_id"),
                _id("account_id"),
                _id("opportunity_id"),
                _id("owner_id"),
                _at("activity_at", required=True),
                _word("activity_type", ACTIVITY_TYPES),
                _word("direction", DIRECTIONS),
                _flag("is_automated"),
                _flag("is_connected"),
                _flag("is_deleted"),
            ),
            key=("activity_id",),
        ),
        Entity(
            "accounts",
            (
                _id("account_id", required=True),
                _text("account_name"),
                _id("parent_account_id"),
                _text("region"),
                _text("segment"),
                _text("country"),
                _at("created_at"),
                _flag("is_deleted"),
            ),
            key=("account_id",),
        ),
        Entity(
            "opportunities",
            (
                _id("opportunity_id", required=True),
                _id("account_id"),
                _id("person_id"),
                _id("lead_cycle_id"),
                _id("owner_id"),
                _id("qualified_by_owner_id"),
                _id("product_id"),
                _word("stage", required=True),
                _at("created_at"),
                _at("qualified_at"),
                _date("close_date"),
                _at("closed_at"),
                _amount("amount"),
                _text("currency"),
                _word("order_type", ORDER_TYPES),
                _text("region"),
                _text("segment"),
                _text("excluded_reason"),
                _flag("is_deleted"),
            ),
            key=("opportunity_id",),
        ),
        Entity(
            "opportunity_stage_events",
            (
                _id("opportunity_id", required=True),
                _word("stage", required=True),
                _at("entered_at", required=True),
            ),
        ),
        Entity(
            "opportunity_splits",
            (
                _id("opportunity_id", required=True),
                _id("owner_id"),
                Column("share", ColumnType.SHARE, required=True),
                _word("split_type", SPLIT_TYPES),
            ),
        ),
        Entity(
            "refunds",
            (
                _id("opportunity_id", required=True),
                _date("refunded_date", required=True),
                _amount("amount", required=True),
                _text("currency"),
            ),
        ),
        Entity(
            "owners",
            (
                _id("owner_id", required=True),
                _text("owner_name"),
                _text("role"),
                _text("team"),
                _text("region"),
                _date("valid_from"),
            ),
        ),
        Entity(
            "products",
            (
                _id("product_id", required=True),
                _text("product_name"),
                _text("family"),
                _amount("list_price"),
                _text("currency"),
            ),
            key=("product_id",),
        ),
        Entity(
            "fx_rates",
            (
                _text("currency", required=True),
                _date("rate_date", required=True),
                Column("rate", ColumnType.NUMBER, required=True),
            ),
            key=("currency", "rate_date"),
        ),
        Entity(
            "holidays",
            (_date("holiday_date", required=True), _text("holiday_name"), _text("calendar")),
            key=("holiday_date", "calendar"),
        ),
        Entity(
            "business_hours",
            (
                _text("calendar", required=True),
                Column("time_zone", ColumnType.ZONE, required=True),
                Column("weekday", ColumnType.NUMBER, required=True),
                Column("opens_at", ColumnType.TIME, required=True),
                Column("closes_at", ColumnType.TIME, required=True),
                _text("region"),
                _id("owner_id"),
            ),
        ),
        Entity(
            "targets",
            (
                _text("metric_id", required=True),
                _text("period_grain", required=True),
                _date("period_start_date", required=True),
                _text("dimension"),
                _text("dimension_value"),
                _amount("target_value", required=True),
            ),
            key=("metric_id", "period_grain", "period_start_date", "dimension", "dimension_value"),
        ),
        Entity(
            "external_factors",
            (
                _id("factor_id", required=True),
                _text("name_en", required=True),
                _text("name_zh"),
                _word("factor_type", FACTOR_TYPES, required=True),
                _date("start_date", required=True),
                # Empty while no end is known; a factor of one day ends on the day it starts.
                _date("end_date"),
                _text("scope"),
                _text("metric_ids"),
                _word("expected_direction", FACTOR_DIRECTIONS),
                Column("expected_size", ColumnType.SHARE),
                _word("confidence", FACTOR_CONFIDENCES),
                _text("evidence"),
                _text("recorded_by"),
                _at("recorded_at"),
                _date("signed_sales_on"),
                _date("signed_marketing_on"),
            ),
            key=("factor_id",),
        ),
        Entity(
            "costs",
            (
                _date("cost_date", required=True),
                _amount("amount", required=True),
                _text("currency"),
                _word("channel", CHANNELS),
                _text("campaign"),
                _word("cost_type", COST_TYPES, required=True),
                _text("region"),
                _text("description"),
                # Only of what an ad platform charged, which it restates for weeks.
                _text("platform"),
                _id("ad_account_id"),
            ),
            slice=("platform", "ad_account_id", "campaign", "cost_date"),
        ),
        Entity(
            "campaigns",
            (
                _text("campaign", required=True),
                _word("channel", CHANNELS),
                _text("campaign_type"),
                _date("start_date"),
                _date("end_date"),
                _amount("budget_amount"),
                _text("currency"),
            ),
            key=("campaign",),
        ),
        Entity(
            "ad_performance_daily",
            (
                _text("platform", required=True),
                _id("ad_account_id"),
                _text("campaign", required=True),
                _id("campaign_id"),
                _date("performance_date", required=True),
                _number("impressions"),
                _number("clicks"),
                _number("conversions"),
                _amount("cost"),
                _text("currency"),
            ),
            slice=("platform", "ad_account_id", "campaign", "performance_date"),
        ),
        Entity(
            "touches",
            (
                _id("touch_id"),
                _id("person_id"),
                _text("email"),
                _id("account_id"),
                _at("touch_at", required=True),
                _word("channel", CHANNELS),
                _text("campaign"),
                _word("touch_type", TOUCH_TYPES),
            ),
        ),
        Entity(
            "web_traffic_daily",
            (
                _word("analytics", ANALYTICS, required=True),
                # What the rows are broken down by: two breakdowns count the same visits.
                _text("breakdown", required=True),
                _date("traffic_date", required=True),
                _text("channel_group"),
                _text("source_medium"),
                _text("landing_page"),
                _text("country"),
                _text("device"),
                _number("sessions"),
                _number("engaged_sessions"),
                _number("active_users"),
                _number("engagement_seconds"),
                _number("duration_seconds"),
                _number("average_duration_seconds"),
                _number("pageviews"),
                _number("key_events"),
                _number("single_interaction_sessions"),
            ),
            slice=("analytics", "breakdown", "traffic_date"),
        ),
        Entity(
            "search_performance_daily",
            (
                _date("performance_date", required=True),
                _text("breakdown", required=True),
                _text("query"),
                _text("page"),
                _text("country"),
                _text("device"),
                _number("impressions"),
                _number("clicks"),
                _number("position"),
            ),
            slice=("performance_date", "breakdown"),
        ),
        Entity(
            "email_performance",
            (
                _text("campaign", required=True),
                _at("sent_at"),
                _number("sent"),
                _number("delivered"),
                _number("bounced"),
                _number("opens"),
                _number("clicks"),
                _number("unsubscribes"),
            ),
            key=("campaign", "sent_at"),
        ),
    )
}
