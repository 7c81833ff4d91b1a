{%- set grains = sla_period_grains() -%}
{%- set members = ['region', 'segment', 'team_id'] -%}

with

promises as (

    select * from {{ ref('int_sla_promises_judged') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

promises_dated as (

    select
        promises.promise,
        promises.promise_status,
        promises.limit_value,
        promises.is_committed,
        -- An answer to somebody already in talks is none to the hand-off.
        case
            when
                promises.promise = 'first_response'
                and promises.promise_status <> 'outside'
                then handoffs.response_business_minutes
        end as response_minutes,
        handoffs.region,
        handoffs.segment,
        handoffs.team_id,
    {% for grain in grains %}
            {{ biweek_start('handoffs.handoff_date') if grain == 'biweek'
                else start_of(grain, 'handoffs.handoff_date') }}
            as {{ grain }}_start_date{{ ',' if not loop.last }}
    {% endfor %}
    from promises
    inner join handoffs
        on promises.lead_cycle_id = handoffs.lead_cycle_id

),

promises_counted as (

    select
        promise,
        {{ grouped_period(grains) }},
        {% for member in members %}
            case
                when grouping({{ member }}) = 0 then {{ member }} else 'all'
            end
                as {{ member }},
        {% endfor %}
        min(limit_value) as least_limit,
        max(limit_value) as greatest_limit,
        max(case when is_committed then 1 else 0 end) = 1 as is_committed,
        count(
            case when is_committed and promise_status in (
                'met', 'breached_late', 'breached_open'
            ) then 1 end
        ) as committed_count,
        count(case when is_committed and promise_status = 'met' then 1 end)
            as kept_count,
        count(*) as handoff_count,
        count(
            case when promise_status in (
                'met', 'breached_late', 'breached_open'
            ) then 1 end
        ) as due_count,
        count(case when promise_status = 'met' then 1 end) as met_count,
        count(case when promise_status = 'breached_late' then 1 end)
            as late_count,
        count(case when promise_status = 'breached_open' then 1 end)
            as unanswered_count,
        count(case when promise_status = 'not_due' then 1 end)
            as not_due_count,
        count(case when promise_status = 'outside' then 1 end)
            as outside_count,
        {{ median('response_minutes') }} as median_minutes,
        {{ percentile('response_minutes', 0.9) }} as p90_minutes
    from promises_dated
    group by grouping sets (
        {% for grain in grains %}
            (promise, {{ grain }}_start_date),
            {% for member in members %}
                (promise, {{ grain }}_start_date, {{ member }}),
            {% endfor %}
            (promise, {{ grain }}_start_date, region, segment)
            {{- ',' if not loop.last }}
        {% endfor %}
    )

)

select * from promises_counted
