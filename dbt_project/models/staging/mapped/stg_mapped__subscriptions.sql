with

source as (

    select * from {{ source('raw_mapped', 'subscriptions') }}

),

renamed as (

    select
        ---------- ids
        subscription_id,
        item_id,
        account_id,
        product_id,
        _source_file as source_file,
        _source_row as source_row,

        ---------- strings
        upper(trim(currency)) as currency,
        billing_interval,
        billing_interval_source_value,
        lower(status) as status,
        change_reason,
        _source_system as source_system,

        ---------- numerics
        coalesce(
            cast(mrr as double),
            cast(interval_amount as double) * coalesce(quantity, 1)
            * case billing_interval
                when 'day' then 365.0 / 12
                when 'week' then 52.0 / 12
                when 'month' then 1.0
                when 'quarter' then 1.0 / 3
                when 'half_year' then 1.0 / 6
                when 'year' then 1.0 / 12
            end
        ) as mrr,

        ---------- booleans
        is_change,

        ---------- dates
        valid_from,
        valid_before,
        cancelled_on

    from source

)

select * from renamed
