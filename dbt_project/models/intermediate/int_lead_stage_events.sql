with

exported as (

    select * from {{ ref('stg_mapped__lead_stage_events') }}

),

observed as (

    select * from {{ ref('int_stage_changes_observed') }}
    where entity = 'people'

),

unioned as (

    select
        person_id,
        stage,
        entered_at,
        lead_cycle_id,
        owner_id,
        origin,
        reject_reason,
        assigned_at,
        false as is_observed,
        false as is_entry_imputed
    from exported
    union all
    select
        record_id as person_id,
        stage,
        entered_at,
        cast(null as varchar) as lead_cycle_id,
        owner_id,
        cast(null as varchar) as origin,
        cast(null as varchar) as reject_reason,
        cast(null as timestamp) as assigned_at,
        true as is_observed,
        is_entry_imputed
    from observed

)

select * from unioned
