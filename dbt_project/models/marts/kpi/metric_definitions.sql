{#- The metric registry as a table, so that readers of the published version see
    what its numbers mean. Rendered from models/metrics/*.yml. -#}

with

parameters as (

    select * from {{ ref('int_parameters') }}

),

registered as (

    {{ kpi_definition_rows() }}

)

select * from registered
