with

source as (

    select * from {{ source('raw_mapped', 'engagement_rules') }}

),

renamed as (

    select
        ---------- strings
        touch_type,
        channel,
        nullif(trim(content_pattern), '') as content_pattern,

        ---------- numerics
        points,

        ---------- booleans
        coalesce(is_hand_raiser, false) as is_hand_raiser,

        ---------- dates
        valid_from

    from source

)

select * from renamed
