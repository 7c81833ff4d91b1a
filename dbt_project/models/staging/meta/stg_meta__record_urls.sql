with

source as (

    select * from {{ source('raw_meta', 'record_urls') }}

),

renamed as (

    select
        ---------- strings
        source_system,
        entity,
        id_kind,
        url_template

    from source

)

select * from renamed
