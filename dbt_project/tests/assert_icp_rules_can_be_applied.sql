-- A row here is a rule of fit or engagement that would score nobody, or the
-- same person twice.
with

rules as (

    select * from {{ ref('stg_mapped__icp_rules') }}

),

tiers as (

    select
        *,
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on
    from {{ ref('stg_mapped__icp_tiers') }}

),

engagement_rules as (

    select * from {{ ref('stg_mapped__engagement_rules') }}

),

sets as (

    select
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on,
        count(distinct coalesce(version, '')) as version_count
    from rules
    group by 1
    union all
    select
        starts_on,
        count(distinct coalesce(version, '')) as version_count
    from tiers
    group by 1

),

versions as (

    select
        version,
        count(distinct coalesce(valid_from, cast('1900-01-01' as date)))
            as start_count
    from rules
    where version is not null
    group by 1

),

weights as (

    select
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on,
        fit_attribute,
        count(distinct weight) as weight_count
    from rules
    group by 1, 2

),

problems as (

    select
        coalesce(fit_attribute_source_value, fit_attribute) as named,
        case
            when fit_attribute = '__unmapped__'
                then 'an attribute that no record has'
            when weight <= 0 then 'a weight that is not above 0'
            when score < 0 or score > 1 then 'a score that is not from 0 to 1'
            when fit_attribute <> 'employees' and matches_value is null
                then 'no value that fits'
            when
                fit_attribute = 'employees'
                and coalesce(min_value, max_value) is null
                then 'no range of numbers'
            when min_value > max_value then 'a range that ends before it starts'
        end as problem
    from rules

    union all

    select
        fit_attribute as named,
        'more than one weight for one attribute' as problem
    from weights
    where weight_count > 1

    union all

    select
        cast(starts_on as varchar) as named,
        'more than one version from one day on' as problem
    from sets
    where version_count > 1

    union all

    select
        version as named,
        'one version with more than one first day' as problem
    from versions
    where start_count > 1

    union all

    select
        cast(starts_on as varchar) as named,
        'tiers that lack A, B or C, or do not fall from A to C' as problem
    from tiers
    group by 1
    having
        not coalesce(
            min(case when tier = 'A' then min_score end)
            > max(case when tier = 'B' then min_score end)
            and min(case when tier = 'B' then min_score end)
            > max(case when tier = 'C' then min_score end),
            false
        )

    union all

    select
        coalesce(touch_type, channel) as named,
        'an engagement rule with a word that no touch has' as problem
    from engagement_rules
    where touch_type = '__unmapped__' or channel = '__unmapped__'

)

select * from problems
where problem is not null
