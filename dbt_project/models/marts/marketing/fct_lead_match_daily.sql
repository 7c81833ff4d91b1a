with

ad_performance as (

    select * from {{ ref('fct_ad_performance') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}
    where is_lead_counted

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

-- Before a platform's first day of a campaign, and after its last one, nobody
-- counted against the CRM; nor where it reports no conversions at all.
campaigns_reported as (

    select
        campaign,
        min(performance_date) as first_date,
        max(performance_date) as last_date
    from ad_performance
    group by campaign
    having count(conversions) > 0

),

counted as (

    select
        ad_performance.campaign,
        ad_performance.performance_date as match_date,
        ad_performance.conversions as reported_count,
        0 as crm_count
    from ad_performance
    where ad_performance.conversions is not null
    union all
    select
        lead_cycles.campaign,
        lead_cycles.lead_date as match_date,
        0 as reported_count,
        1 as crm_count
    from lead_cycles
    left join campaigns_reported
        on lead_cycles.campaign = campaigns_reported.campaign
    where
        lead_cycles.lead_date >= campaigns_reported.first_date
        and lead_cycles.lead_date <= campaigns_reported.last_date

),

counted_by_day as (

    select
        campaign,
        match_date,
        cast(sum(reported_count) as double) as reported_count,
        cast(sum(crm_count) as integer) as crm_count
    from counted
    group by campaign, match_date

),

described as (

    select
        ---------- ids
        md5(concat_ws(
            '/',
            cast(counted_by_day.match_date as varchar),
            counted_by_day.campaign
        )) as lead_match_id,

        ---------- strings
        counted_by_day.campaign,
        coalesce(campaigns.channel, '__missing__') as channel,

        ---------- numerics
        counted_by_day.reported_count,
        counted_by_day.crm_count,

        ---------- dates
        counted_by_day.match_date
    from counted_by_day
    left join campaigns
        on counted_by_day.campaign = campaigns.campaign

)

select * from described
