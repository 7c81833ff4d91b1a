with

source as (

    select * from {{ source('raw_mapped', 'touches') }}

),

renamed as (

    select
        ---------- ids
        touch_id,
        person_id,
        account_id,

        ---------- strings
        lower(trim(email)) as email,
        channel,
        campaign,
        touch_type,
        content,
        _source_system as source_system,

        ---------- timestamps
        touch_at

    from source

)

select * from renamed
