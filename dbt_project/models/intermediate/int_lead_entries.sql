with

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

lead_stage_events as (

    select * from {{ ref('stg_mapped__lead_stage_events') }}

),

entries_of_survivors as (

    select
        people.surviving_person_id as person_id,
        lead_stage_events.stage,
        lead_stage_events.entered_at
    from lead_stage_events
    inner join people
        on lead_stage_events.person_id = people.person_id
    where lead_stage_events.stage in ('lead', 'subscriber')

),

cycles_bounded as (

    select
        lead_cycle_id,
        person_id,
        is_first_cycle,
        lead_at,
        coalesce(
            lead(lead_at) over (partition by person_id order by cycle_no),
            cast('9999-12-31' as timestamp)
        ) as next_lead_at
    from lead_cycles

),

cycles_with_entries as (

    select
        cycles_bounded.lead_cycle_id,
        cycles_bounded.person_id,
        cycles_bounded.is_first_cycle,
        max(case when entries_of_survivors.stage = 'lead' then 1 else 0 end)
            as has_lead_entry
    from cycles_bounded
    left join entries_of_survivors
        on
            cycles_bounded.person_id = entries_of_survivors.person_id
            and cycles_bounded.lead_at <= entries_of_survivors.entered_at
            and cycles_bounded.next_lead_at > entries_of_survivors.entered_at
    group by 1, 2, 3

),

subscribers as (

    select distinct person_id
    from entries_of_survivors
    where stage = 'subscriber'

)

-- Who is known is a lead from that moment, unless they only subscribed; a later
-- cycle has the stage when somebody entered it.
select
    cycles_with_entries.lead_cycle_id,
    cycles_with_entries.person_id,
    cycles_with_entries.has_lead_entry = 1
    or (
        cycles_with_entries.is_first_cycle
        and people.created_at is not null
        and subscribers.person_id is null
    ) as is_lead_timed
from cycles_with_entries
left join people
    on cycles_with_entries.person_id = people.person_id
left join subscribers
    on cycles_with_entries.person_id = subscribers.person_id
