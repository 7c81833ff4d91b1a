with

events as (

    select * from {{ ref('int_journey_events') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

bookings as (

    select * from {{ ref('int_bookings_ledgered') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

parents_won as (

    select ultimate_parent_id
    from bookings
    group by 1
    having sum(new_customer_delta) > 0

),

-- A subsidiary of a customer is no new customer.
first_wins as (

    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.final_close_date,
        row_number() over (
            partition by accounts.ultimate_parent_id
            order by
                opportunities.final_close_date nulls last,
                opportunities.closed_at,
                opportunities.opportunity_id
        ) as win_no
    from opportunities
    inner join accounts
        on opportunities.account_id = accounts.account_id
    inner join parents_won
        on accounts.ultimate_parent_id = parents_won.ultimate_parent_id
    where
        opportunities.outcome = 'won'
        and not opportunities.is_cancelled
        and not opportunities.is_excluded

),

first_touches as (

    select
        account_id,
        min(event_at) as touched_at
    from events
    where event_type = 'touch'
    group by 1

),

-- Only marketing's cycles have to pass through MQL and SAL.
timed_deals as (

    select distinct opportunity_id
    from lead_cycles
    where
        sql_at is not null
        and opportunity_at is not null
        and (
            origin <> 'marketing'
            or (mql_at is not null and sal_at is not null)
        )
        and not is_lead_imputed
        and not is_mql_imputed
        and not is_sal_imputed
        and not is_sql_imputed
        and not is_opportunity_imputed

),

-- By days, because many deals close on a day without a time.
new_customers as (

    select
        first_wins.account_id,
        first_wins.opportunity_id,
        first_wins.final_close_date,
        coalesce(
            {{ local_date(
                'first_touches.touched_at', 'parameters.reporting_tz'
            ) }} <= first_wins.final_close_date,
            false
        )
        and timed_deals.opportunity_id is not null as is_journey_complete
    from first_wins
    cross join parameters
    left join first_touches
        on first_wins.account_id = first_touches.account_id
    left join timed_deals
        on first_wins.opportunity_id = timed_deals.opportunity_id
    where first_wins.win_no = 1

),

events_numbered as (

    select
        *,
        row_number() over (
            partition by account_id
            order by
                event_at,
                case event_type
                    when 'touch' then 1
                    when 'stage' then 2
                    when 'activity' then 3
                    when 'deal_created' then 4
                    when 'survey_response' then 9
                    else 5
                end,
                case event_name
                    when 'lead' then 1
                    when 'mql' then 2
                    when 'sal' then 3
                    when 'sql' then 4
                    when 'opportunity' then 5
                    when 'customer' then 6
                    else 7
                end,
                record_id,
                event_type
        ) as event_no,
        -- The win that stands, and no earlier one that was taken back.
        case
            when
                event_type = 'deal_won'
                and row_number() over (
                    partition by opportunity_id, event_type
                    order by event_at desc, record_id desc
                ) = 1
                then opportunity_id
        end as standing_win_id
    from events

),

events_described as (

    select
        ---------- ids
        concat(
            events_numbered.account_id, '/',
            cast(events_numbered.event_no as varchar)
        ) as event_id,
        events_numbered.account_id,
        events_numbered.person_id,
        events_numbered.opportunity_id,

        ---------- strings
        events_numbered.event_type,
        events_numbered.event_name,
        events_numbered.channel,
        coalesce(accounts.region, '__missing__') as region,
        coalesce(accounts.segment, '__missing__') as segment,
        events_numbered.source_system,

        ---------- numerics
        cast(events_numbered.event_no as integer) as event_no,
        events_numbered.event_value,

        ---------- booleans
        events_numbered.is_imputed,
        new_customers.account_id is not null as is_new_customer,
        coalesce(new_customers.is_journey_complete, false)
            as is_journey_complete,

        ---------- dates
        {{ local_date('events_numbered.event_at', 'parameters.reporting_tz') }}
            as event_date,
        new_customers.final_close_date as new_customer_date,

        ---------- timestamps
        events_numbered.event_at
    from events_numbered
    cross join parameters
    left join accounts
        on events_numbered.account_id = accounts.account_id
    left join new_customers
        on
            events_numbered.standing_win_id = new_customers.opportunity_id
            and events_numbered.account_id = new_customers.account_id

)

select * from events_described
