{#- Rendered from models/metrics/*.yml; a KPI is added or changed there. Which
    facts it reads is known only once the registry is read, so the comments
    below tell dbt. -#}
{%- set kpis = kpi_registry() -%}
{%- set planned = kpi_planned_dimensions() -%}

-- depends_on: {{ ref('fct_lead_cycles') }}
-- depends_on: {{ ref('fct_opportunities') }}
-- depends_on: {{ ref('fct_bookings') }}
-- depends_on: {{ ref('fct_handoffs') }}
-- depends_on: {{ ref('fct_mql_commitments') }}
-- depends_on: {{ ref('fct_costs') }}
-- depends_on: {{ ref('fct_stage_events') }}
-- depends_on: {{ ref('fct_stage_transitions') }}
-- depends_on: {{ ref('fct_web_traffic_daily') }}
-- depends_on: {{ ref('fct_lead_match_daily') }}
-- depends_on: {{ ref('account_matches') }}
-- depends_on: {{ ref('account_match_checks') }}
-- depends_on: {{ ref('account_journeys') }}

with

calendar as (

    select * from {{ ref('dim_calendar') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

first_day as (

    select
        min(calendar.date_day) as all_start_date,
        min(parameters.fiscal_type) as fiscal_type,
        min(parameters.fiscal_year_start_month) as fiscal_year_start_month,
        min(parameters.fiscal_week_start) as fiscal_week_start
    from calendar
    cross join parameters

),

{% for source in kpi_sources(kpis) -%}
{{ kpi_source_ctes(source, planned) }},

{% endfor -%}

measured as (

    {{ kpi_slice_rows(kpis) }}

)

select * from measured
