with

source as (

    select * from {{ source('raw_mapped', 'quotas') }}

),

renamed as (

    select
        ---------- ids
        owner_id,

        ---------- strings
        upper(trim(currency)) as currency,

        ---------- numerics
        quota_amount,
        coalesce(ramp_share, 1.0) as ramp_share,
        active_days,

        ---------- dates
        quota_month

    from source

)

select * from renamed
