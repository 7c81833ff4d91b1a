{#- What sales promises of every hand-off, with the limit of the definition
    where nobody has written another one down. -#}
{%- set promises = {
    'first_response': 'sla_first_response_minutes',
    'decision': 'sla_decision_business_days',
    'follow_up_attempts': 'followup_attempts',
} -%}
{%- set specific_first = sla_levels('promises') -%}

with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

clocks as (

    select * from {{ ref('int_handoffs_clocked') }}

),

commitments as (

    select * from {{ ref('stg_mapped__sla_commitments') }}
    where side = 'sales'

),

openings as (

    select * from {{ ref('int_business_hours_opened') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

promises as (

    {% for promise, parameter in promises.items() %}
        select
            '{{ promise }}' as promise,
            handoffs.lead_cycle_id,
            handoffs.region,
            handoffs.segment,
            handoffs.handoff_date,
            cast(parameters.{{ parameter }} as double) as defined_limit
        from handoffs
        cross join parameters
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- The commitment for the region and the segment comes before that for either,
-- and each holds until another one for the same takes its place.
promises_with_limits as (

    select
        promises.promise,
        promises.lead_cycle_id,
        coalesce(
            {% for alias, region, segment in specific_first %}
                {{ alias }}.committed_value,
            {% endfor %}
            promises.defined_limit
        ) as limit_value,
        coalesce(
            {% for alias, region, segment in specific_first %}
                {{ alias }}.committed_value{{ ',' if not loop.last }}
            {% endfor %}
        ) is not null as is_committed
    from promises
    {% for alias, region, segment in specific_first %}
        {{ left_join_nearest(
            'commitments', alias,
            'promises.promise = ' ~ alias ~ '.sla_metric '
            ~ 'and ' ~ region ~ ' = ' ~ alias ~ '.region '
            ~ 'and ' ~ segment ~ ' = ' ~ alias ~ '.segment '
            ~ 'and promises.handoff_date >= ' ~ alias ~ '.period_start_date'
        ) }}
    {% endfor %}

),

clocks_set as (

    select
        promises_with_limits.*,
        handoffs.calendar,
        handoffs.response_status,
        handoffs.decision_status,
        handoffs.followup_status,
        handoffs.response_business_minutes,
        handoffs.decision_business_days,
        handoffs.attempt_count,
        handoffs.first_human_attempt_at,
        handoffs.first_contact_at,
        handoffs.decided_at,
        handoffs.followup_ends_at,
        clocks.age_minutes,
        clocks.age_business_days,
        case
            when promises_with_limits.promise = 'first_response'
                then clocks.handoff_microseconds + cast(
                    round(promises_with_limits.limit_value * 60000000.0)
                    as bigint
                )
        end as due_microseconds,
        case
            when promises_with_limits.promise = 'decision'
                then clocks.handoff_business_days + cast(
                    round(promises_with_limits.limit_value * 86400000000.0)
                    as bigint
                )
        end as due_business_days
    from promises_with_limits
    inner join handoffs
        on promises_with_limits.lead_cycle_id = handoffs.lead_cycle_id
    inner join clocks
        on promises_with_limits.lead_cycle_id = clocks.lead_cycle_id

),

promises_due as (

    select
        clocks_set.*,
        case clocks_set.promise
            when 'first_response'
                then {{ microseconds_later(
                    'response_due.opens_at',
                    'clocks_set.due_microseconds '
                    ~ '- response_due.open_microseconds_before'
                ) }}
            when 'decision'
                then {{ instant_of_business_days(
                    'decision_due', 'clocks_set.due_business_days'
                ) }}
            else clocks_set.followup_ends_at
        end as due_at
    from clocks_set
    {{ left_join_nearest(
        'openings', 'response_due',
        'clocks_set.calendar = response_due.calendar and '
        ~ 'clocks_set.due_microseconds '
        ~ '> response_due.open_microseconds_before'
    ) }}
    {{ left_join_nearest(
        'openings', 'decision_due',
        'clocks_set.calendar = decision_due.calendar and '
        ~ 'clocks_set.due_business_days > decision_due.business_days_before'
    ) }}

),

promises_measured as (

    select
        promises_due.*,
        case promises_due.promise
            when 'first_response'
                then
                    promises_due.response_status
                    in ('already_engaged', 'not_recorded')
            when 'decision'
                then
                    promises_due.decision_status
                    in ('untimed', 'not_recorded')
            else promises_due.followup_status = 'not_recorded'
        end as is_outside,
        case promises_due.promise
            when 'first_response'
                then
                    promises_due.response_business_minutes
                    <= promises_due.limit_value
            when 'decision'
                then
                    promises_due.decision_business_days
                    <= promises_due.limit_value
            else
                promises_due.followup_status in ('connected', 'excused')
                or promises_due.attempt_count >= promises_due.limit_value
        end as is_kept,
        case promises_due.promise
            when 'first_response'
                then promises_due.age_minutes > promises_due.limit_value
            when 'decision'
                then promises_due.age_business_days > promises_due.limit_value
            else promises_due.followup_ends_at < parameters.as_of
        end as is_over,
        case promises_due.promise
            when 'first_response' then promises_due.first_human_attempt_at
            when 'decision' then promises_due.decided_at
            else promises_due.first_contact_at
        end as answered_at
    from promises_due
    cross join parameters

),

-- A follow-up can still be enough until its days are over.
promises_judged as (

    select
        lead_cycle_id,
        promise,
        calendar,
        case
            when is_outside then 'outside'
            when is_kept then 'met'
            when promise = 'follow_up_attempts' and not is_over then 'not_due'
            when answered_at is not null then 'breached_late'
            when is_over then 'breached_open'
            else 'not_due'
        end as promise_status,
        limit_value,
        is_committed,
        due_at,
        answered_at
    from promises_measured

)

select * from promises_judged
