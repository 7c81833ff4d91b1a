{#- Custom fields as dimensions. Which there are is configuration, so it is read
    from the warehouse when a model is compiled: another configuration needs no
    other code, and dbt need not parse again. -#}


{#- Names of the custom fields that slice the KPIs of a semantic model, in order:
    those of the people or deals behind the rows of its fact. A KPI whose parts
    lie in several models has none. Empty while dbt is still parsing, and where
    nothing was ever loaded. -#}
{% macro kpi_custom_dimensions(semantic_models) %}
    {% set names = [] %}
    {% set entity = {
        'fct_lead_cycles': 'people',
        'fct_stage_events': 'people',
        'fct_stage_transitions': 'people',
        'fct_handoffs': 'people',
        'fct_opportunities': 'opportunities',
        'fct_bookings': 'opportunities',
    }.get(semantic_models[0].ref) if semantic_models | length == 1 %}
    {% set declared = adapter.get_relation(
        database=target.database,
        schema='raw_meta',
        identifier='custom_fields'
    ) if execute and entity %}
    {% if declared %}
        {% set rows = run_query(
            'select name from ' ~ declared ~ " where entity = '" ~ entity
            ~ "' and is_dimension order by name"
        ) %}
        {% for row in rows %}{% do names.append(row[0]) %}{% endfor %}
    {% endif %}
    {% do return(names) %}
{% endmacro %}


{#- The member of a fact's row in a custom dimension: `__missing__` without a
    value, `__unmapped__` where the value is a text and no word. -#}
{% macro kpi_custom_member(name) -%}
    case
        when {{ json_text('facts.custom_fields', name) }} is null
            then '__missing__'
        when length({{ json_text('facts.custom_fields', name) }}) > 200
            then '__unmapped__'
        else {{ json_text('facts.custom_fields', name) }}
    end
{%- endmacro %}


{#- Dimensions that targets are set for, as the warehouse holds them when a model
    is compiled; none while dbt is still parsing. -#}
{% macro kpi_planned_dimensions() %}
    {% set names = [] %}
    {% set targets = adapter.get_relation(
        database=target.database, schema='raw_mapped', identifier='targets'
    ) if execute %}
    {% if targets %}
        {% for row in run_query(
            'select distinct dimension from ' ~ targets
            ~ ' where dimension is not null order by dimension'
        ) %}{% do names.append(row[0]) %}{% endfor %}
    {% endif %}
    {% do return(names) %}
{% endmacro %}
