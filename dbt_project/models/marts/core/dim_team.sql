with

owner_teams as (

    select * from {{ ref('int_owner_teams_dated') }}

),

dim_owner as (

    select * from {{ ref('dim_owner') }}

),

all_teams as (

    select team_id from owner_teams
    where team_id is not null
    union
    select '__unassigned__' as team_id

),

members_counted as (

    select
        team_id,
        min(region) as first_region,
        max(region) as last_region,
        cast(count(*) as integer) as owner_count
    from dim_owner
    where owner_id <> '__unassigned__'
    group by 1

),

teams_with_members as (

    select
        ---------- ids
        all_teams.team_id,

        ---------- strings
        case
            when members_counted.first_region = members_counted.last_region
                then members_counted.first_region
            else '__missing__'
        end as region,

        ---------- numerics
        coalesce(members_counted.owner_count, 0) as owner_count
    from all_teams
    left join members_counted
        on all_teams.team_id = members_counted.team_id

)

select * from teams_with_members
