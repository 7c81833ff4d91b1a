with recursive

accounts as (

    select * from {{ ref('stg_mapped__accounts') }}

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

parent_links as (

    select
        account_id,
        parent_account_id
    from accounts
    where parent_account_id is not null

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
        accounts.industry,
        accounts.technologies,
        accounts.employees,
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
        account_id,
        cast(null as varchar) as account_name,
        cast(null as varchar) as parent_account_id,
        account_id as ultimate_parent_id,
        cast(null as varchar) as region,
        cast(null as varchar) as segment,
        cast(null as varchar) as country,
        cast(null as varchar) as industry,
        cast(null as varchar) as technologies,
        cast(null as double) as employees,
        cast(null as varchar) as custom_fields,
        cast(null as timestamp) as created_at,
        true as is_inferred
    from inferred_accounts

)

select * from unioned
