with

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

moves as (

    select * from {{ ref('int_opportunity_moves_ordered') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

fx_rates as (

    select * from {{ ref('int_fx_rates_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- The win that still stands is booked on the final close date below.
past_moves as (

    select
        moves.opportunity_id,
        case when moves.is_win then 'win' else 'reopen' end as event_type,
        {{ local_date('moves.entered_at', 'parameters.reporting_tz') }}
            as booking_date,
        moves.move_no as event_order
    from moves
    inner join opportunities
        on moves.opportunity_id = opportunities.opportunity_id
    cross join parameters
    where
        (moves.is_win or moves.is_win_undone)
        and not opportunities.is_excluded
        and not (
            moves.is_win
            and moves.is_standing_win
            and opportunities.outcome = 'won'
        )

),

standing_wins as (

    select
        opportunity_id,
        'win' as event_type,
        final_close_date as booking_date,
        1000000 as event_order
    from opportunities
    where outcome = 'won'

),

-- A history that ends with a win the deal no longer has: the move away from
-- it was not exported, so it is undone on the day the deal closed otherwise.
unrecorded_reopenings as (

    select
        moves.opportunity_id,
        'reopen' as event_type,
        greatest(
            {{ local_date('moves.entered_at', 'parameters.reporting_tz') }},
            opportunities.final_close_date
        ) as booking_date,
        1000000 as event_order
    from moves
    inner join opportunities
        on moves.opportunity_id = opportunities.opportunity_id
    cross join parameters
    where
        moves.is_win
        and moves.is_standing_win
        and opportunities.outcome <> 'won'
        and not opportunities.is_excluded

),

refund_reversals as (

    select
        opportunity_id,
        'refund_reversal' as event_type,
        cancelled_date as booking_date,
        1000001 as event_order
    from opportunities
    where is_cancelled

),

events_unioned as (

    select * from past_moves
    union all
    select * from standing_wins
    union all
    select * from unrecorded_reopenings
    union all
    select * from refund_reversals

),

events_numbered as (

    select
        *,
        row_number() over (
            partition by opportunity_id
            order by event_order
        ) as event_no,
        sum(case when event_type = 'win' then 1 else 0 end) over (
            partition by opportunity_id
            order by event_order
            rows between unbounded preceding and current row
        ) as win_no
    from events_unioned

),

-- A reversal takes back what its win brought, at the rate of the win.
events_dated as (

    select
        *,
        min(case when event_type = 'win' then booking_date end) over (
            partition by opportunity_id, win_no
        ) as won_date,
        case when event_type = 'win' then 1 else -1 end as direction,
        case when event_type = 'win' then 0 else 1 end as order_in_day
    from events_numbered

),

events_valued as (

    select
        events_dated.opportunity_id,
        opportunities.account_id,
        accounts.ultimate_parent_id,
        opportunities.order_type,
        events_dated.event_no,
        events_dated.event_type,
        events_dated.booking_date,
        events_dated.direction,
        events_dated.order_in_day,
        cast(
            events_dated.direction * opportunities.amount * fx_rates.rate
            as double
        ) as amount
    from events_dated
    inner join opportunities
        on events_dated.opportunity_id = opportunities.opportunity_id
    left join accounts
        on opportunities.account_id = accounts.account_id
    left join fx_rates
        on
            opportunities.currency = fx_rates.currency
            and coalesce(events_dated.won_date, opportunities.fx_rate_date)
            >= fx_rates.valid_from
            and coalesce(events_dated.won_date, opportunities.fx_rate_date)
            < fx_rates.valid_before

),

-- Wins before reversals within a day, then by id: the count of standing wins
-- never dips below zero and two runs agree.
standing_wins_counted as (

    select
        *,
        sum(direction) over (
            partition by ultimate_parent_id
            order by
                booking_date nulls last,
                order_in_day,
                opportunity_id,
                event_no
            rows between unbounded preceding and current row
        ) as standing_wins,
        first_value(order_type) over (
            partition by ultimate_parent_id
            order by
                booking_date nulls last,
                order_in_day,
                opportunity_id,
                event_no
        ) as first_order_type
    from events_valued

),

customers_counted as (

    select
        opportunity_id,
        account_id,
        ultimate_parent_id,
        event_no,
        event_type,
        booking_date,
        amount,
        case
            when ultimate_parent_id is null then null
            -- Whoever renews first bought before the exports begin.
            when first_order_type = 'renewal' then 0
            when direction = 1 and standing_wins = 1 then 1
            when direction = -1 and standing_wins = 0 then -1
            else 0
        end as new_customer_delta
    from standing_wins_counted

)

select * from customers_counted
