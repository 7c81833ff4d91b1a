with

opportunities as (

    select * from {{ ref('int_opportunities_judged') }}

),

stages as (

    select * from {{ ref('stg_meta__opportunity_stages') }}

),

moves as (

    select * from {{ ref('int_opportunity_moves_ordered') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Without a stage marked as qualified every open stage is.
qualified_threshold as (

    select
        coalesce(
            min(case when is_qualified then stage_order end),
            min(stage_order)
        ) as qualified_stage_order
    from stages
    where outcome = 'open'

),

histories as (

    select
        moves.opportunity_id,
        min(
            case
                when
                    moves.outcome = 'open'
                    and not coalesce(moves.is_entry_imputed, false)
                    and moves.stage_order
                    >= qualified_threshold.qualified_stage_order
                    then moves.entered_at
            end
        ) as first_qualified_at,
        min(
            case
                when
                    moves.outcome = 'open'
                    and moves.is_entry_imputed
                    and moves.stage_order
                    >= qualified_threshold.qualified_stage_order
                    then moves.entered_at
            end
        ) as found_qualified_at,
        min(case when moves.is_win then moves.entered_at end)
            as first_won_at,
        max(case when moves.is_terminal then moves.entered_at end)
            as last_closed_at,
        max(case when moves.is_reopening then moves.entered_at end)
            as last_reopened_at,
        min(
            case
                when moves.is_entry_imputed then null
                else moves.entered_at
            end
        ) as first_moved_at,
        max(case when moves.is_observed then 1 else 0 end) = 1
            as is_observed,
        cast(
            sum(case when moves.is_reopening then 1 else 0 end) as integer
        ) as reopened_count,
        max(
            case
                when moves.is_reopening and moves.previous_outcome = 'lost'
                    then {{ elapsed_seconds(
                        'moves.previous_entered_at', 'moves.entered_at'
                    ) }}
            end
        ) as longest_lost_seconds
    from moves
    cross join qualified_threshold
    group by 1

),

-- Before a source recorded its first stage move or qualification date it could
-- not tell which of its lost deals were ever qualified.
sources as (

    select
        opportunities.source_system,
        min(least(opportunities.qualified_at, histories.first_moved_at))
            as first_evidence_at
    from opportunities
    left join histories
        on opportunities.opportunity_id = histories.opportunity_id
    group by 1

),

outcomes_decided as (

    select
        opportunities.*,
        histories.first_qualified_at,
        histories.found_qualified_at,
        coalesce(histories.is_observed, false) as is_stage_history_observed,
        histories.first_won_at,
        histories.last_closed_at,
        histories.last_reopened_at,
        histories.longest_lost_seconds,
        stages.stage_order,
        qualified_threshold.qualified_stage_order,
        sources.first_evidence_at,
        coalesce(histories.reopened_count, 0) as reopened_count,
        opportunities.stated_reason is not null
        or coalesce(stages.outcome, 'open') = 'excluded' as is_excluded,
        case
            when
                opportunities.stated_reason is not null
                or stages.outcome = 'excluded'
                then 'excluded'
            else coalesce(stages.outcome, 'open')
        end as outcome,
        coalesce(stages.outcome, 'open') = 'open' as is_at_open_stage
    from opportunities
    cross join qualified_threshold
    left join stages
        on opportunities.stage = stages.stage
    left join histories
        on opportunities.opportunity_id = histories.opportunity_id
    left join sources
        on opportunities.source_system = sources.source_system

),

closes_dated as (

    select
        outcomes_decided.*,
        case
            when not outcomes_decided.is_at_open_stage
                then coalesce(
                    -- A date from before the last reopening is that of an
                    -- earlier close.
                    case
                        when
                            outcomes_decided.last_reopened_at is null
                            or outcomes_decided.close_date
                            >= {{ local_date(
                                'outcomes_decided.last_reopened_at',
                                'parameters.reporting_tz'
                            ) }}
                            or outcomes_decided.last_closed_at is null
                            then outcomes_decided.close_date
                    end,
                    {{ local_date(
                        'coalesce(outcomes_decided.closed_at, '
                        ~ 'outcomes_decided.last_closed_at)',
                        'parameters.reporting_tz'
                    ) }}
                )
        end as final_close_date,
        case
            when outcomes_decided.is_at_open_stage
                then outcomes_decided.close_date
        end as expected_close_date
    from outcomes_decided
    cross join parameters

),

closes_timed as (

    select
        closes_dated.*,
        coalesce(
            closes_dated.closed_at,
            case
                when
                    {{ local_date(
                        'closes_dated.last_closed_at',
                        'parameters.reporting_tz'
                    ) }} = closes_dated.final_close_date
                    then closes_dated.last_closed_at
            end
        ) as known_closed_at,
        {{ local_midnight(
            'closes_dated.final_close_date', 'parameters.reporting_tz'
        ) }} as close_day_started_at,
        coalesce(
            {{ local_date(
                'closes_dated.first_evidence_at', 'parameters.reporting_tz'
            ) }} <= coalesce(
                closes_dated.final_close_date, parameters.as_of_date
            ),
            false
        ) as has_qualification_evidence
    from closes_dated
    cross join parameters

),

-- A close known only by its day is the start of that day, and not before
-- anything else the deal did on the same day.
deals_qualified as (

    select
        closes_timed.*,
        case
            when closes_timed.final_close_date is null then null
            when closes_timed.known_closed_at is not null
                then closes_timed.known_closed_at
            else greatest(
                closes_timed.close_day_started_at,
                {{ if_same_local_day(
                    'closes_timed.created_at',
                    'closes_timed.final_close_date',
                    'parameters.reporting_tz'
                ) }},
                {{ if_same_local_day(
                    'closes_timed.qualified_at',
                    'closes_timed.final_close_date',
                    'parameters.reporting_tz'
                ) }}
            )
        end as closed_at_or_midnight,
        closes_timed.known_closed_at is null as is_close_time_unknown,
        -- Found qualified when the pulls began: sooner than any later entry.
        case
            when
                closes_timed.qualified_at is not null
                or closes_timed.found_qualified_at is null
                then least(
                    closes_timed.qualified_at, closes_timed.first_qualified_at
                )
        end as known_qualified_at,
        coalesce(
            closes_timed.qualified_at is not null
            or closes_timed.found_qualified_at is not null
            or closes_timed.first_qualified_at is not null
            or closes_timed.first_won_at is not null
            or closes_timed.outcome = 'won'
            or (
                closes_timed.is_at_open_stage
                and closes_timed.stage_order
                >= closes_timed.qualified_stage_order
            )
            or (
                closes_timed.outcome = 'lost'
                and not closes_timed.has_qualification_evidence
            ),
            false
        ) as is_qualified,
        coalesce(
            closes_timed.is_at_open_stage
            and not closes_timed.is_excluded
            and closes_timed.stage_order
            >= closes_timed.qualified_stage_order,
            false
        ) as is_open_qualified
    from closes_timed
    cross join parameters

),

-- A deal that skipped the qualified stage reached it when it was won. Where
-- the source records no qualification at all, creation is the nearest it has.
qualifications_dated as (

    select
        deals_qualified.*,
        deals_qualified.is_qualified
        and deals_qualified.known_qualified_at is null
            as is_qualified_imputed,
        case
            when not deals_qualified.is_qualified then null
            when deals_qualified.known_qualified_at is not null
                then deals_qualified.known_qualified_at
            when deals_qualified.found_qualified_at is not null
                then deals_qualified.found_qualified_at
            when
                deals_qualified.has_qualification_evidence
                and not deals_qualified.is_at_open_stage
                then coalesce(
                    deals_qualified.first_won_at,
                    deals_qualified.closed_at_or_midnight,
                    deals_qualified.created_at
                )
            else coalesce(
                deals_qualified.created_at,
                deals_qualified.first_won_at,
                deals_qualified.closed_at_or_midnight
            )
        end as first_qualification_at
    from deals_qualified

),

deals_decided as (

    select
        ---------- ids
        qualifications_dated.opportunity_id,
        qualifications_dated.account_id,
        qualifications_dated.person_id,
        qualifications_dated.lead_cycle_id,
        qualifications_dated.owner_id,
        qualifications_dated.qualified_by_owner_id,
        qualifications_dated.product_id,

        ---------- strings
        qualifications_dated.stage,
        qualifications_dated.stage_source_value,
        qualifications_dated.outcome,
        case
            when qualifications_dated.is_excluded
                then coalesce(
                    qualifications_dated.stated_reason,
                    qualifications_dated.stage
                )
        end as excluded_reason,
        coalesce(
            qualifications_dated.currency, parameters.reporting_currency
        ) as currency,
        qualifications_dated.order_type,
        qualifications_dated.lost_reason,
        qualifications_dated.region,
        qualifications_dated.segment,
        qualifications_dated.custom_fields,
        qualifications_dated.source_system,

        ---------- numerics
        qualifications_dated.stage_order,
        qualifications_dated.amount,
        qualifications_dated.reopened_count,

        ---------- booleans
        qualifications_dated.is_excluded,
        qualifications_dated.is_qualified,
        qualifications_dated.is_qualified_imputed,
        qualifications_dated.is_open_qualified,
        qualifications_dated.is_close_time_unknown,
        qualifications_dated.is_stage_history_observed,
        coalesce(
            qualifications_dated.longest_lost_seconds
            > parameters.late_reopen_days * 86400,
            false
        ) as is_late_reopened,

        ---------- dates
        {{ local_date(
            'qualifications_dated.created_at', 'parameters.reporting_tz'
        ) }} as created_date,
        {{ local_date(
            'qualifications_dated.first_qualification_at',
            'parameters.reporting_tz'
        ) }} as qualified_date,
        qualifications_dated.expected_close_date,
        qualifications_dated.final_close_date,
        coalesce(
            qualifications_dated.final_close_date, parameters.as_of_date
        ) as event_date,

        ---------- timestamps
        qualifications_dated.created_at,
        qualifications_dated.first_qualification_at as qualified_at,
        qualifications_dated.closed_at_or_midnight as closed_at
    from qualifications_dated
    cross join parameters

)

select * from deals_decided
