-- A row here is a won deal whose revenue splits give away clearly more or less
-- than the whole deal. Rounding is not meant: thirds written as 33.3 % are
-- scaled to the whole. Overlay splits may add up to anything, and so may the
-- splits of a deal that is still being shared out.
with

opportunity_splits as (

    select * from {{ ref('stg_mapped__opportunity_splits') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

)

select
    opportunity_splits.opportunity_id,
    sum(opportunity_splits.share) as split_share
from opportunity_splits
inner join opportunities
    on opportunity_splits.opportunity_id = opportunities.opportunity_id
where
    opportunity_splits.split_type = 'revenue'
    and opportunities.outcome = 'won'
group by 1
having abs(sum(opportunity_splits.share) - 1) > 0.005
