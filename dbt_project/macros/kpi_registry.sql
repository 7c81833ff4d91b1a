{#- The metric registry as the KPI models read it.

    models/metrics/*.yml is the only place where a KPI is defined. A metric is a
    published KPI when its meta carries the governance below, and a part of one
    when its meta says `part_of`. Anything that cannot be rendered faithfully
    stops the compilation, so that MetricFlow and kpi_values never differ in
    silence. -#}


{#- Every KPI, ordered by id: what it is called, what it means, and the measures
    it is made of. Empty while dbt is still parsing. -#}
{% macro kpi_registry() %}
    {% set kpis = [] %}
    {% if execute %}
        {% do kpi_check_governance() %}
        {% set measures = kpi_measures() %}
        {% for id in kpi_ids() %}
            {% do kpis.append(kpi_resolved(kpi_metric(id), measures)) %}
        {% endfor %}
    {% endif %}
    {% do return(kpis) %}
{% endmacro %}


{#- Ids of the published KPIs: every metric that is not a part of another. -#}
{% macro kpi_ids() %}
    {% set ids = [] %}
    {% for metric in graph.metrics.values() | sort(attribute='name') %}
        {% if not metric.config.meta.get('part_of') %}
            {% do ids.append(metric.name) %}
        {% endif %}
    {% endfor %}
    {% do return(ids) %}
{% endmacro %}


{#- The metric called `name`, or none. -#}
{% macro kpi_metric(name) %}
    {% do return(
        graph.metrics.values() | selectattr('name', 'eq', name) | list | first
    ) %}
{% endmacro %}


{#- Every measure by name, with the semantic model it belongs to. -#}
{% macro kpi_measures() %}
    {% set measures = {} %}
    {% for semantic_model in graph.semantic_models.values() %}
        {% for measure in semantic_model.measures %}
            {% do measures.update({measure.name: {
                'name': measure.name,
                'agg': measure.agg,
                'expr': measure.expr or measure.name,
                'semantic_model': semantic_model.name,
            }}) %}
        {% endfor %}
    {% endfor %}
    {% do return(measures) %}
{% endmacro %}


{% macro kpi_resolved(metric, measures) %}
    {% set meta = metric.config.meta %}
    {% set kpi = {
        'id': metric.name,
        'name': metric.label,
        'definition': metric.description,
        'meta': meta,
        'measure': none,
        'numerator': none,
        'denominator': none,
        'sample_size': none,
        'open_cases': none,
    } %}
    {% if metric.type == 'ratio' %}
        {% for side in ['numerator', 'denominator'] %}
            {% set part = metric.type_params[side] %}
            {% if part.filter %}
                {% do kpi_refuse(metric, 'its ' ~ side ~ ' has a filter') %}
            {% endif %}
            {% do kpi.update({side: kpi_measure_of(part.name, metric, measures)}) %}
        {% endfor %}
        {% set sample_size = meta.get('sample_size') %}
        {% do kpi.update({'sample_size':
            kpi_measure_of(sample_size, metric, measures) if sample_size
            else kpi.denominator
        }) %}
    {% elif meta.get('share_dimensions') %}
        {% do kpi_refuse(metric, 'it is a share of the total and no ratio') %}
    {% else %}
        {% do kpi.update({
            'measure': kpi_measure_of(metric.name, metric, measures)
        }) %}
    {% endif %}

    {% if meta.get('open_cases') %}
        {% do kpi.update({
            'open_cases': kpi_measure_of(meta.open_cases, metric, measures)
        }) %}
    {% endif %}

    {% set used = [] %}
    {% for role in [
        'measure', 'numerator', 'denominator', 'sample_size', 'open_cases',
    ] %}
        {% if kpi[role] %}{% do used.append(kpi[role]) %}{% endif %}
    {% endfor %}
    {% set semantic_models = [] %}
    {% for name in used | map(attribute='semantic_model') | unique %}
        {% do semantic_models.append(kpi_semantic_model(name)) %}
    {% endfor %}
    {% if semantic_models | length > 1
        and used | selectattr('agg', 'ne', 'sum') | list %}
        {% do kpi_refuse(
            metric,
            'its parts lie in different semantic models and are not all sums'
        ) %}
    {% endif %}
    {% do kpi.update({
        'measures': used,
        'semantic_models': semantic_models,
        'dimensions': kpi_shared_dimensions(semantic_models),
    }) %}
    {% do return(kpi) %}
{% endmacro %}


{#- Names of the dimensions that all of the semantic models have: any of a
    single one, the foreign entities that several have in common, which is how
    MetricFlow knows that they mean the same. -#}
{% macro kpi_shared_dimensions(semantic_models) %}
    {% set shared = [] %}
    {% for dimension in semantic_models[0].dimensions %}
        {% set missing = [] %}
        {% for other in semantic_models[1:] %}
            {% if not dimension.entity
                or dimension not in other.dimensions %}
                {% do missing.append(other.name) %}
            {% endif %}
        {% endfor %}
        {% if not missing %}{% do shared.append(dimension.name) %}{% endif %}
    {% endfor %}
    {% do return(shared) %}
{% endmacro %}


{#- The measure behind the simple metric called `name`; `metric` is the one that
    uses it, for the message. -#}
{% macro kpi_measure_of(name, metric, measures) %}
    {% set part = kpi_metric(name) %}
    {% if not part %}
        {% do kpi_refuse(metric, "there is no metric '" ~ name ~ "'") %}
    {% endif %}
    {% if part.type != 'simple' %}
        {% do kpi_refuse(metric, "'" ~ name ~ "' is of type " ~ part.type) %}
    {% endif %}
    {% if part.filter or part.type_params.measure.filter %}
        {% do kpi_refuse(metric, "'" ~ name ~ "' has a filter") %}
    {% endif %}
    {% set measure = measures[part.type_params.measure.name] %}
    {% if measure.agg not in ['sum', 'median'] %}
        {% do kpi_refuse(
            metric,
            "measure '" ~ measure.name ~ "' aggregates by " ~ measure.agg
        ) %}
    {% endif %}
    {% do return(measure) %}
{% endmacro %}


{#- Where a semantic model's rows come from, on which day they count and by
    what they may be sliced: {name, ref, date, dimensions: [{name, expr}]}. -#}
{% macro kpi_semantic_model(name) %}
    {% set found = graph.semantic_models.values()
        | selectattr('name', 'eq', name) | first %}
    {% set date = found.dimensions
        | selectattr('name', 'eq', found.defaults.agg_time_dimension) | first %}
    {% do return({
        'name': name,
        'ref': found.depends_on.nodes[0].split('.')[-1],
        'date': date.expr or date.name,
        'dimensions': kpi_dimensions(found),
    }) %}
{% endmacro %}


{#- The dimensions a semantic model may be sliced by; what is not listed in it
    is not allowed. A foreign entity is the dimension that its column names. -#}
{% macro kpi_dimensions(semantic_model) %}
    {% set dimensions = [] %}
    {% for dimension in semantic_model.dimensions %}
        {% if dimension.type == 'categorical' %}
            {% do dimensions.append({
                'name': dimension.name,
                'expr': dimension.expr or dimension.name,
            }) %}
        {% endif %}
    {% endfor %}
    {% for entity in semantic_model.entities %}
        {% if entity.type == 'foreign' %}
            {% do dimensions.append({
                'name': entity.expr,
                'expr': entity.expr,
                'entity': entity.name,
            }) %}
        {% endif %}
    {% endfor %}
    {% do return(dimensions) %}
{% endmacro %}


{#- Stops the compilation when a KPI lacks a part of its governance: a number
    whose meaning nobody signed is not published. -#}
{% macro kpi_check_governance() %}
    {% set complaints = [] %}
    {% for id in kpi_ids() %}
        {% set missing = kpi_missing_governance(kpi_metric(id)) %}
        {% if missing %}
            {% do complaints.append(
                "metric '" ~ id ~ "' lacks " ~ missing | join(', ') ~ '.'
            ) %}
        {% endif %}
    {% endfor %}
    {% if complaints %}
        {% do exceptions.raise_compiler_error(
            'Reading the metric registry: ' ~ complaints | join(' ')
            ~ ' A retry will not help. Add it in models/metrics, or mark the '
            ~ 'metric with meta.part_of when it is only a part of another one.'
        ) %}
    {% endif %}
{% endmacro %}


{#- Names of the required keys a metric does not have. -#}
{% macro kpi_missing_governance(metric) %}
    {% set meta = metric.config.meta %}
    {% set missing = [] %}
    {% for key in ['label', 'description'] %}
        {% if not metric[key] %}{% do missing.append(key) %}{% endif %}
    {% endfor %}
    {% for key in [
        'version', 'effective_from', 'kind', 'unit', 'date_basis', 'direction',
        'is_additive', 'bounds', 'formula', 'quarrel', 'settlement',
    ] %}
        {% if meta.get(key) is none %}{% do missing.append('meta.' ~ key) %}{% endif %}
    {% endfor %}
    {% for group, keys in {
        'zh': ['name', 'definition', 'formula', 'quarrel', 'settlement'],
        'owners': ['sales', 'marketing'],
        'signed_on': ['sales', 'marketing'],
    }.items() %}
        {% for key in keys %}
            {% if not meta.get(group, {}).get(key) %}
                {% do missing.append('meta.' ~ group ~ '.' ~ key) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% if meta.get('date_basis') == 'cohort'
        and not meta.get('window_days_parameter')
        and not meta.get('open_cases') %}
        {% do missing.append('meta.window_days_parameter or meta.open_cases') %}
    {% endif %}
    {% if meta.get('kind') == 'ratio' and not meta.get('sample_size') %}
        {% do missing.append('meta.sample_size') %}
    {% endif %}
    {% do return(missing) %}
{% endmacro %}


{% macro kpi_refuse(metric, reason) %}
    {% do exceptions.raise_compiler_error(
        "Reading the metric registry: metric '" ~ metric.name ~ "' cannot be "
        ~ "rendered into kpi_values, because " ~ reason ~ ". A retry will not "
        ~ "help. Use a simple metric, or a ratio of two simple metrics, over sum "
        ~ "or median measures and without filters; parts in different semantic "
        ~ "models are sums, in "
        ~ metric.original_file_path ~ "."
    ) %}
{% endmacro %}
