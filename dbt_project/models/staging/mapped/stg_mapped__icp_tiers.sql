with

source as (

    select * from {{ source('raw_mapped', 'icp_tiers') }}

),

renamed as (

    select
        ---------- strings
        tier,
        version,

        ---------- numerics
        min_score,

        ---------- dates
        valid_from

    from source

)

select * from renamed
