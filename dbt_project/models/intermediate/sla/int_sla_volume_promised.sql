{%- set grains = sla_period_grains() -%}

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

-- Added up by value first, so that a whole month is the whole number.
commitments_in_parts as (

    select
        commitments_daily.region,
        commitments_daily.segment,
        {% for grain in grains %}
            commitments_daily.{{ grain }}_start_date,
        {% endfor %}
        commitments_daily.committed_value as monthly_count,
        commitments_daily.committed_value * count(*)
        / max(commitments_daily.business_days) as promised_count,
        commitments_daily.committed_value * count(
            case
                when commitments_daily.date_day <= parameters.as_of_date then 1
            end
        ) / max(commitments_daily.business_days) as committed_to_date
    from commitments_daily
    cross join parameters
    where commitments_daily.committed_value is not null
    group by 1, 2, 3, 4, 5, 6, 7

),

committed as (

    {% for grain in grains %}
        select
            '{{ grain }}' as period_grain,
            {{ grain }}_start_date as period_start_date,
            region,
            segment,
            sum(promised_count) as promised_count,
            sum(committed_to_date) as committed_to_date
        from commitments_in_parts
        group by 1, 2, 3, 4
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- What is promised for a region or a segment as a whole stands; where nobody
-- said so, it is the sum of its parts.
by_region as (

    select
        period_grain,
        period_start_date,
        region,
        'all' as segment,
        coalesce(
            sum(case when segment = 'all' then promised_count end),
            sum(promised_count)
        ) as promised_count,
        coalesce(
            sum(case when segment = 'all' then committed_to_date end),
            sum(committed_to_date)
        ) as committed_to_date
    from committed
    where region <> 'all'
    group by 1, 2, 3

),

by_segment as (

    select
        period_grain,
        period_start_date,
        'all' as region,
        segment,
        coalesce(
            sum(case when region = 'all' then promised_count end),
            sum(promised_count)
        ) as promised_count,
        coalesce(
            sum(case when region = 'all' then committed_to_date end),
            sum(committed_to_date)
        ) as committed_to_date
    from committed
    where segment <> 'all'
    group by 1, 2, 4

),

totals as (

    select
        period_grain,
        period_start_date,
        max(case when source_no = 1 then promised_count end) as whole_count,
        max(case when source_no = 1 then committed_to_date end)
            as to_date_as_whole,
        sum(case when source_no = 2 then promised_count end) as count_by_region,
        sum(case when source_no = 2 then committed_to_date end)
            as to_date_by_region,
        sum(case when source_no = 3 then promised_count end)
            as count_by_segment,
        sum(case when source_no = 3 then committed_to_date end)
            as to_date_by_segment
    from (
        select
            1 as source_no,
            *
        from committed
        where region = 'all' and segment = 'all'
        union all
        select
            2 as source_no,
            *
        from by_region
        union all
        select
            3 as source_no,
            *
        from by_segment
    ) as sources
    group by 1, 2

),

volume_promised as (

    select * from committed
    where region <> 'all' and segment <> 'all'
    union all
    select * from by_region
    union all
    select * from by_segment
    union all
    select
        period_grain,
        period_start_date,
        'all' as region,
        'all' as segment,
        coalesce(
            whole_count, count_by_region, count_by_segment
        ) as promised_count,
        coalesce(to_date_as_whole, to_date_by_region, to_date_by_segment)
            as committed_to_date
    from totals

)

select * from volume_promised
