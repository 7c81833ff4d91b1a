{%- set grains = [
    'biweek', 'month', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'
] -%}

with

targets_spread as (

    select * from {{ ref('int_targets_spread') }}

),

targets as (

    select * from {{ ref('stg_mapped__targets') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}
    where is_business_day

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

business_days as (

    {% for grain in grains %}
        select
            '{{ grain }}' as period_grain,
            calendar.{{ grain }}_start_date as period_start_date,
            count(*) as business_days,
            count(
                case
                    when
                        {{ is_day_over('calendar.date_day') }}
                        then 1
                end
            ) as business_days_elapsed
        from calendar
        cross join parameters
        group by 1, 2
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

goals as (

    {% for grain in grains %}
        select
            targets_spread.metric_id,
            targets_spread.dimension,
            targets_spread.dimension_value,
            '{{ grain }}' as period_grain,
            calendar.{{ grain }}_start_date as period_start_date,
            count(*) as target_days,
            sum(targets_spread.daily_target) as daily_sum,
            sum(
                case
                    when
                        {{ is_day_over('calendar.date_day') }}
                        then targets_spread.daily_target
                    else 0
                end
            ) as daily_sum_to_date,
            min(targets_spread.daily_target) as least_target,
            max(targets_spread.daily_target) as greatest_target
        from targets_spread
        inner join calendar
            on targets_spread.date_day = calendar.date_day
        cross join parameters
        group by 1, 2, 3, 4, 5
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A sum has a target for a period when each of its business days has one; what
-- is no sum has the target of its days, where they agree on one.
goals_of_whole_periods as (

    select
        goals.metric_id,
        goals.period_grain,
        goals.period_start_date,
        goals.dimension,
        goals.dimension_value,
        definitions.metric_version,
        definitions.unit,
        definitions.direction,
        business_days.business_days,
        business_days.business_days_elapsed,
        cast(targets.target_value as double) as given_target_value,
        case
            when definitions.is_additive then goals.daily_sum
            when targets.target_value is not null
                then cast(targets.target_value as double)
            when goals.least_target = goals.greatest_target
                then goals.least_target
        end as target_value,
        case when definitions.is_additive then goals.daily_sum_to_date end
            as target_to_date
    from goals
    inner join definitions
        on goals.metric_id = definitions.metric_id
    inner join business_days
        on
            goals.period_grain = business_days.period_grain
            and goals.period_start_date = business_days.period_start_date
            and goals.target_days = business_days.business_days
    left join targets
        on
            goals.metric_id = targets.metric_id
            and goals.period_grain = targets.period_grain
            and goals.period_start_date = targets.period_start_date
            and goals.dimension = targets.dimension
            and goals.dimension_value = targets.dimension_value

),

goals_with_actuals as (

    select
        goals_of_whole_periods.*,
        kpi_values.value as actual_value,
        coalesce(kpi_values.is_mature, false) as is_mature,
        coalesce(kpi_values.low_n, false) as low_n,
        goals_of_whole_periods.period_start_date > parameters.as_of_date
            as is_upcoming,
        {{ period_end('goals_of_whole_periods') }} <= {{ local_date(
            'parameters.as_of', 'parameters.reporting_tz'
        ) }} as is_over
    from goals_of_whole_periods
    cross join parameters
    left join kpi_values
        on
            goals_of_whole_periods.metric_id = kpi_values.metric_id
            and goals_of_whole_periods.period_grain = kpi_values.period_grain
            and goals_of_whole_periods.period_start_date
            = kpi_values.period_start_date
            and goals_of_whole_periods.dimension = kpi_values.dimension
            and goals_of_whole_periods.dimension_value
            = kpi_values.dimension_value
    where goals_of_whole_periods.target_value is not null

),

attained as (

    select
        ---------- ids
        metric_id,

        ---------- strings
        period_grain,
        dimension,
        dimension_value,
        unit,
        case
            when is_upcoming then 'upcoming'
            when not is_over or not is_mature then 'open'
            when actual_value is null then 'not_measured'
            when direction = 'lower_is_better' and actual_value <= target_value
                then 'met'
            when direction <> 'lower_is_better' and actual_value >= target_value
                then 'met'
            else 'missed'
        end as goal_status,

        ---------- numerics
        metric_version,
        target_value,
        given_target_value,
        target_to_date,
        actual_value,
        actual_value / nullif(target_value, 0) as attainment,
        actual_value / nullif(target_to_date, 0) as pace,
        actual_value * target_value / nullif(target_to_date, 0)
            as projected_value,
        business_days,
        business_days_elapsed,

        ---------- booleans
        given_target_value is null as is_allocated,
        low_n,
        is_mature,

        ---------- dates
        period_start_date
    from goals_with_actuals

)

select * from attained
