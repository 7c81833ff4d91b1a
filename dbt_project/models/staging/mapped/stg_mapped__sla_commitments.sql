with

source as (

    select * from {{ source('raw_mapped', 'sla_commitments') }}

),

renamed as (

    select
        ---------- strings
        side,
        sla_metric,
        coalesce(region, 'all') as region,
        coalesce(segment, 'all') as segment,

        ---------- numerics
        committed_value,

        ---------- dates
        period_start_date

    from source

)

select * from renamed
