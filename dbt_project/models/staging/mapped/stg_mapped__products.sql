with

source as (

    select * from {{ source('raw_mapped', 'products') }}

),

renamed as (

    select
        ---------- ids
        product_id,

        ---------- strings
        product_name,
        family,
        upper(trim(currency)) as currency,

        ---------- numerics
        list_price

    from source

)

select * from renamed
