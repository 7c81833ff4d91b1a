with

source as (

    select * from {{ source('raw_mapped', 'opportunities') }}

),

renamed as (

    select
        ---------- ids
        opportunity_id,
        account_id,
        person_id,
        lead_cycle_id,
        owner_id,
        qualified_by_owner_id,
        product_id,

        ---------- strings
        stage,
        stage_source_value,
        upper(trim(currency)) as currency,
        order_type,
        lost_reason,
        region,
        segment,
        excluded_reason,
        custom_fields,
        _source_system as source_system,

        ---------- numerics
        amount,

        ---------- booleans
        coalesce(is_deleted, false) as is_deleted,

        ---------- dates
        close_date,

        ---------- timestamps
        created_at,
        qualified_at,
        closed_at

    from source

)

select * from renamed
