with

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

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

parameters as (

    select * from {{ ref('int_parameters') }}

),

fit as (

    select * from {{ ref('int_fit_tiers_dated') }}
    where subject = 'account'

),

personas as (

    select * from {{ ref('int_opportunity_personas') }}

),

regressions as (

    select
        opportunity_id,
        sum(case when is_regression then 1 else 0 end) as regression_count
    from {{ ref('int_opportunity_stage_visits') }}
    group by 1

),

first_leads as (

    select
        lead_cycles.person_id,
        {{ local_date('lead_cycles.lead_at', 'parameters.reporting_tz') }}
            as lead_date
    from lead_cycles
    cross join parameters
    where lead_cycles.is_first_cycle

),

-- A source that prices no lost deal cannot say what was lost by value.
sources as (

    select
        source_system,
        coalesce(
            max(case when outcome = 'lost' then 1 else 0 end) = 1
            and max(
                case when outcome = 'lost' and amount > 0 then 1 else 0 end
            ) = 0,
            false
        ) as is_lost_amount_unrecorded
    from opportunities
    group by 1

),

deals_judged as (

    select
        *,
        is_qualified
        and not is_excluded
        and coalesce(order_type, 'new') <> 'renewal' as is_counted_qualified,
        is_qualified
        and outcome in ('won', 'lost')
        and coalesce(order_type, 'new') <> 'renewal' as is_decided,
        {{ days_from_to('created_date', 'final_close_date') }}
            as days_to_close
    from opportunities

),

deals_described as (

    select
        ---------- ids
        deals_judged.opportunity_id,
        deals_judged.account_id,
        accounts.ultimate_parent_id,
        deals_judged.person_id,
        deals_judged.lead_cycle_id,
        coalesce(deals_judged.owner_id, '__unassigned__') as owner_id,
        coalesce(deals_judged.qualified_by_owner_id, '__unassigned__')
            as qualified_by_owner_id,
        coalesce(teams_at_event.team_id, '__unassigned__') as team_id,
        coalesce(teams_at_creation.team_id, '__unassigned__')
            as created_team_id,
        coalesce(teams_at_qualification.team_id, '__unassigned__')
            as qualified_team_id,
        coalesce(deals_judged.product_id, '__missing__') as product_id,

        ---------- strings
        coalesce(
            deals_judged.region,
            teams_at_event.region,
            accounts.region,
            '__missing__'
        ) as region,
        coalesce(
            deals_judged.region,
            teams_at_creation.region,
            accounts.region,
            '__missing__'
        ) as created_region,
        coalesce(
            deals_judged.region,
            teams_at_qualification.region,
            accounts.region,
            '__missing__'
        ) as qualified_region,
        coalesce(deals_judged.segment, accounts.segment, '__missing__')
            as segment,
        case
            when people.person_id is null then '__unattributed__'
            else coalesce(people.channel, '__missing__')
        end as channel,
        coalesce(fit.icp_tier, '__missing__') as icp_tier,
        coalesce(deals_judged.order_type, '__missing__') as order_type,
        deals_judged.lost_reason,
        deals_judged.stage,
        deals_judged.stage_source_value,
        deals_judged.outcome,
        deals_judged.excluded_reason,
        deals_judged.currency,
        deals_judged.custom_fields,
        deals_judged.source_system,

        ---------- numerics
        deals_judged.stage_order,
        deals_judged.amount,
        deals_judged.fx_rate,
        deals_judged.amount_reporting,
        case
            when
                deals_judged.is_decided
                and not sources.is_lost_amount_unrecorded
                -- A downsell would push the rate out of 0 to 1.
                and deals_judged.amount_reporting >= 0
                then deals_judged.amount_reporting
        end as win_rate_amount,
        deals_judged.reopened_count,
        personas.required_persona_count,
        personas.present_persona_count,
        cast(coalesce(regressions.regression_count, 0) as integer)
            as regression_count,
        cast(
            case
                when
                    deals_judged.is_decided
                    and deals_judged.outcome = 'won'
                    and deals_judged.days_to_close >= 0
                    then deals_judged.days_to_close
            end as integer
        ) as sales_cycle_days,

        ---------- booleans
        deals_judged.is_excluded,
        deals_judged.is_qualified,
        deals_judged.is_qualified_imputed,
        deals_judged.is_counted_qualified,
        deals_judged.is_decided,
        deals_judged.is_open_qualified,
        deals_judged.is_cancelled,
        deals_judged.is_late_reopened,
        deals_judged.is_stage_history_observed,
        coalesce(deals_judged.amount, 0) = 0 as is_amount_missing,
        coalesce(deals_judged.days_to_close < 0, false)
            as is_closed_before_created,
        coalesce(
            deals_judged.outcome = 'won'
            and deals_judged.final_close_date < first_leads.lead_date,
            false
        ) as is_won_before_lead,

        ---------- dates
        deals_judged.created_date,
        deals_judged.qualified_date,
        case
            when deals_judged.is_counted_qualified
                then deals_judged.qualified_date
        end as qualified_counted_date,
        deals_judged.expected_close_date,
        deals_judged.final_close_date,
        case
            when deals_judged.is_decided then deals_judged.final_close_date
        end as decided_date,
        case
            when deals_judged.is_open_qualified then parameters.as_of_date
        end as open_snapshot_date,
        case
            when
                deals_judged.outcome = 'open' and not deals_judged.is_excluded
                then parameters.as_of_date
        end as open_date,
        deals_judged.fx_rate_date,

        ---------- timestamps
        deals_judged.created_at,
        deals_judged.qualified_at,
        deals_judged.closed_at
    from deals_judged
    cross join parameters
    left join accounts
        on deals_judged.account_id = accounts.account_id
    left join owner_teams as teams_at_event
        on
            deals_judged.owner_id = teams_at_event.owner_id
            and deals_judged.fx_rate_date >= teams_at_event.valid_from
            and deals_judged.fx_rate_date < teams_at_event.valid_before
    left join owner_teams as teams_at_creation
        on
            deals_judged.owner_id = teams_at_creation.owner_id
            and deals_judged.created_date >= teams_at_creation.valid_from
            and deals_judged.created_date < teams_at_creation.valid_before
    left join owner_teams as teams_at_qualification
        on
            deals_judged.owner_id = teams_at_qualification.owner_id
            and deals_judged.qualified_date
            >= teams_at_qualification.valid_from
            and deals_judged.qualified_date
            < teams_at_qualification.valid_before
    left join fit
        on
            deals_judged.account_id = fit.subject_id
            and coalesce(deals_judged.created_date, parameters.as_of_date)
            >= fit.valid_from
            and coalesce(deals_judged.created_date, parameters.as_of_date)
            < fit.valid_before
    left join personas
        on deals_judged.opportunity_id = personas.opportunity_id
    left join people
        on deals_judged.person_id = people.person_id
    left join first_leads
        on deals_judged.person_id = first_leads.person_id
    left join regressions
        on deals_judged.opportunity_id = regressions.opportunity_id
    left join sources
        on deals_judged.source_system = sources.source_system

)

select * from deals_described
