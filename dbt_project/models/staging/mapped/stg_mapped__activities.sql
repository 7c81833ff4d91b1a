with

source as (

    select * from {{ source('raw_mapped', 'activities') }}

),

renamed as (

    select
        ---------- ids
        activity_id,
        person_id,
        account_id,
        opportunity_id,
        owner_id,

        ---------- strings
        activity_type,
        direction,
        _source_system as source_system,

        ---------- booleans
        coalesce(is_automated, false) as is_automated,
        coalesce(is_connected, false) as is_connected,
        coalesce(is_deleted, false) as is_deleted,

        ---------- timestamps
        activity_at

    from source

)

select * from renamed
