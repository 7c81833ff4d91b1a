with

promises as (

    select * from {{ ref('int_sla_promises_judged') }}
    where promise_status in ('breached_late', 'breached_open')

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

openings as (

    select * from {{ ref('int_business_hours_opened') }}

),

people as (

    select * from {{ ref('dim_person') }}

),

record_urls as (

    select
        *,
        source_system || ':' || coalesce(id_kind || ':', '') as id_prefix
    from {{ ref('stg_meta__record_urls') }}
    where entity = 'people'

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

breaches as (

    select
        promises.*,
        {{ stopped_waiting_at('lead_cycles') }} as ended_at,
        case promises.promise
            when 'first_response' then 'first_response_sla_rate'
            when 'decision' then 'decision_timeliness_rate'
            else 'followup_compliance_rate'
        end as metric_id,
        coalesce(
            promises.answered_at,
            {{ stopped_waiting_at('lead_cycles') }},
            parameters.as_of
        ) as until_at
    from promises
    cross join parameters
    inner join lead_cycles
        on promises.lead_cycle_id = lead_cycles.lead_cycle_id

),

breaches_measured as (

    select
        breaches.*,
        (
            {{ open_microseconds_until('at_end', 'breaches.until_at') }}
            - coalesce({{ open_microseconds_until(
                'at_due', 'breaches.due_at'
            ) }}, 0)
        ) / 60000000.0 as business_minutes_over
    from breaches
    {{ left_join_nearest(
        'openings', 'at_due',
        'breaches.calendar = at_due.calendar '
        ~ 'and breaches.due_at >= at_due.opens_at'
    ) }}
    {{ left_join_nearest(
        'openings', 'at_end',
        'breaches.calendar = at_end.calendar '
        ~ 'and breaches.until_at >= at_end.opens_at'
    ) }}

),

breaches_described as (

    select
        ---------- ids
        breaches_measured.lead_cycle_id,
        handoffs.person_id,
        handoffs.owner_id,
        handoffs.team_id,

        ---------- strings
        breaches_measured.promise,
        handoffs.region,
        handoffs.segment,
        handoffs.channel,
        breaches_measured.calendar,
        case
            when breaches_measured.promise_status = 'breached_late' then 'late'
            when breaches_measured.ended_at is not null then 'never'
            else 'overdue'
        end as breach_status,
        breaches_measured.metric_id,
        {{ record_url(
            'record_urls.url_template', 'handoffs.person_id',
            'record_urls.id_prefix'
        ) }} as record_url,

        ---------- numerics
        definitions.metric_version,
        breaches_measured.limit_value,
        greatest(breaches_measured.business_minutes_over, 0)
            as business_minutes_over,

        ---------- booleans
        breaches_measured.is_committed,

        ---------- dates
        handoffs.handoff_date,

        ---------- timestamps
        handoffs.handoff_at,
        handoffs.clock_start_at,
        breaches_measured.due_at,
        breaches_measured.answered_at
    from breaches_measured
    inner join handoffs
        on breaches_measured.lead_cycle_id = handoffs.lead_cycle_id
    left join definitions
        on breaches_measured.metric_id = definitions.metric_id
    left join people
        on handoffs.person_id = people.person_id
    left join record_urls
        on
            people.source_system = record_urls.source_system
            and (
                record_urls.id_kind is null
                or starts_with(handoffs.person_id, record_urls.id_prefix)
            )

)

select * from breaches_described
