with

people as (

    select * from {{ ref('int_people_merged') }}

),

human_activities as (

    select * from {{ ref('int_human_activities') }}

),

lead_stage_events as (

    select * from {{ ref('int_lead_stage_events') }}
    where stage in ('sal', 'rejected') and not is_entry_imputed

),

-- A system without a single decision, attempt or two-way contact cannot say
-- who was not decided about, answered or reached.
records as (

    select
        people.source_system,
        true as has_decisions,
        false as has_attempts,
        false as has_contacts
    from lead_stage_events
    inner join people
        on lead_stage_events.person_id = people.person_id
    union
    select
        source_system,
        false as has_decisions,
        is_attempt as has_attempts,
        is_connected as has_contacts
    from human_activities

),

-- Whoever stands in several systems could have been written down in each.
people_recorded as (

    select
        people.surviving_person_id as person_id,
        coalesce(max(case when records.has_decisions then 1 end), 0) = 1
            as is_decision_recorded,
        coalesce(max(case when records.has_attempts then 1 end), 0) = 1
            as is_response_recorded,
        coalesce(max(case when records.has_contacts then 1 end), 0) = 1
            as is_contact_recorded
    from people
    left join records
        on people.source_system = records.source_system
    group by 1

)

select * from people_recorded
