-- A row here is a person whose merges run in a circle or end at a person no
-- export has, or a person who shares an address with somebody and is not the
-- same person as they are, although nobody split them. It is not about merges
-- of deleted people: those are excluded with their own reason.
with

people as (

    select * from {{ ref('stg_mapped__people') }}

),

people_merged as (

    select * from {{ ref('int_people_merged') }}

),

decisions as (

    select * from {{ ref('int_match_decisions') }}

),

split_addresses as (

    select distinct people.email
    from decisions
    inner join people
        on decisions.person_id = people.person_id
    where
        decisions.is_in_force
        and decisions.decision = 'split'
        and decisions.other_person_id is not null
        and people.email is not null

),

survivors_by_address as (

    select
        people.email,
        max(people_merged.surviving_person_id) as surviving_person_id
    from people
    inner join people_merged
        on people.person_id = people_merged.person_id
    left join split_addresses
        on people.email = split_addresses.email
    where
        people.email_domain is not null
        and split_addresses.email is null
    group by 1

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
left join people as merge_targets
    on people.merged_into_id = merge_targets.person_id
left join survivors_by_address
    on people.email = survivors_by_address.email
where
    survivors.person_id is null
    or survivors.merged_into_id is not null
    or (
        people.merged_into_id is not null
        and merge_targets.person_id is null
    )
    or people_merged.surviving_person_id
    <> survivors_by_address.surviving_person_id
