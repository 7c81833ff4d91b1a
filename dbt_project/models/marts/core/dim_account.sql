with

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

fit as (

    select * from {{ ref('int_fit_tiers_dated') }}
    where subject = 'account' and is_in_force

),

accounts_labelled as (

    select
        ---------- ids
        accounts.account_id,
        accounts.parent_account_id,
        accounts.ultimate_parent_id,

        ---------- strings
        accounts.account_name,
        coalesce(accounts.region, '__missing__') as region,
        coalesce(accounts.segment, '__missing__') as segment,
        accounts.country,
        accounts.custom_fields,
        accounts.industry,
        fit.icp_tier,
        fit.icp_rules_version,

        ---------- numerics
        accounts.employees,
        fit.icp_fit_score,
        fit.fit_coverage,

        ---------- booleans
        accounts.is_inferred,

        ---------- timestamps
        accounts.created_at
    from accounts
    left join fit
        on accounts.account_id = fit.subject_id

)

select * from accounts_labelled
