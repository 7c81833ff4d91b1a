-- A row here is a calendar whose hours cannot be meant as they are written, or
-- somebody whom two calendars serve. Business minutes would be counted twice
-- or from the wrong clock, so nothing is built on them.
with

business_hours as (

    select * from {{ ref('stg_mapped__business_hours') }}

),

hours as (

    select * from {{ ref('int_business_hours_completed') }}

),

holidays as (

    select * from {{ ref('stg_mapped__holidays') }}

),

served as (

    select
        calendar,
        concat('owner ', owner_id) as subject
    from business_hours
    where owner_id is not null
    union all
    select
        calendar,
        concat('region ', region) as subject
    from business_hours
    where region is not null
    union all
    select
        calendar,
        'the company' as subject
    from business_hours
    where owner_id is null and region is null

),

hours_in_order as (

    select
        *,
        lead(opens_minute) over (
            partition by calendar, iso_weekday
            order by opens_minute, closes_minute
        ) as next_opens_minute
    from hours

),

problems as (

    select
        calendar as subject,
        'weekday is not 1 to 7' as problem
    from business_hours
    where weekday not in (1, 2, 3, 4, 5, 6, 7)

    union all

    select
        calendar as subject,
        'closes before it opens' as problem
    from hours
    where closes_minute <= opens_minute

    union all

    select
        calendar as subject,
        'hours of one day overlap' as problem
    from hours_in_order
    where next_opens_minute < closes_minute

    union all

    select
        calendar as subject,
        'more than one time zone' as problem
    from hours
    group by 1
    having count(distinct time_zone) > 1

    union all

    select
        subject,
        'served by more than one calendar' as problem
    from served
    group by 1
    having count(distinct calendar) > 1

    union all

    select
        holidays.calendar as subject,
        'holiday of a calendar without hours' as problem
    from holidays
    left join hours
        on holidays.calendar = hours.calendar
    where holidays.calendar is not null and hours.calendar is null

)

select distinct
    subject,
    problem
from problems
