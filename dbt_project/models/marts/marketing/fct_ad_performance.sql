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
days as (

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
        sum(reported.cost) as cost
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
            days.source_system,
            days.platform,
            coalesce(days.ad_account_id, '__missing__'),
            days.campaign,
            cast(days.performance_date as varchar),
            days.currency
        )) as ad_performance_id,
        coalesce(days.ad_account_id, '__missing__') as ad_account_id,
        days.campaign_id,

        ---------- strings
        days.platform,
        days.campaign,
        days.currency,
        days.source_system,

        ---------- numerics
        days.impressions,
        days.clicks,
        days.conversions,
        cast(days.cost as double) as cost,
        cast(fx_rates.rate as double) as fx_rate,
        cast(days.cost * fx_rates.rate as double) as cost_reporting,

        ---------- dates
        days.performance_date
    from days
    left join fx_rates
        on
            days.currency = fx_rates.currency
            and days.performance_date >= fx_rates.valid_from
            and days.performance_date < fx_rates.valid_before

)

select * from converted
