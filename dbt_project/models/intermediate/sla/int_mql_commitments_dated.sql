with

commitments as (

    select * from {{ ref('stg_mapped__sla_commitments') }}
    where side = 'marketing' and sla_metric = 'mql_volume'

),

calendar as (

    select * from {{ ref('dim_calendar') }}
    where is_business_day

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

-- What is promised for a region or a segment as a whole stands; where nobody
-- said so, it is the sum of its parts.
commitments_dated as (

    select
        region,
        segment,
        date_day,
        biweek_start_date,
        month_start_date,
        quarter_start_date,
        year_start_date,
        committed_value,
        business_days,
        is_in_by_both,
        is_in_by_region,
        is_in_by_segment,
        case
            when has_whole then region = 'all' and segment = 'all'
            when has_regions then is_in_by_region
            else is_in_by_segment
        end as is_in_by_all
    from commitments_in_force

)

select * from commitments_dated
