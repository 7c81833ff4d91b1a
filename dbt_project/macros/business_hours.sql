{#- Open time of a calendar up to an instant, in microseconds since its first
    opening; `opening` is the last one at or before the instant. Empty without
    an instant, to which an as-of join would give the last opening of all. -#}
{% macro open_microseconds_until(opening, instant) -%}
    case
        when {{ instant }} is not null
            then {{ opening }}.open_microseconds_before + least(
                {{ opening }}.open_microseconds,
                {{ elapsed_microseconds(opening ~ '.opens_at', instant) }}
            )
    end
{%- endmacro %}


{#- Minutes after midnight of a time of day written HH:MM. -#}
{% macro minutes_after_midnight(time_of_day) -%}
    60 * cast(split_part({{ time_of_day }}, ':', 1) as integer)
    + cast(split_part({{ time_of_day }}, ':', 2) as integer)
{%- endmacro %}


{#- Business days as a whole number of microseconds, a day of 24 hours for each
    open day: `open_days` of them and the part of one more that its open time
    makes up. Whole, so that a limit reached exactly is not missed by a hair. -#}
{% macro business_days_of(open_days, open_microseconds, of_day) -%}
    {{ open_days }} * cast(86400000000 as bigint) + cast(
        round(({{ open_microseconds }}) * (86400000000.0 / {{ of_day }}))
        as bigint
    )
{%- endmacro %}


{#- Business days of a calendar up to an instant, since its first opening, as
    `business_days_of` counts them. -#}
{% macro business_days_until(opening, instant) -%}
    case
        when {{ instant }} is not null
            then {{ business_days_of(
                opening ~ '.open_days_before',
                opening ~ '.open_microseconds_of_day_before + least('
                ~ opening ~ '.open_microseconds, '
                ~ elapsed_microseconds(opening ~ '.opens_at', instant) ~ ')',
                opening ~ '.open_microseconds_of_day'
            ) }}
    end
{%- endmacro %}


{#- The instant at which a calendar has been open for that many business days;
    `opening` is the last one that began with fewer. -#}
{% macro instant_of_business_days(opening, business_days) -%}
    {{ microseconds_later(
        opening ~ '.opens_at',
        'cast(round((' ~ business_days ~ ' - ' ~ opening
        ~ '.open_days_before * cast(86400000000 as bigint)) * (' ~ opening
        ~ '.open_microseconds_of_day / 86400000000.0)) as bigint) - ' ~ opening
        ~ '.open_microseconds_of_day_before'
    ) }}
{%- endmacro %}
