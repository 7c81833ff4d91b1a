{#- What a revenue goal is divided by, one after the other, and what each step
    leaves. -#}
{%- set steps = [
    ('avg_deal_size', 'required_wins'),
    ('win_rate', 'required_opportunities'),
    ('sql_to_opp_rate', 'required_sqls'),
    ('mql_to_sql_rate', 'required_mqls_unrounded'),
] -%}

with

goals as (

    select * from {{ ref('goal_attainment') }}
    where
        metric_id = 'sales_revenue'
        and dimension = 'all'
        and period_grain in ('month', 'quarter', 'year')

),

kpi_values as (

    select * from {{ ref('kpi_values') }}
    where dimension = 'all' and period_grain = 'quarter' and is_mature

),

commitments as (

    select * from {{ ref('sla_attainment') }}
    where
        side = 'marketing'
        and region = 'all'
        and segment = 'all'

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- A plan is made on its first day, or today when that is still to come.
plans as (

    select
        goals.period_grain,
        goals.period_start_date,
        goals.target_value as goal_amount,
        {{ start_of(
            'quarter',
            'least(goals.period_start_date, ' ~ local_date(
                'parameters.as_of', 'parameters.reporting_tz'
            ) ~ ')'
        ) }} as known_before
    from goals
    cross join parameters

),

-- The four quarters before, those of them that are mature, added up.
rates as (

    select
        plans.period_grain,
        plans.period_start_date,
        {% for metric_id, step in steps %}
            sum(
                case
                    when kpi_values.metric_id = '{{ metric_id }}'
                        then kpi_values.numerator
                end
            ) / nullif(
                sum(
                    case
                        when kpi_values.metric_id = '{{ metric_id }}'
                            then kpi_values.denominator
                    end
                ), 0
            ) as {{ metric_id }},
        {% endfor %}
        min(
            case
                when kpi_values.metric_id = 'avg_deal_size'
                    then kpi_values.period_start_date
            end
        ) as known_since
    from plans
    left join kpi_values
        on
            plans.known_before > kpi_values.period_start_date
            and {{ date_moved('plans.known_before', -12, 'month') }}
            <= kpi_values.period_start_date
    group by 1, 2

),

divided as (

    select
        plans.period_grain,
        plans.period_start_date,
        plans.goal_amount,
        plans.known_before,
        rates.known_since,
    {% for metric_id, step in steps %}
        rates.{{ metric_id }},
        plans.goal_amount
        {% for divisor, _ in steps[:loop.index] %}
            / nullif(rates.{{ divisor }}, 0)
        {% endfor %}
            as {{ step }}{{ ',' if not loop.last }}
    {% endfor %}
    from plans
    inner join rates
        on
            plans.period_grain = rates.period_grain
            and plans.period_start_date = rates.period_start_date

),

-- Rounded up once, at the end: rounding each step would add people for
-- nothing.
planned as (

    select
        ---------- strings
        divided.period_grain,

        ---------- numerics
        divided.goal_amount,
        divided.avg_deal_size,
        divided.win_rate,
        divided.sql_to_opp_rate,
        divided.mql_to_sql_rate,
        divided.required_wins,
        divided.required_opportunities,
        divided.required_sqls,
        cast(
            ceil(round(divided.required_mqls_unrounded, 6)) as bigint
        ) as required_mqls,
        commitments.committed_value as committed_mqls,

        ---------- dates
        divided.period_start_date,
        divided.known_since,
        divided.known_before
    from divided
    left join commitments
        on
            divided.period_grain = commitments.period_grain
            and divided.period_start_date = commitments.period_start_date

)

select * from planned
