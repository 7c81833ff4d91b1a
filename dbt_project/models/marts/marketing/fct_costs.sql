with

costs as (

    select * from {{ ref('stg_mapped__costs') }}

),

fx_rates as (

    select * from {{ ref('int_fx_rates_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- One row of a file may be mapped to several postings, one per column.
costs_numbered as (

    select
        costs.*,
        coalesce(costs.currency, parameters.reporting_currency)
            as currency_or_reporting,
        row_number() over (
            partition by costs.source_file, costs.source_row
            order by
                costs.cost_date,
                costs.cost_type,
                costs.channel,
                costs.campaign,
                costs.amount
        ) as posting_no
    from costs
    cross join parameters

),

costs_converted as (

    select
        ---------- ids
        md5(concat_ws(
            '/',
            costs_numbered.source_file,
            cast(costs_numbered.source_row as varchar),
            cast(costs_numbered.posting_no as varchar)
        )) as cost_id,

        ---------- strings
        coalesce(costs_numbered.channel, '__unallocated__') as channel,
        costs_numbered.channel_source_value,
        coalesce(costs_numbered.campaign, '__unallocated__') as campaign,
        costs_numbered.cost_type,
        costs_numbered.cost_type_source_value,
        coalesce(costs_numbered.region, '__missing__') as region,
        costs_numbered.currency_or_reporting as currency,
        costs_numbered.source_system,

        ---------- numerics
        cast(costs_numbered.amount as double) as amount,
        cast(fx_rates.rate as double) as fx_rate,
        cast(costs_numbered.amount * fx_rates.rate as double)
            as amount_reporting,

        ---------- booleans
        costs_numbered.cost_type not in ('marketing_people', 'sales_people')
            as is_program_cost,
        coalesce(
            costs_numbered.cost_type = 'media'
            and {{ is_paid_channel('costs_numbered.channel') }},
            false
        ) as is_paid_media,

        ---------- dates
        costs_numbered.cost_date
    from costs_numbered
    left join fx_rates
        on
            costs_numbered.currency_or_reporting = fx_rates.currency
            and costs_numbered.cost_date >= fx_rates.valid_from
            and costs_numbered.cost_date < fx_rates.valid_before

)

select * from costs_converted
