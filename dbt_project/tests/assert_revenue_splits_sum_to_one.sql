-- A row here is a deal whose revenue splits give away clearly more or less
-- than the whole deal. Rounding is not meant: thirds written as 33.3 % are
-- scaled to the whole. Overlay splits may add up to anything.
with

opportunity_splits as (

    select * from {{ ref('stg_mapped__opportunity_splits') }}

)

select
    opportunity_id,
    sum(share) as split_share
from opportunity_splits
where split_type = 'revenue'
group by 1
having abs(sum(share) - 1) > 0.005
