{#- Every KPI as a row of metric_definitions; no row only while the project is
    parsed or linted. -#}
{% macro kpi_definition_rows() %}
    {%- for kpi in kpi_registry() %}
    {{ kpi_definition_select(kpi) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select null as metric_id from parameters
    {%- endfor %}
{% endmacro %}


{#- One KPI as a row of metric_definitions. -#}
{% macro kpi_definition_select(kpi) %}
    {%- set meta = kpi.meta -%}
    select
        {{ text_literal(kpi.id) }} as metric_id,
        {{ meta.version }} as metric_version,
        cast({{ text_literal(meta.effective_from) }} as date) as effective_from,
        {{ text_literal(kpi.name) }} as name_en,
        {{ text_literal(meta.zh.name) }} as name_zh,
        {{ text_literal(kpi.definition) }} as definition_en,
        {{ text_literal(meta.zh.definition) }} as definition_zh,
        {{ text_literal(meta.formula) }} as formula,
        {{ text_literal(meta.zh.formula) }} as formula_zh,
        {{ text_literal(meta.unit) }} as unit,
        {{ text_literal(meta.date_basis) }} as date_basis,
        {{ text_literal(meta.kind) }} as kind,
        {{ text_literal(meta.direction) }} as direction,
        {{ 'true' if meta.is_additive else 'false' }} as is_additive,
        {{ text_literal(kpi_share_dimensions(kpi) | join(', ') or none) }}
            as share_dimensions,
        {% for bound in ['lower_bound', 'upper_bound'] -%}
        cast(
            {{ 'null' if meta.bounds[loop.index0] is none
                else meta.bounds[loop.index0] }} as double
        ) as {{ bound }},
        {% endfor -%}
        {{ 'parameters.' ~ meta.window_days_parameter
            if meta.window_days_parameter
            else 'cast(null as integer)' }} as window_days,
        {{ kpi_parameters_in_force(kpi) }} as parameters_in_force,
        {{ text_literal(
            (kpi.dimensions + kpi_custom_dimensions(kpi.semantic_models))
            | join(', ')
        ) }} as dimensions,
        {{ text_literal(meta.get('beside')) }} as beside_metric_id,
        {{ text_literal(meta.quarrel) }} as quarrel_en,
        {{ text_literal(meta.zh.quarrel) }} as quarrel_zh,
        {{ text_literal(meta.settlement) }} as settlement_en,
        {{ text_literal(meta.zh.settlement) }} as settlement_zh,
        {{ text_literal(meta.owners.sales) }} as owner_sales,
        {{ text_literal(meta.owners.marketing) }} as owner_marketing,
        cast({{ text_literal(meta.signed_on.sales) }} as date)
            as signed_sales_on,
        cast({{ text_literal(meta.signed_on.marketing) }} as date)
            as signed_marketing_on,
        {{ kpi_definition_hash(kpi) }} as definition_hash
    from parameters
{%- endmacro %}


{#- The dimensions whose members are shares of the total. Custom fields are like
    the others where all the others are. -#}
{% macro kpi_share_dimensions(kpi) %}
    {% set shared = kpi.meta.get('share_dimensions', []) %}
    {% do return(
        shared + kpi_custom_dimensions(kpi.semantic_models)
        if shared and shared == kpi.dimensions else shared
    ) %}
{% endmacro %}


{#- The parameters a KPI's value depends on. -#}
{% macro kpi_parameter_keys(kpi) %}
    {% do return((kpi.meta.get('parameters', [])
        + ([kpi.meta.window_days_parameter]
            if kpi.meta.window_days_parameter else [])) | sort) %}
{% endmacro %}


{#- Their values in this run, as text; null for a KPI without parameters. -#}
{% macro kpi_parameters_in_force(kpi) -%}
    {%- set parts = [] -%}
    {%- for key in kpi_parameter_keys(kpi) -%}
        {%- do parts.append(
            "'" ~ (', ' if not loop.first else '') ~ key ~ " = ', cast(parameters."
            ~ key ~ ' as varchar)'
        ) -%}
    {%- endfor -%}
    {{ 'concat(' ~ parts | join(', ') ~ ')' if parts
        else 'cast(null as varchar)' }}
{%- endmacro %}


{#- What a reader's number depends on, as one hash: the formula, the measures,
    what they are grouped and dated by, and the values of the parameters in
    force. Wording, owners and signatures may change without a new version. -#}
{% macro kpi_definition_hash(kpi) %}
    {%- set measures = [] -%}
    {%- for measure in kpi.measures -%}
        {%- do measures.append(
            [measure.name, measure.agg, measure.expr.split() | join(' ')]
        ) -%}
    {%- endfor -%}
    {%- set meant = {
        'formula': kpi.meta.formula.split() | join(' '),
        'measures': measures,
        'kind': kpi.meta.kind,
        'unit': kpi.meta.unit,
        'date_basis': kpi.meta.date_basis,
        'semantic_model': kpi.semantic_models[0]
            if kpi.semantic_models | length == 1 else kpi.semantic_models,
    } -%}
    {%- if kpi.meta.get('share_dimensions') -%}
        {%- do meant.update({'share_dimensions': kpi.meta.share_dimensions}) -%}
    {%- endif -%}
    {%- set parts = [text_literal(local_md5(tojson(meant, sort_keys=true)))] -%}
    {%- for key in kpi_parameter_keys(kpi) -%}
        {%- do parts.append("'" ~ key ~ "='") -%}
        {%- do parts.append('cast(parameters.' ~ key ~ ' as varchar)') -%}
    {%- endfor -%}
    md5({{ parts | join(' || ') }})
{%- endmacro %}
