with

touches as (

    select * from {{ ref('stg_mapped__touches') }}

),

people as (

    select * from {{ ref('stg_mapped__people') }}

),

people_matched as (

    select * from {{ ref('int_people_matched') }}

),

accounts as (

    select * from {{ ref('int_accounts_merged') }}

),

people_by_address as (

    select
        people.email,
        min(people_matched.surviving_person_id) as person_id
    from people
    inner join people_matched
        on people.person_id = people_matched.person_id
    where people.email_domain is not null
    group by 1

),

touches_numbered as (

    select
        *,
        row_number() over (
            partition by source_system, touch_id
            order by touch_at, person_id
        ) as copy_no
    from touches

),

touches_of_survivors as (

    select
        touches_numbered.touch_id,
        coalesce(named_people.surviving_person_id, people_by_address.person_id)
            as person_id,
        coalesce(accounts.surviving_account_id, touches_numbered.account_id)
            as named_account_id,
        touches_numbered.channel,
        touches_numbered.campaign,
        touches_numbered.touch_type,
        touches_numbered.source_system,
        touches_numbered.touch_at
    from touches_numbered
    left join people_matched as named_people
        on touches_numbered.person_id = named_people.person_id
    left join people_by_address
        on touches_numbered.email = people_by_address.email
    left join accounts
        on touches_numbered.account_id = accounts.account_id
    -- The same touch may reach us twice, through two records of one person.
    where
        touches_numbered.touch_id is null
        or touches_numbered.copy_no = 1

)

select
    touches_of_survivors.touch_id,
    touches_of_survivors.person_id,
    coalesce(people_matched.account_id, touches_of_survivors.named_account_id)
        as account_id,
    touches_of_survivors.channel,
    touches_of_survivors.campaign,
    touches_of_survivors.touch_type,
    touches_of_survivors.source_system,
    coalesce(people_matched.is_countable, true) as is_countable,
    touches_of_survivors.touch_at
from touches_of_survivors
left join people_matched
    on touches_of_survivors.person_id = people_matched.person_id
