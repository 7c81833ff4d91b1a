with

stage_events as (

    select * from {{ ref('fct_stage_events') }}
    where
        record_type = 'lead_cycle'
        and is_counted
        and stage in ('lead', 'mql', 'sal', 'sql')

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- A lead is a person: what counts is their first hand-off and first purchase,
-- in whichever cycle.
people as (

    select
        person_id,
        min(mql_credited_at) as mql_at,
        {{ earliest_value('is_mql_imputed', 'mql_credited_at') }}
            as is_mql_imputed,
        min(customer_at) as customer_at
    from lead_cycles
    group by 1

),

steps_entered as (

    {% for step in funnel_steps() %}
        select
            '{{ step.name }}' as step,
            {{ loop.index }} as step_order,
            '{{ step.from_stage }}' as from_stage,
            '{{ step.to_stage }}' as to_stage,
            {{ step.window }} as window_days,
            stage_events.*,
            {{ "stage_events.origin = 'marketing'" if step.is_marketing
                else 'true' }} as is_in_rate,
            {% if step.from_stage == 'lead' -%}
                people.{{ step.to_stage }}_at as reached_at,
                {{ 'coalesce(people.is_mql_imputed, false)'
                    if step.to_stage == 'mql' else 'false' }} as is_reached_imputed,
            {%- else -%}
                lead_cycles.{{ step.to_stage }}_at as reached_at,
                {{ 'lead_cycles.is_' ~ step.to_stage ~ '_imputed'
                    if step.to_stage in ['sal', 'sql', 'opportunity']
                    else 'false' }}
                    as is_reached_imputed,
            {%- endif %}
            lead_cycles.rejected_at,
            lead_cycles.recycled_at,
            lead_cycles.disqualified_at,
            lead_cycles.reject_reason
        from stage_events
        cross join parameters
        inner join lead_cycles
            on stage_events.lead_cycle_id = lead_cycles.lead_cycle_id
        {% if step.from_stage == 'lead' -%}
            inner join people
                on stage_events.person_id = people.person_id
        {%- endif %}
        where
            stage_events.stage = '{{ step.from_stage }}'
            {{ 'and lead_cycles.is_lead_counted'
                if step.from_stage == 'lead' }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- What happened before the stage was entered is no way out of it. A rejection
-- is one where nobody noted what became of the lead after it.
ways_out as (

    select
        *,
        case when reached_at >= entered_at then reached_at end
            as next_stage_at,
        coalesce(
            least(
                case when recycled_at >= entered_at then recycled_at end,
                case when disqualified_at >= entered_at then disqualified_at end
            ),
            case when rejected_at >= entered_at then rejected_at end
        ) as left_at
    from steps_entered

),

ways_out_timed as (

    select
        ways_out.*,
        {{ elapsed_microseconds('ways_out.entered_at', 'next_stage_at') }}
            as microseconds_to_next_stage,
        {{ elapsed_microseconds('ways_out.entered_at', 'left_at') }}
            as microseconds_to_exit,
        {{ elapsed_microseconds('ways_out.entered_at', 'parameters.as_of') }}
            as microseconds_observed,
        cast(ways_out.window_days as bigint) * 86400000000
            as window_microseconds,
        {{ date_moved(start_of('month', 'ways_out.entered_date'), 1, 'month') }}
        <= {{ first_day_of_open_windows('ways_out.window_days') }}
            as is_cohort_mature
    from ways_out
    cross join parameters

),

transitions_judged as (

    select
        *,
        coalesce(microseconds_to_next_stage <= window_microseconds, false)
            as is_converted,
        coalesce(microseconds_to_exit <= window_microseconds, false)
            as is_left_in_window
    from ways_out_timed

),

transitions as (

    select
        ---------- ids
        concat(lead_cycle_id, '/', step) as stage_transition_id,
        lead_cycle_id,
        person_id,
        owner_id,
        team_id,

        ---------- strings
        step,
        from_stage,
        to_stage,
        case
            when is_converted then 'converted'
            when is_left_in_window then 'left'
            when microseconds_observed >= window_microseconds then 'stalled'
            else 'undecided'
        end as outcome,
        case
            when is_converted or not is_left_in_window then null
            when left_at = recycled_at then 'recycled'
            when left_at = disqualified_at then 'disqualified'
            else 'rejected'
        end as exit_stage,
        case
            when not is_converted and is_left_in_window
                then coalesce(reject_reason, '__missing__')
        end as exit_reason,
        origin,
        channel,
        campaign,
        region,
        segment,
        icp_tier,
        persona,
        custom_fields,

        ---------- numerics
        step_order,
        window_days,
        case
            when not is_imputed and not is_reached_imputed
                then microseconds_to_next_stage / 86400000000.0
        end as velocity_days,

        ---------- booleans
        is_in_rate,
        is_cohort_mature,
        is_converted,
        next_stage_at is not null and not is_converted as is_late_conversion,
        not is_converted and is_left_in_window as is_leaked,
        not is_converted
        and not is_left_in_window
        and microseconds_observed >= window_microseconds as is_stalled,

        ---------- dates
        entered_date,

        ---------- timestamps
        entered_at,
        next_stage_at,
        left_at
    from transitions_judged

)

select * from transitions
