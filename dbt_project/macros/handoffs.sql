{#- Whoever was rejected, sent back or sold to no longer waits for an answer. -#}
{% macro stopped_waiting_at(lead_cycles) -%}
    least(
        {{ lead_cycles }}.rejected_at,
        {{ lead_cycles }}.recycled_at,
        {{ lead_cycles }}.disqualified_at,
        {{ lead_cycles }}.opportunity_at
    )
{%- endmacro %}
