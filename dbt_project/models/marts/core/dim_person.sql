with

people as (

    select * from {{ ref('int_people_matched') }}

),

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

people_with_leads as (

    select
        ---------- ids
        people.person_id,
        people.surviving_person_id,
        people.email_hash,
        people.account_id,
        coalesce(people.owner_id, '__unassigned__') as owner_id,

        ---------- strings
        coalesce(people.origin, '__missing__') as origin,
        coalesce(people.channel, '__missing__') as channel,
        people.channel_source_value,
        people.campaign,
        coalesce(people.region, '__missing__') as region,
        coalesce(people.segment, '__missing__') as segment,
        people.excluded_reason,
        people.custom_fields,
        people.account_match_rule,
        people.source_system,

        ---------- booleans
        people.is_countable,
        people.is_inferred,

        ---------- dates
        {{ local_date('people.created_at', 'parameters.reporting_tz') }}
            as created_date,
        {{ local_date('lead_cycles.lead_at', 'parameters.reporting_tz') }}
            as lead_date,

        ---------- timestamps
        people.created_at,
        lead_cycles.lead_at
    from people
    cross join parameters
    left join lead_cycles
        on
            people.person_id = lead_cycles.person_id
            and lead_cycles.is_first_cycle

)

select * from people_with_leads
