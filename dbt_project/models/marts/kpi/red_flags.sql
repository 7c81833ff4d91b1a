{#- Flags of a share that crosses a line: the KPI that says what is counted, who
    acts, and on which side of the parameter it is a flag. -#}
{%- set lines_of_rates = [
    ('RF2', 'sales', 'first_response_sla_rate', '<', 'red_flag_response'),
    ('RF3', 'sales', 'mql_undecided_rate', '>', 'red_flag_undecided'),
    ('RF5', 'marketing', 'no_fit_rejection_rate', '>', 'red_flag_no_fit'),
] -%}
{#- Flags of a member that holds too much of its total: work without an owner,
    and reasons that say nothing. -#}
{%- set lines_of_members = [
    ('mql_count', 'owner', '__unassigned__', 'red_flag_unassigned'),
    ('sql_count', 'owner', '__unassigned__', 'red_flag_unassigned'),
    ('opportunity_count', 'owner', '__unassigned__', 'red_flag_unassigned'),
    ('rejected_count', 'reason', 'other', 'red_flag_other_reason'),
] -%}
{%- set earlier_cohorts = [1, 2, 3, 4] -%}

with

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

waiting_hand_raisers as (

    select * from {{ ref('int_hand_raisers_waiting') }}

),

attainment as (

    select * from {{ ref('sla_attainment') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

values_of_periods as (

    select
        kpi_values.metric_id,
        kpi_values.metric_version,
        kpi_values.period_grain,
        kpi_values.period_start_date,
        kpi_values.dimension,
        kpi_values.dimension_value,
        kpi_values.denominator,
        kpi_values.value as observed_value,
        kpi_values.is_mature,
        kpi_values.low_n,
        definitions.kind,
        definitions.window_days,
        definitions.direction
    from kpi_values
    inner join definitions
        on
            kpi_values.metric_id = definitions.metric_id
            and kpi_values.metric_version = definitions.metric_version
    where kpi_values.period_grain in ('month', 'quarter')

),

-- An immature value, or one over too few cases, is compared with nothing.
comparable_rates as (

    select
        *,
        row_number() over (
            partition by metric_id, period_grain, dimension, dimension_value
            order by period_start_date desc
        ) = 1 as is_latest
    from values_of_periods
    where
        kind = 'proportion'
        and observed_value is not null
        and is_mature
        and not low_n

),

-- Acceptance has a deadline for each hand-off, so no window of days.
conversions as (

    select
        *,
    {% for cohort in earlier_cohorts -%}
        lag(observed_value, {{ cohort }}) over (
            partition by metric_id, period_grain, dimension, dimension_value
            order by period_start_date
            ) as value_{{ cohort }}{{ ',' if not loop.last }}
    {% endfor %}
    from comparable_rates
    where
        (window_days is not null or metric_id = 'mql_acceptance_rate')
        and direction = 'higher_is_better'

),

-- The median of four is the mean of the two in the middle, which are the
-- larger of the least of two pairs and the lesser of their greatest.
conversions_with_median as (

    select
        *,
        (
            greatest(least(value_1, value_2), least(value_3, value_4))
            + least(greatest(value_1, value_2), greatest(value_3, value_4))
        ) / 2 as median_value
    from conversions
    where value_{{ earlier_cohorts | last }} is not null

),

-- Rounded on both sides, or a drop of exactly the share that is allowed is one
-- too deep by the last bit.
conversions_with_limit as (

    select
        conversions_with_median.*,
        round(
            (1 - parameters.red_flag_conversion_drop)
            * conversions_with_median.median_value,
            9
        ) as limit_value
    from conversions_with_median
    cross join parameters

),

conversion_drops as (

    select
        'RF1' as flag,
        'both' as owner_team,
        drops.metric_id,
        drops.period_grain,
        drops.period_start_date,
        drops.dimension,
        drops.dimension_value,
        drops.observed_value,
        drops.limit_value,
        drops.median_value as compared_value,
        drops.denominator as case_count,
        cast(null as varchar) as record_ids,
        drops.is_latest
    from conversions_with_limit as drops
    where round(drops.observed_value, 9) < drops.limit_value

),

crossed_lines as (

    {% for flag, team, metric_id, side, parameter in lines_of_rates -%}
        select
            '{{ flag }}' as flag,
            '{{ team }}' as owner_team,
            rates.metric_id,
            rates.period_grain,
            rates.period_start_date,
            rates.dimension,
            rates.dimension_value,
            rates.observed_value,
            parameters.{{ parameter }} as limit_value,
            cast(null as double) as compared_value,
            rates.denominator as case_count,
            cast(null as varchar) as record_ids,
            rates.is_latest
        from comparable_rates as rates
        cross join parameters
        where
            rates.metric_id = '{{ metric_id }}'
            and rates.observed_value {{ side }} parameters.{{ parameter }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Whoever asked to be called and still waits is a flag of their own, however
-- few they are; a flag of the month in which they were handed over.
hand_raisers_left_alone as (

    select
        'RF2' as flag,
        'sales' as owner_team,
        'response_coverage' as metric_id,
        'month' as period_grain,
        {{ start_of('month', 'handoff_date') }} as period_start_date,
        'all' as dimension,
        'all' as dimension_value,
        cast(count(*) as double) as observed_value,
        cast(0 as double) as limit_value,
        cast(null as double) as compared_value,
        cast(count(*) as double) as case_count,
        {{ ordered_list('lead_cycle_id') }} as record_ids,
        true as is_latest
    from waiting_hand_raisers
    group by 5

),

-- The pace is judged from the middle of a period on, when half of what was
-- promised is due.
promises as (

    select
        *,
        case
            when region <> 'all' then 'region'
            when segment <> 'all' then 'segment'
            else 'all'
        end as dimension,
        case when region <> 'all' then region else segment end
            as dimension_value,
        row_number() over (
            partition by period_grain, region, segment
            order by period_start_date desc
        ) = 1 as is_latest
    from attainment
    where
        promise = 'mql_volume'
        and period_grain in ('month', 'quarter')
        and team_id = 'all'
        and (region = 'all' or segment = 'all')
        and committed_to_date >= committed_value / 2

),

slow_paces as (

    select
        'RF4' as flag,
        'marketing' as owner_team,
        promises.metric_id,
        promises.period_grain,
        promises.period_start_date,
        promises.dimension,
        promises.dimension_value,
        promises.pace as observed_value,
        parameters.red_flag_pace as limit_value,
        cast(null as double) as compared_value,
        promises.committed_to_date as case_count,
        cast(null as varchar) as record_ids,
        promises.is_latest
    from promises
    cross join parameters
    where
        promises.pace < parameters.red_flag_pace
        and promises.committed_to_date >= parameters.low_n_rate

),

totals as (

    select * from values_of_periods
    where dimension = 'all'

),

shares_of_members as (

    {% for metric_id, dimension, member, parameter in lines_of_members -%}
        select
            members.metric_id,
            members.period_grain,
            members.period_start_date,
            members.dimension,
            members.dimension_value,
            members.observed_value / nullif(totals.observed_value, 0)
                as observed_value,
            parameters.{{ parameter }} as limit_value,
            totals.observed_value as case_count,
            row_number() over (
                partition by members.period_grain
                order by members.period_start_date desc
            ) = 1 as is_latest
        from values_of_periods as members
        cross join parameters
        inner join totals
            on
                members.metric_id = totals.metric_id
                and members.period_grain = totals.period_grain
                and members.period_start_date = totals.period_start_date
        where
            members.metric_id = '{{ metric_id }}'
            and members.dimension = '{{ dimension }}'
            and members.dimension_value = '{{ member }}'
            and totals.observed_value >= parameters.low_n_rate
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

poor_records as (

    select
        'RF11' as flag,
        'operations' as owner_team,
        metric_id,
        period_grain,
        period_start_date,
        dimension,
        dimension_value,
        observed_value,
        limit_value,
        cast(null as double) as compared_value,
        case_count,
        cast(null as varchar) as record_ids,
        is_latest
    from shares_of_members
    where observed_value > limit_value

),

unioned as (

    select * from conversion_drops
    union all
    select * from crossed_lines
    union all
    select * from hand_raisers_left_alone
    union all
    select * from slow_paces
    union all
    select * from poor_records

),

red_flags as (

    select
        ---------- ids
        concat_ws(
            '/', unioned.flag, unioned.metric_id, unioned.period_grain,
            cast(unioned.period_start_date as varchar), unioned.dimension,
            unioned.dimension_value
        ) as red_flag_id,

        ---------- strings
        unioned.flag,
        unioned.owner_team,
        unioned.metric_id,
        unioned.period_grain,
        unioned.dimension,
        unioned.dimension_value,
        unioned.record_ids,

        ---------- numerics
        definitions.metric_version,
        unioned.observed_value,
        unioned.limit_value,
        unioned.compared_value,
        unioned.case_count,

        ---------- booleans
        unioned.is_latest as is_open,

        ---------- dates
        unioned.period_start_date,

        ---------- timestamps
        parameters.as_of
    from unioned
    cross join parameters
    left join definitions
        on unioned.metric_id = definitions.metric_id

)

select * from red_flags
