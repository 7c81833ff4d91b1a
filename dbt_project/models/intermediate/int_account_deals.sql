with

opportunities as (

    select * from {{ ref('int_opportunities_converted') }}

),

accounts as (

    select * from {{ ref('int_accounts_merged') }}

),

deals_by_account as (

    select
        accounts.surviving_account_id as account_id,
        bool_or(
            opportunities.outcome = 'won' and not opportunities.is_cancelled
        ) as is_customer,
        bool_or(opportunities.outcome = 'open') as has_open_deal
    from opportunities
    inner join accounts
        on opportunities.account_id = accounts.account_id
    where not opportunities.is_excluded
    group by 1

)

select * from deals_by_account
