"""The entities of accounting, feedback and planning; ``entities`` lists them with the others."""

from __future__ import annotations

from orchestration.exports.entity_model import (
    CHANNELS,
    Entity,
    amount_column,
    date_column,
    flag_column,
    id_column,
    number_column,
    share_column,
    text_column,
    timestamp_column,
    word_column,
)
from orchestration.exports.marketing_and_web import TOUCH_TYPES

INVOICE_TYPES = ("invoice", "credit_note", "refund")
INVOICE_STATES = ("draft", "open", "paid", "uncollectible", "void")
ORDER_STATES = ("open", "paid", "refunded", "cancelled")
BILLING_INTERVALS = ("day", "week", "month", "quarter", "half_year", "year")
SURVEY_TYPES = ("nps", "csat", "review", "lost_reason", "churn_reason")
SLA_SIDES = ("marketing", "sales")
SLA_METRICS = ("mql_volume", "first_response", "decision", "follow_up_attempts")
"""Promised a month, in business minutes, in business days, and attempts in the follow-up days."""
FIT_ATTRIBUTES = ("industry", "employees", "region", "country", "segment", "technologies")
FIT_TIERS = ("A", "B", "C", "D")

MATCH_DECISIONS = ("confirm", "split")

MONEY_AND_PLANS = (
    Entity(
        "invoices",
        (
            id_column("invoice_id", required=True),
            word_column("invoice_type", INVOICE_TYPES, required=True),
            id_column("corrects_invoice_id"),
            id_column("account_id"),
            id_column("opportunity_id"),
            date_column("posting_date", required=True),
            amount_column("amount", required=True),
            text_column("currency", required=True),
            word_column("status", INVOICE_STATES),
        ),
        # Accounting numbers its credit notes apart, and may begin at the same number.
        key=("invoice_id", "invoice_type"),
    ),
    # Neither bookings nor revenue: an order may never be billed, and a payment settles an invoice.
    Entity(
        "orders",
        (
            id_column("order_id", required=True),
            id_column("account_id"),
            id_column("person_id"),
            text_column("email"),
            date_column("ordered_on", required=True),
            amount_column("amount", required=True),
            amount_column("refunded_amount"),
            text_column("currency", required=True),
            word_column("status", ORDER_STATES),
        ),
        key=("order_id",),
    ),
    Entity(
        "subscriptions",
        (
            id_column("subscription_id", required=True),
            # Where a subscription is a list of products, each with its own price.
            id_column("item_id"),
            id_column("account_id"),
            id_column("product_id"),
            date_column("valid_from", required=True),
            date_column("valid_before"),
            # The value since a change, or that of the whole life as the export shows it.
            flag_column("is_change", required=True),
            amount_column("mrr"),
            amount_column("interval_amount"),
            word_column("billing_interval", BILLING_INTERVALS),
            number_column("quantity"),
            text_column("currency", required=True),
            text_column("status"),
            date_column("cancelled_on"),
            text_column("change_reason"),
        ),
        # A value may change twice on a day; the rows of the export are in the order of the changes.
        key=("subscription_id", "item_id", "valid_from", "is_change", "mrr"),
        record="subscription_id",
        event_flag="is_change",
    ),
    Entity(
        "survey_responses",
        (
            id_column("response_id", required=True),
            word_column("survey_type", SURVEY_TYPES, required=True),
            text_column("survey_name"),
            text_column("wave"),
            id_column("person_id"),
            text_column("email"),
            id_column("account_id"),
            date_column("invited_on"),
            flag_column("is_delivered"),
            date_column("responded_on"),
            number_column("score"),
            number_column("scale_max"),
            text_column("reason"),
            text_column("comment"),
            date_column("routed_on"),
        ),
        key=("response_id",),
    ),
    Entity(
        "quotas",
        (
            id_column("owner_id", required=True),
            date_column("quota_month", required=True),
            amount_column("quota_amount", required=True),
            text_column("currency"),
            share_column("ramp_share"),
            number_column("active_days"),
        ),
        key=("owner_id", "quota_month"),
    ),
    Entity(
        "sla_commitments",
        (
            word_column("side", SLA_SIDES, required=True),
            word_column("sla_metric", SLA_METRICS, required=True),
            text_column("region"),
            text_column("segment"),
            date_column("period_start_date", required=True),
            number_column("committed_value", required=True),
        ),
        key=("side", "sla_metric", "region", "segment", "period_start_date"),
    ),
    Entity(
        "icp_rules",
        (
            word_column("fit_attribute", FIT_ATTRIBUTES, required=True),
            text_column("matches_value"),
            number_column("min_value"),
            number_column("max_value"),
            # Empty where the score rises in line from 0 at min_value to 1 at max_value.
            share_column("score"),
            number_column("weight", required=True),
            text_column("version"),
            date_column("valid_from"),
        ),
    ),
    Entity(
        "icp_tiers",
        (
            word_column("tier", FIT_TIERS, required=True),
            number_column("min_score", required=True),
            text_column("version"),
            date_column("valid_from"),
        ),
        key=("tier", "version", "valid_from"),
    ),
    Entity(
        "persona_rules",
        (
            text_column("persona", required=True),
            text_column("title_pattern"),
            flag_column("is_required", required=True),
        ),
    ),
    Entity(
        "engagement_rules",
        (
            # An empty type, channel or pattern means any.
            word_column("touch_type", TOUCH_TYPES),
            word_column("channel", CHANNELS),
            text_column("content_pattern"),
            number_column("points", required=True),
            flag_column("is_hand_raiser"),
            date_column("valid_from"),
        ),
    ),
    Entity(
        "forecast_submissions",
        (
            text_column("team", required=True),
            date_column("period_start_date", required=True),
            text_column("period_grain", required=True),
            text_column("submitter_role"),
            timestamp_column("submitted_at", required=True),
            text_column("currency"),
            amount_column("target_amount"),
            amount_column("closed_to_date_amount"),
            amount_column("commit_amount", required=True),
            amount_column("best_case_amount"),
            amount_column("downside_amount"),
            amount_column("create_and_close_amount"),
            text_column("comment"),
        ),
        key=("team", "period_grain", "period_start_date", "submitter_role", "submitted_at"),
    ),
    # Of a person and an account, or of two people; the latest decision on a pair stands.
    Entity(
        "match_decisions",
        (
            id_column("person_id", required=True),
            id_column("account_id"),
            id_column("other_person_id"),
            word_column("decision", MATCH_DECISIONS, required=True),
            text_column("decided_by"),
            date_column("decided_at", required=True),
            text_column("note"),
        ),
        key=("person_id", "account_id", "other_person_id", "decided_at"),
    ),
)
