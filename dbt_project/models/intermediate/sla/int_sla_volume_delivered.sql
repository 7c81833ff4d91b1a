{%- set grains = sla_period_grains() -%}
{%- set counted = [
    'handed_off_count', 'unfit_count', 'declined_count', 'delivered_count',
    'recycled_count', 'undecided_count',
] -%}

with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Each MQL is delivered, or not for one reason: the company's fit comes before
-- what sales says of it.
handoffs_counted as (

    select
        region,
        segment,
        {% for grain in grains %}
            {{ biweek_start('handoff_date') if grain == 'biweek'
                else start_of(grain, 'handoff_date') }}
                as {{ grain }}_start_date,
        {% endfor %}
        1 as handed_off_count,
        case when delivery_status = 'unfit' then 1 else 0 end as unfit_count,
        case when delivery_status = 'declined' then 1 else 0 end
            as declined_count,
        case when delivery_status = 'delivered' then 1 else 0 end
            as delivered_count,
        case
            when delivery_status = 'delivered' and mql_class = 'recycled'
                then 1
            else 0
        end as recycled_count,
        case when decision_status = 'not_due' then 1 else 0 end
            as undecided_count,
        case when delivery_status = 'delivered' then pipeline_amount end
            as pipeline_amount
    from handoffs

),

delivered as (

    select
        {{ grouped_period(grains) }},
        case when grouping(region) = 0 then region else 'all' end as region,
        case when grouping(segment) = 0 then segment else 'all' end as segment,
        {% for column in counted %}
            cast(sum({{ column }}) as bigint) as {{ column }},
        {% endfor %}
        coalesce(sum(pipeline_amount), 0) as pipeline_amount
    from handoffs_counted
    group by grouping sets (
        {% for grain in grains %}
            ({{ grain }}_start_date),
            ({{ grain }}_start_date, region),
            ({{ grain }}_start_date, segment),
            ({{ grain }}_start_date, region, segment)
            {{- ',' if not loop.last }}
        {% endfor %}
    )

),

-- Whole MQLs: 9.2 recycled ones are nine.
credited as (

    select
        delivered.*,
        delivered.delivered_count - delivered.recycled_count
        + least(
            delivered.recycled_count,
            cast(
                floor(
                    round(
                        parameters.recycled_sla_cap * delivered.delivered_count,
                        6
                    )
                ) as bigint
            )
        ) as credited_count
    from delivered
    cross join parameters

)

select * from credited
