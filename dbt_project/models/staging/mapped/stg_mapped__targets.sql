with

source as (

    select * from {{ source('raw_mapped', 'targets') }}

),

renamed as (

    select
        ---------- ids
        metric_id,

        ---------- strings
        lower(period_grain) as period_grain,
        coalesce(dimension, 'all') as dimension,
        coalesce(dimension_value, 'all') as dimension_value,

        ---------- numerics
        target_value,

        ---------- dates
        period_start_date

    from source

)

select * from renamed
