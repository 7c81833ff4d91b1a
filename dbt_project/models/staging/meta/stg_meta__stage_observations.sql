with

source as (

    select * from {{ source('raw_meta', 'stage_observations') }}

),

renamed as (

    select
        ---------- ids
        record_id,
        owner_id,

        ---------- strings
        company_name,
        entity,
        stage,
        source_file,
        source_system,

        ---------- timestamps
        observed_at,
        pulled_at

    from source

)

select * from renamed
