with

source as (

    select * from {{ source('raw_mapped', 'orders') }}

),

renamed as (

    select
        ---------- ids
        order_id,
        account_id,
        person_id,

        ---------- strings
        lower(trim(email)) as email,
        upper(trim(currency)) as currency,
        status,
        status_source_value,
        _source_system as source_system,

        ---------- numerics
        amount,
        coalesce(abs(refunded_amount), 0) as refunded_amount,

        ---------- dates
        ordered_on

    from source

)

select * from renamed
