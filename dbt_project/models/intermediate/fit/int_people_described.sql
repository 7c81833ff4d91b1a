with

records as (

    select * from {{ ref('stg_mapped__people') }}

),

people as (

    select
        *,
        row_number() over (
            partition by surviving_person_id
            order by
                case when person_id = surviving_person_id then 0 else 1 end,
                created_at nulls last,
                person_id
        ) as record_place
    from {{ ref('int_people_matched') }}

),

persona_rules as (

    select * from {{ ref('stg_mapped__persona_rules') }}

),

-- What any record of a person says counts; of several the survivor's, then
-- that of the oldest.
values_of_people as (

    select
        people.surviving_person_id as person_id,
        {% for column in [
            'job_title', 'industry', 'employees', 'region', 'country',
            'segment', 'technologies',
        ] -%}
            {{ earliest_value('records.' ~ column, 'people.record_place') }}
                as {{ column }},
        {% endfor -%}
        count(*) as record_count
    from people
    inner join records
        on people.person_id = records.person_id
    group by 1

),

titles as (

    select distinct job_title
    from values_of_people
    where job_title is not null

),

titles_in_words as (

    select
        job_title,
        {{ words_of('job_title') }} as title_words
    from titles

),

-- Of several personas that a title may mean the longest pattern wins: a head
-- of IT security is no ordinary head.
personas_ranked as (

    select
        titles_in_words.job_title,
        persona_rules.persona,
        row_number() over (
            partition by titles_in_words.job_title
            order by
                length({{ words_of('persona_rules.title_pattern') }}) desc,
                persona_rules.persona
        ) as persona_rank
    from titles_in_words
    inner join persona_rules
        on contains(
            titles_in_words.title_words,
            {{ words_of('persona_rules.title_pattern') }}
        )
    where trim({{ words_of('persona_rules.title_pattern') }}) <> ''

),

rules_counted as (

    select count(*) as rule_count from persona_rules

),

people_described as (

    select
        people.person_id,
        people.account_id,
        values_of_people.industry,
        values_of_people.employees,
        values_of_people.region,
        values_of_people.country,
        values_of_people.segment,
        values_of_people.technologies,
        case
            when
                values_of_people.job_title is null
                or rules_counted.rule_count = 0
                then '__missing__'
            else coalesce(personas_ranked.persona, '__unmapped__')
        end as persona
    from people
    cross join rules_counted
    left join values_of_people
        on people.person_id = values_of_people.person_id
    left join personas_ranked
        on
            values_of_people.job_title = personas_ranked.job_title
            and personas_ranked.persona_rank = 1
    where people.is_countable

)

select * from people_described
