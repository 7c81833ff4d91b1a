{#- The steps of the funnel in order: from and to which stage, in how many days,
    and whether only what marketing handed over takes part. -#}
{% macro funnel_steps() %}
    {% set steps = [] %}
    {% for name, from_stage, to_stage, is_marketing in [
        ('lead_to_mql', 'lead', 'mql', true),
        ('mql_to_sal', 'mql', 'sal', true),
        ('mql_to_sql', 'mql', 'sql', true),
        ('sal_to_sql', 'sal', 'sql', false),
        ('sql_to_opp', 'sql', 'opportunity', false),
        ('sql_to_customer', 'sql', 'customer', false),
        ('lead_to_customer', 'lead', 'customer', false),
    ] %}
        {% do steps.append({
            'name': name,
            'from_stage': from_stage,
            'to_stage': to_stage,
            'is_marketing': is_marketing,
            'window': 'parameters.window_' ~ name ~ '_days',
        }) %}
    {% endfor %}
    {% do return(steps) %}
{% endmacro %}
