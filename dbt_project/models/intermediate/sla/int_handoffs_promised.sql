{%- set levels = sla_levels('handoffs') -%}

with

handoffs as (

    select
        lead_cycle_id,
        mql_region as region,
        segment,
        mql_credited_date as handoff_date
    from {{ ref('fct_lead_cycles') }}
    where mql_credited_date is not null

),

commitments as (

    select * from {{ ref('stg_mapped__sla_commitments') }}
    where side = 'marketing' and sla_metric = 'mql_volume'

),

first_of_a_region as (

    select min(period_start_date) as start_date
    from commitments
    where region <> 'all'

),

-- A promise is about the MQLs of its region and segment since it was made, as
-- int_mql_commitments_dated adds it up.
handoffs_promised as (

    select
        handoffs.lead_cycle_id,
        coalesce(by_both.committed_value, 0) > 0 as is_promised_by_both,
        coalesce(by_region.committed_value, by_both.committed_value, 0) > 0
            as is_promised_by_region,
        coalesce(by_segment.committed_value, by_both.committed_value, 0) > 0
            as is_promised_by_segment,
        coalesce(
            by_all.committed_value,
            case
                when handoffs.handoff_date >= first_of_a_region.start_date
                    then
                        coalesce(
                            by_region.committed_value, by_both.committed_value
                        )
                else by_segment.committed_value
            end,
            0
        ) > 0 as is_promised_by_all
    from handoffs
    cross join first_of_a_region
    {% for alias, region, segment in levels %}
        {{ left_join_nearest(
            'commitments', alias,
            region ~ ' = ' ~ alias ~ '.region '
            ~ 'and ' ~ segment ~ ' = ' ~ alias ~ '.segment '
            ~ 'and handoffs.handoff_date >= ' ~ alias ~ '.period_start_date'
        ) }}
    {% endfor %}

)

select * from handoffs_promised
