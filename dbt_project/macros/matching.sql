{#- How the names by which people and accounts meet are made comparable. An
    engine without `strip_accents` or Jaro-Winkler needs other macros here. -#}

{#- Part of a host name that somebody registers: acme.co.uk of
    https://www.shop.acme.co.uk/de, acme.com of ACME.com. NULL for what is no
    host name, such as an IP address. -#}
{% macro registrable_domain(address) -%}
    nullif(regexp_extract(
        regexp_replace(
            regexp_replace(
                lower(trim({{ address }})), '^([a-z][a-z0-9+.-]*:)?//', ''
            ),
            '[/?#:].*$', ''
        ),
        '([^.@\s]+\.(?:(?:ac|co|com|edu|go|gob|gouv|gov|gv|id|ltd|mil|ne|net|nom|or|org|plc|web)\.[a-z]{2}|[a-z][^.@\s]+))\.?$',
        1
    ), '')
{%- endmacro %}


{#- A company name without case, accents, punctuation, spaces and legal forms:
    mullersohne of "Müller & Söhne GmbH & Co. KG", 灯塔 of 灯塔有限公司. A name that
    is nothing but a legal form keeps it; a placeholder is no name. -#}
{% macro company_name_key(name) -%}
    {%- set words = [
        'ab', 'ag', 'aps', 'as', 'asa', 'bhd', 'bv', 'bvba', 'co', 'company',
        'corp', 'corporation', 'cv', 'dd', 'doo', 'dooel', 'ead', 'eeig',
        'eirl', 'ek', 'ev', 'gbr', 'gesmbh', 'gmbh', 'inc', 'incorporated',
        'jsc', 'kft', 'kg', 'kgaa', 'kk', 'lda', 'limited', 'llc', 'llp',
        'lp', 'ltd', 'ltda', 'mbh', 'nv', 'nyrt', 'oao', 'ohg', 'ooo', 'oy',
        'oyj', 'pao', 'plc', 'pllc', 'private', 'pte', 'pty', 'pvt', 'sa',
        'sab', 'sac', 'sarl', 'sas', 'sasu', 'sdn', 'se', 'sl', 'slu', 'snc',
        'spa', 'spolka z oo', 'sp z oo', 'spzoo', 'srl', 'sro', 'ug', 'zao',
        'zrt', 'sa de', 'haftungsbeschrankt', 'und', 'and', 'ооо', 'оао',
        'зао', 'пао',
    ] -%}
    {%- set no_names = [
        'notprovided', 'unknown', 'unbekannt', 'na', 'none', 'null', 'nil',
        'private', 'privat', 'selfemployed', 'freelance', 'freelancer',
        'individual', 'student', 'test', 'company', 'x', 'xx', 'xxx', '个人',
        '无', '未知', '自由职业', '学生', '公司',
    ] -%}
    {%- set plain -%}
        trim(regexp_replace(
            regexp_replace(
                strip_accents(lower({{ name }})), '[.''’`´]', '', 'g'
            ),
            '[^\p{L}\p{N}]+', ' ', 'g'
        ))
    {%- endset -%}
    {%- set key -%}
        replace(
            regexp_replace(
                regexp_replace(
                    {{ plain }}, '( ({{ words | join("|") }}))+$', ''
                ),
                '^(株式会社|有限会社|주식회사|ооо |ooo ) *|(.) *(股份|有限|责任|責任|株式|公司|会社|주식회사|유한회사)+$',
                '\2'
            ),
            ' ', ''
        )
    {%- endset -%}
    nullif(
        case
            when {{ key }} not in ('{{ no_names | join("', '") }}')
                then {{ key }}
        end,
        ''
    )
{%- endmacro %}


{#- A country without case, accents and punctuation, as the seed country_names
    lists it. -#}
{% macro country_name_key(country) -%}
    regexp_replace(
        strip_accents(lower({{ country }})), '[^a-z0-9\p{Han}]', '', 'g'
    )
{%- endmacro %}


{#- The last eight digits of a phone number, which are the same with and without
    country and trunk prefix; NULL for less. -#}
{% macro phone_key(phone) -%}
    {%- set digits -%}
        regexp_replace({{ phone }}, '[^0-9]', '', 'g')
    {%- endset -%}
    case
        when length(ltrim({{ digits }}, '0')) >= 8 then right({{ digits }}, 8)
    end
{%- endmacro %}


{% macro postcode_key(postcode) -%}
    nullif(
        regexp_replace(upper({{ postcode }}), '[^A-Z0-9]', '', 'g'), ''
    )
{%- endmacro %}


{#- 0 to 1: how alike two texts are, their beginning weighing most. -#}
{% macro text_similarity(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
{%- endmacro %}


{#- The smallest id of all that hang together, as `group_id`: whoever shares a
    word with somebody takes the smallest id of its group, round after round
    until a round changes nothing. Members that share no word have no row. Two
    rounds are enough unless members have several words. -#}
{% macro connected_groups(relation, member, word) -%}
    with recursive

    members_counted as (

        select
            *,
            count(*) over (partition by {{ word }}) as member_count
        from {{ relation }}

    ),

    member_groups as (

        select
            {{ member }},
            {{ word }},
            {{ member }} as group_id,
            true as is_open
        from members_counted
        where member_count > 1

        union all

        select
            {{ member }},
            {{ word }},
            next_group_id as group_id,
            max(case when next_group_id < group_id then 1 else 0 end) over ()
            = 1 as is_open
        from (
            select
                *,
                min(word_group_id) over (partition by {{ member }})
                    as next_group_id
            from (
                select
                    *,
                    min(group_id) over (partition by {{ word }})
                        as word_group_id
                from member_groups
                where is_open
            ) as grouped_by_word
        ) as grouped_by_member

    )

    select
        {{ member }},
        min(group_id) as group_id
    from member_groups
    group by 1
{%- endmacro %}
