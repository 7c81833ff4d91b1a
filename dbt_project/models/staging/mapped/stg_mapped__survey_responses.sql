with

source as (

    select * from {{ source('raw_mapped', 'survey_responses') }}

),

renamed as (

    select
        ---------- ids
        response_id,
        person_id,
        account_id,

        ---------- strings
        survey_type,
        survey_type_source_value,
        survey_name,
        wave,
        reason,
        lower(trim(email)) as email,
        _source_system as source_system,

        ---------- numerics
        score,
        coalesce(scale_max, case when survey_type = 'nps' then 10.0 end)
            as scale_max,

        ---------- booleans
        coalesce(is_delivered, true) as is_delivered,

        ---------- dates
        invited_on,
        responded_on,
        routed_on

    from source

)

select * from renamed
