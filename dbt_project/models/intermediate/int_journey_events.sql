{%- set stages = [
    'lead', 'mql', 'sal', 'sql', 'opportunity', 'customer', 'rejected',
    'recycled', 'disqualified',
] -%}
{%- set imputable = ['lead', 'mql', 'sal', 'sql', 'opportunity'] -%}

with

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

people as (

    select * from {{ ref('int_people_matched') }}

),

exported_people as (

    select * from {{ ref('stg_mapped__people') }}

),

accounts as (

    select * from {{ ref('int_accounts_merged') }}

),

touches as (

    select * from {{ ref('int_touches_matched') }}

),

activities as (

    select * from {{ ref('stg_mapped__activities') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

moves as (

    select * from {{ ref('int_opportunity_moves_ordered') }}

),

survey_responses as (

    select * from {{ ref('stg_mapped__survey_responses') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

counted_deals as (

    select * from opportunities
    where not is_excluded

),

stage_entries as (

    {% for stage in stages %}
        select
            account_id,
            {{ stage }}_at as event_at,
            'stage' as event_type,
            '{{ stage }}' as event_name,
            channel,
            person_id,
            {{ 'opportunity_id' if stage in ['opportunity', 'customer']
                else 'cast(null as varchar)' }} as opportunity_id,
            cast(null as double) as event_value,
            {{ 'is_' ~ stage ~ '_imputed' if stage in imputable
                else 'false' }} as is_imputed,
            lead_cycle_id as record_id,
            cast(null as varchar) as source_system
        from lead_cycles
        where {{ stage }}_at is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

touch_events as (

    select
        account_id,
        touch_at as event_at,
        'touch' as event_type,
        coalesce(touch_type, '__missing__') as event_name,
        channel,
        person_id,
        cast(null as varchar) as opportunity_id,
        cast(null as double) as event_value,
        false as is_imputed,
        coalesce(touch_id, concat(person_id, '/', channel, '/', campaign))
            as record_id,
        source_system
    from touches
    where is_countable

),

activity_events as (

    select
        coalesce(
            people.account_id,
            accounts.surviving_account_id,
            activities.account_id,
            counted_deals.account_id
        ) as account_id,
        activities.activity_at as event_at,
        'activity' as event_type,
        coalesce(activities.activity_type, '__missing__') as event_name,
        cast(null as varchar) as channel,
        people.surviving_person_id as person_id,
        activities.opportunity_id,
        cast(null as double) as event_value,
        false as is_imputed,
        activities.activity_id as record_id,
        activities.source_system
    from activities
    left join people
        on activities.person_id = people.person_id
    left join people as survivors
        on people.surviving_person_id = survivors.person_id
    left join accounts
        on activities.account_id = accounts.account_id
    left join counted_deals
        on activities.opportunity_id = counted_deals.opportunity_id
    where
        not activities.is_deleted
        and coalesce(survivors.is_countable, true)

),

creations as (

    select
        account_id,
        created_at as event_at,
        'deal_created' as event_type,
        coalesce(order_type, '__missing__') as event_name,
        cast(null as varchar) as channel,
        person_id,
        opportunity_id,
        amount_reporting as event_value,
        false as is_imputed,
        opportunity_id as record_id,
        source_system
    from counted_deals
    where created_at is not null

),

deal_moves as (

    select
        counted_deals.account_id,
        moves.entered_at as event_at,
        case
            when moves.outcome = 'won' then 'deal_won'
            when moves.outcome = 'lost' then 'deal_lost'
            when moves.is_reopening then 'deal_reopened'
            else 'deal_stage'
        end as event_type,
        moves.stage as event_name,
        cast(null as varchar) as channel,
        counted_deals.person_id,
        counted_deals.opportunity_id,
        counted_deals.amount_reporting as event_value,
        false as is_imputed,
        concat(counted_deals.opportunity_id, '/', moves.move_no) as record_id,
        counted_deals.source_system
    from moves
    inner join counted_deals
        on moves.opportunity_id = counted_deals.opportunity_id

),

closings_moved as (

    select distinct
        opportunity_id,
        outcome
    from moves
    where outcome in ('won', 'lost')

),

-- Where no move tells of it, the record of the deal does.
closings as (

    select
        counted_deals.account_id,
        counted_deals.closed_at as event_at,
        concat('deal_', counted_deals.outcome) as event_type,
        counted_deals.stage as event_name,
        cast(null as varchar) as channel,
        counted_deals.person_id,
        counted_deals.opportunity_id,
        counted_deals.amount_reporting as event_value,
        false as is_imputed,
        counted_deals.opportunity_id as record_id,
        counted_deals.source_system
    from counted_deals
    left join closings_moved
        on
            counted_deals.opportunity_id = closings_moved.opportunity_id
            and counted_deals.outcome = closings_moved.outcome
    where
        counted_deals.outcome in ('won', 'lost')
        and counted_deals.closed_at is not null
        and closings_moved.opportunity_id is null

),

people_by_address as (

    select
        exported_people.email,
        min(people.surviving_person_id) as person_id
    from exported_people
    inner join people
        on exported_people.person_id = people.person_id
    where exported_people.email_domain is not null
    group by 1

),

survey_events as (

    select
        coalesce(
            people.account_id,
            accounts.surviving_account_id,
            survey_responses.account_id
        ) as account_id,
        {{ local_midnight(
            'survey_responses.responded_on', 'parameters.reporting_tz'
        ) }} as event_at,
        'survey_response' as event_type,
        survey_responses.survey_type as event_name,
        cast(null as varchar) as channel,
        people.surviving_person_id as person_id,
        cast(null as varchar) as opportunity_id,
        survey_responses.score as event_value,
        false as is_imputed,
        survey_responses.response_id as record_id,
        survey_responses.source_system
    from survey_responses
    cross join parameters
    left join people_by_address
        on survey_responses.email = people_by_address.email
    left join people
        on
            coalesce(survey_responses.person_id, people_by_address.person_id)
            = people.person_id
    left join accounts
        on survey_responses.account_id = accounts.account_id
    where survey_responses.responded_on is not null

),

{% set parts = [
    'stage_entries', 'touch_events', 'activity_events', 'creations',
    'deal_moves', 'closings', 'survey_events',
] %}
events as (

    {% for part in parts %}
        select * from {{ part }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from events
where account_id is not null
