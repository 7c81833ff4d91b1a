with

source as (

    select * from {{ source('raw_mapped', 'persona_rules') }}

),

renamed as (

    select
        ---------- strings
        persona,
        title_pattern,

        ---------- booleans
        is_required

    from source

)

select * from renamed
