with

handoffs as (

    select * from {{ ref('int_handoffs_clocked') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

openings as (

    select * from {{ ref('int_business_hours_opened') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Who was rejected before anything was handed over is not decided about yet.
outcomes as (

    select
        handoffs.lead_cycle_id,
        handoffs.calendar,
        handoffs.handoff_business_days,
        handoffs.age_business_days,
        lead_cycles.reject_reason,
        lead_cycles.sal_at,
        lead_cycles.is_sal_imputed,
        lead_cycles.is_stage_history_observed,
        case
            when lead_cycles.rejected_at >= handoffs.handoff_at
                then lead_cycles.rejected_at
        end as rejected_at
    from handoffs
    inner join lead_cycles
        on handoffs.lead_cycle_id = lead_cycles.lead_cycle_id

),

-- An acceptance takes back the rejection before it. One that only a later
-- stage shows, or a daily pull, happened at no known time.
decisions as (

    select
        *,
        case
            when sal_at is not null then 'accepted'
            when rejected_at is not null then 'rejected'
            else 'undecided'
        end as decision,
        case
            when is_stage_history_observed then null
            when sal_at is null then rejected_at
            when not is_sal_imputed then sal_at
        end as decided_at,
        not is_stage_history_observed
        and not (sal_at is not null and is_sal_imputed) as is_timed
    from outcomes

),

instants_measured as (

    select
        decisions.*,
        {{ business_days_until('at_decision', 'decisions.decided_at') }}
            as decision_business_days
    from decisions
    {{ left_join_nearest(
        'openings', 'at_decision',
        'decisions.calendar = at_decision.calendar '
        ~ 'and decisions.decided_at >= at_decision.opens_at'
    ) }}

),

limits_set as (

    select
        instants_measured.*,
        instants_measured.decision_business_days
        - instants_measured.handoff_business_days as used_business_days,
        parameters.sla_decision_business_days * cast(86400000000 as bigint)
            as limit_business_days,
        instants_measured.age_business_days
        > parameters.sla_decision_business_days as is_overdue,
        instants_measured.handoff_business_days
        + parameters.sla_decision_business_days * cast(86400000000 as bigint)
            as due_business_days
    from instants_measured
    cross join parameters

),

handoffs_decided as (

    select
        limits_set.lead_cycle_id,
        limits_set.is_timed,
        limits_set.decision,
        limits_set.reject_reason,
        limits_set.used_business_days / 86400000000.0
            as decision_business_days,
        limits_set.used_business_days <= limits_set.limit_business_days
            as is_in_time,
        limits_set.is_overdue,
        {{ instant_of_business_days('at_due', 'limits_set.due_business_days') }}
            as due_at,
        limits_set.decided_at,
        limits_set.rejected_at
    from limits_set
    {{ left_join_nearest(
        'openings', 'at_due',
        'limits_set.calendar = at_due.calendar and '
        ~ 'limits_set.due_business_days > at_due.business_days_before'
    ) }}

)

select * from handoffs_decided
