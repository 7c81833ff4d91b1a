with

campaigns as (

    select * from {{ ref('int_campaigns_combined') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

campaign_channels as (

    select
        campaign,
        channel
    from costs
    where channel <> '__unallocated__'
    union
    select
        campaign,
        channel
    from people
    where
        campaign is not null
        and channel is not null

),

-- A campaign that no export describes runs on a channel when everything that
-- names it agrees on one.
channels_agreed as (

    select
        campaign,
        min(channel) as channel
    from campaign_channels
    group by 1
    having min(channel) = max(channel)

),

named_campaigns as (

    select campaign from campaigns
    union
    select campaign from people
    where campaign is not null
    union
    select campaign from costs
    union
    select '__missing__' as campaign
    union
    select '__unallocated__' as campaign

),

campaigns_completed as (

    select
        ---------- ids
        named_campaigns.campaign,

        ---------- strings
        case
            when
                named_campaigns.campaign in ('__missing__', '__unallocated__')
                then '__missing__'
            else coalesce(
                campaigns.channel, channels_agreed.channel, '__missing__'
            )
        end as channel,
        campaigns.campaign_type,
        case
            when campaigns.budget_amount is not null
                then coalesce(
                    campaigns.currency, parameters.reporting_currency
                )
        end as currency,

        ---------- numerics
        cast(campaigns.budget_amount as double) as budget_amount,

        ---------- booleans
        campaigns.campaign is null
        and named_campaigns.campaign not in ('__missing__', '__unallocated__')
            as is_inferred,

        ---------- dates
        campaigns.start_date,
        campaigns.end_date
    from named_campaigns
    cross join parameters
    left join campaigns
        on named_campaigns.campaign = campaigns.campaign
    left join channels_agreed
        on named_campaigns.campaign = channels_agreed.campaign

)

select * from campaigns_completed
