{%- set grains = sla_period_grains() -%}
{%- set levels = sla_levels('commitments_in_parts') -%}

with

commitments as (

    select * from {{ ref('stg_mapped__sla_commitments') }}
    where side = 'marketing' and sla_metric = 'mql_volume'

),

calendar as (

    select * from {{ ref('dim_calendar') }}
    where is_business_day

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

slices as (

    select distinct
        region,
        segment
    from commitments

),

-- A commitment is a number a month, kept up over the month's business days,
-- until another one for the same region and segment takes its place.
commitments_daily as (

    select
        slices.region,
        slices.segment,
        calendar.date_day,
        calendar.biweek_start_date,
        calendar.month_start_date,
        calendar.quarter_start_date,
        calendar.year_start_date,
        commitments.committed_value,
        count(*) over (
            partition by
                slices.region, slices.segment, calendar.month_start_date
        ) as business_days
    from calendar
    cross join slices
    {{ left_join_nearest(
        'commitments', 'commitments',
        'slices.region = commitments.region '
        ~ 'and slices.segment = commitments.segment '
        ~ 'and calendar.date_day >= commitments.period_start_date'
    ) }}

),

-- What is promised for a region or a segment as a whole stands; where nobody
-- said so, it is the sum of its parts.
commitments_in_force as (

    select
        *,
        region <> 'all' and segment <> 'all' as is_in_by_both,
        region <> 'all' and (
            segment = 'all'
            or max(case when segment = 'all' then 1 else 0 end) over (
                partition by region, date_day
            ) = 0
        ) as is_in_by_region,
        segment <> 'all' and (
            region = 'all'
            or max(case when region = 'all' then 1 else 0 end) over (
                partition by segment, date_day
            ) = 0
        ) as is_in_by_segment,
        max(case when region = 'all' and segment = 'all' then 1 else 0 end)
            over (partition by date_day)
        = 1 as has_whole,
        max(case when region <> 'all' then 1 else 0 end)
            over (partition by date_day)
        = 1 as has_regions
    from commitments_daily
    where committed_value is not null

),

-- Added up by value first, so that a whole month is the whole number.
commitments_in_parts as (

    select
        in_force.region,
        in_force.segment,
        {% for grain in grains %}
            in_force.{{ grain }}_start_date,
        {% endfor %}
        in_force.is_in_by_both,
        in_force.is_in_by_region,
        in_force.is_in_by_segment,
        case
            when in_force.has_whole
                then in_force.region = 'all' and in_force.segment = 'all'
            when in_force.has_regions then in_force.is_in_by_region
            else in_force.is_in_by_segment
        end as is_in_by_all,
        in_force.committed_value,
        in_force.committed_value * count(*)
        / max(in_force.business_days) as promised_count,
        in_force.committed_value * count(
            case
                when
                    {{ is_day_over('in_force.date_day') }}
                    then 1
            end
        ) / max(in_force.business_days) as committed_to_date
    from commitments_in_force as in_force
    cross join parameters
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

),

commitments_by_level as (

    {% for level, region, segment in levels %}
        select
            {% for grain in grains %}
                commitments_in_parts.{{ grain }}_start_date,
            {% endfor %}
            {{ region }} as region,
            {{ segment }} as segment,
            commitments_in_parts.promised_count,
            commitments_in_parts.committed_to_date
        from commitments_in_parts
        where commitments_in_parts.is_in_{{ level }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

volume_promised as (

    select
        {{ grouped_period(grains) }},
        region,
        segment,
        sum(promised_count) as promised_count,
        sum(committed_to_date) as committed_to_date
    from commitments_by_level
    group by grouping sets (
        {% for grain in grains %}
            ({{ grain }}_start_date, region, segment)
            {{- ',' if not loop.last }}
        {% endfor %}
    )

)

select * from volume_promised
