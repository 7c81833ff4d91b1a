with

handoffs as (

    select * from {{ ref('int_handoffs_clocked') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

-- A hand-off that was never written down has no time of its own, and one that
-- a daily pull shows has none to the minute.
handoffs_judged as (

    select
        handoffs.*,
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
        end as response_status
    from handoffs
    inner join lead_cycles
        on handoffs.lead_cycle_id = lead_cycles.lead_cycle_id

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
        lead_cycles.mql_class,
        lead_cycles.custom_fields,
        handoffs_judged.calendar,
        handoffs_judged.response_status,

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

        ---------- booleans
        handoffs_judged.response_status
        in ('met', 'breached_answered', 'breached_unanswered')
            as is_response_due,
        handoffs_judged.response_status in ('met', 'breached_answered')
            as is_answered,
        handoffs_judged.response_status = 'met' as is_answered_in_time,

        ---------- dates
        lead_cycles.mql_credited_date as handoff_date,
        case
            when
                handoffs_judged.response_status
                not in ('already_engaged', 'not_recorded')
                then lead_cycles.mql_credited_date
        end as response_cohort_date,

        ---------- timestamps
        handoffs_judged.handoff_at,
        handoffs_judged.assigned_at,
        handoffs_judged.clock_start_at,
        handoffs_judged.due_at,
        handoffs_judged.first_human_attempt_at,
        handoffs_judged.first_contact_at
    from handoffs_judged
    inner join lead_cycles
        on handoffs_judged.lead_cycle_id = lead_cycles.lead_cycle_id

)

select * from handoffs_described
