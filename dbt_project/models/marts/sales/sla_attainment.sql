with

volume_promised as (

    select * from {{ ref('int_sla_volume_promised') }}

),

volume_delivered as (

    select * from {{ ref('int_sla_volume_delivered') }}

),

promises as (

    select * from {{ ref('int_sla_promises_counted') }}

),

targets as (

    select * from {{ ref('goal_attainment') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- The number of a month is the promise; the KPI says what counts as one.
marketing as (

    select
        'marketing' as side,
        'mql_volume' as promise,
        'mql_volume_attainment' as metric_id,
        coalesce(
            volume_promised.period_grain, volume_delivered.period_grain
        ) as period_grain,
        coalesce(
            volume_promised.period_start_date,
            volume_delivered.period_start_date
        ) as period_start_date,
        coalesce(volume_promised.region, volume_delivered.region) as region,
        coalesce(volume_promised.segment, volume_delivered.segment)
            as segment,
        'all' as team_id,
        cast(null as double) as limit_value,
        volume_promised.promised_count as committed_value,
        volume_promised.committed_to_date,
        cast(
            coalesce(
                case
                    when volume_promised.promised_count is null
                        then volume_delivered.credited_count
                    else volume_delivered.promised_credited_count
                end,
                0
            ) as double
        ) as delivered,
        coalesce(volume_delivered.handed_off_count, 0) as n,
        coalesce(volume_delivered.delivered_count, 0) as met_count,
        cast(null as bigint) as late_count,
        cast(null as bigint) as unanswered_count,
        coalesce(volume_delivered.undecided_count, 0) as not_due_count,
        cast(null as bigint) as outside_count,
        coalesce(volume_delivered.other_origin_count, 0)
            as other_origin_count,
        cast(null as double) as median_minutes,
        cast(null as double) as p90_minutes,
        coalesce(volume_delivered.unfit_count, 0) as unfit_count,
        coalesce(volume_delivered.declined_count, 0) as declined_count,
        coalesce(
            case
                when volume_promised.promised_count is null
                    then volume_delivered.recycled_count
                else volume_delivered.promised_recycled_count
            end,
            0
        ) as recycled_count,
        coalesce(
            case
                when volume_promised.promised_count is not null
                    then
                        volume_delivered.delivered_count
                        - volume_delivered.promised_delivered_count
            end,
            0
        ) as unpromised_count,
        case
            when volume_delivered.period_grain is null then 0
            else volume_delivered.pipeline_amount
        end as pipeline_amount
    from volume_promised
    full outer join volume_delivered
        on
            volume_promised.period_grain = volume_delivered.period_grain
            and volume_promised.period_start_date
            = volume_delivered.period_start_date
            and volume_promised.region = volume_delivered.region
            and volume_promised.segment = volume_delivered.segment

),

sales as (

    select
        'sales' as side,
        promise,
        case promise
            when 'first_response' then 'first_response_sla_rate'
            when 'decision' then 'decision_timeliness_rate'
            else 'followup_compliance_rate'
        end as metric_id,
        period_grain,
        period_start_date,
        region,
        segment,
        team_id,
        case when least_limit = greatest_limit then least_limit end
            as limit_value,
        case when is_committed then cast(committed_count as double) end
            as committed_value,
        case when is_committed then cast(committed_count as double) end
            as committed_to_date,
        cast(
            case when is_committed then kept_count else met_count end as double
        ) as delivered,
        due_count as n,
        met_count,
        late_count,
        unanswered_count,
        not_due_count,
        outside_count,
        cast(null as bigint) as other_origin_count,
        median_minutes,
        p90_minutes,
        cast(null as bigint) as unfit_count,
        cast(null as bigint) as declined_count,
        cast(null as bigint) as recycled_count,
        cast(null as bigint) as unpromised_count,
        cast(null as double) as pipeline_amount
    from promises

),

unioned as (

    select * from marketing
    union all
    select * from sales

),

-- Sales promises every hand-off. A target of the KPI, for the member or else
-- for all, says which share of them both teams agreed on.
promises_with_targets as (

    select
        unioned.*,
        {{ period_end('unioned') }} > {{ local_date(
            'parameters.as_of', 'parameters.reporting_tz'
        ) }} as is_running,
        case
            when unioned.side = 'sales'
                then cast(
                    coalesce(of_member.target_value, of_all.target_value, 1.0)
                    as double
                )
        end as promised_share,
        case when unioned.side = 'sales' then parameters.low_n_rate else 0 end
            as least_n
    from unioned
    cross join parameters
    left join targets as of_member
        on
            unioned.metric_id = of_member.metric_id
            and unioned.period_grain = of_member.period_grain
            and unioned.period_start_date = of_member.period_start_date
            and of_member.dimension = case
                when unioned.team_id <> 'all' then 'team'
                when unioned.region <> 'all' and unioned.segment = 'all'
                    then 'region'
                when unioned.segment <> 'all' and unioned.region = 'all'
                    then 'segment'
            end
            and of_member.dimension_value = case
                when unioned.team_id <> 'all' then unioned.team_id
                when unioned.region <> 'all' then unioned.region
                else unioned.segment
            end
    left join targets as of_all
        on
            unioned.metric_id = of_all.metric_id
            and unioned.period_grain = of_all.period_grain
            and unioned.period_start_date = of_all.period_start_date
            and of_all.dimension = 'all'
    where unioned.period_start_date <= parameters.as_of_date

),

attained as (

    select
        ---------- ids
        team_id,

        ---------- strings
        side,
        promise,
        metric_id,
        period_grain,
        region,
        segment,
        case
            when committed_value is null then 'no_commitment'
            when is_running or not_due_count > 0 then 'open'
            when committed_value = 0 then 'nothing_due'
            -- 0.55 of 100 is a little more than 55 in doubles.
            when
                round(
                    delivered
                    - coalesce(promised_share, 1.0) * committed_value,
                    6
                ) >= 0
                then 'met'
            else 'missed'
        end as attainment_status,

        ---------- numerics
        limit_value,
        promised_share,
        committed_value,
        committed_to_date,
        delivered,
        delivered / nullif(committed_value, 0) as attainment,
        delivered / nullif(committed_to_date, 0) as pace,
        n,
        met_count,
        late_count,
        unanswered_count,
        not_due_count,
        outside_count,
        other_origin_count,
        median_minutes,
        p90_minutes,
        unfit_count,
        declined_count,
        recycled_count,
        unpromised_count,
        pipeline_amount,
        pipeline_amount / nullif(met_count, 0) as pipeline_per_mql,

        ---------- booleans
        n < least_n as low_n,
        not is_running and not_due_count = 0 as is_mature,

        ---------- dates
        period_start_date
    from promises_with_targets

)

select * from attained
