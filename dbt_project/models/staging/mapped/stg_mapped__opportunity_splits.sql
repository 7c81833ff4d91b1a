with

source as (

    select * from {{ source('raw_mapped', 'opportunity_splits') }}

),

renamed as (

    select
        ---------- ids
        opportunity_id,
        owner_id,

        ---------- strings
        coalesce(split_type, 'revenue') as split_type,

        ---------- numerics
        share

    from source

)

select * from renamed
