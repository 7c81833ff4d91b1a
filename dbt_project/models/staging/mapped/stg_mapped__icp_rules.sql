with

source as (

    select * from {{ source('raw_mapped', 'icp_rules') }}

),

renamed as (

    select
        ---------- strings
        lower(trim(fit_attribute)) as fit_attribute,
        matches_value,
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
