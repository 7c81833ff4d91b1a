{%- set qualified_stages = ['mql', 'sal', 'sql'] -%}
{%- set stages_after_lead = qualified_stages + [
    'rejected', 'recycled', 'disqualified',
] -%}

with

people as (

    select * from {{ ref('int_people_merged') }}

),

lead_stage_events as (

    select * from {{ ref('int_lead_stage_events_scored') }}

),

countable_people as (

    select * from people
    where is_countable

),

-- Everything a merged record did belongs to the person who survived.
events_of_survivors as (

    select
        people.surviving_person_id as person_id,
        lead_stage_events.person_id as record_id,
        {% for column in [
            'stage', 'entered_at', 'lead_cycle_id', 'owner_id', 'origin',
            'reject_reason', 'assigned_at', 'is_observed', 'is_entry_imputed',
        ] -%}
            lead_stage_events.{{ column }},
        {% endfor -%}
        lead_stage_events.stage in ('lead', 'mql', 'sal', 'sql')
            as is_qualifying,
        lead_stage_events.stage in ('recycled', 'disqualified') as is_exit,
        lead_stage_events.stage in ('rejected', 'recycled', 'disqualified')
            as is_refusal,
        case lead_stage_events.stage
            when 'subscriber' then 10
            when 'lead' then 20
            when 'mql' then 30
            when 'sal' then 40
            when 'sql' then 50
            when 'rejected' then 80
            else 90
        end as stage_order
    from lead_stage_events
    inner join people
        on lead_stage_events.person_id = people.person_id
    inner join countable_people
        on people.surviving_person_id = countable_people.person_id

),

exits_counted as (

    select
        *,
        coalesce(sum(case when is_exit then 1 else 0 end) over earlier, 0)
            as exits_before,
        coalesce(sum(case when is_refusal then 1 else 0 end) over earlier, 0)
            as refusals_before
    from events_of_survivors
    window
        earlier as (
            partition by person_id
            order by entered_at, stage_order
            rows between unbounded preceding and 1 preceding
        )

),

exported_cycles as (

    select
        person_id,
        lead_cycle_id,
        min(record_id) as record_id,
        min(entered_at) as started_at,
        min(case when is_refusal then entered_at end) as refused_at
    from events_of_survivors
    where lead_cycle_id is not null
    group by 1, 2

),

exported_cycles_ended as (

    select
        person_id,
        lead_cycle_id,
        started_at,
        coalesce(
            least(
                refused_at,
                lead(started_at) over (
                    partition by person_id, record_id
                    order by started_at
                )
            ),
            cast('infinity' as timestamp)
        ) as ended_at
    from exported_cycles

),

exported_cycles_followed as (

    select
        person_id,
        started_at < max(ended_at) over (
            partition by person_id
            order by started_at, lead_cycle_id
            rows between unbounded preceding and 1 preceding
        ) as is_overlapping
    from exported_cycles_ended

),

-- Two records that became one person were qualified twice at the same time:
-- the person was once.
people_in_two_cycles as (

    select distinct person_id
    from exported_cycles_followed
    where is_overlapping

),

people_with_events as (

    select
        person_id,
        count(*) = count(lead_cycle_id) as has_exported_cycles,
        min(
            case when stage = 'lead' and refusals_before = 0 then entered_at end
        ) as first_lead_at,
        min(case when is_qualifying then entered_at end) as first_qualifying_at,
        min(case when stage = 'subscriber' then entered_at end)
            as first_subscribed_at,
        min(entered_at) as first_event_at
    from exits_counted
    group by 1

),

-- Who subscribed is not a lead before the first act that says so, and who comes
-- back as a lead was one before.
leads as (

    select
        countable_people.person_id,
        coalesce(people_with_events.has_exported_cycles, false)
        and people_in_two_cycles.person_id is null as has_exported_cycles,
        coalesce(
            people_with_events.first_lead_at,
            case
                when people_with_events.first_subscribed_at is null
                    then countable_people.created_at
            end
        ) as noted_lead_at,
        least(
            case
                when people_with_events.first_lead_at is not null
                    then people_with_events.first_lead_at
                when people_with_events.first_subscribed_at is not null
                    then people_with_events.first_qualifying_at
                else coalesce(
                    countable_people.created_at,
                    people_with_events.first_event_at
                )
            end,
            people_with_events.first_qualifying_at
        ) as lead_at
    from countable_people
    left join people_with_events
        on countable_people.person_id = people_with_events.person_id
    left join people_in_two_cycles
        on countable_people.person_id = people_in_two_cycles.person_id

),

-- A cycle ends with an exit and the next one starts only with a qualifying
-- act: a rejection noted after the exit still belongs to the old cycle. Some
-- CRMs note the rejection alone, and whoever is a lead or an MQL again after it
-- begins anew; an acceptance after it takes it back.
cycle_starts_marked as (

    select
        *,
        (
            is_qualifying
            and exits_before > coalesce(
                max(case when is_qualifying then exits_before end)
                    over earlier,
                0
            )
        )
        or (
            stage in ('lead', 'mql')
            and refusals_before > coalesce(
                max(case when is_qualifying then refusals_before end)
                    over earlier,
                0
            )
        ) as is_cycle_start
    from exits_counted
    window
        earlier as (
            partition by person_id
            order by entered_at, stage_order
            rows between unbounded preceding and 1 preceding
        )

),

cycle_keys_derived as (

    select
        *,
        cast(
            1 + sum(case when is_cycle_start then 1 else 0 end) over (
                partition by person_id
                order by entered_at, stage_order
                rows between unbounded preceding and current row
            ) as varchar
        ) as derived_cycle_key
    from cycle_starts_marked

),

events_by_cycle as (

    select
        cycle_keys_derived.*,
        case
            when leads.has_exported_cycles
                then cycle_keys_derived.lead_cycle_id
            else cycle_keys_derived.derived_cycle_key
        end as cycle_key
    from cycle_keys_derived
    inner join leads
        on cycle_keys_derived.person_id = leads.person_id
    where leads.lead_at is not null

),

event_cycles as (

    select
        person_id,
        cycle_key,
        coalesce(
            min(case when is_qualifying then entered_at end), min(entered_at)
        ) as cycle_started_at,
        min(case when stage = 'lead' then entered_at end) as noted_lead_at,
        {% for stage in stages_after_lead -%}
            min(case when stage = '{{ stage }}' then entered_at end)
                as {{ stage }}_at,
            {{ earliest_value(
                "case when stage = '" ~ stage ~ "' then owner_id end",
                'entered_at'
            ) }} as {{ stage }}_owner_id,
        {% endfor -%}
        {% for stage in qualified_stages -%}
            {{ earliest_value(
                "case when stage = '" ~ stage ~ "' then is_entry_imputed end",
                'entered_at'
            ) }} as is_{{ stage }}_entry_imputed,
        {% endfor -%}
        {{ earliest_value('reject_reason', 'entered_at') }} as reject_reason,
        {{ earliest_value('owner_id', 'entered_at') }} as owner_id,
        {{ earliest_value(
            "case when stage = 'mql' then assigned_at end", 'entered_at'
        ) }} as mql_assigned_at,
        max(case when is_observed then 1 else 0 end) = 1 as is_observed,
        {{ earliest_value('origin', 'entered_at') }} as origin
    from events_by_cycle
    group by 1, 2

),

-- A lead without events has one cycle all the same.
cycles_numbered as (

    select
        leads.person_id,
        leads.lead_at as person_lead_at,
        leads.noted_lead_at as person_noted_lead_at,
        leads.has_exported_cycles,
        {% for stage in stages_after_lead -%}
            event_cycles.{{ stage }}_owner_id,
        {% endfor -%}
        {% for column in [
            'cycle_key', 'cycle_started_at', 'mql_at', 'sal_at', 'sql_at',
            'rejected_at', 'reject_reason', 'recycled_at', 'disqualified_at',
            'owner_id', 'mql_assigned_at', 'origin', 'noted_lead_at',
            'is_mql_entry_imputed', 'is_sal_entry_imputed',
            'is_sql_entry_imputed', 'is_observed',
        ] -%}
            event_cycles.{{ column }},
        {% endfor -%}
        row_number() over (
            partition by leads.person_id
            order by
                event_cycles.cycle_started_at,
                event_cycles.mql_at nulls last,
                event_cycles.cycle_key
        ) as cycle_no
    from leads
    left join event_cycles
        on leads.person_id = event_cycles.person_id
    where leads.lead_at is not null

),

cycles_with_origin as (

    select
        cycles_numbered.person_id,
        cycles_numbered.cycle_no,
        case
            when cycles_numbered.has_exported_cycles
                then cycles_numbered.cycle_key
            else concat(
                cycles_numbered.person_id, '/',
                cast(cycles_numbered.cycle_no as varchar)
            )
        end as lead_cycle_id,
        coalesce(
            cycles_numbered.origin, countable_people.origin, '__missing__'
        ) as origin,
        coalesce(cycles_numbered.owner_id, countable_people.owner_id)
            as owner_id,
        coalesce(
            cycles_numbered.mql_owner_id,
            cycles_numbered.owner_id,
            countable_people.owner_id
        ) as mql_owner_id,
        {% for stage in stages_after_lead[1:] -%}
            cycles_numbered.{{ stage }}_owner_id,
        {% endfor -%}
        cycles_numbered.cycle_no = 1 as is_first_cycle,
        cycles_numbered.cycle_no = 1
        or cycles_numbered.noted_lead_at is not null as is_lead_entered,
        case
            when cycles_numbered.cycle_no = 1
                then coalesce(
                    cycles_numbered.person_noted_lead_at
                    > cycles_numbered.person_lead_at,
                    true
                )
            else coalesce(
                cycles_numbered.noted_lead_at
                > cycles_numbered.cycle_started_at,
                true
            )
        end as is_lead_imputed,
        case
            when cycles_numbered.cycle_no = 1
                then cycles_numbered.person_lead_at
            else cycles_numbered.cycle_started_at
        end as lead_at,
        {% for column in [
            'mql_assigned_at', 'rejected_at', 'reject_reason',
            'recycled_at', 'disqualified_at', 'is_mql_entry_imputed',
            'is_sal_entry_imputed', 'is_sql_entry_imputed', 'is_observed',
        ] -%}
            cycles_numbered.{{ column }},
        {% endfor -%}
        cycles_numbered.mql_at as entered_mql_at,
        cycles_numbered.sal_at as entered_sal_at,
        cycles_numbered.sql_at as entered_sql_at
    from cycles_numbered
    inner join countable_people
        on cycles_numbered.person_id = countable_people.person_id

)

select * from cycles_with_origin
