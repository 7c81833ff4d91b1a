with

owners as (

    select * from {{ ref('stg_mapped__owners') }}

),

-- A row that names neither team nor region only adds a role.
assignments as (

    select
        owner_id,
        coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
        max(team) as team_id,
        max(region) as region
    from owners
    where team is not null or region is not null
    group by 1, 2

),

dated as (

    select
        *,
        coalesce(
            lead(valid_from) over (
                partition by owner_id
                order by valid_from
            ),
            cast('9999-12-31' as date)
        ) as valid_before
    from assignments

)

select * from dated
