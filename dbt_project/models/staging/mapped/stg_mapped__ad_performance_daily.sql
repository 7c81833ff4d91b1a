with

source as (

    select * from {{ source('raw_mapped', 'ad_performance_daily') }}

),

renamed as (

    select
        ---------- ids
        ad_account_id,
        campaign_id,

        ---------- strings
        platform,
        campaign,
        upper(trim(currency)) as currency,
        _source_system as source_system,

        ---------- numerics
        impressions,
        clicks,
        conversions,
        cost,

        ---------- dates
        performance_date

    from source

)

select * from renamed
