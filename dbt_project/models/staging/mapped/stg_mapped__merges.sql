with

source as (

    select * from {{ source('raw_mapped', 'merges') }}

),

renamed as (

    select
        ---------- ids
        merged_id,
        -- Some systems name the record itself where nothing was merged.
        nullif(surviving_id, merged_id) as surviving_id,

        ---------- strings
        record_type,
        _source_system as source_system

    from source

)

select * from renamed
