with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

bookings as (

    select * from {{ ref('fct_bookings') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

company_hours as (

    select * from {{ ref('int_business_hours_completed') }}
    where is_company

),

holidays as (

    select * from {{ ref('stg_mapped__holidays') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

first_events as (

    select min(lead_date) as event_date from lead_cycles
    union all
    select min(mql_credited_date) as event_date from lead_cycles
    union all
    select min(qualified_counted_date) as event_date from opportunities
    union all
    select min(decided_date) as event_date from opportunities
    union all
    select min(booking_date) as event_date from bookings
    union all
    select min(cost_date) as event_date from costs
    union all
    select as_of_date as event_date from parameters

),

company_weekdays as (

    select distinct iso_weekday from company_hours

),

company_holidays as (

    select
        holidays.holiday_date,
        coalesce(
            max(
                case
                    when holidays.calendar is null then holidays.holiday_name
                end
            ),
            max(holidays.holiday_name)
        ) as holiday_name
    from holidays
    where
        holidays.calendar is null
        or holidays.calendar
        in (select company_hours.calendar from company_hours)
    group by 1

),

current_fiscal_year as (

    select
        'fiscal_year' as period_grain,
        {{ period_start('fiscal_year', 'as_of_date', 'parameters') }}
            as period_start_date
    from parameters

),

first_event as (

    select min(event_date) as event_date from first_events

),

bounds as (

    select
        {{ start_of('year', 'first_event.event_date') }} as first_day,
        -- Whole years, fiscal ones too, for the plans that are made for them.
        {{ date_moved(
            'greatest(' ~ date_moved(
                start_of('year', 'parameters.as_of_date'), 1, 'year'
            ) ~ ', ' ~ period_end('current_fiscal_year') ~ ')',
            -1,
            'day'
        ) }} as last_day
    from first_event
    cross join parameters
    cross join current_fiscal_year

),

days as (

    select {{ days_between('first_day', 'last_day') }} as date_day
    from bounds

),

placed_in_periods as (

    select
        days.date_day,
        {{ start_of('week', 'days.date_day') }} as week_start_date,
        {{ start_of('month', 'days.date_day') }} as month_start_date,
        {{ start_of('quarter', 'days.date_day') }} as quarter_start_date,
        {{ start_of('year', 'days.date_day') }} as year_start_date,
        {{ biweek_start('days.date_day') }} as biweek_start_date,
        {{ period_start('fiscal_year', 'days.date_day', 'parameters') }}
            as fiscal_year_start_date,
        parameters.fiscal_type,
        parameters.fiscal_year_start_month,
        company_holidays.holiday_name,
        company_holidays.holiday_date is not null as is_holiday
    from days
    cross join parameters
    left join company_holidays
        on days.date_day = company_holidays.holiday_date

),

placed_in_fiscal_year as (

    select
        *,
        case
            when fiscal_type <> 'monthly'
                then {{ week_based_quarter_start(
                    'date_day', 'fiscal_year_start_date'
                ) }}
            else {{ month_based_start(
                'fiscal_quarter', 'date_day', 'fiscal_year_start_month'
            ) }}
        end as fiscal_quarter_start_date,
        {{ days_from_to('fiscal_year_start_date', 'date_day') }}
            as days_into_fiscal_year,
        (
            cast(extract(month from date_day) as integer)
            - fiscal_year_start_month + 12
        ) % 12 as months_into_fiscal_year,
        {#- A year of weeks may start three days before its month. -#}
        cast(
            extract(
                year from {{ date_moved('fiscal_year_start_date', 3, 'day') }}
            ) as integer
        ) as first_calendar_year
    from placed_in_periods

),

numbered_in_fiscal_year as (

    select
        *,
        case
            when fiscal_type <> 'monthly'
                then
                    least(
                        cast(
                            floor(days_into_fiscal_year / 91.0) as integer
                        ),
                        3
                    )
            else cast(floor(months_into_fiscal_year / 3.0) as integer)
        end as quarters_into_fiscal_year,
        case
            when fiscal_type <> 'monthly'
                then {{ week_based_period_start(
                    'date_day', 'fiscal_quarter_start_date', 'fiscal_type'
                ) }}
            else month_start_date
        end as fiscal_period_start_date
    from placed_in_fiscal_year

),

typed_as_business_days as (

    select
        numbered_in_fiscal_year.*,
        company_weekdays.iso_weekday is not null
        and not numbered_in_fiscal_year.is_holiday as is_business_day
    from numbered_in_fiscal_year
    left join company_weekdays
        on
            1 + {{ days_from_to(
                'numbered_in_fiscal_year.week_start_date',
                'numbered_in_fiscal_year.date_day'
            ) }}
            = company_weekdays.iso_weekday

),

numbered as (

    select
        date_day,
        {#- The ISO year is the one that holds the week's Thursday. -#}
        cast(
            extract(year from {{ date_moved('week_start_date', 3, 'day') }})
            as integer
        ) as iso_year,
        cast(extract(week from date_day) as integer) as iso_week,
        week_start_date,
        biweek_start_date,
        month_start_date,
        quarter_start_date,
        year_start_date,
        fiscal_period_start_date,
        fiscal_quarter_start_date,
        fiscal_year_start_date,
        {#- Named after the calendar year in which the fiscal year ends. -#}
        first_calendar_year
        + case when fiscal_year_start_month > 1 then 1 else 0 end
            as fiscal_year,
        quarters_into_fiscal_year + 1 as fiscal_quarter,
        {#- Each period of a quarter, of months or of weeks, has four weeks or
            more, and two have less than twelve. -#}
        quarters_into_fiscal_year * 3 + cast(
            floor(
                {{ days_from_to(
                    'fiscal_quarter_start_date', 'fiscal_period_start_date'
                ) }} / 28.0
            ) as integer
        ) + 1 as fiscal_period,
        case
            when fiscal_type <> 'monthly' and days_into_fiscal_year < 364
                then {{ date_moved('date_day', -364, 'day') }}
        end as prior_year_day,
        is_business_day,
        case when is_business_day then cast(
            sum(case when is_business_day then 1 else 0 end) over (
                partition by month_start_date
                order by date_day
                rows between unbounded preceding and current row
            ) as integer
        ) end as business_day_of_month,
        is_holiday,
        holiday_name
    from typed_as_business_days

)

select * from numbered
