with

source as (

    select * from {{ source('raw_mapped', 'search_performance_daily') }}

),

renamed as (

    select
        ---------- strings
        breakdown,
        query,
        page,
        country,
        device,
        _source_system as source_system,

        ---------- numerics
        impressions,
        clicks,
        position,

        ---------- dates
        performance_date

    from source

)

select * from renamed
