with

source as (

    select * from {{ source('raw_mapped', 'holidays') }}

),

renamed as (

    select
        ---------- strings
        holiday_name,
        calendar,

        ---------- dates
        holiday_date

    from source

)

select * from renamed
