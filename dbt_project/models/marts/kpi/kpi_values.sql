with

slices as (

    select * from {{ ref('int_kpi_slices') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

targets as (

    select * from {{ ref('stg_mapped__targets') }}

),

first_day as (

    select min(date_day) as all_start_date from calendar

),

periods_of_calendar as (

    {{ kpi_calendar_periods() }}

),

periods_to_date as (

    select
        periods_of_calendar.period_grain,
        periods_of_calendar.period_start_date,
        coalesce(
            {{ period_end('periods_of_calendar') }}
            > parameters.as_of_date,
            true
        ) as is_current
    from periods_of_calendar
    cross join parameters
    where periods_of_calendar.period_start_date <= parameters.as_of_date

),

{% set uncut = "'" ~ uncut_grains() | join("', '") ~ "'" -%}

-- A period after as_of is not expected, but what is dated there must be seen.
periods_by_metric as (

    select
        definitions.metric_id,
        periods_to_date.period_grain,
        periods_to_date.period_start_date,
        periods_to_date.period_grain in ({{ uncut }}) as is_uncut
    from definitions
    inner join periods_to_date
        on definitions.date_basis <> 'snapshot' or periods_to_date.is_current
    union
    select
        metric_id,
        period_grain,
        period_start_date,
        period_grain in ({{ uncut }}) as is_uncut
    from slices

),

members_by_metric as (

    select
        metric_id,
        'all' as dimension,
        'all' as dimension_value
    from definitions
    union
    select
        metric_id,
        dimension,
        dimension_value
    from slices

),

planned_members as (

    select distinct
        metric_id,
        dimension,
        dimension_value
    from targets

),

members_by_cut as (

    select
        members_by_metric.*,
        false as is_uncut
    from members_by_metric
    union all
    select
        members_by_metric.*,
        true as is_uncut
    from members_by_metric
    left join planned_members
        on
            members_by_metric.metric_id = planned_members.metric_id
            and members_by_metric.dimension = planned_members.dimension
            and members_by_metric.dimension_value
            = planned_members.dimension_value
    where
        members_by_metric.dimension = 'all'
        or planned_members.metric_id is not null

),

spine as (

    select
        periods_by_metric.metric_id,
        periods_by_metric.period_grain,
        periods_by_metric.period_start_date,
        members_by_cut.dimension,
        members_by_cut.dimension_value
    from periods_by_metric
    inner join members_by_cut
        on
            periods_by_metric.metric_id = members_by_cut.metric_id
            and periods_by_metric.is_uncut = members_by_cut.is_uncut

),

-- A member that has no part in a total is 0 of it.
spine_defined as (

    select
        spine.*,
        definitions.metric_version,
        definitions.kind,
        definitions.unit,
        definitions.date_basis,
        definitions.window_days,
        case
            when {{ is_listed(
                'spine.dimension', 'definitions.share_dimensions'
            ) }}
                then spine.metric_id
        end as total_metric_id
    from spine
    inner join definitions
        on spine.metric_id = definitions.metric_id

),

totals as (

    select * from slices
    where dimension = 'all'

),

-- Where nothing happened, counts and sums are zero. Where something happened
-- and its amount is not known, they stay empty.
slices_with_zeros as (

    select
        spine.*,
        case
            when slices.metric_id is not null then slices.numerator
            when spine.kind <> 'median' then 0
        end as numerator,
        case
            when totals.metric_id is not null
                then totals.denominator
            when slices.metric_id is not null then slices.denominator
            when spine.kind not in ('count', 'sum') then 0
        end as denominator,
        slices.middle_value,
        slices.p90_value,
        coalesce(totals.sample_size, slices.sample_size, 0)
            as sample_size,
        coalesce(slices.open_cases, 0) as open_cases,
        slices.last_entry_date
    from spine_defined as spine
    left join slices
        on
            spine.metric_id = slices.metric_id
            and spine.period_grain = slices.period_grain
            and spine.period_start_date = slices.period_start_date
            and spine.dimension = slices.dimension
            and spine.dimension_value = slices.dimension_value
    left join totals
        on
            spine.total_metric_id = totals.metric_id
            and spine.period_grain = totals.period_grain
            and spine.period_start_date = totals.period_start_date

),

valued as (

    select
        *,
        case
            when kind in ('count', 'sum') then numerator
            when kind = 'median' then middle_value
            else numerator / nullif(denominator, 0)
        end as value -- noqa: RF04
    from slices_with_zeros

),

-- The interval holds its share; at shares of 0 and 1 rounding must not say
-- otherwise.
judged as (

    select
        valued.*,
        case
            when valued.kind = 'proportion' and valued.denominator > 0
                then greatest(
                    0,
                    least(
                        valued.value,
                        {{ wilson_bound('value', 'denominator', -1) }}
                    )
                )
        end as ci_low,
        case
            when valued.kind = 'proportion' and valued.denominator > 0
                then least(
                    1,
                    greatest(
                        valued.value,
                        {{ wilson_bound('value', 'denominator', 1) }}
                    )
                )
        end as ci_high,
        case
            when valued.kind in ('proportion', 'ratio')
                then valued.sample_size < parameters.low_n_rate
            when valued.kind in ('mean', 'median')
                then valued.sample_size < parameters.low_n_avg
            else false
        end as low_n,
        -- A cohort is mature when the window of its last day has closed, and
        -- without a window when nothing in it is still open; over all time
        -- that day is the last one on which anyone entered.
        valued.date_basis <> 'cohort'
        or (
            valued.open_cases = 0
            and coalesce(
                coalesce(
                    {{ period_end('valued') }},
                    {{ date_moved('valued.last_entry_date', 1, 'day') }}
                ) <= {{ first_day_of_open_windows(
                    'coalesce(valued.window_days, 0)'
                ) }},
                valued.window_days is null
            )
        ) as is_mature,
        parameters.as_of,
        parameters.run_id
    from valued
    cross join parameters

),

joined_to_targets as (

    select
        judged.metric_id,
        judged.metric_version,
        judged.period_grain,
        judged.period_start_date,
        judged.dimension,
        judged.dimension_value,
        judged.numerator,
        judged.denominator,
        judged.value,
        judged.p90_value,
        judged.unit,
        judged.ci_low,
        judged.ci_high,
        cast(targets.target_value as double) as target_value,
        judged.is_mature,
        judged.low_n,
        judged.as_of,
        judged.run_id
    from judged
    left join targets
        on
            judged.metric_id = targets.metric_id
            and judged.period_grain = targets.period_grain
            and judged.period_start_date = targets.period_start_date
            and judged.dimension = targets.dimension
            and judged.dimension_value = targets.dimension_value

)

select * from joined_to_targets
