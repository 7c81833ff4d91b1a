with

activities as (

    select * from {{ ref('stg_mapped__activities') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- The exports may hold what is only planned. Automation and the creation of
-- a task are nobody's answer. Many CRMs give a call or a meeting that somebody
-- noted no direction; a mail without one may be the lead's own.
human_activities as (

    select
        people.surviving_person_id as person_id,
        people.source_system,
        activities.activity_at,
        case
            when activities.activity_type = 'task' then false
            when activities.direction is not null
                then activities.direction = 'outbound'
            else
                coalesce(activities.activity_type in ('call', 'meeting'), false)
                or coalesce(activities.is_connected, false)
        end as is_attempt,
        activities.is_connected
    from activities
    inner join people
        on activities.person_id = people.person_id
    cross join parameters
    where
        not activities.is_automated
        and not coalesce(activities.is_deleted, false)
        and activities.activity_at <= parameters.as_of

)

select * from human_activities
