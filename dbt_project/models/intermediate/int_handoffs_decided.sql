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

-- Exports without a single acceptance or rejection cannot say who was not
-- decided about; one inferred from a deal or an exit is no record of it.
records as (

    select count(*) > 0 as has_decisions
    from lead_cycles
    where
        is_mql_credited
        and (
            (rejected_at is not null and not is_rejected_imputed)
            or (sal_at is not null and not is_sal_imputed)
        )

),

-- Who was rejected before anything was handed over is not decided about yet.
outcomes as (

    select
        handoffs.lead_cycle_id,
        handoffs.calendar,
        handoffs.handoff_at,
        records.has_decisions as is_decision_recorded,
        lead_cycles.reject_reason,
        lead_cycles.sal_at,
        case
            when lead_cycles.rejected_at >= handoffs.handoff_at
                then lead_cycles.rejected_at
        end as rejected_at
    from handoffs
    cross join records
    inner join lead_cycles
        on handoffs.lead_cycle_id = lead_cycles.lead_cycle_id

),

-- An acceptance takes back the rejection before it.
decisions as (

    select
        *,
        case
            when sal_at is not null then 'accepted'
            when rejected_at is not null then 'rejected'
            else 'undecided'
        end as decision,
        coalesce(sal_at, rejected_at) as decided_at
    from outcomes

),

as_of_by_calendar as (

    select
        openings.calendar,
        max({{ business_days_until('openings', 'parameters.as_of') }})
            as business_days
    from openings
    inner join parameters
        on openings.opens_at <= parameters.as_of
    group by 1

),

instants_measured as (

    select
        decisions.*,
        {{ business_days_until('at_handoff', 'decisions.handoff_at') }}
            as handoff_business_days,
        {{ business_days_until('at_decision', 'decisions.decided_at') }}
            as decision_business_days
    from decisions
    {{ left_join_nearest(
        'openings', 'at_handoff',
        'decisions.calendar = at_handoff.calendar '
        ~ 'and decisions.handoff_at >= at_handoff.opens_at'
    ) }}
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
        as_of_by_calendar.business_days
        - instants_measured.handoff_business_days as age_business_days,
        parameters.sla_decision_business_days * cast(86400000000 as bigint)
            as limit_business_days,
        instants_measured.handoff_business_days
        + parameters.sla_decision_business_days * cast(86400000000 as bigint)
            as due_business_days
    from instants_measured
    cross join parameters
    left join as_of_by_calendar
        on instants_measured.calendar = as_of_by_calendar.calendar

),

handoffs_decided as (

    select
        limits_set.lead_cycle_id,
        limits_set.is_decision_recorded,
        limits_set.decision,
        limits_set.reject_reason,
        limits_set.handoff_business_days,
        limits_set.used_business_days / 86400000000.0
            as decision_business_days,
        limits_set.age_business_days / 86400000000.0 as age_business_days,
        limits_set.used_business_days <= limits_set.limit_business_days
            as is_in_time,
        limits_set.age_business_days > limits_set.limit_business_days
            as is_overdue,
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
