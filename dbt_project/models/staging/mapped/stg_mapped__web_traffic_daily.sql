with

source as (

    select * from {{ source('raw_mapped', 'web_traffic_daily') }}

),

renamed as (

    select
        ---------- strings
        analytics,
        breakdown,
        channel_group,
        source_medium,
        landing_page,
        country,
        device,
        _source_system as source_system,

        ---------- numerics
        sessions,
        engaged_sessions,
        active_users,
        engagement_seconds,
        coalesce(duration_seconds, average_duration_seconds * sessions)
            as duration_seconds,
        pageviews,
        key_events,
        single_interaction_sessions,

        ---------- dates
        traffic_date

    from source

)

select * from renamed
