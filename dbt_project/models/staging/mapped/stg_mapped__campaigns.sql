with

source as (

    select * from {{ source('raw_mapped', 'campaigns') }}

),

renamed as (

    select
        ---------- ids
        campaign,

        ---------- strings
        channel,
        campaign_type,
        upper(trim(currency)) as currency,
        _source_system as source_system,

        ---------- numerics
        budget_amount,

        ---------- dates
        start_date,
        end_date

    from source

)

select * from renamed
