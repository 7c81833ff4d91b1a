with

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

accounts_labelled as (

    select
        ---------- ids
        account_id,
        parent_account_id,
        ultimate_parent_id,

        ---------- strings
        account_name,
        coalesce(region, '__missing__') as region,
        coalesce(segment, '__missing__') as segment,
        country,
        custom_fields,

        ---------- booleans
        is_inferred,

        ---------- timestamps
        created_at
    from accounts

)

select * from accounts_labelled
