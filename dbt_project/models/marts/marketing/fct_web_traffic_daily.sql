with

reports as (

    select * from {{ ref('stg_mapped__web_traffic_daily') }}

),

visits as (

    select * from {{ ref('fct_web_sessions') }}

),

breakdowns as (

    select
        source_system,
        analytics,
        traffic_date,
        breakdown,
        case
            when count(channel_group) > 0 then 1
            when breakdown = 'day' then 2
            else 3
        end as preference
    from reports
    group by source_system, analytics, traffic_date, breakdown

),

-- Two breakdowns count the same visits, so of each day one is taken: the one
-- by channel group where there is one.
breakdowns_ranked as (

    select
        *,
        row_number() over (
            partition by source_system, analytics, traffic_date
            order by preference, breakdown
        ) as place
    from breakdowns

),

reported_days as (

    select * from breakdowns_ranked
    where place = 1

),

reported as (

    select
        reports.source_system,
        reports.analytics,
        reports.traffic_date,
        coalesce(reports.channel_group, '__missing__') as channel_group,
        'report' as counted_from,
        reports.breakdown,
        sum(reports.sessions) as sessions,
        sum(reports.engaged_sessions) as engaged_sessions,
        sum(reports.active_users) as active_users,
        sum(reports.engagement_seconds) as engagement_seconds,
        sum(reports.duration_seconds) as duration_seconds,
        sum(reports.pageviews) as pageviews,
        sum(reports.key_events) as key_events,
        sum(reports.single_interaction_sessions)
            as single_interaction_sessions
    from reports
    inner join reported_days
        on
            reports.source_system = reported_days.source_system
            and reports.analytics = reported_days.analytics
            and reports.traffic_date = reported_days.traffic_date
            and reports.breakdown = reported_days.breakdown
    group by
        reports.source_system,
        reports.analytics,
        reports.traffic_date,
        coalesce(reports.channel_group, '__missing__'),
        reports.breakdown

),

counted as (

    select
        source_system,
        'ga4' as analytics,
        session_date as traffic_date,
        coalesce(channel_group, '__missing__') as channel_group,
        'events' as counted_from,
        cast(null as varchar) as breakdown,
        count(*) as sessions,
        count(case when is_engaged then 1 end) as engaged_sessions,
        count(distinct visitor_id) as active_users,
        sum(engagement_seconds) as engagement_seconds,
        sum(duration_seconds) as duration_seconds,
        sum(pageviews) as pageviews,
        sum(key_events) as key_events,
        cast(null as bigint) as single_interaction_sessions
    from visits
    where not is_internal
    group by
        source_system, session_date, coalesce(channel_group, '__missing__')

),

-- A day with a report is not counted a second time from its events.
counted_unreported as (

    select counted.*
    from counted
    left join reported_days
        on
            counted.source_system = reported_days.source_system
            and counted.analytics = reported_days.analytics
            and counted.traffic_date = reported_days.traffic_date
    where reported_days.traffic_date is null

),

traffic as (

    select * from reported
    union all
    select * from counted_unreported

),

described as (

    select
        ---------- ids
        md5(concat_ws(
            '/',
            source_system,
            analytics,
            cast(traffic_date as varchar),
            channel_group
        )) as web_traffic_id,

        ---------- strings
        source_system,
        analytics,
        channel_group,
        counted_from,
        breakdown,

        ---------- numerics
        cast(sessions as double) as sessions,
        cast(engaged_sessions as double) as engaged_sessions,
        cast(active_users as double) as active_users,
        cast(engagement_seconds as double) as engagement_seconds,
        cast(duration_seconds as double) as duration_seconds,
        cast(pageviews as double) as pageviews,
        cast(key_events as double) as key_events,
        cast(single_interaction_sessions as double)
            as single_interaction_sessions,

        ---------- dates
        traffic_date,
        -- Another product counts visits by other rules: its series is closed
        -- and never continued by this one.
        case when analytics = 'ga4' then traffic_date end as visit_date

    from traffic

)

select * from described
