with

web_events as (

    select * from {{ ref('stg_mapped__web_events') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

events_judged as (

    select
        web_events.*,
        {{ salted_hash('web_events.user_pseudo_id', 'parameters.pii_salt') }}
            as visitor_hash,
        -- A name between blanks: no name is found inside a longer one.
        position(
            concat(' ', web_events.event_name, ' ')
            in concat(' ', parameters.key_event_names, ' ')
        ) > 0 as is_key_event,
        web_events.event_name in ('page_view', 'screen_view') as is_pageview,
        -- What follows may hold what a visitor typed, an address for example.
        nullif(
            split_part(split_part(web_events.page_location, '?', 1), '#', 1), ''
        ) as page
    from web_events
    cross join parameters
    where
        web_events.user_pseudo_id is not null
        and web_events.session_id is not null

),

sessions as (

    select
        source_system,
        visitor_hash,
        session_id,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        count(*) as event_count,
        coalesce(sum(engagement_seconds), 0) as engagement_seconds,
        count(case when is_pageview then 1 end) as pageviews,
        count(case when is_key_event then 1 end) as key_events,
        bool_or(is_session_engaged) as is_engaged_exported,
        coalesce(bool_or(lower(traffic_type) = 'internal'), false)
            as is_internal,
        {{ earliest_value('channel_group', 'event_at') }} as channel_group,
        {{ earliest_value('session_source', 'event_at') }} as session_source,
        {{ earliest_value('session_medium', 'event_at') }} as session_medium,
        {{ earliest_value('session_campaign', 'event_at') }}
            as session_campaign,
        {{ earliest_value('event_source', 'event_at') }} as event_source,
        {{ earliest_value('event_medium', 'event_at') }} as event_medium,
        {{ earliest_value('event_campaign', 'event_at') }} as event_campaign,
        {{ earliest_value('page', 'event_at') }} as landing_page,
        {{ earliest_value('device', 'event_at') }} as device,
        {{ earliest_value('country', 'event_at') }} as country
    from events_judged
    group by source_system, visitor_hash, session_id

),

sessions_judged as (

    select
        ---------- ids
        concat(sessions.visitor_hash, ':', sessions.session_id)
            as web_session_id,
        sessions.visitor_hash as visitor_id,

        ---------- strings
        sessions.channel_group,
        coalesce(sessions.session_source, sessions.event_source)
            as traffic_source,
        -- Told by one place, or a medium would be another source's.
        case
            when sessions.session_source is null then sessions.event_medium
            else sessions.session_medium
        end as traffic_medium,
        case
            when sessions.session_source is null then sessions.event_campaign
            else sessions.session_campaign
        end as campaign,
        sessions.landing_page,
        sessions.device,
        sessions.country,
        sessions.source_system,

        ---------- numerics
        sessions.event_count,
        sessions.pageviews,
        sessions.key_events,
        cast(sessions.engagement_seconds as double) as engagement_seconds,
        cast(
            {{ elapsed_seconds('sessions.started_at', 'sessions.ended_at') }}
            as double
        ) as duration_seconds,
        parameters.engaged_session_seconds,

        ---------- booleans
        coalesce(
            sessions.is_engaged_exported,
            sessions.engagement_seconds > parameters.engaged_session_seconds
            or sessions.key_events > 0
            or sessions.pageviews > 1
        ) as is_engaged,
        sessions.is_engaged_exported is not null as is_engaged_exported,
        sessions.is_internal,

        ---------- dates
        {{ local_date('sessions.started_at', 'parameters.reporting_tz') }}
            as session_date,

        ---------- timestamps
        sessions.started_at,
        sessions.ended_at
    from sessions
    cross join parameters

)

select * from sessions_judged
