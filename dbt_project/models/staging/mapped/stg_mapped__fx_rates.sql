with

source as (

    select * from {{ source('raw_mapped', 'fx_rates') }}

),

renamed as (

    select
        ---------- strings
        upper(trim(currency)) as currency,

        ---------- numerics
        rate,

        ---------- dates
        rate_date

    from source

)

select * from renamed
