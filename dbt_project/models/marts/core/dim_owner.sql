with

owners as (

    select * from {{ ref('stg_mapped__owners') }}

),

owner_teams as (

    select * from {{ ref('int_owner_teams_dated') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

opportunity_splits as (

    select * from {{ ref('stg_mapped__opportunity_splits') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

exported_owners as (

    select
        owner_id,
        {{ earliest_value(
            'owner_name', "coalesce(valid_from, cast('0001-01-01' as date))"
        ) }} as owner_name,
        {{ ordered_list('role') }} as role_names
    from owners
    group by 1

),

referenced_owners as (

    select owner_id from opportunities
    union
    select qualified_by_owner_id as owner_id from opportunities
    union
    select owner_id from opportunity_splits
    union
    select owner_id from lead_cycles
    union
    select mql_owner_id as owner_id from lead_cycles
    union
    select owner_id from people
    union
    select '__unassigned__' as owner_id

),

all_owners as (

    select owner_id from exported_owners
    union
    select owner_id from referenced_owners
    where owner_id is not null

),

owners_with_teams as (

    select
        ---------- ids
        all_owners.owner_id,
        coalesce(owner_teams.team_id, '__unassigned__') as team_id,

        ---------- strings
        exported_owners.owner_name,
        coalesce(owner_teams.region, '__missing__') as region,
        exported_owners.role_names as roles, -- noqa: RF04

        ---------- booleans
        exported_owners.owner_id is null
        and all_owners.owner_id <> '__unassigned__' as is_inferred
    from all_owners
    cross join parameters
    left join exported_owners
        on all_owners.owner_id = exported_owners.owner_id
    left join owner_teams
        on
            all_owners.owner_id = owner_teams.owner_id
            and parameters.as_of_date >= owner_teams.valid_from
            and parameters.as_of_date < owner_teams.valid_before

)

select * from owners_with_teams
