"""The canonical entities: what every export is mapped to, and the raw tables it lands in.

One table per entity in the schema ``raw_mapped``; it exists, possibly empty, before dbt runs.
This module, ``marketing_and_web`` and ``money_and_plans`` alone name canonical columns: the
mapping file is checked against them, the raw tables are created from them, and the dbt sources are
tested against them.
"""

from __future__ import annotations

from orchestration.exports.entity_model import CHANNELS as CHANNELS
from orchestration.exports.entity_model import DUCKDB_TYPES as DUCKDB_TYPES
from orchestration.exports.entity_model import REOPENED as REOPENED
from orchestration.exports.entity_model import UNMAPPED as UNMAPPED
from orchestration.exports.entity_model import Column as Column
from orchestration.exports.entity_model import ColumnType as ColumnType
from orchestration.exports.entity_model import Entity as Entity
from orchestration.exports.entity_model import amount_column as _amount
from orchestration.exports.entity_model import date_column as _date
from orchestration.exports.entity_model import entity_columns as entity_columns
from orchestration.exports.entity_model import flag_column as _flag
from orchestration.exports.entity_model import id_column as _id
from orchestration.exports.entity_model import number_column as _number
from orchestration.exports.entity_model import text_column as _text
from orchestration.exports.entity_model import timestamp_column as _at
from orchestration.exports.entity_model import word_column as _word
from orchestration.exports.marketing_and_web import MARKETING_AND_WEB
from orchestration.exports.money_and_plans import MONEY_AND_PLANS
from orchestration.exports.record_links import RECORD_LINKS

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
                # What a person is matched to an account by where no link says it.
                _text("company_name"),
                _text("website"),
                _text("country"),
                _text("postcode"),
                _id("owner_id"),
                _text("region"),
                _text("segment"),
                _id("merged_into_id"),
                _flag("is_deleted"),
                _flag("is_test"),
                _flag("is_spam"),
                _text("not_a_prospect_reason"),
                _text("job_title"),
                # What the record itself says of the company, where no account does.
                _text("industry"),
                _number("employees"),
                _text("technologies"),
                # As of the pull, for systems that keep no history of it.
                _word("stage", LEAD_STAGES),
            ),
            key=("person_id",),
            has_custom_fields=True,
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
                Column("is_connected", ColumnType.BOOLEAN, is_told_by_words=True),
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
                _text("domain"),
                _text("website"),
                _text("country"),
                _text("postcode"),
                _text("phone"),
                _at("created_at"),
                _id("merged_into_id"),
                _flag("is_deleted"),
                _text("industry"),
                _number("employees"),
                _text("technologies"),
            ),
            key=("account_id",),
            has_custom_fields=True,
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
                _text("lost_reason"),
                _text("region"),
                _text("segment"),
                _text("excluded_reason"),
                _flag("is_deleted"),
            ),
            key=("opportunity_id",),
            has_custom_fields=True,
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
                Column("weekday", ColumnType.WEEKDAY, required=True),
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
                # The number of the voucher, where accounting gives one.
                _id("document_id"),
                _date("cost_date", required=True),
                _amount("amount", required=True),
                _text("currency", required=True),
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
            is_described_by_several=True,
        ),
        *MARKETING_AND_WEB,
        *MONEY_AND_PLANS,
        *RECORD_LINKS,
    )
}
