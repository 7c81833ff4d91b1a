{#- The pieces of int_kpi_slices that repeat: two CTEs per semantic model and one
    select per KPI. -#}


{% macro kpi_period_grains() %}
    {% do return(['month', 'quarter', 'year', 'all'] + uncut_grains()) %}
{% endmacro %}


{#- Every period of the calendar, future ones too. -#}
{% macro kpi_calendar_periods() %}
    {%- for grain in kpi_period_grains() %}
    select distinct
        '{{ grain }}' as period_grain,
        {{ {
            'all': 'first_day.all_start_date', 'day': 'calendar.date_day',
        }.get(grain, 'calendar.' ~ grain ~ '_start_date') }}
            as period_start_date
    from calendar
    cross join first_day
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{#- The semantic models in use, each with the measures its KPIs are made of. -#}
{% macro kpi_sources(kpis) %}
    {% set sources = {} %}
    {% for kpi in kpis %}
        {% for model in kpi.semantic_models %}
            {% if model.name not in sources %}
                {% do sources.update({model.name: {
                    'model': model,
                    'measures': {},
                }}) %}
            {% endif %}
        {% endfor %}
        {% for measure in kpi.measures %}
            {% do sources[measure.semantic_model].measures.update(
                {measure.name: measure}
            ) %}
        {% endfor %}
    {% endfor %}
    {% do return(sources.values() | list) %}
{% endmacro %}


{#- <model>_events: the fact's rows that count, with their periods, dimension
    members and measures.
    <model>_slices: those rows aggregated by every period and member; `planned`
    are the dimensions that somebody planned for. -#}
{% macro kpi_source_ctes(source, planned) %}
{%- set name = source.model.name -%}
{%- set dimensions = source.model.dimensions | list -%}
{%- for name in kpi_custom_dimensions([source.model]) -%}
    {%- do dimensions.append(
        {'name': name, 'expr': kpi_custom_member(name)}
    ) -%}
{%- endfor -%}
{%- set measures = source.measures.values() | list -%}
{%- set grains = kpi_period_grains() -%}

{{ name }}_events as (

    select
        {{ source.model.date }} as entry_date,
        {% for grain in grains -%}
        {{ 'first_day.all_start_date' if grain == 'all'
            else period_start(grain, source.model.date, 'first_day') }}
            as {{ grain }}_start_date,
        {% endfor -%}
        {% for dimension in dimensions -%}
        {{ dimension.expr }} as {{ dimension.name }}_member,
        {% endfor -%}
        {% for measure in measures -%}
        {{ measure.expr }} as {{ measure.name }}_input{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(source.model.ref) }} as facts
    cross join first_day
    where {{ source.model.date }} is not null

),

{{ name }}_slices as (

    select
        {{ grouped_period(grains) }},
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension.name }}_member) = 0
                then '{{ dimension.name }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension.name }}_member) = 0
                then {{ dimension.name }}_member
            {% endfor -%}
            else 'all'
        end as dimension_value,
        {% for measure in measures -%}
        {% if measure.agg == 'median' -%}
        {{ median(measure.name ~ '_input') }} as {{ measure.name }},
        {{ percentile(measure.name ~ '_input', 0.9) }}
            as {{ measure.name }}_p90,
        count({{ measure.name }}_input) as {{ measure.name }}_n,
        {% else -%}
        sum({{ measure.name }}_input) as {{ measure.name }},
        {% endif -%}
        {% endfor -%}
        max(entry_date) as last_entry_date
    from {{ name }}_events
    group by grouping sets (
        {{ kpi_grouping_sets(grains, dimensions, planned) | join(',\n        ') }}
    )

)

{%- endmacro %}


{#- Every period, and every member in each: in an uncut one only members of
    dimensions that somebody planned for. A set costs as much for ten rows as
    for ten thousand. -#}
{% macro kpi_grouping_sets(grains, dimensions, planned) %}
    {% set sets = [] %}
    {% for grain in grains %}
        {% set period = grain ~ '_start_date' %}
        {% do sets.append('(' ~ period ~ ')') %}
        {% for dimension in dimensions
            if grain not in uncut_grains() or dimension.name in planned %}
            {% do sets.append('(' ~ period ~ ', ' ~ dimension.name ~ '_member)') %}
        {% endfor %}
    {% endfor %}
    {% do return(sets) %}
{% endmacro %}


{#- Every KPI in long form; no row only while the project is parsed or linted. -#}
{% macro kpi_slice_rows(kpis) %}
    {%- for kpi in kpis %}
    {{ kpi_select(kpi) if kpi.semantic_models | length == 1
        else kpi_joined_select(kpi) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select null as metric_id from first_day
    {%- endfor %}
{% endmacro %}


{#- One KPI in long form, out of its semantic model's slices. -#}
{% macro kpi_select(kpi) %}
    select
        '{{ kpi.id }}' as metric_id,
        period_grain,
        period_start_date,
        dimension,
        dimension_value,
        last_entry_date,
        cast({{ kpi.open_cases.name if kpi.open_cases else 0 }} as double)
            as open_cases,
        {% if kpi.numerator -%}
        cast({{ kpi.numerator.name }} as double) as numerator,
        cast({{ kpi.denominator.name }} as double) as denominator,
        cast(null as double) as middle_value,
        cast(null as double) as p90_value,
        cast({{ kpi.sample_size.name }} as double) as sample_size
        {%- elif kpi.measure.agg == 'median' -%}
        cast(null as double) as numerator,
        cast({{ kpi.measure.name }}_n as double) as denominator,
        {{ kpi.measure.name }} as middle_value,
        {{ kpi.measure.name }}_p90 as p90_value,
        cast({{ kpi.measure.name }}_n as double) as sample_size
        {%- else -%}
        cast({{ kpi.measure.name }} as double) as numerator,
        cast(null as double) as denominator,
        cast(null as double) as middle_value,
        cast(null as double) as p90_value,
        cast(null as double) as sample_size
        {%- endif %}
    from {{ kpi.semantic_models[0].name }}_slices
{%- endmacro %}


{#- One ratio whose parts lie in different semantic models, joined by period and
    member: what one side alone has stays in the totals. -#}
{% macro kpi_joined_select(kpi) %}
    {%- set above = kpi.numerator.semantic_model ~ '_slices' -%}
    {%- set below = kpi.denominator.semantic_model ~ '_slices' %}
    select
        '{{ kpi.id }}' as metric_id,
        {% for key in [
            'period_grain', 'period_start_date', 'dimension', 'dimension_value',
        ] -%}
        coalesce({{ above }}.{{ key }}, {{ below }}.{{ key }}) as {{ key }},
        {% endfor -%}
        greatest({{ above }}.last_entry_date, {{ below }}.last_entry_date)
            as last_entry_date,
        cast({{ kpi_part(kpi.open_cases) if kpi.open_cases else 0 }} as double)
            as open_cases,
        {{ kpi_part(kpi.numerator) }} as numerator,
        -- What nobody counted is nothing to divide by; empty, the ratio would
        -- look like a count.
        coalesce({{ kpi_part(kpi.denominator) }}, 0) as denominator,
        cast(null as double) as middle_value,
        cast(null as double) as p90_value,
        {{ kpi_part(kpi.sample_size) }} as sample_size
    from {{ above }}
    full outer join {{ below }}
        on
            {{ above }}.period_grain = {{ below }}.period_grain
            and {{ above }}.period_start_date = {{ below }}.period_start_date
            and {{ above }}.dimension = {{ below }}.dimension
            and {{ above }}.dimension_value = {{ below }}.dimension_value
    where
        coalesce({{ above }}.dimension, {{ below }}.dimension) in (
            'all'
            {%- for dimension in kpi.dimensions -%}
            , '{{ dimension }}'
            {%- endfor -%}
        )
{%- endmacro %}


{#- A measure out of its side of a join: zero where the side has no row. Empty
    where it has one and the amount is not known, and where it has none at all:
    without a cost export a lead does not cost nothing. -#}
{% macro kpi_part(measure) -%}
    {%- set side = measure.semantic_model ~ '_slices' -%}
    case
        when {{ side }}.period_grain is not null
            then cast({{ side }}.{{ measure.name }} as double)
        when exists (select 1 from {{ measure.semantic_model }}_events)
            then 0
    end
{%- endmacro %}


{#- One end of the 95 % Wilson interval of `share` among `cases`; `sign` is -1
    for the lower end and 1 for the upper. -#}
{% macro wilson_bound(share, cases, sign) -%}
    {%- set z = 1.959964 -%}
    (
        {{ share }} + {{ z * z }} / (2 * {{ cases }})
        {{ '+' if sign > 0 else '-' }} {{ z }} * sqrt(
            ({{ share }} * (1 - {{ share }}) + {{ z * z }} / (4 * {{ cases }}))
            / {{ cases }}
        )
    ) / (1 + {{ z * z }} / {{ cases }})
{%- endmacro %}
