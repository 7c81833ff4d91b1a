with

source as (

    select * from {{ source('raw_mapped', 'lead_stage_events') }}

),

renamed as (

    select
        ---------- ids
        person_id,
        lead_cycle_id,
        owner_id,

        ---------- strings
        stage,
        origin,
        reject_reason,
        _source_system as source_system,

        ---------- timestamps
        entered_at,
        assigned_at

    from source

)

select * from renamed
