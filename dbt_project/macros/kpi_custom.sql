{#- Custom fields as dimensions. Which there are is configuration, so it is read
    from the warehouse when a model is compiled: another configuration needs no
    other code, and dbt need not parse again. -#}


{#- Names of the custom fields that slice the KPIs of a semantic model, in order:
    those of the people or deals behind the rows of its fact. A KPI whose parts
    lie in several models has none. Empty while dbt is still parsing, and where
    nothing was ever loaded. -#}
{% macro kpi_custom_dimensions(semantic_models) %}
    {% set entity = {
        'fct_lead_cycles': 'people',
        'fct_stage_events': 'people',
        'fct_stage_transitions': 'people',
        'fct_handoffs': 'people',
        'fct_opportunities': 'opportunities',
        'fct_bookings': 'opportunities',
    }.get(semantic_models[0].ref) if semantic_models | length == 1 %}
    {% do return(kpi_names_loaded(
        'raw_meta', 'custom_fields', 'name',
        "entity = '" ~ entity ~ "' and is_dimension"
    ) if entity else []) %}
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


{#- Dimensions that targets are set for; empty as above. -#}
{% macro kpi_planned_dimensions() %}
    {% do return(kpi_names_loaded(
        'raw_mapped', 'targets', 'dimension', 'dimension is not null'
    )) %}
{% endmacro %}


{#- The different values of a column of a raw table, in order, as the warehouse
    holds them when a model is compiled. -#}
{% macro kpi_names_loaded(schema, table, column, condition) %}
    {% set names = [] %}
    {% set relation = adapter.get_relation(
        database=target.database, schema=schema, identifier=table
    ) if execute %}
    {% if relation %}
        {% for row in run_query(
            'select distinct ' ~ column ~ ' from ' ~ relation ~ ' where '
            ~ condition ~ ' order by ' ~ column
        ) %}{% do names.append(row[0]) %}{% endfor %}
    {% endif %}
    {% do return(names) %}
{% endmacro %}
