with

exported as (

    select * from {{ ref('stg_mapped__opportunity_stage_events') }}

),

observed as (

    select * from {{ ref('int_stage_changes_observed') }}
    where entity = 'opportunities'

),

-- Of a deal that was only ever seen in one stage nothing is known that its own
-- record does not say, unless it was created under our eyes.
unioned as (

    select
        opportunity_id,
        stage,
        entered_at,
        false as is_observed,
        false as is_entry_imputed
    from exported
    union all
    select
        record_id as opportunity_id,
        stage,
        entered_at,
        true as is_observed,
        is_entry_imputed
    from observed
    where
        not is_entry_imputed
        or change_count > 1

)

select * from unioned
