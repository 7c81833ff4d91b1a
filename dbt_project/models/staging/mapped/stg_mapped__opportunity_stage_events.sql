with

source as (

    select * from {{ source('raw_mapped', 'opportunity_stage_events') }}

),

renamed as (

    select
        ---------- ids
        opportunity_id,

        ---------- strings
        stage,

        ---------- timestamps
        entered_at

    from source

)

select * from renamed
