with

handoffs as (

    select * from {{ ref('int_handoffs_clocked') }}

),

decisions as (

    select * from {{ ref('int_handoffs_decided') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where is_counted_qualified

),

fx_rates as (

    select * from {{ ref('int_fx_rates_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

promised as (

    select * from {{ ref('int_handoffs_promised') }}

),

deals_of_cycles as (

    select
        opportunities.lead_cycle_id,
        opportunities.qualified_at,
        opportunities.amount * fx_rates.rate as qualified_amount,
        min(
            case
                when opportunities.outcome = 'won' then opportunities.closed_at
            end
        ) over (partition by opportunities.lead_cycle_id) as won_at
    from opportunities
    left join fx_rates
        on
            opportunities.currency = fx_rates.currency
            and opportunities.qualified_date >= fx_rates.valid_from
            and opportunities.qualified_date < fx_rates.valid_before

),

-- A cycle is followed to its win; what the customer buys later came of being
-- one. With one amount that nobody knows, the sum is not known.
pipeline_by_cycle as (

    select
        lead_cycle_id,
        case
            when count(qualified_amount) = count(*) then sum(qualified_amount)
        end as pipeline_amount
    from deals_of_cycles
    where won_at is null or qualified_at <= won_at
    group by 1

),

-- A hand-off that was never written down has no time of its own, and one that
-- a daily pull shows has none to the minute.
handoffs_classed as (

    select
        handoffs.*,
        decisions.decision,
        decisions.decision_business_days,
        decisions.due_at as decision_due_at,
        decisions.decided_at,
        case
            when
                lead_cycles.is_mql_imputed
                or lead_cycles.is_stage_history_observed
                or not handoffs.is_response_recorded
                then 'not_recorded'
            when handoffs.last_attempt_before_at is not null
                then 'already_engaged'
            when handoffs.is_in_time then 'met'
            when handoffs.first_human_attempt_at is not null
                then 'breached_answered'
            when handoffs.is_overdue then 'breached_unanswered'
            else 'not_due'
        end as response_status,
        case
            when
                lead_cycles.is_mql_imputed
                or not handoffs.is_decision_recorded
                then 'not_recorded'
            when decisions.decision = 'undecided' and not decisions.is_overdue
                then 'not_due'
            when not decisions.is_timed then 'untimed'
            when decisions.decision = 'undecided' then 'breached_undecided'
            when decisions.is_in_time then 'met'
            else 'breached_decided'
        end as decision_status,
        -- A contact or enough attempts fulfil the duty, a record that cannot
        -- be reached ends it, each inside the days of the follow-up. Nobody is
        -- qualified without a conversation, whether or not it was noted.
        case
            when
                lead_cycles.is_mql_imputed
                or lead_cycles.is_stage_history_observed
                or not handoffs.is_response_recorded
                or not handoffs.is_contact_recorded
                then 'not_recorded'
            when
                handoffs.first_contact_at <= handoffs.followup_ends_at
                or (
                    lead_cycles.sql_at <= handoffs.followup_ends_at
                    and not lead_cycles.is_sql_imputed
                )
                then 'connected'
            when handoffs.attempt_count >= parameters.followup_attempts
                then 'enough_attempts'
            when
                decisions.decision = 'rejected'
                and decisions.reject_reason = 'bad_data'
                and decisions.rejected_at <= handoffs.followup_ends_at
                then 'excused'
            when handoffs.followup_ends_at < parameters.as_of then 'breached'
            else 'not_due'
        end as followup_status,
        -- What others began is not marketing's to promise. A rejection for
        -- want of fit stands unless sales accepts after all.
        case
            when lead_cycles.origin not in ('marketing', '__missing__')
                then 'other_origin'
            when not {{ is_icp_fit('lead_cycles') }} then 'unfit'
            when
                decisions.decision = 'rejected'
                and starts_with(lead_cycles.reject_reason, 'no_fit_')
                then 'declined'
            else 'delivered'
        end as delivery_status,
        lead_cycles.mql_class,
        lead_cycles.mql_credited_date as handoff_date,
        coalesce(promised.is_promised_by_all, false) as is_promised,
        parameters.recycled_sla_cap
    from handoffs
    cross join parameters
    inner join lead_cycles
        on handoffs.lead_cycle_id = lead_cycles.lead_cycle_id
    inner join decisions
        on handoffs.lead_cycle_id = decisions.lead_cycle_id
    left join promised
        on handoffs.lead_cycle_id = promised.lead_cycle_id

),

-- A promise is a number a month, so how many recycled MQLs count towards it is
-- a matter of the month; which of them do, of their order. Decided row by row,
-- regions add up to the company, and months to the quarter.
handoffs_judged as (

    select
        *,
        -- Whole MQLs: of 92, 9.2 recycled ones are nine.
        delivery_status = 'delivered' and (
            mql_class <> 'recycled'
            or row_number() over (
                partition by
                    is_promised,
                    {{ start_of('month', 'handoff_date') }},
                    delivery_status,
                    mql_class
                order by handoff_at, lead_cycle_id
            ) <= floor(round(
                recycled_sla_cap * sum(
                    case when delivery_status = 'delivered' then 1 else 0 end
                ) over (
                    partition by
                        is_promised, {{ start_of('month', 'handoff_date') }}
                ),
                6
            ))
        ) as is_credited
    from handoffs_classed

),

handoffs_described as (

    select
        ---------- ids
        handoffs_judged.lead_cycle_id,
        lead_cycles.person_id,
        lead_cycles.account_id,
        lead_cycles.mql_owner_id as owner_id,
        lead_cycles.mql_team_id as team_id,

        ---------- strings
        lead_cycles.channel,
        lead_cycles.campaign,
        lead_cycles.origin,
        lead_cycles.mql_region as region,
        lead_cycles.segment,
        lead_cycles.mql_icp_tier as icp_tier,
        lead_cycles.persona,
        handoffs_judged.mql_class,
        lead_cycles.custom_fields,
        handoffs_judged.calendar,
        handoffs_judged.response_status,
        handoffs_judged.decision,
        handoffs_judged.decision_status,
        handoffs_judged.followup_status,
        lead_cycles.reject_reason,
        handoffs_judged.delivery_status,

        ---------- numerics
        case
            when
                handoffs_judged.response_status
                in ('met', 'breached_answered')
                then handoffs_judged.response_minutes
        end as response_business_minutes,
        case
            when
                handoffs_judged.response_status
                not in ('already_engaged', 'not_recorded')
                then handoffs_judged.routing_minutes
        end as routing_delay_minutes,
        case
            when
                handoffs_judged.response_status
                in ('met', 'breached_answered')
                then
                    handoffs_judged.response_minutes
                    - handoffs_judged.routing_minutes
        end as rep_delay_minutes,
        case
            when
                handoffs_judged.response_status
                not in ('already_engaged', 'not_recorded')
                then handoffs_judged.contact_minutes
        end as time_to_contact_minutes,

        case
            when handoffs_judged.decision_status <> 'not_recorded'
                then handoffs_judged.decision_business_days
        end as decision_business_days,
        handoffs_judged.attempt_count,
        case
            when pipeline_by_cycle.lead_cycle_id is null then 0
            else pipeline_by_cycle.pipeline_amount
        end as pipeline_amount,

        ---------- booleans
        handoffs_judged.is_promised,
        handoffs_judged.is_credited,
        handoffs_judged.response_status
        in ('met', 'breached_answered', 'breached_unanswered')
            as is_response_due,
        handoffs_judged.response_status in ('met', 'breached_answered')
            as is_answered,
        handoffs_judged.response_status = 'met' as is_answered_in_time,
        -- A rejection for the record's sake says nothing about the lead.
        handoffs_judged.decision_status not in ('not_recorded', 'not_due')
        and (
            handoffs_judged.decision <> 'rejected'
            or coalesce(lead_cycles.reject_reason, '')
            not in ('duplicate', 'bad_data')
        ) as is_acceptance_due,

        ---------- dates
        handoffs_judged.handoff_date,
        case
            when
                handoffs_judged.response_status
                not in ('already_engaged', 'not_recorded')
                then handoffs_judged.handoff_date
        end as response_cohort_date,
        case
            when handoffs_judged.decision_status <> 'not_recorded'
                then handoffs_judged.handoff_date
        end as decision_cohort_date,
        case
            when handoffs_judged.followup_status <> 'not_recorded'
                then handoffs_judged.handoff_date
        end as followup_cohort_date,

        ---------- timestamps
        handoffs_judged.handoff_at,
        handoffs_judged.assigned_at,
        handoffs_judged.clock_start_at,
        handoffs_judged.due_at,
        handoffs_judged.first_human_attempt_at,
        handoffs_judged.first_contact_at,
        handoffs_judged.decision_due_at,
        handoffs_judged.decided_at,
        handoffs_judged.followup_ends_at
    from handoffs_judged
    inner join lead_cycles
        on handoffs_judged.lead_cycle_id = lead_cycles.lead_cycle_id
    left join pipeline_by_cycle
        on handoffs_judged.lead_cycle_id = pipeline_by_cycle.lead_cycle_id

)

select * from handoffs_described
