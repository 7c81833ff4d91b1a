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
    that holds a date; `rules` has the parameters of the fiscal calendar. -#}
{% macro period_start(grain, expression, rules) -%}
    {%- if grain == 'biweek' -%} {{ biweek_start(expression) }}
    {%- elif grain.startswith('fiscal_') -%}
        case
            when {{ rules }}.fiscal_type <> 'monthly'
                then {{ week_based_start(grain, expression, rules) }}
            else {{ month_based_start(
                grain, expression, rules ~ '.fiscal_year_start_month'
            ) }}
        end
    {%- else -%} {{ start_of(grain, expression) }}
    {%- endif -%}
{%- endmacro %}


{#- First day of the fiscal quarter or year that holds a date, where fiscal years
    are made of calendar months. -#}
{% macro month_based_start(grain, expression, first_month) -%}
    {{ date_moved(
        start_of(
            grain.removeprefix('fiscal_'),
            date_moved(expression, '1 - ' ~ first_month, 'month')
        ),
        first_month ~ ' - 1',
        'month'
    ) }}
{%- endmacro %}


{#- The same where they are made of weeks. A week belongs to the year that holds
    most of its days, as in ISO 8601, so that a year starts on the first day of
    a week nearest the first of its month. -#}
{% macro week_based_start(grain, expression, rules) -%}
    {%- if grain == 'fiscal_year' -%}
        {{ fiscal_week_start(
            date_moved(
                month_based_start(
                    'fiscal_year',
                    date_moved(
                        fiscal_week_start(expression, rules), 3, 'day'
                    ),
                    rules ~ '.fiscal_year_start_month'
                ),
                3,
                'day'
            ),
            rules
        ) }}
    {%- else -%}
        {{ week_based_quarter_start(
            expression, week_based_start('fiscal_year', expression, rules)
        ) }}
    {%- endif -%}
{%- endmacro %}


{#- First day of the quarter of a year of weeks. What is left after three
    quarters of thirteen weeks is the fourth one, of fourteen weeks in a year of
    53. -#}
{% macro week_based_quarter_start(expression, year_start) -%}
    {{ date_moved(
        year_start,
        'least(cast(floor(' ~ days_from_to(year_start, expression)
        ~ ' / 91.0) as integer), 3) * 91',
        'day'
    ) }}
{%- endmacro %}


{#- First day of the company's week that holds a date. -#}
{% macro fiscal_week_start(expression, rules) -%}
    {{ date_moved(
        start_of(
            'week',
            date_moved(
                expression, '1 - ' ~ rules ~ '.fiscal_week_start', 'day'
            )
        ),
        rules ~ '.fiscal_week_start - 1',
        'day'
    ) }}
{%- endmacro %}


{#- The day after the last day of a row's period; none for all time. A fiscal
    period of weeks has 13 or 52 of them, and one more where that ends it with
    its year: a year starts with the week whose fourth day is among the first
    seven of its month. Reads the rules from `parameters`. -#}
{% macro period_end(relation) -%}
    {%- set start = relation ~ '.period_start_date' -%}
    case {{ relation }}.period_grain
        when 'biweek'
            then {{ date_moved(start, 14, 'day') }}
        {% for grain, months in [('month', 1), ('quarter', 3), ('year', 12)] -%}
        when '{{ grain }}' then {{ date_moved(start, months, 'month') }}
        {% endfor -%}
        {% for grain, months, days in [
            ('fiscal_quarter', 3, 91), ('fiscal_year', 12, 364),
        ] -%}
        {%- set fourth_day = date_moved(start, days + 7 + 3, 'day') -%}
        when '{{ grain }}' then case
            when
                parameters.fiscal_type <> 'monthly'
                and extract(month from {{ fourth_day }})
                = parameters.fiscal_year_start_month
                and extract(day from {{ fourth_day }}) <= 7
                then {{ date_moved(start, days + 7, 'day') }}
            when parameters.fiscal_type <> 'monthly'
                then {{ date_moved(start, days, 'day') }}
            else {{ date_moved(start, months, 'month') }}
        end
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
