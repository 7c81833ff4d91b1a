with recursive

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

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
        opportunities.outcome,
        opportunities.created_at,
        opportunities.closed_at,
        case
            when opportunities.is_qualified
                then opportunities.qualified_at
        end as qualified_at,
        opportunities.is_qualified_imputed,
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
                        'greatest(lead_cycles.lead_at, '
                        ~ 'lead_cycles.entered_mql_at, '
                        ~ 'lead_cycles.entered_sal_at, '
                        ~ 'lead_cycles.entered_sql_at)',
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
        -- Nobody noted the qualification, or only after the win.
        coalesce(
            {{ earliest_value(
                'case when qualified_at is not null '
                ~ 'then is_qualified_imputed end',
                'qualified_at'
            ) }},
            true
        )
        or coalesce(min(customer_at) < min(qualified_at), false)
            as is_opportunity_imputed,
        min(customer_at) as customer_at,
        -- Given up once every deal is lost that the cycle led to.
        case
            when
                min(qualified_at) is not null
                and sum(case when outcome = 'lost' then 0 else 1 end) = 0
                then greatest(min(qualified_at), max(closed_at))
        end as closed_lost_at
    from deals_ranked
    group by 1

),

-- A deal that is older than the cycle says nothing about its stages.
cycles_with_deals as (

    select
        lead_cycles.*,
        deals_by_cycle.opportunity_id,
        deals_by_cycle.opportunity_at,
        deals_by_cycle.opportunity_at is not null
        and deals_by_cycle.is_opportunity_imputed as is_opportunity_imputed,
        deals_by_cycle.customer_at,
        deals_by_cycle.closed_lost_at,
        coalesce(deals_by_cycle.opportunity_at, deals_by_cycle.customer_at)
        >= coalesce(
            case
                when
                    lead_cycles.entered_mql_at is not null
                    or lead_cycles.origin = 'marketing'
                    then least(
                        lead_cycles.entered_mql_at,
                        lead_cycles.entered_sal_at,
                        lead_cycles.entered_sql_at
                    )
            end,
            lead_cycles.lead_at
        ) as is_deal_in_order
    from lead_cycles
    left join deals_by_cycle
        on lead_cycles.lead_cycle_id = deals_by_cycle.lead_cycle_id

),

sqls_imputed as (

    select
        *,
        case
            when is_deal_in_order
                then least(entered_sql_at, opportunity_at, customer_at)
            else entered_sql_at
        end as sql_at
    from cycles_with_deals

),

-- A stage that was skipped, or noted after a later one, was reached with the
-- later one; a deal opened directly is a qualification too. Only marketing's
-- cycles have to pass through MQL and SAL.
stages_imputed as (

    select
        *,
        case
            when entered_sal_at is not null or origin = 'marketing'
                then least(entered_sal_at, sql_at)
        end as sal_at,
        case
            when entered_mql_at is not null or origin = 'marketing'
                then least(entered_mql_at, entered_sal_at, sql_at)
        end as mql_at,
        least(recycled_at, disqualified_at) as left_at
    from sqls_imputed

),

-- Who turned away a hand-off that nobody had accepted, and said why, declined
-- it: most CRMs have no status for that. Without a reason nobody decided.
cycles_imputed as (

    select
        *,
        coalesce(
            rejected_at is null
            and sal_at is null
            and sql_at is null
            and reject_reason is not null
            and left_at >= mql_at,
            false
        ) as is_rejected_imputed
    from stages_imputed

),

mqls as (

    select
        person_id,
        lead_cycle_id,
        mql_at,
        row_number() over (
            partition by person_id
            order by mql_at, cycle_no
        ) as mql_no
    from cycles_imputed
    where mql_at is not null

),

moments_of_mqls as (

    select
        person_id,
        mql_at,
        min(mql_no) as mql_no
    from mqls
    group by 1, 2

),

mqls_cooled_off as (

    select
        mqls.person_id,
        mqls.mql_no,
        {{ microseconds_later(
            'mqls.mql_at',
            'cast(parameters.mql_cooloff_days as bigint) * 86400000000'
        ) }} as cooled_off_at
    from mqls
    cross join parameters

),

-- The first MQL at which the cool-off after this one is over. Both sides are
-- sorted once, so that a score that flaps a hundred times costs no more.
next_mqls as (

    select
        mqls_cooled_off.person_id,
        mqls_cooled_off.mql_no,
        later_mqls.mql_no as next_mql_no
    from mqls_cooled_off
    {{ left_join_nearest(
        'moments_of_mqls',
        'later_mqls',
        'mqls_cooled_off.person_id = later_mqls.person_id '
        ~ 'and mqls_cooled_off.cooled_off_at <= later_mqls.mql_at'
    ) }}

),

-- Each MQL is held against the last one that earned credit, not against the
-- last one: a flapping score would otherwise never earn credit again. One
-- round for each credited MQL that a person can have.
credits as (

    select
        person_id,
        mql_no,
        next_mql_no
    from next_mqls
    where mql_no = 1

    union all

    select
        next_mqls.person_id,
        next_mqls.mql_no,
        next_mqls.next_mql_no
    from credits
    inner join next_mqls
        on
            credits.person_id = next_mqls.person_id
            and credits.next_mql_no = next_mqls.mql_no

),

cycles_credited as (

    select
        cycles_imputed.lead_cycle_id,
        cycles_imputed.person_id,
        cycles_imputed.opportunity_id,
        cycles_imputed.owner_id,
        cycles_imputed.mql_owner_id,
        cycles_imputed.sal_owner_id,
        cycles_imputed.sql_owner_id,
        case
            when not cycles_imputed.is_rejected_imputed
                then cycles_imputed.rejected_owner_id
            when cycles_imputed.recycled_at = cycles_imputed.left_at
                then cycles_imputed.recycled_owner_id
            else cycles_imputed.disqualified_owner_id
        end as rejected_owner_id,
        cycles_imputed.recycled_owner_id,
        cycles_imputed.disqualified_owner_id,
        cycles_imputed.origin,
        cycles_imputed.reject_reason,
        cycles_imputed.cycle_no,
        cycles_imputed.is_first_cycle,
        cycles_imputed.is_lead_entered,
        cycles_imputed.is_deal_in_order,
        cycles_imputed.is_lead_imputed,
        cycles_imputed.is_opportunity_imputed,
        cycles_imputed.is_rejected_imputed,
        {% for stage in ['mql', 'sal', 'sql'] -%}
            (
                cycles_imputed.{{ stage }}_at is not null
                and not {{ is_one_save(
                    'cycles_imputed.' ~ stage ~ '_at',
                    'cycles_imputed.entered_' ~ stage ~ '_at'
                ) }}
            )
            or coalesce(cycles_imputed.is_{{ stage }}_entry_imputed, false)
                as is_{{ stage }}_imputed,
        {% endfor -%}
        coalesce(cycles_imputed.is_observed, false)
            as is_stage_history_observed,
        credits.mql_no is not null as is_mql_credited,
        case
            when credits.mql_no = 1 then 'new'
            when credits.mql_no > 1 then 'recycled'
        end as mql_class,
        cycles_imputed.lead_at,
        cycles_imputed.mql_at,
        cycles_imputed.mql_assigned_at,
        cycles_imputed.sal_at,
        cycles_imputed.sql_at,
        cycles_imputed.opportunity_at,
        cycles_imputed.customer_at,
        cycles_imputed.closed_lost_at,
        case
            when cycles_imputed.is_rejected_imputed
                then cycles_imputed.left_at
            else cycles_imputed.rejected_at
        end as rejected_at,
        cycles_imputed.recycled_at,
        cycles_imputed.disqualified_at
    from cycles_imputed
    left join mqls
        on
            cycles_imputed.lead_cycle_id = mqls.lead_cycle_id
            and cycles_imputed.person_id = mqls.person_id
    left join credits
        on
            mqls.person_id = credits.person_id
            and mqls.mql_no = credits.mql_no

)

select * from cycles_credited
