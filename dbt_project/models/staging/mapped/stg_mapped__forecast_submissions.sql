with

source as (

    select * from {{ source('raw_mapped', 'forecast_submissions') }}

),

renamed as (

    select
        ---------- strings
        team,
        lower(period_grain) as period_grain,
        submitter_role,
        upper(trim(currency)) as currency,

        ---------- numerics
        target_amount,
        closed_to_date_amount,
        commit_amount,
        best_case_amount,
        downside_amount,
        create_and_close_amount,

        ---------- dates and times
        period_start_date,
        submitted_at

    from source

)

select * from renamed
