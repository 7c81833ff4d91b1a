{#- Everything the engines spell differently. Models call these by name, so
    that another engine needs other macros and no other model. -#}

{% macro local_date(utc_timestamp, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ utc_timestamp }})) as date)
{%- endmacro %}


{% macro local_midnight(local_day, time_zone) -%}
    timezone(
        'UTC', timezone({{ time_zone }}, cast({{ local_day }} as timestamp))
    )
{%- endmacro %}


{% macro just_before(utc_timestamp) -%}
    {{ utc_timestamp }} - interval '1' microsecond
{%- endmacro %}


{#- The timestamp when it falls on that local day, else NULL. -#}
{% macro if_same_local_day(utc_timestamp, local_day, time_zone) -%}
    case
        when {{ local_date(utc_timestamp, time_zone) }} = {{ local_day }}
            then {{ utc_timestamp }}
    end
{%- endmacro %}


{#- A whole number, so that a limit reached exactly is not missed by a hair. -#}
{% macro elapsed_microseconds(from_timestamp, to_timestamp) -%}
    (epoch_us({{ to_timestamp }}) - epoch_us({{ from_timestamp }}))
{%- endmacro %}


{% macro elapsed_seconds(from_timestamp, to_timestamp) -%}
    {{ elapsed_microseconds(from_timestamp, to_timestamp) }} / 1000000.0
{%- endmacro %}


{% macro microseconds_later(utc_timestamp, microseconds) -%}
    {{ utc_timestamp }} + to_microseconds({{ microseconds }})
{%- endmacro %}


{#- UTC timestamp at which a wall clock shows that many minutes after the
    midnight of a local day. -#}
{% macro local_time_of_day(local_day, minutes, time_zone) -%}
    timezone('UTC', timezone(
        {{ time_zone }},
        cast({{ local_day }} as timestamp)
        + to_minutes(cast({{ minutes }} as bigint))
    ))
{%- endmacro %}


{#- The nearest of the rows of `relation` that satisfy `condition`: equalities
    and one comparison between a value and the column that puts them in order;
    `>` or `>=` finds the last one up to the value, `<` or `<=` the first one
    from it. Sorts both sides once; a join on a range would compare each with
    each. -#}
{% macro left_join_nearest(relation, alias, condition) -%}
    asof left join {{ relation }} as {{ alias }}
        on {{ condition }}
{%- endmacro %}


{#- Whole days from one date to a later one. -#}
{% macro days_from_to(from_date, to_date) -%}
    date_diff('day', {{ from_date }}, {{ to_date }})
{%- endmacro %}


{% macro salted_hash(value, salt) -%}
    sha256(concat({{ salt }}, {{ value }}))
{%- endmacro %}


{% macro email_domain(email) -%}
    nullif(lower(trim(split_part({{ email }}, '@', 2))), '')
{%- endmacro %}


{% macro ordered_list(value) -%}
    string_agg(distinct {{ value }}, ', ' order by {{ value }})
{%- endmacro %}


{#- The value of the row with the smallest `by`; rows without a value are
    passed over. -#}
{% macro earliest_value(value, by) -%}
    min_by({{ value }}, {{ by }}) filter (where {{ value }} is not null)
{%- endmacro %}


{#- The words of a text with a space before and after each, in small letters;
    a Han character is a word of its own. A text holds a phrase when these
    words hold those of the phrase. -#}
{% macro words_of(text) -%}
    concat(' ', trim(regexp_replace(
        regexp_replace(lower({{ text }}), '(\p{Han})', ' \1 ', 'g'),
        '[^\p{L}\p{N}]+', ' ', 'g'
    )), ' ')
{%- endmacro %}


{#- The items of a list with semicolons, one at a time between semicolons. -#}
{% macro items_of(text) -%}
    concat(
        ';', regexp_replace(lower(trim({{ text }})), '\s*;\s*', ';', 'g'), ';'
    )
{%- endmacro %}


{#- A sum or maximum over a partition's rows of the last so many microseconds,
    a column; whoever is exactly that old and the present instant included. -#}
{% macro over_last_microseconds(aggregate, partition, at, age) -%}
    {{ aggregate }} over (
        partition by {{ partition }}
        order by epoch_us({{ at }})
        range between {{ age }} preceding and current row
    )
{%- endmacro %}


{#- Texts of a group in the order of another column. -#}
{% macro list_in_order(value, by) -%}
    string_agg({{ value }}, ', ' order by {{ by }}, {{ value }})
{%- endmacro %}


{#- The page of a record in its own system, or null: without a template, and
    where the id is not plainly one of that system. The prefix of a source is
    no part of the id; whatever else stands in it is escaped. -#}
{% macro record_url(url_template, id, id_prefix) -%}
    replace(
        {{ url_template }},
        '{id}',
        case
            when starts_with({{ id }}, {{ id_prefix }})
                then url_encode(substr({{ id }}, length({{ id_prefix }}) + 1))
            when not contains({{ id }}, ':') then url_encode({{ id }})
        end
    )
{%- endmacro %}
