{#- From the finest to the coarsest: what a finer target says stands, and the
    rest of a coarser one is spread over the business days that are left. -#}
{%- set levels = [
    'month', 'quarter', 'fiscal_quarter', 'year', 'fiscal_year'
] -%}

with

targets as (

    select * from {{ ref('stg_mapped__targets') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}
    where is_business_day

),

target_days as (

    {% for level in levels %}
        select
            targets.metric_id,
            targets.dimension,
            targets.dimension_value,
            targets.period_grain,
            targets.period_start_date,
            cast(targets.target_value as double) as target_value,
            definitions.is_additive,
            calendar.date_day
        from targets
        inner join definitions
            on targets.metric_id = definitions.metric_id
        inner join calendar
            on targets.period_start_date = calendar.{{ level }}_start_date
        where targets.period_grain = '{{ level }}'
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

{% for level in levels -%}
    {%- set finer = levels[loop.index0 - 1] -%}
    of_{{ level }} as (

        select
            target_days.metric_id,
            target_days.dimension,
            target_days.dimension_value,
            target_days.date_day,
            case
                when not target_days.is_additive then target_days.target_value
                {% if loop.first -%}
                    else target_days.target_value
                    {%- else -%}
                    else
                        greatest(
                            target_days.target_value - coalesce(
                                sum(finer.daily_target) over (
                                    partition by
                                        target_days.metric_id,
                                        target_days.dimension,
                                        target_days.dimension_value,
                                        target_days.period_start_date
                                ),
                                0
                            ),
                            0
                        )
                    {%- endif %}
                    / count(
                        {% if loop.first -%}
                            target_days.date_day
                        {%- else -%}
                            case
                                when finer.date_day is null
                                    then target_days.date_day
                            end
                        {%- endif %}
                    ) over (
                        partition by
                            target_days.metric_id,
                            target_days.dimension,
                            target_days.dimension_value,
                            target_days.period_start_date
                    )
            end as daily_target,
            {{ 'false' if loop.first else 'finer.date_day is not null' }}
                as is_covered
        from target_days
        {% if not loop.first -%}
            left join until_{{ finer }} as finer
                on
                    target_days.metric_id = finer.metric_id
                    and target_days.dimension = finer.dimension
                    and target_days.dimension_value = finer.dimension_value
                    and target_days.date_day = finer.date_day
        {%- endif %}
        where target_days.period_grain = '{{ level }}'

    ),

    until_{{ level }} as (

        {% if not loop.first -%}
            select * from until_{{ finer }}
            union all
        {%- endif %}
        select
            metric_id,
            dimension,
            dimension_value,
            date_day,
            daily_target
        from of_{{ level }}
        where not is_covered

    ),

{% endfor -%}

targets_spread as (

    select
        until_fiscal_year.*,
        definitions.is_additive
    from until_fiscal_year
    inner join definitions
        on until_fiscal_year.metric_id = definitions.metric_id

)

select * from targets_spread
