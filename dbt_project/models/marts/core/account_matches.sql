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

choices_of_rules as (

    select person_id from {{ ref('int_account_candidates') }}
    where
        rank_by_rules = 1
        and match_rule <> 'human'

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
        choices_of_rules.person_id is not null as is_chosen_by_rules,

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
    left join choices_of_rules
        on people.person_id = choices_of_rules.person_id
    where people.is_countable

),

-- What people look at because it looks wrong says little of the others. The
-- hash is as good as chance and the same on every run, so that a list which
-- was begun stays the list.
people_sampled as (

    select
        ---------- ids
        countable_people.person_id,
        countable_people.account_id,

        ---------- strings
        countable_people.account_match_rule,
        countable_people.match_domain,
        countable_people.decided_by,
        countable_people.channel,
        countable_people.region,

        ---------- numerics
        countable_people.candidate_count,
        countable_people.confidence,

        ---------- booleans
        countable_people.is_matched,
        countable_people.is_ambiguous,
        countable_people.is_chosen_by_rules
        and countable_people.created_date is not null
        and row_number() over (
            partition by
                countable_people.is_chosen_by_rules,
                {{ start_of('month', 'countable_people.created_date') }}
            order by
                md5(countable_people.person_id), countable_people.person_id
        ) <= parameters.match_sample_size as is_in_sample,

        ---------- dates
        countable_people.created_date
    from countable_people
    cross join parameters

)

select * from people_sampled
