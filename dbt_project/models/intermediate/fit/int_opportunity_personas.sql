with

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

people as (

    select * from {{ ref('int_people_described') }}

),

persona_rules as (

    select * from {{ ref('stg_mapped__persona_rules') }}

),

required_personas as (

    select distinct persona
    from persona_rules
    where is_required

),

requirement as (

    select count(*) as required_persona_count from required_personas

),

open_opportunities as (

    select
        opportunity_id,
        account_id,
        person_id
    from opportunities
    where outcome = 'open' and not is_excluded

),

-- Whom the deal names, and everybody known at its account.
people_of_opportunities as (

    select
        open_opportunities.opportunity_id,
        people.persona
    from open_opportunities
    inner join people
        on open_opportunities.person_id = people.person_id
    union
    select
        open_opportunities.opportunity_id,
        people.persona
    from open_opportunities
    inner join people
        on open_opportunities.account_id = people.account_id

),

present_personas as (

    select
        people_of_opportunities.opportunity_id,
        count(distinct people_of_opportunities.persona)
            as present_persona_count
    from people_of_opportunities
    inner join required_personas
        on people_of_opportunities.persona = required_personas.persona
    group by 1

),

opportunity_personas as (

    select
        open_opportunities.opportunity_id,
        cast(requirement.required_persona_count as integer)
            as required_persona_count,
        cast(coalesce(present_personas.present_persona_count, 0) as integer)
            as present_persona_count
    from open_opportunities
    cross join requirement
    left join present_personas
        on open_opportunities.opportunity_id = present_personas.opportunity_id
    where requirement.required_persona_count > 0

)

select * from opportunity_personas
