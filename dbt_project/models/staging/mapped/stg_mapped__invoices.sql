with

source as (

    select * from {{ source('raw_mapped', 'invoices') }}

),

renamed as (

    select
        ---------- ids
        invoice_id,
        corrects_invoice_id,
        account_id,
        opportunity_id,

        ---------- strings
        invoice_type,
        invoice_type_source_value,
        status,
        status_source_value,
        upper(trim(currency)) as currency,
        _source_system as source_system,

        ---------- numerics
        -- Half of the systems write money given back with a minus. An invoice
        -- below zero is a reversal and stays one.
        case
            when invoice_type in ('credit_note', 'refund') then -abs(amount)
            else amount
        end as amount,

        ---------- dates
        posting_date

    from source

)

select * from renamed
