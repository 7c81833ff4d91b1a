with

source as (

    select * from {{ source('raw_mapped', 'icp_rules') }}

),

renamed as (

    select
        ---------- strings
        fit_attribute,
        fit_attribute_source_value,
        nullif(trim(matches_value), '') as matches_value,
        version,

        ---------- numerics
        min_value,
        max_value,
        score,
        weight,

        ---------- dates
        valid_from

    from source

)

select * from renamed
