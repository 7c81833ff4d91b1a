-- A row here is a currency with deals that cannot be converted, because no
-- rate is known on or before the day they closed (or the date of the data
-- while they are open). Their money is missing from every total. Excluded
-- deals and deals without an amount need no rate.
with

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

)

select
    currency,
    count(*) as deal_count,
    min(fx_rate_date) as first_date_without_rate
from opportunities
where
    fx_rate is null
    and amount is not null
    and not is_excluded
group by 1
