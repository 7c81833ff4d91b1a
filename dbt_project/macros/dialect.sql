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


{% macro elapsed_seconds(from_timestamp, to_timestamp) -%}
    (epoch_us({{ to_timestamp }}) - epoch_us({{ from_timestamp }})) / 1000000.0
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
