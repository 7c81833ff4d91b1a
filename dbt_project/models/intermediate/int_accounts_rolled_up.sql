with recursive

accounts as (

    select * from {{ ref('stg_mapped__accounts') }}

),

recorded_merges as (

    select * from {{ ref('stg_mapped__merges') }}

),

people as (

    select * from {{ ref('stg_mapped__people') }}

),

opportunities as (

    select * from {{ ref('stg_mapped__opportunities') }}

),

referenced_accounts as (

    select account_id from opportunities
    union
    select account_id from people
    union
    select parent_account_id as account_id from accounts
    union
    select merged_into_id as account_id from accounts
    union
    select merged_id as account_id from recorded_merges
    where record_type = 'account'
    union
    select surviving_id as account_id from recorded_merges
    where record_type = 'account'

),

inferred_accounts as (

    select referenced_accounts.account_id
    from referenced_accounts
    left join accounts
        on referenced_accounts.account_id = accounts.account_id
    where
        referenced_accounts.account_id is not null
        and accounts.account_id is null

),

-- What was merged away belongs to what it was merged into, under whatever
-- parent that stands.
merge_links as (

    select
        account_id,
        merged_into_id as surviving_id
    from accounts
    where merged_into_id is not null
    union
    select
        merged_id as account_id,
        surviving_id
    from recorded_merges
    where
        record_type = 'account'
        and surviving_id is not null

),

survivors as (

    select
        account_id,
        max(surviving_id) as surviving_id
    from merge_links
    group by 1

),

parent_links as (

    select
        accounts.account_id,
        accounts.parent_account_id
    from accounts
    left join survivors
        on accounts.account_id = survivors.account_id
    where
        accounts.parent_account_id is not null
        and survivors.account_id is null
    union all
    select
        account_id,
        surviving_id as parent_account_id
    from survivors

),

-- The step limit ends a circle; no group is that deep.
ancestors as (

    select
        account_id,
        parent_account_id as ancestor_id,
        1 as step
    from parent_links

    union all

    select
        ancestors.account_id,
        parent_links.parent_account_id as ancestor_id,
        ancestors.step + 1 as step
    from ancestors
    inner join parent_links
        on ancestors.ancestor_id = parent_links.account_id
    where ancestors.step < 50

),

-- In a circle nobody is on top; the smallest id stands for all of it.
ultimate_parents as (

    select
        ancestors.account_id,
        coalesce(
            max(
                case
                    when parent_links.account_id is null
                        then ancestors.ancestor_id
                end
            ),
            min(ancestors.ancestor_id)
        ) as ultimate_parent_id
    from ancestors
    left join parent_links
        on ancestors.ancestor_id = parent_links.account_id
    group by 1

),

accounts_with_parents as (

    select
        accounts.account_id,
        accounts.account_name,
        accounts.parent_account_id,
        coalesce(
            ultimate_parents.ultimate_parent_id, accounts.account_id
        ) as ultimate_parent_id,
        accounts.region,
        accounts.segment,
        accounts.country,
        accounts.custom_fields,
        accounts.created_at,
        false as is_inferred
    from accounts
    left join ultimate_parents
        on accounts.account_id = ultimate_parents.account_id

),

unioned as (

    select * from accounts_with_parents
    union all
    select
        inferred_accounts.account_id,
        cast(null as varchar) as account_name,
        cast(null as varchar) as parent_account_id,
        coalesce(
            ultimate_parents.ultimate_parent_id, inferred_accounts.account_id
        ) as ultimate_parent_id,
        cast(null as varchar) as region,
        cast(null as varchar) as segment,
        cast(null as varchar) as country,
        cast(null as varchar) as custom_fields,
        cast(null as timestamp) as created_at,
        true as is_inferred
    from inferred_accounts
    left join ultimate_parents
        on inferred_accounts.account_id = ultimate_parents.account_id

)

select * from unioned
