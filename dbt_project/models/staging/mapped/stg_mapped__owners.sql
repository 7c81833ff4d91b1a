with

source as (

    select * from {{ source('raw_mapped', 'owners') }}

),

renamed as (

    select
        ---------- ids
        owner_id,

        ---------- strings
        owner_name,
        role,
        team,
        region,

        ---------- dates
        valid_from

    from source

)

select * from renamed
