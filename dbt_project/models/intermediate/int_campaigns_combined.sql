with

campaigns as (

    select * from {{ ref('stg_mapped__campaigns') }}

),

-- Whoever states a budget planned the campaign and speaks first.
campaigns_ranked as (

    select
        *,
        row_number() over (
            partition by campaign
            order by
                case when budget_amount is not null then 0 else 1 end,
                source_system
        ) as preference
    from campaigns

),

campaigns_combined as (

    select
        campaign,
        {{ earliest_value('channel', 'preference') }} as channel,
        {{ earliest_value('campaign_type', 'preference') }} as campaign_type,
        max(case when preference = 1 then budget_amount end) as budget_amount,
        max(case when preference = 1 then currency end) as currency,
        {{ earliest_value('start_date', 'preference') }} as start_date,
        {{ earliest_value('end_date', 'preference') }} as end_date
    from campaigns_ranked
    group by 1

)

select * from campaigns_combined
