with

source as (

    select * from {{ source('raw_mapped', 'costs') }}

),

renamed as (

    select
        ---------- ids
        _source_file as source_file,
        _source_row as source_row,

        ---------- strings
        channel,
        channel_source_value,
        campaign,
        cost_type,
        cost_type_source_value,
        region,
        upper(trim(currency)) as currency,
        _source_system as source_system,

        ---------- numerics
        amount,

        ---------- dates
        cost_date

    from source

)

select * from renamed
