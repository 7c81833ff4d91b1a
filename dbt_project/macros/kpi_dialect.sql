{#- What engines spell differently, for the KPI models and the calendar. -#}


{#- Median as a double: over decimals DuckDB would round the mean of the two
    middle values to the decimal's scale. -#}
{% macro median(expression) -%}
    median(cast({{ expression }} as double))
{%- endmacro %}


{#- The value below which a share of the values lies, between two of them where
    needed. -#}
{% macro percentile(expression, share) -%}
    quantile_cont(cast({{ expression }} as double), {{ share }})
{%- endmacro %}


{#- One row per day from `first_day` to `last_day`, both included. -#}
{% macro days_between(first_day, last_day) -%}
    cast(unnest(
        generate_series({{ first_day }}, {{ last_day }}, interval 1 day)
    ) as date)
{%- endmacro %}


{#- First day of the ISO week, month, quarter or year that holds a date. -#}
{% macro start_of(grain, expression) -%}
    cast(date_trunc('{{ grain }}', {{ expression }}) as date)
{%- endmacro %}


{#- A date moved by a number of days, months or years. -#}
{% macro date_moved(expression, count, unit) -%}
    cast({{ expression }} + ({{ count }}) * interval 1 {{ unit }} as date)
{%- endmacro %}


{#- The text under a key of a JSON object whose values are texts; null without
    one. A path would read the key as code. -#}
{% macro json_text(expression, key) -%}
    cast(cast({{ expression }} as json) as map(varchar, varchar))
        [{{ text_literal(key) }}]
{%- endmacro %}


{#- Whether a name is one of those that a text lists with commas. -#}
{% macro is_listed(name, listing) -%}
    list_contains(string_split({{ listing }}, ', '), {{ name }})
{%- endmacro %}


{#- A text as an SQL literal, or null. -#}
{% macro text_literal(text) -%}
    {%- if text is none -%} cast(null as varchar)
    {%- else -%} '{{ (text | string).replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
