{%- set grains = sla_period_grains() -%}
{%- set levels = sla_levels('handoffs') -%}
{%- set counted = [
    'handed_off_count', 'other_origin_count', 'unfit_count', 'declined_count',
    'undecided_count', 'delivered_count', 'recycled_count', 'credited_count',
    'promised_delivered_count', 'promised_recycled_count',
    'promised_credited_count',
] -%}

with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

promised as (

    select * from {{ ref('int_handoffs_promised') }}

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
                ('', ''), ('promised_', ' and promised.is_promised_' ~ level)
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
                case when handoffs.is_credited{{ condition }} then 1 else 0 end
                    as {{ prefix }}credited_count,
            {% endfor %}
            case
                when handoffs.delivery_status = 'delivered'
                    then handoffs.pipeline_amount
            end as pipeline_amount
        from handoffs
        left join promised
            on handoffs.lead_cycle_id = promised.lead_cycle_id
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

)

select * from delivered
