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
