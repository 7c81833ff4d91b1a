with recursive

accounts as (

    select * from {{ ref('stg_mapped__accounts') }}

),

recorded_merges as (

    select * from {{ ref('stg_mapped__merges') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

merge_links as (

    select
        account_id,
        merged_into_id
    from accounts
    where merged_into_id is not null
    union
    select
        merged_id as account_id,
        surviving_id as merged_into_id
    from recorded_merges
    where
        record_type = 'account'
        and surviving_id is not null

),

-- The step limit ends a circle; no chain of merges is that long.
merge_steps as (

    select
        account_id,
        merged_into_id as target_id,
        1 as step
    from merge_links

    union

    select
        merge_steps.account_id,
        merge_links.merged_into_id as target_id,
        merge_steps.step + 1 as step
    from merge_steps
    inner join merge_links
        on merge_steps.target_id = merge_links.account_id
    where merge_steps.step < 50

),

-- A circle has no survivor; its accounts keep their own id and fail the test
-- assert_account_merges_end_at_a_live_account.
survivors as (

    select
        merge_steps.account_id,
        max(merge_steps.target_id) as surviving_account_id
    from merge_steps
    left join merge_links
        on merge_steps.target_id = merge_links.account_id
    where merge_links.account_id is null
    group by 1

),

-- Some CRMs forget what was merged away and only name its id.
account_ids as (

    select account_id from accounts
    union
    select survivors.account_id
    from survivors
    inner join accounts
        on survivors.surviving_account_id = accounts.account_id

),

accounts_keyed as (

    select
        account_ids.account_id,
        coalesce(survivors.surviving_account_id, account_ids.account_id)
            as surviving_account_id,
        coalesce(
            {{ registrable_domain('accounts.domain') }},
            {{ registrable_domain('accounts.website') }}
        ) as domain_key,
        {{ company_name_key('accounts.account_name') }} as name_key,
        country_names.country_code,
        {{ phone_key('accounts.phone') }} as phone_key,
        {{ postcode_key('accounts.postcode') }} as postcode_key,
        coalesce(accounts.is_deleted, false)
        and survivors.account_id is null as is_gone,
        accounts.created_at
    from account_ids
    left join accounts
        on account_ids.account_id = accounts.account_id
    left join survivors
        on account_ids.account_id = survivors.account_id
    left join country_names
        on
            {{ country_name_key('accounts.country') }} = country_names.name_key

)

-- Nobody meets an account that is gone; what a merged one said of itself leads
-- to the one that is left.
select
    account_id,
    surviving_account_id,
    {% for key in [
        'domain_key', 'name_key', 'country_code', 'phone_key', 'postcode_key',
    ] -%}
        case when not is_gone then {{ key }} end as {{ key }},
    {% endfor -%}
    is_gone,
    created_at
from accounts_keyed
