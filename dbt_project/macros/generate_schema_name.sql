{#- A folder's schema is used as it is written, without the target's prefix:
    readers of the warehouse see `marts`, not `main_marts`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
