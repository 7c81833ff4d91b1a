with

attributes as (

    select * from {{ ref('int_fit_attributes_scored') }}
    where is_in_force

),

fit_scores as (

    select
        ---------- ids
        concat(subject, ' ', subject_id, ' ', fit_attribute) as fit_score_id,
        subject_id,

        ---------- strings
        subject,
        fit_attribute,
        attribute_value,
        icp_rules_version,

        ---------- numerics
        cast(stated_weight / total_weight as double) as weight,
        cast(score as double) as score,

        ---------- booleans
        is_known
    from attributes

)

select * from fit_scores
