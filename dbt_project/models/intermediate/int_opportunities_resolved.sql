with

deals_converted as (

    select * from {{ ref('int_opportunities_converted') }}

),

people as (

    select * from {{ ref('int_people_merged') }}

),

accounts as (

    select * from {{ ref('int_accounts_merged') }}

),

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

),

deals_linked_by_cycle as (

    select
        deals_converted.opportunity_id,
        lead_cycles.lead_cycle_id,
        lead_cycles.person_id
    from deals_converted
    inner join lead_cycles
        on deals_converted.lead_cycle_id = lead_cycles.lead_cycle_id

),

-- The latest cycle that had begun by the time of the deal; a deal older than
-- all of them goes to the first.
cycles_of_people as (

    select
        deals_converted.opportunity_id,
        lead_cycles.lead_cycle_id,
        row_number() over (
            partition by deals_converted.opportunity_id
            order by
                case
                    when
                        lead_cycles.lead_at <= coalesce(
                            deals_converted.created_at,
                            deals_converted.qualified_at,
                            deals_converted.closed_at
                        )
                        then lead_cycles.cycle_no
                    else -lead_cycles.cycle_no
                end desc
        ) as preference
    from deals_converted
    inner join people
        on deals_converted.person_id = people.person_id
    inner join lead_cycles
        on people.surviving_person_id = lead_cycles.person_id

),

deals_linked as (

    select
        ---------- ids
        deals_converted.opportunity_id,
        coalesce(accounts.surviving_account_id, deals_converted.account_id)
            as account_id,
        coalesce(
            deals_linked_by_cycle.person_id, people.surviving_person_id
        ) as person_id,
        coalesce(
            deals_linked_by_cycle.lead_cycle_id,
            cycles_of_people.lead_cycle_id
        ) as lead_cycle_id,
        deals_converted.owner_id,
        deals_converted.qualified_by_owner_id,
        deals_converted.product_id,

        ---------- strings
        deals_converted.stage,
        deals_converted.stage_source_value,
        deals_converted.outcome,
        deals_converted.excluded_reason,
        deals_converted.currency,
        deals_converted.order_type,
        deals_converted.lost_reason,
        deals_converted.region,
        deals_converted.segment,
        deals_converted.custom_fields,
        deals_converted.source_system,

        ---------- numerics
        deals_converted.stage_order,
        cast(deals_converted.amount as double) as amount,
        deals_converted.fx_rate,
        deals_converted.amount_reporting,
        deals_converted.reopened_count,

        ---------- booleans
        deals_converted.is_excluded,
        deals_converted.is_qualified,
        deals_converted.is_qualified_imputed,
        deals_converted.is_open_qualified,
        deals_converted.is_cancelled,
        deals_converted.is_late_reopened,
        deals_converted.is_close_time_unknown,
        deals_converted.is_stage_history_observed,

        ---------- dates
        deals_converted.created_date,
        deals_converted.qualified_date,
        deals_converted.expected_close_date,
        deals_converted.final_close_date,
        deals_converted.cancelled_date,
        deals_converted.event_date as fx_rate_date,

        ---------- timestamps
        deals_converted.created_at,
        deals_converted.qualified_at,
        deals_converted.closed_at
    from deals_converted
    left join people
        on deals_converted.person_id = people.person_id
    left join accounts
        on deals_converted.account_id = accounts.account_id
    left join deals_linked_by_cycle
        on deals_converted.opportunity_id = deals_linked_by_cycle.opportunity_id
    left join cycles_of_people
        on
            deals_converted.opportunity_id = cycles_of_people.opportunity_id
            and cycles_of_people.preference = 1

)

select * from deals_linked
