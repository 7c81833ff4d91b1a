{%- set stages = {
    'lead': 20, 'mql': 30, 'sal': 40, 'sql': 50, 'opportunity': 60,
    'customer': 70, 'closed_lost': 70, 'rejected': 80, 'recycled': 90, 'disqualified': 90,
} -%}
{%- set terminal_stages = [
    'customer', 'closed_lost', 'recycled', 'disqualified',
] -%}

with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

cycle_owners as (

    select * from {{ ref('int_lead_cycles_credited') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

deal_visits as (

    select * from {{ ref('int_opportunity_stage_visits') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

owner_teams as (

    select * from {{ ref('int_owner_teams_dated') }}

),

fit as (

    select * from {{ ref('int_fit_tiers_dated') }}
    where subject = 'person'

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Who owned the lead at each step: named with it, else with the one before.
cycles_with_owners as (

    select
        lead_cycles.*,
        cycle_owners.is_lead_entered,
        cycle_owners.owner_id as lead_owner_id,
        cycle_owners.mql_owner_id as owner_id_at_mql,
        coalesce(cycle_owners.sal_owner_id, cycle_owners.mql_owner_id)
            as owner_id_at_sal,
        coalesce(
            cycle_owners.sql_owner_id,
            cycle_owners.sal_owner_id,
            cycle_owners.mql_owner_id
        ) as owner_id_at_sql,
        {% for stage in ['rejected', 'recycled', 'disqualified'] -%}
            coalesce(
                cycle_owners.{{ stage }}_owner_id,
                cycle_owners.sql_owner_id,
                cycle_owners.sal_owner_id,
                cycle_owners.mql_owner_id
            ) as owner_id_at_{{ stage }},
        {% endfor -%}
        lead_cycles.mql_at is null or lead_cycles.is_mql_credited
            as is_counted
    from lead_cycles
    inner join cycle_owners
        on
            lead_cycles.lead_cycle_id = cycle_owners.lead_cycle_id
            and lead_cycles.person_id = cycle_owners.person_id

),

-- A stage of a lead cycle stays reached, so that it is visited once: a status
-- that was set back is the same entry noted again.
lead_entries as (

    {% for stage, stage_order in stages.items() %}
        select
            lead_cycle_id,
            '{{ stage }}' as stage, -- noqa: RF04
            {{ stage_order }} as stage_order,
            {{ stage }}_at as entered_at,
            {{ {
                'lead': 'lead_owner_id',
                'mql': 'owner_id_at_mql',
                'sal': 'owner_id_at_sal',
                'opportunity': 'owner_id_at_sql',
                'customer': 'owner_id_at_sql',
                'closed_lost': 'owner_id_at_sql',
            }.get(stage, 'owner_id_at_' ~ stage) }} as owner_id,
            {{ 'is_' ~ stage ~ '_imputed'
                if stage in [
                    'lead', 'mql', 'sal', 'sql', 'opportunity', 'rejected'
                ]
                else 'false' }} as is_imputed,
            {{ 'true' if stage in terminal_stages else 'false' }}
                as is_terminal,
            {{ 'is_reentered' if stage == 'recycled' else 'false' }}
                as is_reentered,
            {{ 'reject_reason'
                if stage in ['rejected', 'recycled', 'disqualified']
                else 'cast(null as varchar)' }} as reason,
            person_id,
            account_id,
            origin,
            channel,
            campaign,
            segment,
            {{ 'is_counted or is_first_cycle' if stage == 'lead'
                else 'is_counted' }} as is_counted
        from cycles_with_owners
        where
            {{ stage }}_at is not null
            {{ 'and is_lead_entered' if stage == 'lead' }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

lead_visits as (

    select
        *,
        row_number() over (
            partition by lead_cycle_id
            order by entered_at, stage_order, stage
        ) as entry_no,
        lead(entered_at) over (
            partition by lead_cycle_id
            order by entered_at, stage_order, stage
        ) as next_entered_at
    from lead_entries

),

visits as (

    select
        concat('lead_cycle/', lead_cycle_id) as record_id,
        'lead_cycle' as record_type,
        lead_cycle_id,
        cast(null as varchar) as opportunity_id,
        person_id,
        account_id,
        owner_id,
        origin,
        channel,
        campaign,
        segment,
        reason,
        stage,
        stage_order,
        entry_no,
        is_imputed,
        false as is_regression,
        is_terminal,
        is_counted,
        is_reentered,
        entered_at,
        next_entered_at
    from lead_visits

    union all

    select
        concat('opportunity/', deal_visits.opportunity_id) as record_id,
        'opportunity' as record_type,
        opportunities.lead_cycle_id,
        deal_visits.opportunity_id,
        opportunities.person_id,
        opportunities.account_id,
        opportunities.owner_id,
        cast(null as varchar) as origin,
        people.channel,
        people.campaign,
        opportunities.segment,
        cast(null as varchar) as reason,
        deal_visits.stage,
        deal_visits.stage_order,
        deal_visits.entry_no,
        deal_visits.is_imputed,
        deal_visits.is_regression,
        deal_visits.is_terminal,
        true as is_counted,
        false as is_reentered,
        deal_visits.entered_at,
        deal_visits.next_entered_at
    from deal_visits
    inner join opportunities
        on deal_visits.opportunity_id = opportunities.opportunity_id
    left join people
        on opportunities.person_id = people.person_id

),

visits_dated as (

    select
        visits.*,
        {{ local_date('visits.entered_at', 'parameters.reporting_tz') }}
            as entered_date,
        coalesce(
            visits.next_entered_at,
            case when visits.is_terminal then visits.entered_at end
        ) as exited_at,
        parameters.as_of,
        row_number() over (
            partition by visits.record_id, visits.stage
            order by visits.entry_no
        ) as visit_no,
        count(*) over (
            partition by visits.record_id, visits.stage
        ) as visit_count
    from visits
    cross join parameters

),

visits_described as (

    select
        ---------- ids
        concat(visits_dated.record_id, '/', visits_dated.entry_no)
            as stage_event_id,
        visits_dated.record_id,
        visits_dated.lead_cycle_id,
        visits_dated.opportunity_id,
        visits_dated.person_id,
        visits_dated.account_id,
        coalesce(visits_dated.owner_id, '__unassigned__') as owner_id,
        coalesce(owner_teams.team_id, '__unassigned__') as team_id,

        ---------- strings
        visits_dated.record_type,
        visits_dated.stage,
        coalesce(visits_dated.origin, '__missing__') as origin,
        coalesce(visits_dated.channel, '__missing__') as channel,
        coalesce(visits_dated.campaign, '__missing__') as campaign,
        coalesce(
            people.region, owner_teams.region, accounts.region, '__missing__'
        ) as region,
        coalesce(
            people.segment, visits_dated.segment, accounts.segment,
            '__missing__'
        ) as segment,
        coalesce(fit.icp_tier, '__missing__') as icp_tier,
        coalesce(fit.persona, '__missing__') as persona,
        coalesce(visits_dated.reason, '__missing__') as reason,
        people.custom_fields,

        ---------- numerics
        visits_dated.stage_order,
        cast(visits_dated.entry_no as integer) as entry_no,
        cast(visits_dated.visit_no as integer) as visit_no,
        {{ elapsed_seconds(
            'visits_dated.entered_at',
            'coalesce(visits_dated.exited_at, visits_dated.as_of)'
        ) }} / 86400 as duration_days,

        ---------- booleans
        visits_dated.exited_at is null as is_open,
        visits_dated.visit_no = visits_dated.visit_count as is_latest_visit,
        visits_dated.is_imputed,
        visits_dated.is_regression,
        visits_dated.is_terminal,
        visits_dated.is_counted,
        visits_dated.is_reentered,

        ---------- dates
        visits_dated.entered_date,

        ---------- timestamps
        visits_dated.entered_at,
        visits_dated.exited_at
    from visits_dated
    left join people
        on visits_dated.person_id = people.person_id
    left join fit
        on
            visits_dated.person_id = fit.subject_id
            and visits_dated.entered_date >= fit.valid_from
            and visits_dated.entered_date < fit.valid_before
    left join accounts
        on visits_dated.account_id = accounts.account_id
    left join owner_teams
        on
            visits_dated.owner_id = owner_teams.owner_id
            and visits_dated.entered_date >= owner_teams.valid_from
            and visits_dated.entered_date < owner_teams.valid_before

)

select * from visits_described
