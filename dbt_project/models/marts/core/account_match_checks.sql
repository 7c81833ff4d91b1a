with

decisions as (

    select * from {{ ref('int_match_decisions') }}

),

people as (

    select * from {{ ref('int_people_matched') }}

),

accounts as (

    select * from {{ ref('int_accounts_merged') }}

),

candidates as (

    select * from {{ ref('int_account_candidates') }}

),

choices_of_rules as (

    select
        person_id,
        account_id,
        match_rule
    from candidates
    where
        rank_by_rules = 1
        and match_rule <> 'human'

),

sampled_people as (

    select person_id from {{ ref('account_matches') }}
    where is_in_sample

),

decisions_compared as (

    select
        decisions.*,
        people.surviving_person_id,
        people.channel,
        people.region,
        accounts.surviving_account_id,
        choices_of_rules.account_id as account_id_by_rules,
        choices_of_rules.match_rule as account_match_rule,
        sampled_people.person_id is not null as is_in_sample
    from decisions
    left join people
        on decisions.person_id = people.person_id
    left join accounts
        on decisions.account_id = accounts.account_id
    left join choices_of_rules
        on people.surviving_person_id = choices_of_rules.person_id
    left join sampled_people
        on people.surviving_person_id = sampled_people.person_id

),

decisions_described as (

    select
        ---------- ids
        concat_ws(
            ' ', person_id, account_id, other_person_id,
            decided_at, decision, decided_by
        ) as match_check_id,
        person_id,
        surviving_person_id,
        account_id,
        other_person_id,
        account_id_by_rules,

        ---------- strings
        decision,
        decided_by,
        account_match_rule,
        coalesce(channel, '__missing__') as channel,
        coalesce(region, '__missing__') as region,
        defect,

        ---------- booleans
        is_in_force,
        -- Who confirms an account that the rules did not choose says that
        -- they chose wrongly. A split from one they did not choose says
        -- nothing of their choice, nor does anything where they chose none, or
        -- about people outside the sample.
        coalesce(
            is_in_force
            and is_in_sample
            and account_id_by_rules is not null
            and (
                surviving_account_id = account_id_by_rules
                or decision = 'confirm'
            ),
            false
        ) as is_match_checked,
        coalesce(
            is_in_force
            and is_in_sample
            and surviving_account_id = account_id_by_rules
            and decision = 'confirm',
            false
        ) as is_match_correct,

        ---------- dates
        decided_at as decided_date
    from decisions_compared

)

select * from decisions_described
