with

source as (

    select * from {{ source('raw_mapped', 'external_factors') }}

),

renamed as (

    select
        ---------- ids
        factor_id,

        ---------- strings
        name_en,
        name_zh,
        factor_type,
        factor_type_source_value,
        coalesce(scope, 'all') as scope, -- noqa: RF04
        metric_ids,
        expected_direction,
        confidence,
        evidence,
        recorded_by,

        ---------- numerics
        expected_size,

        ---------- dates
        start_date,
        end_date,
        signed_sales_on,
        signed_marketing_on,

        ---------- timestamps
        recorded_at

    from source

)

select * from renamed
