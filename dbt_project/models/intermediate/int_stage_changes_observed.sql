with

observations_of_home as (

    select * from {{ ref('stg_meta__stage_observations') }}

),

people as (

    select * from {{ ref('stg_mapped__people') }}

),

opportunities as (

    select * from {{ ref('stg_mapped__opportunities') }}

),

lead_stage_events as (

    select * from {{ ref('stg_mapped__lead_stage_events') }}

),

opportunity_stage_events as (

    select * from {{ ref('stg_mapped__opportunity_stage_events') }}

),

stages as (

    select * from {{ ref('stg_meta__opportunity_stages') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

records as (

    select
        'people' as entity,
        person_id as record_id,
        created_at,
        cast(null as timestamp) as closed_at,
        cast(null as date) as close_date
    from people
    union all
    select
        'opportunities' as entity,
        opportunity_id as record_id,
        created_at,
        closed_at,
        close_date
    from opportunities

),

-- Whose history the source itself keeps, from whom nothing is inferred.
records_with_events as (

    select
        'people' as entity,
        person_id as record_id
    from lead_stage_events
    union
    select
        'opportunities' as entity,
        opportunity_id as record_id
    from opportunity_stage_events

),

-- Of another company that was loaded into this home before, nothing.
observations as (

    select observations_of_home.*
    from observations_of_home
    inner join parameters
        on observations_of_home.company_name = parameters.company_name

),

first_pulls as (

    select
        entity,
        source_system,
        min(pulled_at) as first_pulled_at
    from observations
    group by 1, 2

),

-- A record that is exported no more has nothing to belong to.
observations_ordered as (

    select
        observations.*,
        records.created_at,
        records.closed_at,
        records.close_date,
        first_pulls.first_pulled_at,
        lag(observations.stage) over (
            partition by observations.entity, observations.record_id
            order by
                observations.observed_at,
                observations.source_file,
                observations.stage
        ) as previous_stage,
        lag(observations.observed_at) over (
            partition by observations.entity, observations.record_id
            order by
                observations.observed_at,
                observations.source_file,
                observations.stage
        ) as last_seen_before_at
    from observations
    inner join records
        on
            observations.entity = records.entity
            and observations.record_id = records.record_id
    inner join first_pulls
        on
            observations.entity = first_pulls.entity
            and observations.source_system = first_pulls.source_system
    left join records_with_events
        on
            observations.entity = records_with_events.entity
            and observations.record_id = records_with_events.record_id
    where records_with_events.record_id is null

),

changes as (

    select
        observations_ordered.*,
        observations_ordered.previous_stage is null as is_first_seen,
        -- What was there before the first pull may have been so for years.
        observations_ordered.previous_stage is null
        and coalesce(
            observations_ordered.created_at,
            observations_ordered.first_pulled_at
        ) <= observations_ordered.first_pulled_at as is_entry_imputed,
        count(*) over (
            partition by
                observations_ordered.entity, observations_ordered.record_id
        ) as change_count,
        row_number() over (
            partition by
                observations_ordered.entity, observations_ordered.record_id
            order by
                observations_ordered.observed_at desc,
                observations_ordered.source_file desc,
                observations_ordered.stage desc
        ) = 1 as is_last,
        coalesce(
            case observations_ordered.entity
                when 'people'
                    then
                        observations_ordered.stage
                        in ('rejected', 'recycled', 'disqualified')
                else stages.outcome <> 'open'
            end,
            false
        ) as is_end,
        coalesce(
            observations_ordered.last_seen_before_at,
            observations_ordered.created_at
        ) as not_before_at
    from observations_ordered
    left join stages
        on
            case
                when observations_ordered.entity = 'opportunities'
                    then observations_ordered.stage
            end = stages.stage
    where
        observations_ordered.stage
        <> coalesce(observations_ordered.previous_stage, '')

),

-- The close that a deal states itself is nearer than the pull that shows it,
-- unless the deal was still seen open later.
closes_stated as (

    select
        changes.*,
        case
            when not (changes.is_end and changes.is_last) then null
            when changes.closed_at is not null then changes.closed_at
            when
                changes.close_date = {{ local_date(
                    'changes.not_before_at', 'parameters.reporting_tz'
                ) }}
                then changes.not_before_at
            else {{ local_midnight(
                'changes.close_date', 'parameters.reporting_tz'
            ) }}
        end as stated_close_at
    from changes
    cross join parameters

),

-- A stage seen for the first time was entered since the record was last seen,
-- and is dated at the pull that shows it. The stage a record is found in is
-- dated at its creation, the nearest there is.
changes_dated as (

    select
        entity,
        record_id,
        stage,
        owner_id,
        is_entry_imputed,
        change_count,
        observed_at,
        case
            when
                stated_close_at <= observed_at
                and stated_close_at
                >= coalesce(not_before_at, stated_close_at)
                then stated_close_at
            when is_first_seen and not is_end and created_at < observed_at
                then created_at
            else observed_at
        end as entered_at
    from closes_stated

)

select * from changes_dated
