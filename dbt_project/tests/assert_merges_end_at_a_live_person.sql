-- A row here is a person whose merges run in a circle, or end at a person no
-- export has. It is not about merges of deleted people: those are excluded
-- with their own reason.
with

people as (

    select * from {{ ref('stg_mapped__people') }}

),

people_merged as (

    select * from {{ ref('int_people_merged') }}

)

select
    people.person_id,
    people.merged_into_id,
    people_merged.surviving_person_id
from people
inner join people_merged
    on people.person_id = people_merged.person_id
left join people as survivors
    on people_merged.surviving_person_id = survivors.person_id
where
    people.merged_into_id is not null
    and (
        survivors.person_id is null
        or survivors.merged_into_id is not null
    )
