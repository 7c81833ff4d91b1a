with

source as (

    select * from {{ source('raw_mapped', 'accounts') }}

),

renamed as (

    select
        ---------- ids
        account_id,
        nullif(parent_account_id, account_id) as parent_account_id,
        nullif(merged_into_id, account_id) as merged_into_id,

        ---------- strings
        account_name,
        region,
        segment,
        domain,
        website,
        country,
        postcode,
        phone,
        custom_fields,

        ---------- booleans
        coalesce(is_deleted, false) as is_deleted,

        ---------- timestamps
        created_at

    from source

)

select * from renamed
