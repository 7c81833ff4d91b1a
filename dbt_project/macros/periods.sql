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


{#- The day after a period of promises, by its grain and first day. -#}
{% macro sla_period_end(relation) -%}
    case {{ relation }}.period_grain
        when 'biweek'
            then {{ date_moved(relation ~ '.period_start_date', 14, 'day') }}
        {% for grain, months in [('month', 1), ('quarter', 3), ('year', 12)] -%}
        when '{{ grain }}' then {{
            date_moved(relation ~ '.period_start_date', months, 'month')
        }}
        {% endfor -%}
    end
{%- endmacro %}
