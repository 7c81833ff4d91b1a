with

deals as (

    select * from {{ ref('int_opportunities_decided') }}

),

refunds as (

    select * from {{ ref('stg_mapped__refunds') }}

),

fx_rates as (

    select * from {{ ref('int_fx_rates_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

deals_converted as (

    select
        deals.*,
        fx_rates.rate as fx_rate,
        cast(deals.amount * fx_rates.rate as double) as amount_reporting
    from deals
    left join fx_rates
        on
            deals.currency = fx_rates.currency
            and deals.event_date >= fx_rates.valid_from
            and deals.event_date < fx_rates.valid_before

),

-- Refunds in the cooling-off window, added up until the whole deal is back.
refunds_after_win as (

    select
        deals_converted.opportunity_id,
        refunds.refunded_date,
        deals_converted.amount_reporting,
        sum(refunds.amount * fx_rates.rate) over (
            partition by deals_converted.opportunity_id
            order by refunds.refunded_date
            range between unbounded preceding and current row
        ) as refunded_so_far
    from refunds
    inner join deals_converted
        on refunds.opportunity_id = deals_converted.opportunity_id
    cross join parameters
    left join fx_rates
        on
            coalesce(refunds.currency, deals_converted.currency)
            = fx_rates.currency
            and deals_converted.event_date >= fx_rates.valid_from
            and deals_converted.event_date < fx_rates.valid_before
    where
        deals_converted.outcome = 'won'
        and deals_converted.amount_reporting > 0
        and refunds.refunded_date <= parameters.as_of_date
        and {{ days_from_to(
            'deals_converted.final_close_date', 'refunds.refunded_date'
        ) }} between 0 and parameters.cancellation_days

),

cancellations as (

    select
        opportunity_id,
        min(refunded_date) as cancelled_date
    from refunds_after_win
    where refunded_so_far >= amount_reporting - 0.005
    group by 1

),

deals_with_cancellations as (

    select
        deals_converted.*,
        cancellations.cancelled_date is not null as is_cancelled,
        cancellations.cancelled_date
    from deals_converted
    left join cancellations
        on deals_converted.opportunity_id = cancellations.opportunity_id

)

select * from deals_with_cancellations -- noqa: AM04
