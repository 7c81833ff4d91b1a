-- A row here is a currency with deals, costs or invoices that cannot be
-- converted, because no rate is known on or before the day they closed (or the
-- date of the data while they are open) or were posted. Their money is missing
-- from every total. Excluded deals, deals without an amount and documents that
-- are not posted need no rate.
with

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

amounts as (

    select
        currency,
        fx_rate_date,
        1 as deal_count,
        0 as cost_count,
        0 as invoice_count
    from opportunities
    where
        fx_rate is null
        and amount is not null
        and not is_excluded

    union all

    select
        currency,
        cost_date as fx_rate_date,
        0 as deal_count,
        1 as cost_count,
        0 as invoice_count
    from costs
    where fx_rate is null

    union all

    select
        currency,
        posting_date as fx_rate_date,
        0 as deal_count,
        0 as cost_count,
        1 as invoice_count
    from invoices
    where
        fx_rate is null
        and is_posted

)

select
    currency,
    sum(deal_count) as deal_count,
    sum(cost_count) as cost_count,
    sum(invoice_count) as invoice_count,
    min(fx_rate_date) as first_date_without_rate
from amounts
group by 1
