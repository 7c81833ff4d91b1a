-- A row here is an account whose merges run in a circle or end at an account
-- that no export has.
with

accounts as (

    select * from {{ ref('stg_mapped__accounts') }}

),

accounts_merged as (

    select * from {{ ref('int_accounts_merged') }}

)

select
    accounts_merged.account_id,
    accounts_merged.surviving_account_id
from accounts_merged
left join accounts as survivors
    on accounts_merged.surviving_account_id = survivors.account_id
where
    survivors.account_id is null
    or survivors.merged_into_id is not null
