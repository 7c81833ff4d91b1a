{#- First day of the block of fourteen days that holds a date. Any Monday may be
    the anchor: it fixes which Mondays start a block. -#}
{% macro biweek_start(expression) -%}
    {%- set anchor = "date '2024-01-01'" -%}
    {{ date_moved(
        anchor,
        'cast(floor(' ~ days_from_to(anchor, expression) ~ ' / 14.0) as integer)'
        ~ ' * 14',
        'day'
    ) }}
{%- endmacro %}


{#- The periods in which promises are judged. -#}
{% macro sla_period_grains() %}
    {% do return(['biweek', 'month', 'quarter', 'year']) %}
{% endmacro %}


{#- Whom a promise can be made for, the most specific first: a name, the region
    and the segment. -#}
{% macro sla_levels(relation) %}
    {% set region, segment = relation ~ '.region', relation ~ '.segment' %}
    {% do return([
        ('by_both', region, segment),
        ('by_region', region, "'all'"),
        ('by_segment', "'all'", segment),
        ('by_all', "'all'", "'all'"),
    ]) %}
{% endmacro %}


{#- First day of a month, quarter, year, biweek, fiscal_quarter or fiscal_year
    that holds a date; `fiscal_month` is the month in which fiscal years start. -#}
{% macro period_start(grain, expression, fiscal_month) -%}
    {%- if grain == 'biweek' -%} {{ biweek_start(expression) }}
    {%- elif grain.startswith('fiscal_') -%}
        {{ date_moved(
            start_of(
                grain.removeprefix('fiscal_'),
                date_moved(expression, '1 - ' ~ fiscal_month, 'month')
            ),
            fiscal_month ~ ' - 1',
            'month'
        ) }}
    {%- else -%} {{ start_of(grain, expression) }}
    {%- endif -%}
{%- endmacro %}


{#- The day after the last day of a row's period; none for all time. -#}
{% macro period_end(relation) -%}
    case {{ relation }}.period_grain
        when 'biweek'
            then {{ date_moved(relation ~ '.period_start_date', 14, 'day') }}
        {% for grains, months in [
            (['month'], 1), (['quarter', 'fiscal_quarter'], 3),
            (['year', 'fiscal_year'], 12),
        ] -%}
        {% for grain in grains -%}
        when '{{ grain }}' then {{
            date_moved(relation ~ '.period_start_date', months, 'month')
        }}
        {% endfor -%}
        {% endfor -%}
    end
{%- endmacro %}


{#- The first local day whose entrants may still be within so many days at
    `parameters.as_of`: the window has closed for all who entered before it.
    Elapsed time, or the night the clocks go forward ends a window an hour early. -#}
{% macro first_day_of_open_windows(window_days) -%}
    {{ local_date(
        microseconds_later(
            'parameters.as_of',
            'cast(' ~ window_days ~ ' as bigint) * -86400000000'
        ),
        'parameters.reporting_tz'
    ) }}
{%- endmacro %}


{#- Whether a local day is over at the date of the data. -#}
{% macro is_day_over(day) -%}
    {{ day }}
    < {{ local_date('parameters.as_of', 'parameters.reporting_tz') }}
{%- endmacro %}


{#- Periods that plans are made for, beside the month, quarter and year: a KPI
    has values in them for all, and for members that have a target. -#}
{% macro planning_grains() %}
    {% do return(['biweek', 'fiscal_quarter', 'fiscal_year']) %}
{% endmacro %}


{#- Which period a row of grouping sets is of: its grain and first day. Each set
    holds one of the columns `<grain>_start_date`. -#}
{% macro grouped_period(grains) -%}
    case
        {% for grain in grains -%}
        when grouping({{ grain }}_start_date) = 0 then '{{ grain }}'
        {% endfor -%}
    end as period_grain,
    coalesce(
        {% for grain in grains -%}
        {{ grain }}_start_date{{ ',' if not loop.last }}
        {% endfor %}
    ) as period_start_date
{%- endmacro %}
