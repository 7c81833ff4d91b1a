with

business_hours as (

    select * from {{ ref('stg_mapped__business_hours') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

weekdays as (

    select 1 as iso_weekday
    {% for weekday in range(2, 8) %}
        union all
        select {{ weekday }} as iso_weekday
    {% endfor %}

),

company_calendars as (

    select min(calendar) as calendar
    from business_hours
    where region is null and owner_id is null

),

exported_hours as (

    select distinct
        business_hours.calendar,
        business_hours.time_zone,
        cast(business_hours.weekday as integer) as iso_weekday,
        business_hours.opens_at,
        business_hours.closes_at,
        coalesce(business_hours.calendar = company_calendars.calendar, false)
            as is_company,
        false as is_default
    from business_hours
    cross join company_calendars

),

-- The company's hours when no exported calendar is the company's.
default_hours as (

    select
        '__default__' as calendar,
        parameters.reporting_tz as time_zone,
        weekdays.iso_weekday,
        parameters.business_opens_at as opens_at,
        parameters.business_closes_at as closes_at,
        true as is_company,
        true as is_default
    from weekdays
    cross join parameters
    cross join company_calendars
    where
        company_calendars.calendar is null
        and parameters.business_weekdays
        like concat('%', cast(weekdays.iso_weekday as varchar), '%')

),

unioned as (

    select * from exported_hours
    union all
    select * from default_hours

),

measured as (

    select
        *,
        {{ minutes_after_midnight('opens_at') }} as opens_minute,
        {{ minutes_after_midnight('closes_at') }} as closes_minute
    from unioned

)

select * from measured
