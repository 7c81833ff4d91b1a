{%- set grains = sla_period_grains() -%}
{%- set levels = sla_levels('commitments_in_parts') -%}

with

commitments as (

    select * from {{ ref('int_mql_commitments_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Added up by value first, so that a whole month is the whole number.
commitments_in_parts as (

    select
        commitments.region,
        commitments.segment,
        {% for grain in grains %}
            commitments.{{ grain }}_start_date,
        {% endfor %}
        commitments.is_in_by_both,
        commitments.is_in_by_region,
        commitments.is_in_by_segment,
        commitments.is_in_by_all,
        commitments.committed_value,
        commitments.committed_value * count(*)
        / max(commitments.business_days) as promised_count,
        commitments.committed_value * count(
            case
                when
                    {{ is_day_over('commitments.date_day') }}
                    then 1
            end
        ) / max(commitments.business_days) as committed_to_date
    from commitments
    cross join parameters
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

),

commitments_by_level as (

    {% for level, region, segment in levels %}
        select
            {% for grain in grains %}
                commitments_in_parts.{{ grain }}_start_date,
            {% endfor %}
            {{ region }} as region,
            {{ segment }} as segment,
            commitments_in_parts.promised_count,
            commitments_in_parts.committed_to_date
        from commitments_in_parts
        where commitments_in_parts.is_in_{{ level }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

volume_promised as (

    select
        {{ grouped_period(grains) }},
        region,
        segment,
        sum(promised_count) as promised_count,
        sum(committed_to_date) as committed_to_date
    from commitments_by_level
    group by grouping sets (
        {% for grain in grains %}
            ({{ grain }}_start_date, region, segment)
            {{- ',' if not loop.last }}
        {% endfor %}
    )

)

select * from volume_promised
