{#- Whether two stages were noted in one save: a CRM writes them in any order,
    within the minute that is the smallest unit of the agreement's clocks. -#}
{% macro is_one_save(earlier, later) -%}
    coalesce({{ elapsed_microseconds(earlier, later) }} <= 60000000, false)
{%- endmacro %}


{#- Whoever was rejected, sent back or sold to no longer waits for an answer. -#}
{% macro stopped_waiting_at(lead_cycles) -%}
    least(
        {{ lead_cycles }}.rejected_at,
        {{ lead_cycles }}.recycled_at,
        {{ lead_cycles }}.disqualified_at,
        {{ lead_cycles }}.opportunity_at
    )
{%- endmacro %}
