with

source as (

    select * from {{ source('raw_mapped', 'email_performance') }}

),

renamed as (

    select
        ---------- strings
        campaign,
        _source_system as source_system,

        ---------- numerics
        sent,
        delivered,
        bounced,
        opens,
        clicks,
        unsubscribes,

        ---------- timestamps
        sent_at

    from source

)

select * from renamed
