with

people as (

    select * from {{ ref('stg_mapped__people') }}

),

lead_stage_events as (

    select * from {{ ref('stg_mapped__lead_stage_events') }}

),

opportunities as (

    select * from {{ ref('stg_mapped__opportunities') }}

),

recorded_merges as (

    select * from {{ ref('stg_mapped__merges') }}

),

references_made as (

    select
        person_id,
        source_system
    from lead_stage_events
    union
    select
        person_id,
        source_system
    from opportunities
    where person_id is not null
    union
    select
        merged_id as person_id,
        source_system
    from recorded_merges
    where record_type = 'person'
    union
    select
        surviving_id as person_id,
        source_system
    from recorded_merges
    where
        record_type = 'person'
        and surviving_id is not null

),

people_referenced as (

    select
        references_made.person_id,
        min(references_made.source_system) as source_system
    from references_made
    left join people
        on references_made.person_id = people.person_id
    where people.person_id is null
    group by 1

)

select * from people_referenced
