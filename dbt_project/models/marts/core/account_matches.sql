with

people as (

    select * from {{ ref('int_people_matched') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

lead_cycles as (

    select * from {{ ref('int_lead_cycles_numbered') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

countable_people as (

    select
        ---------- ids
        people.person_id,
        people.account_id,

        ---------- strings
        coalesce(people.account_match_rule, 'none') as account_match_rule,
        people.account_match_domain as match_domain,
        case
            when people.account_match_rule = 'human' then 'human'
            when people.account_id is not null then 'rule'
        end as decided_by,
        coalesce(people.channel, '__missing__') as channel,
        coalesce(people.region, accounts.region, '__missing__') as region,

        ---------- numerics
        cast(people.account_candidate_count as integer) as candidate_count,
        people.account_match_confidence as confidence,

        ---------- booleans
        people.account_id is not null as is_matched,
        people.account_candidate_count > 1 as is_ambiguous,

        ---------- dates
        {{ local_date(
            'coalesce(people.created_at, lead_cycles.lead_at)',
            'parameters.reporting_tz'
        ) }} as created_date
    from people
    cross join parameters
    left join accounts
        on people.account_id = accounts.account_id
    left join lead_cycles
        on
            people.person_id = lead_cycles.person_id
            and lead_cycles.is_first_cycle
    where people.is_countable

)

select * from countable_people
