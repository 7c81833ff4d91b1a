with

source as (

    select * from {{ source('raw_meta', 'parameters') }}

),

renamed as (

    select
        ---------- strings
        key as parameter_key,
        value as parameter_value

    from source

)

select * from renamed
