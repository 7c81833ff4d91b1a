with

lead_cycles as (

    select * from {{ ref('int_lead_cycles_credited') }}

),

people as (

    select * from {{ ref('int_people_matched') }}

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

channel_groups as (

    select * from {{ ref('channel_groups') }}

),

web_traffic as (

    select * from {{ ref('fct_web_traffic_daily') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

days_with_visits as (

    select distinct visit_date
    from web_traffic
    where sessions > 0

),

customers_by_person as (

    select
        person_id,
        min(customer_at) as first_customer_at
    from lead_cycles
    where customer_at is not null
    group by 1

),

cycles_dated as (

    select
        lead_cycles.*,
        {{ local_date('lead_cycles.lead_at', 'parameters.reporting_tz') }}
            as lead_or_start_date,
        case
            when lead_cycles.is_mql_credited
                then {{ local_date(
                    'lead_cycles.mql_at', 'parameters.reporting_tz'
                ) }}
        end as mql_credited_date,
        min(
            case when lead_cycles.is_mql_credited then lead_cycles.lead_at end
        ) over (
            partition by lead_cycles.person_id
            order by lead_cycles.cycle_no
            rows between 1 following and unbounded following
        ) as next_credited_cycle_at
    from lead_cycles
    cross join parameters

),

cycles_described as (

    select
        ---------- ids
        cycles_dated.lead_cycle_id,
        cycles_dated.person_id,
        people.account_id,
        cycles_dated.opportunity_id,
        coalesce(cycles_dated.owner_id, '__unassigned__') as owner_id,
        coalesce(owner_teams.team_id, '__unassigned__') as team_id,
        coalesce(cycles_dated.mql_owner_id, '__unassigned__')
            as mql_owner_id,
        coalesce(mql_owner_teams.team_id, '__unassigned__') as mql_team_id,

        ---------- strings
        cycles_dated.origin,
        coalesce(people.channel, '__missing__') as channel,
        coalesce(channel_groups.channel_group, '__missing__')
            as channel_group,
        coalesce(people.campaign, '__missing__') as campaign,
        coalesce(
            people.region, owner_teams.region, accounts.region, '__missing__'
        ) as region,
        coalesce(
            people.region,
            mql_owner_teams.region,
            accounts.region,
            '__missing__'
        ) as mql_region,
        coalesce(people.segment, accounts.segment, '__missing__') as segment,
        coalesce(fit.icp_tier, '__missing__') as icp_tier,
        coalesce(mql_fit.icp_tier, fit.icp_tier, '__missing__')
            as mql_icp_tier,
        coalesce(fit.persona, '__missing__') as persona,
        cycles_dated.mql_class,
        cycles_dated.reject_reason,
        people.custom_fields,

        ---------- numerics
        cast(cycles_dated.cycle_no as integer) as cycle_no,
        case
            when
                cycles_dated.is_first_cycle
                and customers_by_person.first_customer_at
                >= cycles_dated.lead_at
                then {{ elapsed_seconds(
                    'cycles_dated.lead_at',
                    'customers_by_person.first_customer_at'
                ) }} / 86400
        end as lead_to_customer_days,

        ---------- booleans
        cycles_dated.is_first_cycle,
        cycles_dated.is_first_cycle as is_lead_counted,
        coalesce({{ is_paid_channel('people.channel') }}, false)
            as is_paid_channel,
        cycles_dated.is_first_cycle
        and channel_groups.channel_group is not null
        and days_with_visits.visit_date is not null as has_web_session,
        cycles_dated.is_mql_credited,
        cycles_dated.is_lead_imputed,
        cycles_dated.is_mql_imputed,
        cycles_dated.is_sal_imputed,
        cycles_dated.is_sql_imputed,
        cycles_dated.is_opportunity_imputed,
        cycles_dated.is_rejected_imputed,
        cycles_dated.is_stage_history_observed,
        coalesce(
            cycles_dated.is_first_cycle
            and {{ elapsed_seconds(
                'cycles_dated.lead_at',
                'customers_by_person.first_customer_at'
            ) }} between 0 and parameters.window_lead_to_customer_days * 86400,
            false
        ) as is_lead_to_customer,
        coalesce(
            cycles_dated.customer_at < cycles_dated.lead_at, false
        ) as is_customer_before_lead,
        not coalesce(cycles_dated.is_deal_in_order, true)
            as is_deal_before_cycle,

        coalesce(
            {{ elapsed_microseconds(
                'cycles_dated.recycled_at',
                'cycles_dated.next_credited_cycle_at'
            ) }} between 0
            and cast(parameters.window_reentry_days as bigint) * 86400000000,
            false
        ) as is_reentered,

        ---------- dates
        case
            when cycles_dated.is_first_cycle
                then cycles_dated.lead_or_start_date
        end as lead_date,
        cycles_dated.mql_credited_date,
        {{ local_date(
            'cycles_dated.customer_at', 'parameters.reporting_tz'
        ) }} as customer_date,

        ---------- timestamps
        cycles_dated.lead_at,
        cycles_dated.mql_at,
        case
            when cycles_dated.is_mql_credited then cycles_dated.mql_at
        end as mql_credited_at,
        cycles_dated.mql_assigned_at,
        cycles_dated.sal_at,
        cycles_dated.sql_at,
        cycles_dated.opportunity_at,
        cycles_dated.customer_at,
        cycles_dated.closed_lost_at,
        cycles_dated.rejected_at,
        cycles_dated.recycled_at,
        cycles_dated.disqualified_at
    from cycles_dated
    cross join parameters
    inner join people
        on cycles_dated.person_id = people.person_id
    left join channel_groups
        on people.channel = channel_groups.channel
    left join days_with_visits
        on cycles_dated.lead_or_start_date = days_with_visits.visit_date
    left join customers_by_person
        on cycles_dated.person_id = customers_by_person.person_id
    left join fit
        on
            cycles_dated.person_id = fit.subject_id
            and cycles_dated.lead_or_start_date >= fit.valid_from
            and cycles_dated.lead_or_start_date < fit.valid_before
    left join fit as mql_fit
        on
            cycles_dated.person_id = mql_fit.subject_id
            and cycles_dated.mql_credited_date >= mql_fit.valid_from
            and cycles_dated.mql_credited_date < mql_fit.valid_before
    left join accounts
        on people.account_id = accounts.account_id
    left join owner_teams
        on
            cycles_dated.owner_id = owner_teams.owner_id
            and cycles_dated.lead_or_start_date >= owner_teams.valid_from
            and cycles_dated.lead_or_start_date < owner_teams.valid_before
    left join owner_teams as mql_owner_teams
        on
            cycles_dated.mql_owner_id = mql_owner_teams.owner_id
            and cycles_dated.mql_credited_date >= mql_owner_teams.valid_from
            and cycles_dated.mql_credited_date < mql_owner_teams.valid_before

)

select * from cycles_described
