with

touches as (

    select * from {{ ref('int_touches_scored') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

fit as (

    select
        *,
        lag(icp_tier) over (
            partition by subject_id order by valid_from
        ) as previous_tier
    from {{ ref('int_fit_tiers_dated') }}
    where subject = 'person'

),

versions as (

    select * from {{ ref('int_icp_versions') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

people_touched as (

    select
        people.person_id,
        people.created_at as known_at,
        min(touches.touch_at) as first_touch_at
    from touches
    inner join people
        on touches.person_id = people.person_id
    group by 1, 2

),

-- Somebody becomes an MQL with a touch, on being known after touches that came
-- before, or when new rules judge their company better.
moments as (

    select
        person_id,
        touch_at as moment_at,
        points,
        is_hand_raiser,
        'touch' as occasion
    from touches

    union all

    select
        person_id,
        known_at as moment_at,
        0 as points,
        false as is_hand_raiser,
        'known' as occasion
    from people_touched
    where first_touch_at < known_at

    union all

    select
        people_touched.person_id,
        {{ local_midnight('versions.valid_from', 'parameters.reporting_tz') }}
            as moment_at,
        0 as points,
        false as is_hand_raiser,
        'rules' as occasion
    from people_touched
    cross join versions
    cross join parameters
    where
        versions.valid_from > cast('1900-01-01' as date)
        and versions.valid_from <= parameters.as_of_date

),

moments_with_window as (

    select
        moments.*,
        cast(parameters.engagement_window_days as bigint) * 86400000000
            as window_microseconds
    from moments
    cross join parameters
    where parameters.mql_source = 'own_score'

),

moments_scored as (

    select
        person_id,
        moment_at,
        is_hand_raiser,
        occasion,
        {{ over_last_microseconds(
            'sum(points)', 'person_id', 'moment_at', 'window_microseconds'
        ) }} as engagement_points,
        {{ over_last_microseconds(
            'max(case when is_hand_raiser then 1 else 0 end)',
            'person_id', 'moment_at', 'window_microseconds'
        ) }} = 1 as has_raised_hand
    from moments_with_window

),

moments_judged as (

    select
        moments_scored.person_id,
        moments_scored.moment_at,
        moments_scored.engagement_points,
        fit.icp_tier,
        fit.icp_fit_score,
        fit.icp_rules_version,
        case
            when moments_scored.occasion = 'touch'
                then moments_scored.is_hand_raiser
            else moments_scored.has_raised_hand
        end as is_hand_raiser,
        -- New rules qualify nobody whom the old ones would have qualified.
        case
            when moments_scored.occasion = 'rules' then fit.previous_tier
        end as previous_tier
    from moments_scored
    cross join parameters
    inner join people_touched
        on moments_scored.person_id = people_touched.person_id
    inner join fit
        on
            moments_scored.person_id = fit.subject_id
            and {{ local_date(
                'moments_scored.moment_at', 'parameters.reporting_tz'
            ) }} >= fit.valid_from
            and {{ local_date(
                'moments_scored.moment_at', 'parameters.reporting_tz'
            ) }} < fit.valid_before
    where
        moments_scored.moment_at >= coalesce(
            people_touched.known_at, moments_scored.moment_at
        )

),

-- Two touches of one instant are one moment.
mql_moments as (

    select
        moments_judged.person_id,
        moments_judged.moment_at,
        max(moments_judged.engagement_points) as engagement_points,
        max(moments_judged.icp_tier) as icp_tier,
        max(moments_judged.icp_fit_score) as icp_fit_score,
        max(moments_judged.icp_rules_version) as icp_rules_version,
        case
            when
                max(case when moments_judged.is_hand_raiser then 1 else 0 end)
                = 1
                then 'hand_raiser'
            else 'fit_and_engagement'
        end as mql_rule
    from moments_judged
    cross join parameters
    where
        (
            moments_judged.icp_tier in ('A', 'B')
            and coalesce(moments_judged.previous_tier, 'D')
            not in ('A', 'B')
            and moments_judged.engagement_points
            >= parameters.engagement_threshold
        )
        or (
            moments_judged.is_hand_raiser
            and moments_judged.icp_tier <> 'D'
            and coalesce(moments_judged.previous_tier, 'D') = 'D'
        )
    group by 1, 2

)

select * from mql_moments
