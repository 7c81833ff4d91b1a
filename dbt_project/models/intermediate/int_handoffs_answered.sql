with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

human_activities as (

    select * from {{ ref('int_human_activities') }}

),

records as (

    select * from {{ ref('int_people_recorded') }}

),

raised_hands as (

    select * from {{ ref('int_touches_scored') }}
    where is_hand_raiser

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- What was tried in an earlier cycle says nothing about this one. A first
-- cycle has no such limit: whoever was already called is already engaged.
cycles_with_limits as (

    select
        lead_cycle_id,
        person_id,
        mql_credited_at,
        mql_assigned_at as assigned_at,
        lead(lead_at) over (
            partition by person_id
            order by cycle_no
        ) as next_cycle_at,
        case
            when cycle_no > 1 then least(
                lead_at,
                max(
                    greatest(rejected_at, recycled_at, disqualified_at)
                ) over (
                    partition by person_id
                    order by cycle_no
                    rows between unbounded preceding and 1 preceding
                )
            )
        end as engaged_since
    from lead_cycles

),

-- Whoever asks for a call waits from then on, whenever the CRM says MQL.
hands_raised as (

    select
        cycles_with_limits.lead_cycle_id,
        min(raised_hands.touch_at) as raised_at
    from cycles_with_limits
    cross join parameters
    inner join raised_hands
        on
            cycles_with_limits.person_id = raised_hands.person_id
            and cycles_with_limits.mql_credited_at >= raised_hands.touch_at
            and coalesce(
                cycles_with_limits.engaged_since, raised_hands.touch_at
            ) <= raised_hands.touch_at
    where
        {{ elapsed_microseconds(
            'raised_hands.touch_at', 'cycles_with_limits.mql_credited_at'
        ) }}
        <= cast(parameters.engagement_window_days as bigint) * 86400000000
    group by 1

),

handoffs_started as (

    select
        cycles_with_limits.*,
        hands_raised.raised_at is not null as is_hand_raised,
        coalesce(hands_raised.raised_at, cycles_with_limits.mql_credited_at)
            as handoff_at
    from cycles_with_limits
    left join hands_raised
        on cycles_with_limits.lead_cycle_id = hands_raised.lead_cycle_id
    where cycles_with_limits.mql_credited_at is not null

),

-- A hand-off is answered until the person's next cycle begins, credited or
-- not: what is done then is about something else.
handoffs as (

    select
        handoffs_started.*,
        {{ microseconds_later(
            'handoffs_started.handoff_at',
            'parameters.followup_days * cast(86400000000 as bigint)'
        ) }} as followup_ends_at
    from handoffs_started
    cross join parameters

),

answers as (

    select
        handoffs.lead_cycle_id,
        count(
            case
                when
                    human_activities.is_attempt
                    and human_activities.activity_at >= handoffs.handoff_at
                    and human_activities.activity_at
                    <= handoffs.followup_ends_at
                    then 1
            end
        ) as attempt_count,
        min(
            case
                when
                    human_activities.is_attempt
                    and human_activities.activity_at >= handoffs.handoff_at
                    then human_activities.activity_at
            end
        ) as first_human_attempt_at,
        max(
            case
                when
                    human_activities.is_attempt
                    and human_activities.activity_at < handoffs.handoff_at
                    and human_activities.activity_at >= coalesce(
                        handoffs.engaged_since, human_activities.activity_at
                    )
                    then human_activities.activity_at
            end
        ) as last_attempt_before_at,
        min(
            case
                when
                    human_activities.is_connected
                    and human_activities.activity_at >= handoffs.handoff_at
                    then human_activities.activity_at
            end
        ) as first_contact_at
    from handoffs
    inner join human_activities
        on
            handoffs.person_id = human_activities.person_id
            and human_activities.activity_at < coalesce(
                handoffs.next_cycle_at, cast('infinity' as timestamp)
            )
    group by 1

),

handoffs_answered as (

    select
        handoffs.lead_cycle_id,
        records.is_decision_recorded,
        records.is_response_recorded,
        records.is_contact_recorded,
        handoffs.is_hand_raised,
        handoffs.handoff_at,
        handoffs.assigned_at,
        handoffs.followup_ends_at,
        coalesce(answers.attempt_count, 0) as attempt_count,
        answers.first_human_attempt_at,
        answers.last_attempt_before_at,
        answers.first_contact_at
    from handoffs
    inner join records
        on handoffs.person_id = records.person_id
    left join answers
        on handoffs.lead_cycle_id = answers.lead_cycle_id

)

select * from handoffs_answered
