{#- Whether a lead cycle fits the company: tier A or B on the day of the MQL.
    Empty where no rules of fit are recorded, which is no reason to count an
    MQL out; with rules, one whose fit nobody knows does not fit. -#}
{% macro is_icp_fit(lead_cycles) -%}
    case
        when {{ lead_cycles }}.mql_icp_tier <> '__missing__'
            then {{ lead_cycles }}.mql_icp_tier in ('A', 'B')
    end
{%- endmacro %}
