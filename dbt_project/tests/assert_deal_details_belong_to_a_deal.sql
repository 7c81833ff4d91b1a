-- A row here is a kind of export that names deals the deal export lacks.
-- Nothing of it reaches the marts, so a total may be short; often the deal
-- export was filtered or is older than the others.
{{ config(severity='warn') }}

with

opportunities as (

    select opportunity_id from {{ ref('stg_mapped__opportunities') }}

),

details as (

    select
        opportunity_id,
        'opportunity_stage_events' as entity
    from {{ ref('stg_mapped__opportunity_stage_events') }}
    union all
    select
        opportunity_id,
        'opportunity_splits' as entity
    from {{ ref('stg_mapped__opportunity_splits') }}
    union all
    select
        opportunity_id,
        'refunds' as entity
    from {{ ref('stg_mapped__refunds') }}

)

select
    details.entity,
    count(*) as row_count,
    min(details.opportunity_id) as first_opportunity_id
from details
left join opportunities
    on details.opportunity_id = opportunities.opportunity_id
where opportunities.opportunity_id is null
group by 1
