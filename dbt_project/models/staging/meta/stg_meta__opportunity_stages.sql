with

source as (

    select * from {{ source('raw_meta', 'opportunity_stages') }}

),

renamed as (

    select
        ---------- strings
        stage,
        outcome,

        ---------- numerics
        stage_order,

        ---------- booleans
        coalesce(is_qualified, false) as is_qualified

    from source

)

select * from renamed
