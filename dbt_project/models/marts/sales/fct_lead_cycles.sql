with

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

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

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

fit as (

    select * from {{ ref('int_fit_tiers_dated') }}
    where subject = 'person'

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- Only its first deal makes an account a customer; a later one is expansion.
first_wins as (

    select
        opportunity_id,
        row_number() over (
            partition by account_id
            order by final_close_date nulls last, closed_at, opportunity_id
        ) as win_no
    from opportunities
    where
        outcome = 'won'
        and not is_cancelled
        and account_id is not null

),

deals_of_cycles as (

    select
        lead_cycles.lead_cycle_id,
        opportunities.opportunity_id,
        opportunities.created_at,
        case
            when opportunities.is_qualified
                then opportunities.qualified_at
        end as qualified_at,
        case
            when
                opportunities.outcome <> 'won'
                or opportunities.is_cancelled
                or first_wins.win_no > 1
                then null
            -- Bought on the day of the first contact, time unknown: not
            -- before it.
            when opportunities.is_close_time_unknown
                then greatest(
                    opportunities.closed_at,
                    {{ if_same_local_day(
                        'greatest(lead_cycles.lead_at, lead_cycles.mql_at, '
                        ~ 'lead_cycles.sal_at, lead_cycles.sql_at)',
                        'opportunities.final_close_date',
                        'parameters.reporting_tz'
                    ) }}
                )
            else opportunities.closed_at
        end as customer_at
    from opportunities
    cross join parameters
    inner join lead_cycles
        on opportunities.lead_cycle_id = lead_cycles.lead_cycle_id
    left join first_wins
        on opportunities.opportunity_id = first_wins.opportunity_id
    where
        not opportunities.is_excluded
        and coalesce(opportunities.order_type, 'new') <> 'renewal'

),

deals_ranked as (

    select
        *,
        row_number() over (
            partition by lead_cycle_id
            order by
                customer_at nulls last,
                qualified_at nulls last,
                created_at nulls last,
                opportunity_id
        ) as deal_rank
    from deals_of_cycles

),

deals_by_cycle as (

    select
        lead_cycle_id,
        max(case when deal_rank = 1 then opportunity_id end)
            as opportunity_id,
        least(min(qualified_at), min(customer_at)) as opportunity_at,
        min(customer_at) as customer_at
    from deals_ranked
    group by 1

),

customers_by_person as (

    select
        lead_cycles.person_id,
        min(deals_by_cycle.customer_at) as first_customer_at
    from lead_cycles
    inner join deals_by_cycle
        on lead_cycles.lead_cycle_id = deals_by_cycle.lead_cycle_id
    group by 1

),

-- A deal opened before the status was set: the qualification is no later
-- than the deal, as long as the deal is not older than the cycle.
cycles_with_deals as (

    select
        lead_cycles.*,
        deals_by_cycle.opportunity_id,
        deals_by_cycle.opportunity_at,
        deals_by_cycle.customer_at,
        coalesce(
            deals_by_cycle.opportunity_at,
            deals_by_cycle.customer_at
        ) >= coalesce(lead_cycles.mql_at, lead_cycles.lead_at)
            as is_deal_in_order,
        {{ local_date('lead_cycles.lead_at', 'parameters.reporting_tz') }}
            as lead_or_start_date,
        case
            when lead_cycles.is_mql_credited
                then {{ local_date(
                    'lead_cycles.mql_at', 'parameters.reporting_tz'
                ) }}
        end as mql_credited_date
    from lead_cycles
    cross join parameters
    left join deals_by_cycle
        on lead_cycles.lead_cycle_id = deals_by_cycle.lead_cycle_id

),

cycles_in_order as (

    select
        *,
        case
            when sql_at is null then null
            when is_deal_in_order
                then least(sql_at, opportunity_at, customer_at)
            else sql_at
        end as sql_at_or_deal,
        case
            when sal_at is null then null
            when is_deal_in_order
                then least(sal_at, opportunity_at, customer_at)
            else sal_at
        end as sal_at_or_deal
    from cycles_with_deals

),

cycles_described as (

    select
        ---------- ids
        cycles_in_order.lead_cycle_id,
        cycles_in_order.person_id,
        people.account_id,
        cycles_in_order.opportunity_id,
        coalesce(cycles_in_order.owner_id, '__unassigned__') as owner_id,
        coalesce(owner_teams.team_id, '__unassigned__') as team_id,
        coalesce(cycles_in_order.mql_owner_id, '__unassigned__')
            as mql_owner_id,
        coalesce(mql_owner_teams.team_id, '__unassigned__') as mql_team_id,

        ---------- strings
        cycles_in_order.origin,
        coalesce(people.channel, '__missing__') as channel,
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
        cycles_in_order.mql_class,
        cycles_in_order.reject_reason,
        people.custom_fields,

        ---------- numerics
        cast(cycles_in_order.cycle_no as integer) as cycle_no,
        case
            when
                cycles_in_order.is_first_cycle
                and customers_by_person.first_customer_at
                >= cycles_in_order.lead_at
                then {{ elapsed_seconds(
                    'cycles_in_order.lead_at',
                    'customers_by_person.first_customer_at'
                ) }} / 86400
        end as lead_to_customer_days,

        ---------- booleans
        cycles_in_order.is_first_cycle,
        cycles_in_order.is_first_cycle as is_lead_counted,
        coalesce({{ is_paid_channel('people.channel') }}, false)
            as is_paid_channel,
        cycles_in_order.is_mql_credited,
        cycles_in_order.is_mql_imputed,
        cycles_in_order.is_sal_imputed
        or coalesce(
            cycles_in_order.sal_at_or_deal < cycles_in_order.sal_at, false
        ) as is_sal_imputed,
        cycles_in_order.is_sql_imputed
        or coalesce(
            cycles_in_order.sql_at_or_deal < cycles_in_order.sql_at, false
        ) as is_sql_imputed,
        cycles_in_order.is_stage_history_observed,
        coalesce(
            cycles_in_order.is_first_cycle
            and {{ elapsed_seconds(
                'cycles_in_order.lead_at',
                'customers_by_person.first_customer_at'
            ) }} between 0 and parameters.window_lead_to_customer_days * 86400,
            false
        ) as is_lead_to_customer,
        coalesce(
            cycles_in_order.customer_at < cycles_in_order.lead_at, false
        ) as is_customer_before_lead,
        not coalesce(cycles_in_order.is_deal_in_order, true)
            as is_deal_before_cycle,

        ---------- dates
        case
            when cycles_in_order.is_first_cycle
                then cycles_in_order.lead_or_start_date
        end as lead_date,
        cycles_in_order.mql_credited_date,
        {{ local_date(
            'cycles_in_order.customer_at', 'parameters.reporting_tz'
        ) }} as customer_date,

        ---------- timestamps
        cycles_in_order.lead_at,
        cycles_in_order.mql_at,
        case
            when cycles_in_order.is_mql_credited then cycles_in_order.mql_at
        end as mql_credited_at,
        cycles_in_order.mql_assigned_at,
        cycles_in_order.sal_at_or_deal as sal_at,
        cycles_in_order.sql_at_or_deal as sql_at,
        cycles_in_order.opportunity_at,
        cycles_in_order.customer_at,
        cycles_in_order.rejected_at,
        cycles_in_order.recycled_at,
        cycles_in_order.disqualified_at
    from cycles_in_order
    cross join parameters
    inner join people
        on cycles_in_order.person_id = people.person_id
    left join customers_by_person
        on cycles_in_order.person_id = customers_by_person.person_id
    left join fit
        on
            cycles_in_order.person_id = fit.subject_id
            and cycles_in_order.lead_or_start_date >= fit.valid_from
            and cycles_in_order.lead_or_start_date < fit.valid_before
    left join fit as mql_fit
        on
            cycles_in_order.person_id = mql_fit.subject_id
            and cycles_in_order.mql_credited_date >= mql_fit.valid_from
            and cycles_in_order.mql_credited_date < mql_fit.valid_before
    left join accounts
        on people.account_id = accounts.account_id
    left join owner_teams
        on
            cycles_in_order.owner_id = owner_teams.owner_id
            and cycles_in_order.lead_or_start_date >= owner_teams.valid_from
            and cycles_in_order.lead_or_start_date < owner_teams.valid_before
    left join owner_teams as mql_owner_teams
        on
            cycles_in_order.mql_owner_id = mql_owner_teams.owner_id
            and cycles_in_order.mql_credited_date >= mql_owner_teams.valid_from
            and cycles_in_order.mql_credited_date < mql_owner_teams.valid_before

)

select * from cycles_described
