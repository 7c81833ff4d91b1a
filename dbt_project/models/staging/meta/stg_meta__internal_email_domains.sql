with

source as (

    select * from {{ source('raw_meta', 'internal_email_domains') }}

),

renamed as (

    select lower(trim(email_domain)) as email_domain
    from source

)

select * from renamed
