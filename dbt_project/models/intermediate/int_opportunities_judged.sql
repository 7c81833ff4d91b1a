with

opportunities as (

    select * from {{ ref('stg_mapped__opportunities') }}

),

recorded_merges as (

    select * from {{ ref('stg_mapped__merges') }}

),

merged_deals as (

    select distinct merged_id as opportunity_id
    from recorded_merges
    where
        record_type = 'opportunity'
        and surviving_id is not null

),

-- A merged deal stays in older exports; the deal it was merged into counts.
opportunities_judged as (

    select
        opportunities.*,
        case
            when opportunities.is_deleted then 'deleted'
            when merged_deals.opportunity_id is not null then 'merged'
            else opportunities.excluded_reason
        end as stated_reason
    from opportunities
    left join merged_deals
        on opportunities.opportunity_id = merged_deals.opportunity_id

)

select * from opportunities_judged -- noqa: AM04
