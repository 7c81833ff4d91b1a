{{ config(severity='warn') }}
-- Failing means somebody set a target that no page will ever show: the KPI id,
-- the first day of the period or the member does not exist. It does not mean
-- that a number is wrong. Targets of future periods are waiting and are fine.
with

targets as (

    select * from {{ ref('stg_mapped__targets') }}

),

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

)

select
    targets.metric_id,
    targets.period_grain,
    targets.period_start_date,
    targets.dimension,
    targets.dimension_value,
    targets.target_value
from targets
cross join parameters
left join kpi_values
    on
        targets.metric_id = kpi_values.metric_id
        and targets.period_grain = kpi_values.period_grain
        and targets.period_start_date = kpi_values.period_start_date
        and targets.dimension = kpi_values.dimension
        and targets.dimension_value = kpi_values.dimension_value
where
    kpi_values.metric_id is null
    and targets.period_start_date <= parameters.as_of_date
