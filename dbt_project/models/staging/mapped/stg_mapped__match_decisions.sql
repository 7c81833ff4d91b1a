with

source as (

    select * from {{ source('raw_mapped', 'match_decisions') }}

),

renamed as (

    select
        ---------- ids
        person_id,
        account_id,
        other_person_id,

        ---------- strings
        decision,
        decided_by,
        note,

        ---------- dates
        decided_at

    from source

)

select * from renamed
