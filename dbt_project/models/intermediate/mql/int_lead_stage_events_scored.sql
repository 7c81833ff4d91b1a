with

crm_events as (

    select * from {{ ref('int_lead_stage_events') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

mql_moments as (

    select * from {{ ref('int_mql_moments_scored') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Only people whom a score qualified matter here.
scored_people as (

    select distinct person_id from mql_moments

),

events_in_order as (

    select
        people.surviving_person_id as person_id,
        crm_events.entered_at as moment_at,
        crm_events.stage,
        crm_events.lead_cycle_id,
        false as is_scored
    from crm_events
    inner join people
        on crm_events.person_id = people.person_id
    inner join scored_people
        on people.surviving_person_id = scored_people.person_id

    union all

    select
        person_id,
        moment_at,
        'mql' as stage, -- noqa: RF04
        cast(null as varchar) as lead_cycle_id,
        true as is_scored
    from mql_moments

),

-- A score that comes at the same instant as the CRM's own events follows them.
events_with_past as (

    select
        person_id,
        moment_at,
        is_scored,
        max(case when stage in ('recycled', 'disqualified') then moment_at end)
            over up_to_now as last_exit_at,
        max(case when stage = 'disqualified' then moment_at end)
            over up_to_now as last_disqualified_at,
        max(
            case
                when not is_scored and stage in ('lead', 'mql', 'sal', 'sql')
                    then moment_at
            end
        ) over up_to_now as last_crm_entry_at,
        sum(case when stage in ('recycled', 'disqualified') then 1 else 0 end)
            over up_to_now as exits_before,
        last_value(lead_cycle_id ignore nulls) over up_to_now as last_cycle_id,
        {{ earliest_value('lead_cycle_id', 'moment_at') }}
            over all_of_it as first_cycle_id,
        sum(
            case when not is_scored and lead_cycle_id is null then 1 else 0 end
        ) over all_of_it = 0 as has_exported_cycles
    from events_in_order
    window
        up_to_now as (
            partition by person_id
            order by moment_at, is_scored
            rows between unbounded preceding and current row
        ),
        all_of_it as (
            partition by person_id
            order by moment_at, is_scored
            rows between unbounded preceding and unbounded following
        )

),

-- Whom the CRM disqualified comes back only when the CRM says so. After other
-- exits the next qualifying act starts a cycle, which the CRM knows nothing of.
scored_entries as (

    select
        person_id,
        moment_at,
        exits_before,
        case
            when not has_exported_cycles then null
            when
                last_exit_at >= coalesce(
                    last_crm_entry_at, cast('1900-01-01' as timestamp)
                )
                then concat(
                    last_cycle_id, '/', cast(exits_before as varchar)
                )
            else coalesce(last_cycle_id, first_cycle_id)
        end as lead_cycle_id
    from events_with_past
    where
        is_scored
        and (
            last_disqualified_at is null
            or last_disqualified_at < last_crm_entry_at
        )

),

-- Of one cycle's qualifying moments the first dates its MQL.
scored_mqls as (

    select
        person_id,
        lead_cycle_id,
        min(moment_at) as entered_at
    from scored_entries
    group by person_id, lead_cycle_id, exits_before

),

lead_stage_events as (

    select
        crm_events.person_id,
        crm_events.stage,
        crm_events.entered_at,
        crm_events.lead_cycle_id,
        crm_events.owner_id,
        crm_events.origin,
        crm_events.reject_reason,
        crm_events.assigned_at,
        crm_events.is_observed,
        crm_events.is_entry_imputed
    from crm_events
    cross join parameters
    where parameters.mql_source = 'crm_stage' or crm_events.stage <> 'mql'

    union all

    select
        person_id,
        'mql' as stage, -- noqa: RF04
        entered_at,
        lead_cycle_id,
        cast(null as varchar) as owner_id,
        cast(null as varchar) as origin,
        cast(null as varchar) as reject_reason,
        cast(null as timestamp) as assigned_at,
        false as is_observed,
        false as is_entry_imputed
    from scored_mqls

)

select * from lead_stage_events
