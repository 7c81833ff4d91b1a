with

business_hours as (

    select * from {{ ref('int_business_hours_completed') }}

),

described as (

    select
        ---------- ids
        calendar,

        ---------- strings
        time_zone,
        opens_at,
        closes_at,

        ---------- numerics
        iso_weekday,

        ---------- booleans
        is_default
    from business_hours

)

select * from described
