{%- set grains = ['month', 'quarter', 'year', 'all'] -%}

with

transitions as (

    select * from {{ ref('fct_stage_transitions') }}
    where is_in_rate

),

stage_events as (

    select * from {{ ref('fct_stage_events') }}
    where record_type = 'lead_cycle' and is_counted

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

first_day as (

    select min(date_day) as all_start_date from calendar

),

periods_of_calendar as (

    {{ kpi_calendar_periods() }}

),

periods as (

    select periods_of_calendar.*
    from periods_of_calendar
    cross join parameters
    where
        periods_of_calendar.period_start_date <= parameters.as_of_date
        and periods_of_calendar.period_grain
        in ('month', 'quarter', 'year', 'all')

),

steps as (

    {% for step in funnel_steps() %}
        select
            '{{ step.name }}' as step,
            {{ loop.index }} as step_order,
            '{{ step.from_stage }}' as from_stage,
            '{{ step.to_stage }}' as to_stage,
            {{ step.is_marketing }} as is_marketing_only,
            {{ step.window }} as window_days
        from parameters
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

entries_counted as (

    {% for grain in grains %}
        select
            '{{ grain }}' as period_grain,
            {{ 'first_day.all_start_date' if grain == 'all'
                else start_of(grain, 'transitions.entered_date') }}
                as period_start_date,
            transitions.step,
            count(*) as entered_count,
            {% for flag, name in {
                'is_converted': 'converted',
                'is_late_conversion': 'late_conversion',
                'is_leaked': 'left',
                'is_stalled': 'stalled',
            }.items() -%}
                sum(case when transitions.{{ flag }} then 1 else 0 end)
                    as {{ name }}_count,
            {% endfor -%}
            {{ median('transitions.velocity_days') }} as median_days,
            {{ percentile('transitions.velocity_days', 0.9) }} as p90_days,
            count(transitions.velocity_days) as timed_count,
            max(transitions.entered_date) as last_entered_date
        from transitions
        cross join first_day
        group by 1, 2, 3
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

reached_counted as (

    {% for grain in grains %}
        select
            '{{ grain }}' as period_grain,
            {{ 'first_day.all_start_date' if grain == 'all'
                else start_of(grain, 'stage_events.entered_date') }}
                as period_start_date,
            stage_events.stage,
            count(*) as all_count,
            sum(case when stage_events.origin = 'marketing' then 1 else 0 end)
                as marketing_count
        from stage_events
        cross join first_day
        group by 1, 2, 3
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

steps_counted as (

    select
        periods.period_grain,
        periods.period_start_date,
        steps.step,
        steps.step_order,
        steps.from_stage,
        steps.to_stage,
        steps.window_days,
        {% for name in [
            'entered', 'converted', 'late_conversion', 'left', 'stalled',
            'timed',
        ] -%}
            coalesce(entries_counted.{{ name }}_count, 0) as {{ name }}_count,
        {% endfor -%}
        coalesce(
            case
                when steps.is_marketing_only
                    then reached_counted.marketing_count
                else reached_counted.all_count
            end,
            0
        ) as reached_count,
        entries_counted.median_days,
        entries_counted.p90_days,
        coalesce(
            {{ period_end('periods') }},
            {{ date_moved(
                'coalesce(entries_counted.last_entered_date, '
                ~ 'parameters.as_of_date)', 1, 'day'
            ) }}
        ) <= {{ first_day_of_open_windows('steps.window_days') }}
            as is_mature,
        parameters.low_n_rate,
        parameters.low_n_avg
    from periods
    cross join steps
    cross join parameters
    left join entries_counted
        on
            periods.period_grain = entries_counted.period_grain
            and periods.period_start_date = entries_counted.period_start_date
            and steps.step = entries_counted.step
    left join reached_counted
        on
            periods.period_grain = reached_counted.period_grain
            and periods.period_start_date = reached_counted.period_start_date
            and steps.to_stage = reached_counted.stage

),

rates as (

    select
        *,
        cast(converted_count as double) / nullif(entered_count, 0)
            as conversion_rate,
        case
            when is_mature
                then cast(left_count as double) / nullif(entered_count, 0)
        end as leakage_rate,
        case
            when is_mature
                then cast(stalled_count as double) / nullif(entered_count, 0)
        end as stall_rate,
        cast(reached_count as double) / nullif(entered_count, 0)
            as period_ratio
    from steps_counted

),

funnel_steps as (

    select
        ---------- strings
        period_grain,
        step,
        from_stage,
        to_stage,

        ---------- numerics
        cast(step_order as integer) as step_order,
        cast(window_days as integer) as window_days,
        {% for name in [
            'entered', 'converted', 'late_conversion', 'left', 'stalled',
        ] -%}
            cast({{ name }}_count as bigint) as {{ name }}_count,
        {% endfor -%}
        cast(
            entered_count - converted_count - left_count - stalled_count
            as bigint
        ) as undecided_count,
        cast(reached_count as bigint) as reached_count,
        conversion_rate,
        case when entered_count > 0 then greatest(0, least(
            conversion_rate,
            {{ wilson_bound('conversion_rate', 'entered_count', -1) }}
        )) end as ci_low,
        case when entered_count > 0 then least(1, greatest(
            conversion_rate,
            {{ wilson_bound('conversion_rate', 'entered_count', 1) }}
        )) end as ci_high,
        leakage_rate,
        stall_rate,
        period_ratio,
        cast(timed_count as bigint) as timed_count,
        median_days,
        p90_days,

        ---------- booleans
        is_mature,
        entered_count < low_n_rate as is_low_n,
        timed_count < low_n_avg as is_low_n_of_days,

        ---------- dates
        period_start_date
    from rates

)

select * from funnel_steps
