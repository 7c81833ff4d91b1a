with

people as (

    select * from {{ ref('int_people_described') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

rules as (

    select * from {{ ref('stg_mapped__icp_rules') }}

),

versions as (

    select * from {{ ref('int_icp_versions') }}

),

-- The company is what its account says, and what the person's own record says
-- where the account says nothing.
subjects as (

    select
        'account' as subject,
        account_id as subject_id,
        employees,
        industry,
        region,
        country,
        segment,
        technologies
    from accounts

    union all

    select
        'person' as subject,
        people.person_id as subject_id,
        coalesce(accounts.employees, people.employees) as employees,
        coalesce(accounts.industry, people.industry) as industry,
        coalesce(accounts.region, people.region) as region,
        coalesce(accounts.country, people.country) as country,
        coalesce(accounts.segment, people.segment) as segment,
        coalesce(accounts.technologies, people.technologies) as technologies
    from people
    left join accounts
        on people.account_id = accounts.account_id

),

-- One row for each attribute of a version, with the weight all its rows state.
weights as (

    select
        versions.icp_rules_version,
        versions.valid_from,
        versions.valid_before,
        versions.is_in_force,
        rules.fit_attribute,
        max(rules.weight) as stated_weight
    from versions
    inner join rules
        on
            versions.rules_start_on
            = coalesce(rules.valid_from, cast('1900-01-01' as date))
    group by 1, 2, 3, 4, 5

),

weights_normalised as (

    select
        *,
        sum(stated_weight) over (partition by valid_from) as total_weight
    from weights

),

attributes_of_subjects as (

    select
        subjects.subject,
        subjects.subject_id,
        weights_normalised.icp_rules_version,
        weights_normalised.valid_from,
        weights_normalised.valid_before,
        weights_normalised.is_in_force,
        weights_normalised.fit_attribute,
        weights_normalised.stated_weight,
        weights_normalised.total_weight,
        case weights_normalised.fit_attribute
            when 'industry' then lower(subjects.industry)
            when 'region' then lower(subjects.region)
            when 'country' then lower(subjects.country)
            when 'segment' then lower(subjects.segment)
            when 'technologies' then lower(subjects.technologies)
            when 'employees'
                then cast(cast(subjects.employees as bigint) as varchar)
        end as attribute_value
    from subjects
    cross join weights_normalised

),

values_to_score as (

    select distinct
        valid_from,
        fit_attribute,
        attribute_value
    from attributes_of_subjects
    where attribute_value is not null

),

values_as_written as (

    select
        *,
        {{ items_of('attribute_value') }} as attribute_items,
        case
            when fit_attribute = 'employees'
                then cast(attribute_value as double)
        end as attribute_number
    from values_to_score

),

rules_of_versions as (

    select
        versions.valid_from,
        rules.fit_attribute,
        case
            when rules.matches_value is not null
                then {{ items_of('rules.matches_value') }}
        end as matches_item,
        rules.min_value,
        rules.max_value,
        rules.score
    from versions
    inner join rules
        on
            versions.rules_start_on
            = coalesce(rules.valid_from, cast('1900-01-01' as date))

),

-- Of several rules that fit, the one with the highest score counts. A known
-- value that no rule names fits with 0.
scores_of_values as (

    select
        values_as_written.valid_from,
        values_as_written.fit_attribute,
        values_as_written.attribute_value,
        max(
            case
                when rules_of_versions.fit_attribute is null then 0
                when values_as_written.fit_attribute <> 'employees'
                    then coalesce(rules_of_versions.score, 1)
                when rules_of_versions.score is not null
                    then rules_of_versions.score
                when
                    rules_of_versions.max_value > rules_of_versions.min_value
                    then greatest(0, least(
                        1,
                        (
                            values_as_written.attribute_number
                            - rules_of_versions.min_value
                        ) / (
                            rules_of_versions.max_value
                            - rules_of_versions.min_value
                        )
                    ))
                else 1
            end
        ) as score
    from values_as_written
    left join rules_of_versions
        on
            values_as_written.valid_from = rules_of_versions.valid_from
            and values_as_written.fit_attribute
            = rules_of_versions.fit_attribute
            and case
                when values_as_written.fit_attribute <> 'employees'
                    then contains(
                        values_as_written.attribute_items,
                        rules_of_versions.matches_item
                    )
                -- A line that rises has no end: beyond it, it is 1.
                else
                    values_as_written.attribute_number
                    >= coalesce(
                        rules_of_versions.min_value,
                        values_as_written.attribute_number
                    )
                    and (
                        rules_of_versions.score is null
                        and rules_of_versions.min_value
                        < rules_of_versions.max_value
                        or values_as_written.attribute_number
                        <= coalesce(
                            rules_of_versions.max_value,
                            values_as_written.attribute_number
                        )
                    )
            end
    group by 1, 2, 3

),

attributes_scored as (

    select
        attributes_of_subjects.subject,
        attributes_of_subjects.subject_id,
        attributes_of_subjects.icp_rules_version,
        attributes_of_subjects.valid_from,
        attributes_of_subjects.valid_before,
        attributes_of_subjects.is_in_force,
        attributes_of_subjects.fit_attribute,
        attributes_of_subjects.attribute_value,
        attributes_of_subjects.stated_weight,
        attributes_of_subjects.total_weight,
        attributes_of_subjects.attribute_value is not null as is_known,
        coalesce(scores_of_values.score, 0) as score
    from attributes_of_subjects
    left join scores_of_values
        on
            attributes_of_subjects.valid_from = scores_of_values.valid_from
            and attributes_of_subjects.fit_attribute
            = scores_of_values.fit_attribute
            and attributes_of_subjects.attribute_value
            = scores_of_values.attribute_value

)

select * from attributes_scored
