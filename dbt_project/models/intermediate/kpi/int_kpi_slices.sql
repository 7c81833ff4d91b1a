{#- Rendered from models/metrics/*.yml; a KPI is added or changed there. Which
    facts it reads is known only once the registry is read, so the comments
    below tell dbt. -#}
{%- set kpis = kpi_registry() -%}

-- depends_on: {{ ref('fct_lead_cycles') }}
-- depends_on: {{ ref('fct_opportunities') }}
-- depends_on: {{ ref('fct_bookings') }}
-- depends_on: {{ ref('fct_handoffs') }}
-- depends_on: {{ ref('fct_costs') }}
-- depends_on: {{ ref('fct_stage_events') }}
-- depends_on: {{ ref('fct_stage_transitions') }}

with

calendar as (

    select * from {{ ref('dim_calendar') }}

),

first_day as (

    select min(date_day) as all_start_date from calendar

),

{% for source in kpi_sources(kpis) -%}
{{ kpi_source_ctes(source) }},

{% endfor -%}

measured as (

    {{ kpi_slice_rows(kpis) }}

)

select * from measured
