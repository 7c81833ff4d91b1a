with

source as (

    select * from {{ source('raw_mapped', 'refunds') }}

),

renamed as (

    select
        ---------- ids
        opportunity_id,

        ---------- strings
        upper(trim(currency)) as currency,

        ---------- numerics
        -- Half of the systems write money given back with a minus.
        abs(amount) as amount,

        ---------- dates
        refunded_date

    from source

)

select * from renamed
