{#- Whether a lead cycle fits the company: tier A or B on the day of the MQL.
    Empty where no rules of fit are recorded, which is no reason to count an
    MQL out; with rules, one whose fit nobody knows does not fit. -#}
{% macro is_icp_fit() -%}
    cast(null as boolean)
{%- endmacro %}
