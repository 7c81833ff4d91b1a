with

deals as (

    select * from {{ ref('int_opportunities_decided') }}
    where not is_excluded

),

stage_events as (

    select * from {{ ref('int_opportunity_stage_events') }}

),

stages as (

    select * from {{ ref('stg_meta__opportunity_stages') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

moves as (

    select
        deals.opportunity_id,
        stage_events.stage,
        stages.stage_order,
        stage_events.entered_at,
        stage_events.is_entry_imputed,
        coalesce(stages.outcome, 'open') as outcome
    from stage_events
    inner join deals
        on stage_events.opportunity_id = deals.opportunity_id
    left join stages
        on stage_events.stage = stages.stage

),

histories as (

    select
        opportunity_id,
        min(entered_at) as first_moved_at,
        max(entered_at) as last_moved_at
    from moves
    group by 1

),

last_moves as (

    select
        *,
        row_number() over (
            partition by opportunity_id
            order by entered_at desc, stage_order desc, stage desc
        ) as move_no_from_end
    from moves

),

-- Where no history says in which stages a deal stood, it stood in one that is
-- not known; an open deal without any history in the one it shows today.
first_visits as (

    select
        deals.opportunity_id,
        case
            when histories.opportunity_id is null and deals.outcome = 'open'
                then deals.stage
            else '__missing__'
        end as stage, -- noqa: RF04
        case
            when histories.opportunity_id is null and deals.outcome = 'open'
                then deals.stage_order
        end as stage_order,
        coalesce(
            deals.created_at,
            deals.qualified_at,
            deals.closed_at,
            parameters.as_of
        ) as entered_at
    from deals
    cross join parameters
    left join histories
        on deals.opportunity_id = histories.opportunity_id
    where
        histories.opportunity_id is null
        or deals.created_at < histories.first_moved_at

),

-- The deal's own row says where it stands. When its history ends elsewhere,
-- the last move was never written down: a close has its date, any other move
-- was seen at the instant of the data.
last_visits as (

    select
        deals.opportunity_id,
        deals.stage,
        deals.stage_order,
        deals.outcome,
        case
            when deals.outcome = 'open'
                then greatest(parameters.as_of, histories.last_moved_at)
            else greatest(
                coalesce(deals.closed_at, parameters.as_of),
                deals.created_at,
                histories.last_moved_at
            )
        end as entered_at
    from deals
    cross join parameters
    left join histories
        on deals.opportunity_id = histories.opportunity_id
    left join last_moves
        on
            deals.opportunity_id = last_moves.opportunity_id
            and last_moves.move_no_from_end = 1
    where
        case
            when deals.outcome = 'open'
                then
                    last_moves.opportunity_id is not null
                    and deals.stage <> last_moves.stage
            else deals.outcome <> coalesce(last_moves.outcome, 'open')
        end

),

entries as (

    select
        opportunity_id,
        stage,
        stage_order,
        'open' as outcome,
        entered_at,
        1 as place,
        true as is_imputed
    from first_visits

    union all

    select
        opportunity_id,
        stage,
        stage_order,
        outcome,
        entered_at,
        2 as place,
        is_entry_imputed as is_imputed
    from moves

    union all

    select
        opportunity_id,
        stage,
        stage_order,
        outcome,
        entered_at,
        3 as place,
        true as is_imputed
    from last_visits

),

entries_compared as (

    select
        *,
        lag(stage) over (
            partition by opportunity_id
            order by entered_at, place, stage_order, stage
        ) as previous_stage
    from entries

),

-- The same stage noted twice in a row is one visit.
visits as (

    select
        opportunity_id,
        stage,
        stage_order,
        outcome,
        entered_at,
        is_imputed,
        row_number() over (
            partition by opportunity_id
            order by entered_at, place, stage_order, stage
        ) as entry_no
    from entries_compared
    where previous_stage is null or previous_stage <> stage

),

visits_compared as (

    select
        *,
        lead(entered_at) over (
            partition by opportunity_id
            order by entry_no
        ) as next_entered_at,
        lag(outcome) over (
            partition by opportunity_id
            order by entry_no
        ) as previous_outcome,
        lag(stage_order) over (
            partition by opportunity_id
            order by entry_no
        ) as previous_stage_order
    from visits

),

-- Leaving a closed stage is a reopening, not a move back.
visits_judged as (

    select
        opportunity_id,
        stage,
        stage_order,
        entry_no,
        is_imputed,
        outcome <> 'open' as is_terminal,
        coalesce(
            outcome = 'open'
            and previous_outcome = 'open'
            and stage_order < previous_stage_order,
            false
        ) as is_regression,
        entered_at,
        next_entered_at
    from visits_compared

)

select * from visits_judged
