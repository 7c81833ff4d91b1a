with

touches as (

    select * from {{ ref('int_touches_matched') }}
    where is_countable and person_id is not null

),

rules as (

    select
        *,
        coalesce(valid_from, cast('1900-01-01' as date)) as starts_on
    from {{ ref('stg_mapped__engagement_rules') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

touches_named as (

    select
        touches.person_id,
        coalesce(
            touches.touch_id,
            concat(
                touches.person_id, '/',
                cast(touches.touch_at as varchar), '/',
                coalesce(touches.touch_type, ''), '/',
                coalesce(touches.campaign, '')
            )
        ) as touch_id,
        touches.touch_type,
        touches.channel,
        lower(concat_ws(' ', touches.content, touches.campaign))
            as touch_content,
        touches.touch_at
    from touches
    cross join parameters
    where touches.touch_at <= parameters.as_of

),

-- Ids are those of their system alone.
touches_ranked as (

    select
        *,
        row_number() over (
            partition by person_id, touch_id
            order by touch_at
        ) as touch_rank
    from touches_named

),

-- What came before the first rules is judged by the first.
rule_sets as (

    select
        starts_on,
        case
            when row_number() over (order by starts_on) = 1
                then cast('1900-01-01' as date)
            else starts_on
        end as valid_from,
        coalesce(
            lead(starts_on) over (order by starts_on),
            cast('9999-12-31' as date)
        ) as valid_before
    from (
        select distinct starts_on from rules
    ) as first_days

),

touches_with_rules as (

    select
        touches_ranked.*,
        rule_sets.starts_on
    from touches_ranked
    cross join parameters
    inner join rule_sets
        on
            {{ local_date(
                'touches_ranked.touch_at', 'parameters.reporting_tz'
            ) }} >= rule_sets.valid_from
            and {{ local_date(
                'touches_ranked.touch_at', 'parameters.reporting_tz'
            ) }} < rule_sets.valid_before
    where touches_ranked.touch_rank = 1

),

kinds as (

    select distinct
        starts_on,
        touch_type,
        channel,
        touch_content,
        {{ words_of('touch_content') }} as content_words
    from touches_with_rules

),

rules_in_words as (

    select
        *,
        case
            when content_pattern is not null
                then {{ words_of('content_pattern') }}
        end as pattern_words,
        case when touch_type is null then 0 else 1 end
        + case when channel is null then 0 else 1 end
        + case when content_pattern is null then 0 else 1 end
            as condition_count
    from rules

),

kinds_ranked as (

    select
        kinds.starts_on,
        kinds.touch_type,
        kinds.channel,
        kinds.touch_content,
        rules_in_words.points,
        rules_in_words.is_hand_raiser,
        row_number() over (
            partition by
                kinds.starts_on,
                kinds.touch_type,
                kinds.channel,
                kinds.touch_content
            order by
                rules_in_words.condition_count desc,
                rules_in_words.points desc,
                rules_in_words.is_hand_raiser desc
        ) as rule_rank
    from kinds
    inner join rules_in_words
        on
            kinds.starts_on = rules_in_words.starts_on
            and (
                rules_in_words.touch_type is null
                or kinds.touch_type = rules_in_words.touch_type
            )
            and (
                rules_in_words.channel is null
                or kinds.channel = rules_in_words.channel
            )
            and (
                rules_in_words.pattern_words is null
                or contains(kinds.content_words, rules_in_words.pattern_words)
            )

),

touches_scored as (

    select
        touches_with_rules.touch_id,
        touches_with_rules.person_id,
        touches_with_rules.touch_at,
        coalesce(kinds_ranked.points, 0) as points,
        coalesce(kinds_ranked.is_hand_raiser, false) as is_hand_raiser
    from touches_with_rules
    left join kinds_ranked
        on
            touches_with_rules.starts_on = kinds_ranked.starts_on
            and touches_with_rules.touch_type
            is not distinct from kinds_ranked.touch_type
            and touches_with_rules.channel
            is not distinct from kinds_ranked.channel
            and touches_with_rules.touch_content = kinds_ranked.touch_content
            and kinds_ranked.rule_rank = 1

)

select * from touches_scored
