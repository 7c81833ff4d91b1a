with

reported as (

    select * from {{ ref('stg_mapped__ad_performance_daily') }}

),

fx_rates as (

    select * from {{ ref('int_fx_rates_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- A report may break the day of a campaign down further.
campaign_days as (

    select
        reported.platform,
        reported.ad_account_id,
        reported.campaign,
        reported.source_system,
        reported.performance_date,
        coalesce(reported.currency, parameters.reporting_currency) as currency,
        max(reported.campaign_id) as campaign_id,
        sum(reported.impressions) as impressions,
        sum(reported.clicks) as clicks,
        sum(reported.conversions) as conversions,
        sum(reported.cost) as ad_cost
    from reported
    cross join parameters
    group by
        reported.platform,
        reported.ad_account_id,
        reported.campaign,
        reported.source_system,
        reported.performance_date,
        coalesce(reported.currency, parameters.reporting_currency)

),

converted as (

    select
        ---------- ids
        md5(concat_ws(
            '/',
            campaign_days.source_system,
            campaign_days.platform,
            coalesce(campaign_days.ad_account_id, '__missing__'),
            campaign_days.campaign,
            cast(campaign_days.performance_date as varchar),
            campaign_days.currency
        )) as ad_performance_id,
        coalesce(campaign_days.ad_account_id, '__missing__') as ad_account_id,
        campaign_days.campaign_id,

        ---------- strings
        campaign_days.platform,
        campaign_days.campaign,
        campaign_days.currency,
        campaign_days.source_system,

        ---------- numerics
        campaign_days.impressions,
        campaign_days.clicks,
        campaign_days.conversions,
        cast(campaign_days.ad_cost as double) as ad_cost,
        cast(fx_rates.rate as double) as fx_rate,
        cast(campaign_days.ad_cost * fx_rates.rate as double)
            as ad_cost_reporting,

        ---------- dates
        campaign_days.performance_date
    from campaign_days
    left join fx_rates
        on
            campaign_days.currency = fx_rates.currency
            and campaign_days.performance_date >= fx_rates.valid_from
            and campaign_days.performance_date < fx_rates.valid_before

)

select * from converted
