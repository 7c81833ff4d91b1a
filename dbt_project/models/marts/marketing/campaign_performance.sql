with

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

people as (

    select * from {{ ref('dim_person') }}

),

costs_by_campaign as (

    select
        campaign,
        min(cost_date) as first_cost_date,
        max(cost_date) as last_cost_date,
        sum(amount_reporting) as program_cost
    from costs
    where is_program_cost
    group by 1

),

cycles_by_campaign as (

    select
        campaign,
        sum(case when is_lead_counted then 1 else 0 end) as lead_count,
        sum(case
            when is_lead_counted and origin = 'marketing' then 1 else 0
        end) as marketing_lead_count,
        sum(case when is_mql_credited then 1 else 0 end) as mql_count,
        sum(case when mql_class = 'new' then 1 else 0 end) as mql_new_count,
        count(sql_at) as sql_count,
        count(opportunity_at) as opportunity_count,
        count(customer_at) as customer_count
    from lead_cycles
    group by 1

),

won_by_campaign as (

    select
        coalesce(people.campaign, '__missing__') as campaign,
        sum(opportunities.amount_reporting) as won_amount
    from opportunities
    left join people
        on opportunities.person_id = people.person_id
    where
        opportunities.outcome = 'won'
        and not opportunities.is_cancelled
        and not opportunities.is_excluded
    group by 1

),

performance as (

    select
        campaigns.campaign,
        campaigns.channel,
        costs_by_campaign.first_cost_date,
        costs_by_campaign.last_cost_date,
        -- Without a cost export a campaign does not cost nothing.
        case
            when costs_by_campaign.campaign is not null
                then costs_by_campaign.program_cost
            when exists (select 1 from costs) then 0
        end as program_cost,
        cast(coalesce(cycles_by_campaign.lead_count, 0) as bigint)
            as lead_count,
        cast(coalesce(cycles_by_campaign.marketing_lead_count, 0) as bigint)
            as marketing_lead_count,
        cast(coalesce(cycles_by_campaign.mql_count, 0) as bigint)
            as mql_count,
        cast(coalesce(cycles_by_campaign.mql_new_count, 0) as bigint)
            as mql_new_count,
        coalesce(cycles_by_campaign.sql_count, 0) as sql_count,
        coalesce(cycles_by_campaign.opportunity_count, 0)
            as opportunity_count,
        coalesce(cycles_by_campaign.customer_count, 0) as customer_count,
        case
            when won_by_campaign.campaign is null then 0
            else won_by_campaign.won_amount
        end as won_amount
    from campaigns
    left join costs_by_campaign
        on campaigns.campaign = costs_by_campaign.campaign
    left join cycles_by_campaign
        on campaigns.campaign = cycles_by_campaign.campaign
    left join won_by_campaign
        on campaigns.campaign = won_by_campaign.campaign

),

performance_with_ratios as (

    select
        *,
        program_cost / nullif(marketing_lead_count, 0) as cpl,
        program_cost / nullif(mql_new_count, 0) as cost_per_mql,
        program_cost / nullif(customer_count, 0) as cost_per_customer
    from performance

)

select * from performance_with_ratios
