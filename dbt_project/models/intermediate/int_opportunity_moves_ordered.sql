with

opportunity_stage_events as (

    select * from {{ ref('int_opportunity_stage_events') }}

),

stages as (

    select * from {{ ref('stg_meta__opportunity_stages') }}

),

-- A stage nobody mapped says nothing about open or closed; one that is missing
-- is that of a deal known to be open.
events_at_known_stages as (

    select
        opportunity_stage_events.opportunity_id,
        opportunity_stage_events.entered_at,
        opportunity_stage_events.is_observed,
        opportunity_stage_events.is_entry_imputed,
        opportunity_stage_events.stage,
        stages.stage_order,
        coalesce(stages.outcome, 'open') as outcome
    from opportunity_stage_events
    left join stages
        on opportunity_stage_events.stage = stages.stage
    where
        stages.stage is not null
        or opportunity_stage_events.stage = '__missing__'

),

moves_ordered as (

    select
        *,
        lag(outcome) over (
            partition by opportunity_id
            order by entered_at, stage_order, stage
        ) as previous_outcome,
        lag(entered_at) over (
            partition by opportunity_id
            order by entered_at, stage_order, stage
        ) as previous_entered_at,
        row_number() over (
            partition by opportunity_id
            order by entered_at, stage_order, stage
        ) as move_no
    from events_at_known_stages

),

moves_compared as (

    select
        *,
        outcome <> 'open' as is_terminal,
        outcome = 'won' and coalesce(previous_outcome, 'open') <> 'won'
            as is_win,
        outcome <> 'won' and coalesce(previous_outcome, 'open') = 'won'
            as is_win_undone,
        outcome = 'open' and coalesce(previous_outcome, 'open') <> 'open'
            as is_reopening
    from moves_ordered

),

last_changes as (

    select
        opportunity_id,
        max(case when is_win or is_win_undone then move_no end)
            as last_win_change_no
    from moves_compared
    group by 1

),

standing_wins_marked as (

    select
        moves_compared.*,
        moves_compared.is_win
        and moves_compared.move_no = last_changes.last_win_change_no
            as is_standing_win
    from moves_compared
    inner join last_changes
        on moves_compared.opportunity_id = last_changes.opportunity_id

)

select * from standing_wins_marked
