with

people as (

    select * from {{ ref('int_people_described') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

attributes as (

    select * from {{ ref('int_fit_attributes_scored') }}

),

versions as (

    select * from {{ ref('int_icp_versions') }}

),

subjects as (

    select
        'person' as subject,
        person_id as subject_id,
        persona
    from people

    union all

    select
        'account' as subject,
        account_id as subject_id,
        cast(null as varchar) as persona
    from accounts

),

versions_counted as (

    select count(*) as version_count from versions

),

-- Without rules everybody has one row all the same, and no tier.
spans as (

    select
        icp_rules_version,
        valid_from,
        valid_before,
        is_in_force,
        tier_a_score,
        tier_b_score,
        tier_c_score,
        coverage_min
    from versions

    union all

    select
        cast(null as varchar) as icp_rules_version,
        cast('1900-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_before,
        true as is_in_force,
        cast(null as double) as tier_a_score,
        cast(null as double) as tier_b_score,
        cast(null as double) as tier_c_score,
        cast(null as double) as coverage_min
    from versions_counted
    where version_count = 0

),

-- Rounded so that a sum of weights that is the limit is not missed by a hair.
scores as (

    select
        subject,
        subject_id,
        valid_from,
        round(100 * sum(stated_weight * score) / max(total_weight), 6)
            as icp_fit_score,
        round(
            sum(case when is_known then stated_weight else 0 end)
            / max(total_weight),
            6
        ) as fit_coverage
    from attributes
    group by 1, 2, 3

),

tiers as (

    select
        subjects.subject,
        subjects.subject_id,
        subjects.persona,
        spans.icp_rules_version,
        spans.valid_from,
        spans.valid_before,
        spans.is_in_force,
        scores.icp_fit_score,
        scores.fit_coverage,
        case
            when spans.icp_rules_version is null then '__missing__'
            when scores.fit_coverage < spans.coverage_min then 'unknown'
            when scores.icp_fit_score >= spans.tier_a_score then 'A'
            when scores.icp_fit_score >= spans.tier_b_score then 'B'
            when scores.icp_fit_score >= spans.tier_c_score then 'C'
            else 'D'
        end as icp_tier
    from subjects
    cross join spans
    left join scores
        on
            subjects.subject = scores.subject
            and subjects.subject_id = scores.subject_id
            and spans.valid_from = scores.valid_from

)

select * from tiers
