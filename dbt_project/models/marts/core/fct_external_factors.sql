with

factors as (

    select * from {{ ref('stg_mapped__external_factors') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

factors_judged as (

    select
        ---------- ids
        factors.factor_id,

        ---------- strings
        factors.name_en,
        factors.name_zh,
        factors.factor_type,
        factors.factor_type_source_value,
        factors.scope,
        factors.metric_ids,
        factors.expected_direction,
        factors.confidence,
        factors.evidence,
        factors.recorded_by,

        ---------- numerics
        factors.expected_size,

        ---------- booleans
        -- The first instant after the month's last day is too late.
        factors.recorded_at >= {{ local_midnight(
            date_moved(start_of('month', 'factors.start_date'), 1, 'month'),
            'parameters.reporting_tz'
        ) }} as is_hindsight,
        factors.factor_type = 'rule_change' as is_rule_change,
        case
            when factors.factor_type = 'rule_change'
                then
                    factors.signed_sales_on is not null
                    and factors.signed_marketing_on is not null
        end as is_signed,

        ---------- dates
        factors.start_date,
        factors.end_date,
        factors.signed_sales_on,
        factors.signed_marketing_on,

        ---------- timestamps
        factors.recorded_at
    from factors
    cross join parameters

)

select * from factors_judged
