with

handoffs as (

    select * from {{ ref('int_handoffs_answered') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

owner_teams as (

    select * from {{ ref('int_owner_teams_dated') }}

),

exported_hours as (

    select * from {{ ref('stg_mapped__business_hours') }}

),

openings as (

    select * from {{ ref('int_business_hours_opened') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

calendars_of_owners as (

    select
        owner_id,
        min(calendar) as calendar
    from exported_hours
    where owner_id is not null
    group by 1

),

calendars_of_regions as (

    select
        region,
        min(calendar) as calendar
    from exported_hours
    where region is not null
    group by 1

),

calendar_of_company as (

    select coalesce(min(calendar), '__default__') as calendar
    from exported_hours
    where owner_id is null and region is null

),

-- The owner's calendar: their own, else that of the region they work in; of
-- the lead's region where that is not known; else the company's.
handoffs_with_calendars as (

    select
        handoffs.*,
        coalesce(
            calendars_of_owners.calendar,
            calendars_of_regions.calendar,
            calendar_of_company.calendar
        ) as calendar
    from handoffs
    cross join calendar_of_company
    inner join lead_cycles
        on handoffs.lead_cycle_id = lead_cycles.lead_cycle_id
    left join owner_teams
        on
            lead_cycles.mql_owner_id = owner_teams.owner_id
            and lead_cycles.mql_credited_date >= owner_teams.valid_from
            and lead_cycles.mql_credited_date < owner_teams.valid_before
    left join calendars_of_owners
        on lead_cycles.mql_owner_id = calendars_of_owners.owner_id
    left join calendars_of_regions
        on
            coalesce(owner_teams.region, lead_cycles.mql_region)
            = calendars_of_regions.region

),

-- Whoever answers a hand-off before it is assigned did not wait for it.
handoffs_routed as (

    select
        *,
        case
            when assigned_at is not null
                then least(
                    greatest(assigned_at, handoff_at), first_human_attempt_at
                )
        end as routed_at
    from handoffs_with_calendars

),

as_of_by_calendar as (

    select
        openings.calendar,
        max({{ open_microseconds_until('openings', 'parameters.as_of') }})
            as open_microseconds,
        max({{ business_days_until('openings', 'parameters.as_of') }})
            as business_days
    from openings
    inner join parameters
        on openings.opens_at <= parameters.as_of
    group by 1

),

-- How long the calendar had been open at each instant; the business time
-- between two instants is the difference.
instants_measured as (

    select
        handoffs_routed.*,
        case
            when handoffs_routed.handoff_at < at_handoff.closes_at
                then handoffs_routed.handoff_at
            else at_handoff.next_opens_at
        end as clock_start_at,
        {{ open_microseconds_until(
            'at_handoff', 'handoffs_routed.handoff_at'
        ) }} as handoff_microseconds,
        {{ business_days_until('at_handoff', 'handoffs_routed.handoff_at') }}
            as handoff_business_days,
        {{ open_microseconds_until(
            'at_routing', 'handoffs_routed.routed_at'
        ) }} as routing_microseconds,
        {{ open_microseconds_until(
            'at_attempt', 'handoffs_routed.first_human_attempt_at'
        ) }} as attempt_microseconds,
        {{ open_microseconds_until(
            'at_contact', 'handoffs_routed.first_contact_at'
        ) }} as contact_microseconds
    from handoffs_routed
    {{ left_join_nearest(
        'openings', 'at_handoff',
        'handoffs_routed.calendar = at_handoff.calendar '
        ~ 'and handoffs_routed.handoff_at >= at_handoff.opens_at'
    ) }}
    {{ left_join_nearest(
        'openings', 'at_routing',
        'handoffs_routed.calendar = at_routing.calendar '
        ~ 'and handoffs_routed.routed_at >= at_routing.opens_at'
    ) }}
    {{ left_join_nearest(
        'openings', 'at_attempt',
        'handoffs_routed.calendar = at_attempt.calendar '
        ~ 'and handoffs_routed.first_human_attempt_at >= at_attempt.opens_at'
    ) }}
    {{ left_join_nearest(
        'openings', 'at_contact',
        'handoffs_routed.calendar = at_contact.calendar '
        ~ 'and handoffs_routed.first_contact_at >= at_contact.opens_at'
    ) }}

),

limits_set as (

    select
        instants_measured.*,
        as_of_by_calendar.open_microseconds
        - instants_measured.handoff_microseconds as age_microseconds,
        as_of_by_calendar.business_days
        - instants_measured.handoff_business_days
            as age_business_day_microseconds,
        parameters.sla_first_response_minutes * cast(60000000 as bigint)
            as limit_microseconds,
        instants_measured.handoff_microseconds
        + parameters.sla_first_response_minutes * cast(60000000 as bigint)
            as due_microseconds
    from instants_measured
    cross join parameters
    left join as_of_by_calendar
        on instants_measured.calendar = as_of_by_calendar.calendar

),

-- Due at the instant at which the limit is used up; an answer then is in time.
handoffs_clocked as (

    select
        limits_set.lead_cycle_id,
        limits_set.calendar,
        limits_set.is_decision_recorded,
        limits_set.is_response_recorded,
        limits_set.is_contact_recorded,
        limits_set.is_hand_raised,
        limits_set.handoff_microseconds,
        limits_set.handoff_business_days,
        limits_set.age_microseconds / 60000000.0 as age_minutes,
        limits_set.age_business_day_microseconds / 86400000000.0
            as age_business_days,
        cast(limits_set.attempt_count as integer) as attempt_count,
        limits_set.attempt_microseconds - limits_set.handoff_microseconds
        <= limits_set.limit_microseconds as is_in_time,
        limits_set.age_microseconds > limits_set.limit_microseconds
            as is_overdue,
        (limits_set.attempt_microseconds - limits_set.handoff_microseconds)
        / 60000000.0 as response_minutes,
        (limits_set.routing_microseconds - limits_set.handoff_microseconds)
        / 60000000.0 as routing_minutes,
        (limits_set.contact_microseconds - limits_set.handoff_microseconds)
        / 60000000.0 as contact_minutes,
        limits_set.handoff_at,
        limits_set.assigned_at,
        limits_set.followup_ends_at,
        limits_set.clock_start_at,
        {{ microseconds_later(
            'at_due.opens_at',
            'limits_set.due_microseconds - at_due.open_microseconds_before'
        ) }} as due_at,
        limits_set.last_attempt_before_at,
        limits_set.first_human_attempt_at,
        limits_set.first_contact_at
    from limits_set
    {{ left_join_nearest(
        'openings', 'at_due',
        'limits_set.calendar = at_due.calendar and '
        ~ 'limits_set.due_microseconds > at_due.open_microseconds_before'
    ) }}

)

select * from handoffs_clocked
