{%- set grains = sla_period_grains() -%}
{%- set levels = sla_levels('handoffs') -%}
{%- set counted = [
    'handed_off_count', 'other_origin_count', 'unfit_count', 'declined_count',
    'undecided_count', 'delivered_count', 'recycled_count',
    'promised_delivered_count', 'promised_recycled_count',
] -%}

with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

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

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- A promise is about the MQLs of its region and segment since it was made, as
-- int_sla_volume_promised adds it up.
handoffs_promised as (

    select
        handoffs.*,
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

),

-- Each MQL is delivered, or not for one reason: whose it is and whether it fits
-- the company come before what sales says of it.
handoffs_counted as (

    {% for level, region, segment in levels %}
        select
            {{ region }} as region,
            {{ segment }} as segment,
            {% for grain in grains %}
                {{ biweek_start('handoffs.handoff_date') if grain == 'biweek'
                    else start_of(grain, 'handoffs.handoff_date') }}
                    as {{ grain }}_start_date,
            {% endfor %}
            1 as handed_off_count,
            {% for status in ['other_origin', 'unfit', 'declined'] %}
                case
                    when handoffs.delivery_status = '{{ status }}' then 1
                    else 0
                end as {{ status }}_count,
            {% endfor %}
            case when handoffs.decision_status = 'not_due' then 1 else 0 end
                as undecided_count,
            {% for prefix, condition in [
                ('', ''), ('promised_', ' and handoffs.is_promised_' ~ level)
            ] %}
                case
                    when handoffs.delivery_status = 'delivered'{{ condition }}
                        then 1
                    else 0
                end as {{ prefix }}delivered_count,
                case
                    when
                        handoffs.delivery_status = 'delivered'
                        and handoffs.mql_class = 'recycled'{{ condition }}
                        then 1
                    else 0
                end as {{ prefix }}recycled_count,
            {% endfor %}
            case
                when handoffs.delivery_status = 'delivered'
                    then handoffs.pipeline_amount
            end as pipeline_amount
        from handoffs_promised as handoffs
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

delivered as (

    select
        {{ grouped_period(grains) }},
        region,
        segment,
        {% for column in counted %}
            cast(sum({{ column }}) as bigint) as {{ column }},
        {% endfor %}
        -- Nothing delivered is worth 0; amounts that nobody knows are not.
        case
            when sum(delivered_count) = 0 then 0
            else sum(pipeline_amount)
        end as pipeline_amount
    from handoffs_counted
    group by grouping sets (
        {% for grain in grains %}
            ({{ grain }}_start_date, region, segment)
            {{- ',' if not loop.last }}
        {% endfor %}
    )

),

-- Whole MQLs: 9.2 recycled ones are nine.
credited as (

    select
        delivered.*,
    {% for prefix in ['delivered.', 'delivered.promised_'] -%}
        {{ prefix }}delivered_count
        - {{ prefix }}recycled_count
        + least(
            {{ prefix }}recycled_count,
            cast(
                floor(
                    round(
                        parameters.recycled_sla_cap
                        * {{ prefix }}delivered_count,
                        6
                    )
                ) as bigint
            )
        ) as {{ prefix.removeprefix('delivered.') }}credited_count
        {{- ',' if not loop.last }}
    {% endfor %}
    from delivered
    cross join parameters

)

select * from credited
