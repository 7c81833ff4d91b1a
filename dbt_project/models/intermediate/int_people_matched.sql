with

people as (

    select * from {{ ref('int_people_merged') }}

),

candidates as (

    select * from {{ ref('int_account_candidates') }}

),

matches as (

    select * from candidates
    where
        candidate_rank = 1
        and not is_forbidden

),

people_matched as (

    select
        people.person_id,
        people.surviving_person_id,
        people.email_hash,
        matches.account_id,
        people.owner_id,
        people.origin,
        people.channel,
        people.channel_source_value,
        people.campaign,
        people.region,
        people.segment,
        people.custom_fields,
        people.excluded_reason,
        people.source_system,
        people.is_countable,
        people.is_inferred,
        people.created_at,
        matches.rule as account_match_rule,
        matches.match_domain as account_match_domain,
        matches.confidence as account_match_confidence,
        coalesce(matches.candidate_count, 0) as account_candidate_count
    from people
    -- Who was merged away belongs where the survivor belongs.
    left join matches
        on people.surviving_person_id = matches.person_id

)

select * from people_matched
