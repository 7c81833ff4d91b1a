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


{#- First day of the day, week, biweek, month, quarter, year, fiscal_period,
    fiscal_quarter or fiscal_year that holds a date; `rules` has the parameters
    of the fiscal calendar. -#}
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


{#- First day of the fiscal period, quarter or year that holds a date, where
    fiscal years are made of calendar months. -#}
{% macro month_based_start(grain, expression, first_month) -%}
    {%- if grain == 'fiscal_period' -%} {{ start_of('month', expression) }}
    {%- else -%}
        {{ date_moved(
            start_of(
                grain.removeprefix('fiscal_'),
                date_moved(expression, '1 - ' ~ first_month, 'month')
            ),
            first_month ~ ' - 1',
            'month'
        ) }}
    {%- endif -%}
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
    {%- elif grain == 'fiscal_quarter' -%}
        {{ week_based_quarter_start(
            expression, week_based_start('fiscal_year', expression, rules)
        ) }}
    {%- else -%}
        {{ week_based_period_start(
            expression,
            week_based_start('fiscal_quarter', expression, rules),
            rules ~ '.fiscal_type'
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


{#- The days of a quarter of weeks before its second and its third period. -#}
{% macro days_before_periods(fiscal_type) %}
    {% do return([
        "case when " ~ fiscal_type ~ " = '544' then 35 else 28 end",
        "case when " ~ fiscal_type ~ " = '445' then 56 else 63 end",
    ]) %}
{% endmacro %}


{#- First day of the period of a quarter of weeks. What is left after its first
    two periods is the third one, with the 53rd week of a year. -#}
{% macro week_based_period_start(expression, quarter_start, fiscal_type) -%}
    {%- set second, third = days_before_periods(fiscal_type) -%}
    {%- set days = days_from_to(quarter_start, expression) -%}
    {{ date_moved(
        quarter_start,
        'case when ' ~ days ~ ' >= ' ~ third ~ ' then ' ~ third
        ~ ' when ' ~ days ~ ' >= ' ~ second ~ ' then ' ~ second
        ~ ' else 0 end',
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


{#- The days of a period of 13 or 52 weeks, or of the last one of a quarter, and
    those of the 53rd week where it ends with such a year: the next year starts
    with the week whose fourth day is among the first seven of its month. -#}
{% macro days_to_year_end(start, days, rules) -%}
    {%- set fourth_day = date_moved(start, days ~ ' + 7 + 3', 'day') -%}
    {{ days }} + case
        when
            extract(month from {{ fourth_day }})
            = {{ rules }}.fiscal_year_start_month
            and extract(day from {{ fourth_day }}) <= 7
            then 7
        else 0
    end
{%- endmacro %}


{#- The days of the period of a quarter of weeks that starts on a day. It starts
    within half a month of the first of its month, so that the month of the day
    half a month later tells which one of its quarter it is. -#}
{% macro week_based_period_days(start, rules) -%}
    {%- set second, third = days_before_periods(rules ~ '.fiscal_type') -%}
    case (
        extract(month from {{ date_moved(start, 15, 'day') }})
        - {{ rules }}.fiscal_year_start_month + 12
    ) % 3
        when 0 then {{ second }}
        when 1 then {{ third }} - {{ second }}
        else {{ days_to_year_end(start, '91 - ' ~ third, rules) }}
    end
{%- endmacro %}


{#- The day after the last day of a row's period; none for all time. Reads the
    rules of the fiscal calendar from `parameters`. -#}
{% macro period_end(relation) -%}
    {%- set start = relation ~ '.period_start_date' -%}
    case {{ relation }}.period_grain
        {% for grain, count, unit in [
            ('day', 1, 'day'), ('week', 7, 'day'), ('biweek', 14, 'day'),
            ('month', 1, 'month'), ('quarter', 3, 'month'),
            ('year', 12, 'month'),
        ] -%}
        when '{{ grain }}' then {{ date_moved(start, count, unit) }}
        {% endfor -%}
        {% for grain, months, days in [
            ('fiscal_period', 1, week_based_period_days(start, 'parameters')),
            ('fiscal_quarter', 3, days_to_year_end(start, '91', 'parameters')),
            ('fiscal_year', 12, days_to_year_end(start, '364', 'parameters')),
        ] -%}
        when '{{ grain }}' then case
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


{#- Periods that are not cut by every dimension, beside the month, quarter, year
    and all time: a KPI has values in them for all, and for members that have a
    target. Every member of every day would be more rows than all the rest. -#}
{% macro uncut_grains() %}
    {% do return([
        'day', 'week', 'biweek', 'fiscal_period', 'fiscal_quarter',
        'fiscal_year',
    ]) %}
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
