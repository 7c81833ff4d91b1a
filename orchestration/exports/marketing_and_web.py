"""The entities of advertising, touches and the website; ``entities`` lists them with the others."""

from __future__ import annotations

from orchestration.exports.entity_model import (
    CHANNELS,
    Entity,
    amount_column,
    date_column,
    flag_column,
    id_column,
    number_column,
    text_column,
    timestamp_column,
    word_column,
)

TOUCH_TYPES = ("form", "ad_click", "webinar", "event", "email_click", "meeting", "reply", "other")
ANALYTICS = ("ga4", "universal_analytics")

MARKETING_AND_WEB = (
    Entity(
        "ad_performance_daily",
        (
            text_column("platform", required=True),
            id_column("ad_account_id"),
            text_column("campaign", required=True),
            id_column("campaign_id"),
            date_column("performance_date", required=True),
            number_column("impressions"),
            number_column("clicks"),
            number_column("conversions"),
            amount_column("cost"),
            text_column("currency", required=True),
        ),
        slice=("platform", "ad_account_id", "campaign", "performance_date"),
    ),
    Entity(
        "touches",
        (
            id_column("touch_id"),
            id_column("person_id"),
            text_column("email"),
            id_column("account_id"),
            timestamp_column("touch_at", required=True),
            word_column("channel", CHANNELS),
            text_column("campaign"),
            word_column("touch_type", TOUCH_TYPES),
        ),
    ),
    Entity(
        "web_traffic_daily",
        (
            word_column("analytics", ANALYTICS, required=True),
            # What the rows are broken down by: two breakdowns count the same visits.
            text_column("breakdown", required=True),
            date_column("traffic_date", required=True),
            text_column("channel_group"),
            text_column("source_medium"),
            text_column("landing_page"),
            text_column("country"),
            text_column("device"),
            number_column("sessions"),
            number_column("engaged_sessions"),
            number_column("active_users"),
            number_column("engagement_seconds"),
            number_column("duration_seconds"),
            number_column("average_duration_seconds"),
            number_column("pageviews"),
            number_column("key_events"),
            number_column("single_interaction_sessions"),
        ),
        slice=("analytics", "breakdown", "traffic_date"),
    ),
    Entity(
        "web_events",
        (
            id_column("user_pseudo_id"),
            text_column("session_id"),
            timestamp_column("event_at", required=True),
            text_column("event_name", required=True),
            text_column("bundle_sequence_id"),
            text_column("batch_page_id"),
            text_column("batch_ordering_id"),
            text_column("batch_event_index"),
            flag_column("is_session_engaged"),
            number_column("engagement_ms"),
            text_column("page_location"),
            text_column("traffic_type"),
            # What the export says of the session, else what the event itself arrived with.
            text_column("channel_group"),
            text_column("session_source"),
            text_column("session_medium"),
            text_column("session_campaign"),
            text_column("event_source"),
            text_column("event_medium"),
            text_column("event_campaign"),
            text_column("device"),
            text_column("country"),
        ),
        # An event has no id. Events sent together share their time and bundle, and are told apart
        # by the columns batch_*, which exports have had since the middle of 2024.
        key=(
            "user_pseudo_id",
            "event_at",
            "event_name",
            "bundle_sequence_id",
            "batch_page_id",
            "batch_ordering_id",
            "batch_event_index",
        ),
    ),
    Entity(
        "search_performance_daily",
        (
            date_column("performance_date", required=True),
            text_column("breakdown", required=True),
            text_column("query"),
            text_column("page"),
            text_column("country"),
            text_column("device"),
            number_column("impressions"),
            number_column("clicks"),
            number_column("position"),
        ),
        slice=("performance_date", "breakdown"),
    ),
    Entity(
        "email_performance",
        (
            text_column("campaign", required=True),
            timestamp_column("sent_at"),
            number_column("sent"),
            number_column("delivered"),
            number_column("bounced"),
            number_column("opens"),
            number_column("clicks"),
            number_column("unsubscribes"),
        ),
        key=("campaign", "sent_at"),
    ),
)
