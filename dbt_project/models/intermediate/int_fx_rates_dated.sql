with

fx_rates as (

    select * from {{ ref('stg_mapped__fx_rates') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

foreign_rates as (

    select
        fx_rates.currency,
        fx_rates.rate,
        fx_rates.rate_date as valid_from,
        coalesce(
            lead(fx_rates.rate_date) over (
                partition by fx_rates.currency
                order by fx_rates.rate_date
            ),
            cast('9999-12-31' as date)
        ) as valid_before
    from fx_rates
    cross join parameters
    where fx_rates.currency <> parameters.reporting_currency

),

reporting_rate as (

    select
        reporting_currency as currency,
        1.0 as rate,
        cast('0001-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_before
    from parameters

),

unioned as (

    select * from foreign_rates
    union all
    select * from reporting_rate

)

select * from unioned
