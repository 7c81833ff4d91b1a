{#- Whether a channel is one that is paid by view or click. -#}
{% macro is_paid_channel(channel) -%}
    {{ channel }} in ('paid_search', 'paid_social', 'display')
{%- endmacro %}
