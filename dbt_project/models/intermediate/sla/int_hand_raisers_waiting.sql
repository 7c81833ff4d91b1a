with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

clocks as (

    select * from {{ ref('int_handoffs_clocked') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

hand_raisers_waiting as (

    select
        handoffs.lead_cycle_id,
        handoffs.handoff_date
    from handoffs
    inner join clocks
        on handoffs.lead_cycle_id = clocks.lead_cycle_id
    inner join lead_cycles
        on handoffs.lead_cycle_id = lead_cycles.lead_cycle_id
    where
        handoffs.response_status in ('not_due', 'breached_unanswered')
        and {{ stopped_waiting_at('lead_cycles') }} is null
        and clocks.is_hand_raised
        and clocks.age_business_days > 1

)

select * from hand_raisers_waiting
