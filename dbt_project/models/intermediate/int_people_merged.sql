with

people as (

    select * from {{ ref('stg_mapped__people') }}

),

referenced_people as (

    select * from {{ ref('int_people_referenced') }}

),

merges_followed as (

    select * from {{ ref('int_person_merges_followed') }}

),

internal_email_domains as (

    select * from {{ ref('stg_meta__internal_email_domains') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

decisions as (

    select * from {{ ref('int_match_decisions') }}
    where
        is_in_force
        and other_person_id is not null

),

survivors as (

    select
        person_id,
        max(target_id) as surviving_person_id
    from merges_followed
    group by 1

),

people_judged as (

    select
        people.*,
        coalesce(
            survivors.surviving_person_id, people.person_id
        ) as merge_end_id,
        survivors.person_id is not null as is_merged,
        survivors.person_id is not null
        and survivors.surviving_person_id is null as is_in_circle,
        case
            when people.is_deleted then 'deleted'
            when people.is_test then 'test'
            when internal_email_domains.email_domain is not null
                then 'internal'
            when people.is_spam or not people.has_contact_means then 'spam'
            when people.not_a_prospect_reason is not null
                then 'not_a_prospect'
        end as own_excluded_reason
    from people
    left join survivors
        on people.person_id = survivors.person_id
    left join internal_email_domains
        on people.email_domain = internal_email_domains.email_domain

),

-- A text without a domain, such as "n/a", is no address and joins nobody. A
-- record merged into several, as the contact of several leads is, joins those.
addresses as (

    select
        merge_end_id,
        email
    from people_judged
    where
        email_domain is not null
        and not is_in_circle
    union
    select
        target_id as merge_end_id,
        person_id as email
    from merges_followed
    where target_id is not null

),

decisions_on_merge_ends as (

    select
        people_judged.merge_end_id,
        other_people.merge_end_id as other_merge_end_id,
        decisions.decision
    from decisions
    inner join people_judged
        on decisions.person_id = people_judged.person_id
    inner join people_judged as other_people
        on decisions.other_person_id = other_people.person_id
    where
        not people_judged.is_in_circle
        and not other_people.is_in_circle
        and people_judged.merge_end_id <> other_people.merge_end_id

),

-- Of two people who are kept apart the one named first gives up the address.
addresses_given_up as (

    select distinct
        addresses.merge_end_id,
        addresses.email
    from decisions_on_merge_ends
    inner join addresses
        on decisions_on_merge_ends.merge_end_id = addresses.merge_end_id
    inner join addresses as shared_addresses
        on
            decisions_on_merge_ends.other_merge_end_id
            = shared_addresses.merge_end_id
            and addresses.email = shared_addresses.email
    where decisions_on_merge_ends.decision = 'split'

),

-- Two people whom somebody joined share a word that no address can be.
addresses_decided as (

    select
        addresses.merge_end_id,
        addresses.email
    from addresses
    left join addresses_given_up
        on
            addresses.merge_end_id = addresses_given_up.merge_end_id
            and addresses.email = addresses_given_up.email
    where addresses_given_up.email is null

    union

    select
        merge_end_id,
        concat(merge_end_id, ' = ', other_merge_end_id) as email
    from decisions_on_merge_ends
    where decision = 'confirm'

    union

    select
        other_merge_end_id as merge_end_id,
        concat(merge_end_id, ' = ', other_merge_end_id) as email
    from decisions_on_merge_ends
    where decision = 'confirm'

),

groups_by_merge_end as (

    {{ connected_groups('addresses_decided', 'merge_end_id', 'email') }}

),

merge_end_creations as (

    select
        merge_end_id,
        min(created_at) as first_created_at
    from people_judged
    group by 1

),

-- Of the people of one group the one known first survives, a countable one
-- before all others.
group_members_ranked as (

    select
        groups_by_merge_end.group_id,
        people_judged.person_id,
        row_number() over (
            partition by groups_by_merge_end.group_id
            order by
                case
                    when people_judged.own_excluded_reason is null then 0
                    else 1
                end,
                merge_end_creations.first_created_at nulls last,
                people_judged.person_id
        ) as member_rank
    from groups_by_merge_end
    inner join merge_end_creations
        on groups_by_merge_end.merge_end_id = merge_end_creations.merge_end_id
    inner join people_judged
        on groups_by_merge_end.merge_end_id = people_judged.person_id

),

group_survivors as (

    select
        groups_by_merge_end.merge_end_id,
        group_members_ranked.person_id as surviving_person_id
    from groups_by_merge_end
    inner join group_members_ranked
        on
            groups_by_merge_end.group_id = group_members_ranked.group_id
            and group_members_ranked.member_rank = 1

),

inferred_people as (

    select
        referenced_people.person_id,
        referenced_people.source_system,
        coalesce(survivors.surviving_person_id, referenced_people.person_id)
            as merge_end_id
    from referenced_people
    left join survivors
        on referenced_people.person_id = survivors.person_id

),

people_with_survivors as (

    select
        people_judged.person_id,
        coalesce(
            group_survivors.surviving_person_id, people_judged.merge_end_id
        ) as surviving_person_id,
        case
            when people_judged.email_domain is not null
                then {{ salted_hash(
                    'people_judged.email', 'parameters.pii_salt'
                ) }}
        end as email_hash,
        people_judged.account_id,
        people_judged.owner_id,
        people_judged.origin,
        people_judged.channel,
        people_judged.channel_source_value,
        people_judged.campaign,
        people_judged.region,
        people_judged.segment,
        people_judged.custom_fields,
        people_judged.created_at,
        case
            when people_judged.own_excluded_reason = 'deleted' then 'deleted'
            when
                people_judged.is_merged
                or group_survivors.surviving_person_id
                <> people_judged.person_id
                then 'merged_away'
            else people_judged.own_excluded_reason
        end as excluded_reason,
        people_judged.source_system,
        false as is_inferred
    from people_judged
    cross join parameters
    left join group_survivors
        on people_judged.merge_end_id = group_survivors.merge_end_id

),

unioned as (

    select * from people_with_survivors
    union all
    select
        inferred_people.person_id,
        coalesce(
            group_survivors.surviving_person_id, inferred_people.merge_end_id
        ) as surviving_person_id,
        cast(null as varchar) as email_hash,
        cast(null as varchar) as account_id,
        cast(null as varchar) as owner_id,
        cast(null as varchar) as origin,
        cast(null as varchar) as channel,
        cast(null as varchar) as channel_source_value,
        cast(null as varchar) as campaign,
        cast(null as varchar) as region,
        cast(null as varchar) as segment,
        cast(null as varchar) as custom_fields,
        cast(null as timestamp) as created_at,
        case
            when
                coalesce(
                    group_survivors.surviving_person_id,
                    inferred_people.merge_end_id
                ) <> inferred_people.person_id
                then 'merged_away'
        end as excluded_reason,
        inferred_people.source_system,
        true as is_inferred
    from inferred_people
    left join group_survivors
        on inferred_people.merge_end_id = group_survivors.merge_end_id

),

earliest_creations as (

    select
        surviving_person_id,
        min(created_at) as first_created_at,
        {{ earliest_value('origin', 'created_at') }} as first_origin,
        {{ earliest_value('channel', 'created_at') }} as first_channel,
        {{ earliest_value('channel_source_value', 'created_at') }}
            as first_channel_source_value,
        {{ earliest_value('campaign', 'created_at') }} as first_campaign
    from unioned
    group by 1
    having count(*) > 1

),

people_merged as (

    select
        unioned.person_id,
        unioned.surviving_person_id,
        unioned.email_hash,
        unioned.account_id,
        unioned.owner_id,
        coalesce(earliest_creations.first_origin, unioned.origin)
            as origin,
        coalesce(earliest_creations.first_channel, unioned.channel)
            as channel,
        coalesce(
            earliest_creations.first_channel_source_value,
            unioned.channel_source_value
        ) as channel_source_value,
        coalesce(earliest_creations.first_campaign, unioned.campaign)
            as campaign,
        unioned.region,
        unioned.segment,
        unioned.custom_fields,
        unioned.excluded_reason,
        unioned.source_system,
        unioned.excluded_reason is null as is_countable,
        unioned.is_inferred,
        coalesce(earliest_creations.first_created_at, unioned.created_at)
            as created_at
    from unioned
    -- Only the survivor takes the earliest values.
    left join earliest_creations
        on unioned.person_id = earliest_creations.surviving_person_id

)

select * from people_merged
