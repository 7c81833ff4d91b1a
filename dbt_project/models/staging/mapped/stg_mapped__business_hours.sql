with

source as (

    select * from {{ source('raw_mapped', 'business_hours') }}

),

renamed as (

    select
        ---------- ids
        calendar,
        owner_id,

        ---------- strings
        region,
        time_zone,
        opens_at,
        closes_at,

        ---------- numerics
        weekday

    from source

)

select * from renamed
