with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

mql_moments as (

    select * from {{ ref('int_mql_moments_scored') }}

),

touches as (

    select * from {{ ref('int_touches_scored') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- A sale that skipped the MQL has no score to show.
mqls as (

    select
        lead_cycles.lead_cycle_id,
        lead_cycles.person_id,
        lead_cycles.mql_at,
        parameters.mql_source,
        mql_moments.engagement_points,
        mql_moments.icp_fit_score,
        mql_moments.icp_rules_version,
        coalesce(mql_moments.icp_tier, lead_cycles.mql_icp_tier) as icp_tier,
        case
            when lead_cycles.is_mql_imputed then 'imputed'
            else coalesce(mql_moments.mql_rule, parameters.mql_source)
        end as mql_rule,
        case
            when mql_moments.person_id is not null
                then parameters.engagement_threshold
        end as engagement_threshold,
        case
            when mql_moments.person_id is not null
                then parameters.engagement_window_days
        end as engagement_window_days
    from lead_cycles
    cross join parameters
    left join mql_moments
        on
            lead_cycles.person_id = mql_moments.person_id
            and case
                when not lead_cycles.is_mql_imputed then lead_cycles.mql_at
            end = mql_moments.moment_at
    where lead_cycles.mql_at is not null

),

touches_of_mqls as (

    select
        mqls.lead_cycle_id,
        count(*) as touch_count,
        {{ list_in_order('touches.touch_id', 'touches.touch_at') }}
            as touch_ids
    from mqls
    inner join touches
        on mqls.person_id = touches.person_id
    where
        touches.touch_at <= mqls.mql_at
        and {{ elapsed_microseconds('touches.touch_at', 'mqls.mql_at') }}
        <= cast(mqls.engagement_window_days as bigint) * 86400000000
    group by 1

),

evidence as (

    select
        ---------- ids
        mqls.lead_cycle_id,
        mqls.person_id,

        ---------- strings
        mqls.mql_source,
        mqls.mql_rule,
        mqls.icp_tier,
        mqls.icp_rules_version,
        touches_of_mqls.touch_ids,

        ---------- numerics
        mqls.icp_fit_score,
        cast(mqls.engagement_points as double) as engagement_points,
        mqls.engagement_threshold,
        mqls.engagement_window_days,
        cast(touches_of_mqls.touch_count as integer) as touch_count,

        ---------- timestamps
        mqls.mql_at
    from mqls
    left join touches_of_mqls
        on mqls.lead_cycle_id = touches_of_mqls.lead_cycle_id

)

select * from evidence
