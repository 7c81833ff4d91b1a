-- A row here is a parameter that is set but that nothing reads, so a default
-- holds where something else was meant, or one without which no day and no
-- amount can be told.
with

defaults as (

    select * from {{ ref('parameter_defaults') }}

),

given_parameters as (

    select * from {{ ref('stg_meta__parameters') }}

)

select
    coalesce(given_parameters.parameter_key, defaults.key) as parameter_key,
    case
        when defaults.key is null then 'unknown parameter'
        else 'parameter without a value'
    end as problem
from defaults
full outer join given_parameters
    on defaults.key = given_parameters.parameter_key
where
    defaults.key is null
    or (
        coalesce(given_parameters.parameter_value, defaults.value) is null
        and defaults.key in (
            'as_of', 'reporting_tz', 'reporting_currency', 'pii_salt'
        )
    )
