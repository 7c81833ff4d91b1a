-- A row here is a word for mql_source that means nothing, or scoring without
-- the rules that it needs: there would be no MQL at all.
with

parameters as (

    select * from {{ ref('int_parameters') }}

),

rules as (

    select count(*) as rule_count from {{ ref('stg_mapped__icp_rules') }}

),

points as (

    select count(*) as rule_count
    from {{ ref('stg_mapped__engagement_rules') }}

)

select
    parameters.mql_source,
    case
        when parameters.mql_source not in ('crm_stage', 'own_score')
            then 'neither crm_stage nor own_score'
        when rules.rule_count = 0 then 'own_score without ICP rules'
        else 'own_score without engagement rules'
    end as problem
from parameters
cross join rules
cross join points
where
    parameters.mql_source not in ('crm_stage', 'own_score')
    or (
        parameters.mql_source = 'own_score'
        and (rules.rule_count = 0 or points.rule_count = 0)
    )
