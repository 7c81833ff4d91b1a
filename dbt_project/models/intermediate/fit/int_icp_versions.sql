with

rules as (

    select * from {{ ref('stg_mapped__icp_rules') }}

),

tiers as (

    select * from {{ ref('stg_mapped__icp_tiers') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

rule_sets as (

    select
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on,
        coalesce(max(version), cast(max(valid_from) as varchar), 'undated')
            as rules_label
    from rules
    group by 1

),

tier_sets as (

    select
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on,
        coalesce(max(version), cast(max(valid_from) as varchar))
            as tiers_label,
        max(case when tier = 'A' then min_score end)
            as tier_a_score,
        max(case when tier = 'B' then min_score end)
            as tier_b_score,
        max(case when tier = 'C' then min_score end)
            as tier_c_score
    from tiers
    group by 1

),

changes as (

    select starts_on from rule_sets
    union
    select starts_on from tier_sets

),

rules_in_force as (

    select
        changes.starts_on,
        rule_sets.starts_on as rules_start_on,
        rule_sets.rules_label
    from changes
    {{ left_join_nearest(
        'rule_sets',
        'rule_sets',
        'changes.starts_on >= rule_sets.starts_on'
    ) }}

),

-- Rules without tiers of their own are judged by the parameters.
sets_in_force as (

    select
        rules_in_force.*,
        tier_sets.tiers_label,
        tier_sets.starts_on is not null as has_tiers,
        tier_sets.tier_a_score,
        tier_sets.tier_b_score,
        tier_sets.tier_c_score
    from rules_in_force
    {{ left_join_nearest(
        'tier_sets',
        'tier_sets',
        'rules_in_force.starts_on >= tier_sets.starts_on'
    ) }}
    where rules_in_force.rules_start_on is not null

),

-- What came before the first version is judged by the first.
versions as (

    select
        case
            when sets_in_force.tiers_label <> sets_in_force.rules_label
                then concat(
                    sets_in_force.rules_label,
                    ' with tiers ',
                    sets_in_force.tiers_label
                )
            else sets_in_force.rules_label
        end as icp_rules_version,
        sets_in_force.rules_start_on,
        case
            when
                row_number() over (order by sets_in_force.starts_on) = 1
                then cast('1900-01-01' as date)
            else sets_in_force.starts_on
        end as valid_from,
        coalesce(
            lead(sets_in_force.starts_on) over (
                order by sets_in_force.starts_on
            ),
            cast('9999-12-31' as date)
        ) as valid_before,
        case
            when sets_in_force.has_tiers then sets_in_force.tier_a_score
            else parameters.icp_tier_a_score
        end as tier_a_score,
        case
            when sets_in_force.has_tiers then sets_in_force.tier_b_score
            else parameters.icp_tier_b_score
        end as tier_b_score,
        case
            when sets_in_force.has_tiers then sets_in_force.tier_c_score
            else parameters.icp_tier_c_score
        end as tier_c_score,
        parameters.icp_coverage_min as coverage_min
    from sets_in_force
    cross join parameters

)

select
    versions.*,
    parameters.as_of_date >= versions.valid_from
    and parameters.as_of_date < versions.valid_before as is_in_force
from versions
cross join parameters
