with

source as (

    select * from {{ source('raw_mapped', 'web_events') }}

),

renamed as (

    select
        ---------- ids
        user_pseudo_id,
        session_id,

        ---------- strings
        event_name,
        page_location,
        traffic_type,
        channel_group,
        session_source,
        session_medium,
        session_campaign,
        event_source,
        event_medium,
        event_campaign,
        device,
        country,
        _source_system as source_system,

        ---------- numerics
        engagement_ms / 1000.0 as engagement_seconds,

        ---------- booleans
        is_session_engaged,

        ---------- timestamps
        event_at

    from source

)

select * from renamed
