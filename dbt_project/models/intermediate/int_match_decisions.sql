with

shipped_decisions as (

    select * from {{ ref('match_decisions') }}

),

planned_decisions as (

    select * from {{ ref('stg_mapped__match_decisions') }}

),

people as (

    select * from {{ ref('stg_mapped__people') }}

),

accounts as (

    select * from {{ ref('stg_mapped__accounts') }}

),

unioned as (

    select
        person_id,
        account_id,
        other_person_id,
        decision,
        decided_by,
        decided_at
    from shipped_decisions
    union
    select
        person_id,
        account_id,
        other_person_id,
        decision,
        decided_by,
        decided_at
    from planned_decisions

),

-- A pair of people has no order.
pairs_named as (

    select
        *,
        case
            when account_id is not null then concat('account ', account_id)
            else concat('person ', greatest(person_id, other_person_id))
        end as other_key,
        case
            when account_id is not null then person_id
            else least(person_id, other_person_id)
        end as first_key
    from unioned

),

decisions_judged as (

    select
        pairs_named.person_id,
        pairs_named.account_id,
        pairs_named.other_person_id,
        pairs_named.decision,
        pairs_named.decided_by,
        pairs_named.decided_at,
        case
            when (pairs_named.account_id is null)
                = (pairs_named.other_person_id is null)
                then 'names_not_one_other'
            when pairs_named.person_id = pairs_named.other_person_id
                then 'names_not_one_other'
            when people.person_id is null
                then 'unknown_person'
            when
                pairs_named.other_person_id is not null
                and other_people.person_id is null
                then 'unknown_person'
            when
                pairs_named.account_id is not null
                and accounts.account_id is null
                then 'unknown_account'
        end as defect,
        -- The latest word on a pair stands; of one day the cautious one.
        row_number() over (
            partition by pairs_named.first_key, pairs_named.other_key
            order by
                pairs_named.decided_at desc nulls last,
                pairs_named.decision desc,
                pairs_named.decided_by
        ) as word_no
    from pairs_named
    left join people
        on pairs_named.person_id = people.person_id
    left join people as other_people
        on pairs_named.other_person_id = other_people.person_id
    left join accounts
        on pairs_named.account_id = accounts.account_id

)

select
    person_id,
    account_id,
    other_person_id,
    decision,
    decided_by,
    decided_at,
    defect,
    defect is null and word_no = 1 as is_in_force
from decisions_judged
