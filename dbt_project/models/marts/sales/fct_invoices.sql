with

invoices as (

    select * from {{ ref('stg_mapped__invoices') }}

),

fx_rates as (

    select * from {{ ref('int_fx_rates_dated') }}

),

invoices_converted as (

    select
        ---------- ids
        invoices.invoice_id,
        invoices.corrects_invoice_id,
        invoices.account_id,
        invoices.opportunity_id,

        ---------- strings
        invoices.invoice_type,
        invoices.invoice_type_source_value,
        invoices.status,
        invoices.currency,
        invoices.source_system,

        ---------- numerics
        cast(invoices.amount as double) as amount,
        cast(fx_rates.rate as double) as fx_rate,
        cast(invoices.amount * fx_rates.rate as double) as amount_reporting,

        ---------- booleans
        -- Whether money was posted: a draft is not out yet, a void never was.
        coalesce(invoices.status not in ('draft', 'void'), true) as is_posted,

        ---------- dates
        invoices.posting_date
    from invoices
    left join fx_rates
        on
            invoices.currency = fx_rates.currency
            and invoices.posting_date >= fx_rates.valid_from
            and invoices.posting_date < fx_rates.valid_before

)

select * from invoices_converted
