with

people as (

    select * from {{ ref('stg_mapped__people') }}

),

people_merged as (

    select * from {{ ref('int_people_merged') }}

),

accounts as (

    select * from {{ ref('int_accounts_merged') }}

),

decisions as (

    select * from {{ ref('int_match_decisions') }}

),

deals_by_account as (

    select * from {{ ref('int_account_deals') }}

),

shared_domains as (

    select * from {{ ref('free_mail_domains') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

rules as (

    select * from {{ ref('account_match_rules') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

-- What every record of a person says, the records merged into it included.
records_keyed as (

    select
        people_merged.surviving_person_id as person_id,
        people.person_id = people_merged.surviving_person_id as is_own,
        coalesce(linked_accounts.surviving_account_id, people.account_id)
            as account_id,
        people.email_domain,
        {{ registrable_domain('people.email_domain') }} as email_key,
        {{ registrable_domain('people.website') }} as website_key,
        {{ company_name_key('people.company_name') }} as name_key,
        country_names.country_code,
        {{ phone_key('people.phone') }} as phone_key,
        {{ postcode_key('people.postcode') }} as postcode_key
    from people
    inner join people_merged
        on people.person_id = people_merged.person_id
    left join accounts as linked_accounts
        on people.account_id = linked_accounts.account_id
    left join country_names
        on {{ country_name_key('people.country') }} = country_names.name_key

),

countries_of_people as (

    select
        person_id,
        coalesce(
            max(case when is_own then country_code end), min(country_code)
        ) as country_code
    from records_keyed
    group by 1

),

-- The link of the surviving record; those of merged records where it has none.
crm_links as (

    select
        person_id,
        account_id,
        is_own,
        max(case when is_own then 1 else 0 end) over (partition by person_id)
            as has_own_link
    from records_keyed
    where account_id is not null

),

domains_named as (

    select
        person_id,
        'domain' as match_rule,
        email_domain as full_domain,
        email_key as domain_key
    from records_keyed
    where email_key is not null

    union

    select
        person_id,
        'website' as match_rule,
        website_key as full_domain,
        website_key as domain_key
    from records_keyed
    where website_key is not null

),

-- A site on which companies keep a page may be the mail of one of them.
domains_ruled_out as (

    select
        'website' as match_rule,
        domain
    from shared_domains

    union

    select
        'domain' as match_rule,
        domain
    from shared_domains
    where kind <> 'shared_host'

),

domains_of_one_company as (

    select domains_named.*
    from domains_named
    {% for part in ['full_domain', 'domain_key'] -%}
        left join domains_ruled_out as shared_by_{{ part }}
            on
                domains_named.{{ part }} = shared_by_{{ part }}.domain
                and domains_named.match_rule = shared_by_{{ part }}.match_rule
    {% endfor -%}
    where
        shared_by_full_domain.domain is null
        and shared_by_domain_key.domain is null

),

decided_accounts as (

    select
        people_merged.surviving_person_id as person_id,
        accounts.surviving_account_id as account_id,
        decisions.decision,
        row_number() over (
            partition by
                people_merged.surviving_person_id, decisions.decision
            order by
                decisions.decided_at desc nulls last,
                decisions.account_id asc
        ) as word_no
    from decisions
    inner join people_merged
        on decisions.person_id = people_merged.person_id
    inner join accounts
        on decisions.account_id = accounts.account_id
    where decisions.is_in_force

),

sure_candidates as (

    select
        person_id,
        account_id,
        'human' as match_rule,
        cast(null as varchar) as match_domain
    from decided_accounts
    where decision = 'confirm' and word_no = 1

    union

    select
        person_id,
        account_id,
        'crm_link' as match_rule,
        null as match_domain
    from crm_links
    where is_own or has_own_link = 0

    union

    select
        domains_of_one_company.person_id,
        accounts.surviving_account_id as account_id,
        domains_of_one_company.match_rule,
        domains_of_one_company.domain_key as match_domain
    from domains_of_one_company
    inner join accounts
        on domains_of_one_company.domain_key = accounts.domain_key

    union

    select
        records_keyed.person_id,
        accounts.surviving_account_id as account_id,
        'name_country' as match_rule,
        null as match_domain
    from records_keyed
    inner join accounts
        on
            records_keyed.name_key = accounts.name_key
            and records_keyed.country_code = accounts.country_code

),

people_met as (

    select distinct sure_candidates.person_id
    from sure_candidates
    left join decided_accounts as splits
        on
            sure_candidates.person_id = splits.person_id
            and sure_candidates.account_id = splits.account_id
            and splits.decision = 'split'
    where splits.person_id is null

),

-- Names are compared only where phone or postcode agree, and only for whom no
-- surer rule finds an account: each with each would never end. The first
-- letter weighs so much in the similarity that it may be asked of both.
names_unmet as (

    select distinct
        records_keyed.person_id,
        records_keyed.name_key,
        left(records_keyed.name_key, 1) as first_letter,
        records_keyed.phone_key,
        records_keyed.postcode_key
    from records_keyed
    left join people_met
        on records_keyed.person_id = people_met.person_id
    where
        people_met.person_id is null
        and records_keyed.name_key is not null

),

{% set supports = ['phone_key', 'postcode_key'] %}
name_pairs as (

    {% for support in supports %}
        select distinct
            names_unmet.name_key as person_name_key,
            accounts.name_key as account_name_key
        from names_unmet
        inner join accounts
            on
                names_unmet.{{ support }} = accounts.{{ support }}
                and names_unmet.first_letter
                = left(accounts.name_key, 1)
        {{ 'union' if not loop.last }}
    {% endfor %}

),

close_names as (

    select name_pairs.* from name_pairs
    cross join parameters
    where
        {{ text_similarity(
            'name_pairs.person_name_key', 'name_pairs.account_name_key'
        ) }} >= parameters.close_name_similarity

),

close_candidates as (

    {% for support in supports %}
        select
            names_unmet.person_id,
            accounts.surviving_account_id as account_id,
            'close_name' as match_rule,
            cast(null as varchar) as match_domain
        from names_unmet
        inner join close_names
            on names_unmet.name_key = close_names.person_name_key
        inner join accounts
            on
                close_names.account_name_key = accounts.name_key
                and names_unmet.{{ support }} = accounts.{{ support }}
        {{ 'union' if not loop.last }}
    {% endfor %}

),

-- Two addresses of one person may meet the same account.
candidates as (

    select
        person_id,
        account_id,
        match_rule,
        min(match_domain) as match_domain
    from (
        select * from sure_candidates
        union all
        select * from close_candidates
    ) as unioned
    group by 1, 2, 3

),

candidates_described as (

    select
        candidates.person_id,
        candidates.account_id,
        candidates.match_rule,
        rules.rule_order,
        rules.confidence,
        candidates.match_domain,
        coalesce(deals_by_account.is_customer, false) as is_customer,
        coalesce(deals_by_account.has_open_deal, false) as has_open_deal,
        coalesce(
            countries_of_people.country_code = accounts.country_code, false
        ) as is_same_country,
        accounts.created_at,
        splits.person_id is not null as is_forbidden
    from candidates
    left join rules
        on candidates.match_rule = rules.rule
    left join accounts
        on candidates.account_id = accounts.account_id
    left join deals_by_account
        on candidates.account_id = deals_by_account.account_id
    left join countries_of_people
        on candidates.person_id = countries_of_people.person_id
    left join decided_accounts as splits
        on
            candidates.person_id = splits.person_id
            and candidates.account_id = splits.account_id
            and splits.decision = 'split'

),

{% set preference -%}
    is_customer desc,
    has_open_deal desc,
    is_same_country desc,
    created_at nulls last,
    account_id
{%- endset %}
candidates_ranked as (

    select
        *,
        count(*) over (partition by person_id, match_rule, is_forbidden)
            as candidate_count,
        row_number() over (
            partition by person_id
            order by
                case when is_forbidden then 1 else 0 end,
                rule_order,
                {{ preference }}
        ) as candidate_rank,
        -- What the rules would say if nobody had decided.
        row_number() over (
            partition by person_id
            order by
                case when match_rule = 'human' then 1 else 0 end,
                rule_order,
                {{ preference }}
        ) as rank_by_rules
    from candidates_described

)

select * from candidates_ranked
