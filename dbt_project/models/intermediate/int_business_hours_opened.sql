with

business_hours as (

    select * from {{ ref('int_business_hours_completed') }}

),

holidays as (

    select * from {{ ref('stg_mapped__holidays') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- A year on both sides: before the first hand-off and after the date of the
-- data there is always a next and a last opening, whatever the holidays.
bounds as (

    select
        {{ date_moved(
            'coalesce(min(lead_cycles.mql_credited_date), '
            ~ 'min(parameters.as_of_date))', -1, 'year'
        ) }} as first_day,
        {{ date_moved('min(parameters.as_of_date)', 1, 'year') }} as last_day
    from parameters
    left join lead_cycles
        on lead_cycles.mql_credited_date is not null

),

days as (

    select {{ days_between('first_day', 'last_day') }} as local_day
    from bounds

),

weekdays_of_days as (

    select
        local_day,
        1 + {{ days_from_to(
            start_of('week', 'local_day'), 'local_day'
        ) }} as iso_weekday
    from days

),

openings as (

    select
        business_hours.calendar,
        weekdays_of_days.local_day,
        {{ local_time_of_day(
            'weekdays_of_days.local_day',
            'business_hours.opens_minute',
            'business_hours.time_zone'
        ) }} as opens_at,
        {{ local_time_of_day(
            'weekdays_of_days.local_day',
            'business_hours.closes_minute',
            'business_hours.time_zone'
        ) }} as closes_at
    from business_hours
    inner join weekdays_of_days
        on business_hours.iso_weekday = weekdays_of_days.iso_weekday
    left join holidays
        on
            weekdays_of_days.local_day = holidays.holiday_date
            and coalesce(holidays.calendar, business_hours.calendar)
            = business_hours.calendar
    where holidays.holiday_date is null

),

openings_measured as (

    select
        *,
        {{ elapsed_microseconds('opens_at', 'closes_at') }}
            as open_microseconds
    from openings
    -- Hours that a clock change skips never open.
    where closes_at > opens_at

),

openings_added_up as (

    select
        calendar,
        local_day,
        opens_at,
        closes_at,
        open_microseconds,
        cast(
            sum(open_microseconds) over (
                partition by calendar
                order by opens_at
                rows between unbounded preceding and current row
            ) as bigint
        ) - open_microseconds as open_microseconds_before,
        cast(
            sum(open_microseconds) over (
                partition by calendar, local_day
                order by opens_at
                rows between unbounded preceding and current row
            ) as bigint
        ) - open_microseconds as open_microseconds_of_day_before,
        cast(
            sum(open_microseconds) over (
                partition by calendar, local_day
            ) as bigint
        ) as open_microseconds_of_day,
        cast(
            dense_rank() over (
                partition by calendar
                order by local_day
            ) - 1 as bigint
        ) as open_days_before,
        lead(opens_at) over (
            partition by calendar
            order by opens_at
        ) as next_opens_at
    from openings_measured

),

-- Each open day is one business day, however long its hours.
openings_in_days as (

    select
        *,
        {{ business_days_of(
            'open_days_before',
            'open_microseconds_of_day_before',
            'open_microseconds_of_day'
        ) }} as business_days_before
    from openings_added_up

)

select * from openings_in_days
