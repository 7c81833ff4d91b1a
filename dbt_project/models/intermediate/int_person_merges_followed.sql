with recursive

people as (

    select * from {{ ref('stg_mapped__people') }}

),

recorded_merges as (

    select * from {{ ref('stg_mapped__merges') }}

),

merge_links as (

    select
        person_id,
        merged_into_id
    from people
    where merged_into_id is not null
    union
    select
        merged_id as person_id,
        surviving_id as merged_into_id
    from recorded_merges
    where
        record_type = 'person'
        and surviving_id is not null

),

-- The step limit ends a circle; no chain of merges is that long. A record may
-- be merged into several, so that ways meet again.
merge_steps as (

    select
        person_id,
        merged_into_id as target_id,
        1 as step
    from merge_links

    union

    select
        merge_steps.person_id,
        merge_links.merged_into_id as target_id,
        merge_steps.step + 1 as step
    from merge_steps
    inner join merge_links
        on merge_steps.target_id = merge_links.person_id
    where merge_steps.step < 50

),

-- A circle has no survivor; its people keep their own id and fail the test
-- assert_merges_end_at_a_live_person.
merge_ends as (

    select distinct
        merge_steps.person_id,
        merge_steps.target_id
    from merge_steps
    left join merge_links
        on merge_steps.target_id = merge_links.person_id
    where merge_links.person_id is null

),

merges_followed as (

    select distinct
        merge_links.person_id,
        merge_ends.target_id
    from merge_links
    left join merge_ends
        on merge_links.person_id = merge_ends.person_id

)

select * from merges_followed
