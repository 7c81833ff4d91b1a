with

exported as (

    select * from {{ ref('stg_mapped__opportunity_stage_events') }}

),

observed as (

    select * from {{ ref('int_stage_changes_observed') }}
    where entity = 'opportunities'

),

stages as (

    select * from {{ ref('stg_meta__opportunity_stages') }}

),

deals as (

    select
        opportunities.opportunity_id,
        case when stages.outcome = 'open' then opportunities.stage end
            as open_stage
    from {{ ref('stg_mapped__opportunities') }} as opportunities
    left join stages
        on opportunities.stage = stages.stage

),

exported_with_past as (

    select
        exported.opportunity_id,
        exported.stage,
        exported.entered_at,
        last_value(
            case when stages.outcome = 'open' then exported.stage end
            ignore nulls
        ) over (
            partition by exported.opportunity_id
            order by exported.entered_at, stages.stage_order
            rows between unbounded preceding and current row
        ) as last_open_stage,
        lead(exported.entered_at) over (
            partition by exported.opportunity_id
            order by exported.entered_at, stages.stage_order
        ) is null as is_last
    from exported
    left join stages
        on exported.stage = stages.stage

),

-- A deal that was reopened is back in the stage it was closed in. Where no
-- event says which that is, its own record does if nothing came after.
exported_reopened as (

    select
        exported_with_past.opportunity_id,
        exported_with_past.entered_at,
        case
            when exported_with_past.stage <> '__reopened__'
                then exported_with_past.stage
            else coalesce(
                exported_with_past.last_open_stage,
                case
                    when exported_with_past.is_last then deals.open_stage
                end,
                '__missing__'
            )
        end as stage -- noqa: RF04
    from exported_with_past
    left join deals
        on exported_with_past.opportunity_id = deals.opportunity_id

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
    from exported_reopened
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
