with

source as (

    select * from {{ source('raw_mapped', 'people') }}

),

renamed as (

    select
        ---------- ids
        person_id,
        account_id,
        owner_id,
        -- Some systems name the record itself where nothing was merged.
        nullif(merged_into_id, person_id) as merged_into_id,

        ---------- strings
        lower(trim(email)) as email,
        {{ email_domain('email') }} as email_domain,
        origin,
        channel,
        channel_source_value,
        campaign,
        region,
        segment,
        not_a_prospect_reason,
        company_name,
        website,
        country,
        postcode,
        phone,
        custom_fields,
        _source_system as source_system,

        ---------- booleans
        coalesce(is_deleted, false) as is_deleted,
        coalesce(is_test, false) as is_test,
        coalesce(is_spam, false) as is_spam,
        -- Unknown when the export has neither e-mail nor phone.
        coalesce(has_contact_means, true) as has_contact_means,

        ---------- timestamps
        created_at

    from source

)

select * from renamed
