{%- set run_facts = [
    "reporting_tz", "reporting_currency", "company_name", "source_system",
    "pii_salt", "run_id", "business_weekdays", "business_opens_at",
    "business_closes_at", "key_event_names", "mql_source", "fiscal_type",
] -%}
{%- set whole_numbers = [
    "fiscal_year_start_month", "fiscal_week_start", "mql_cooloff_days",
    "window_lead_to_mql_days", "window_mql_to_sal_days",
    "window_mql_to_sql_days", "window_sal_to_sql_days",
    "window_sql_to_opp_days", "window_sql_to_customer_days",
    "window_reentry_days", "window_lead_to_customer_days",
    "cancellation_days", "late_reopen_days",
    "low_n_rate", "low_n_avg", "sla_first_response_minutes",
    "sla_decision_business_days", "followup_attempts", "followup_days",
    "engaged_session_seconds", "engagement_window_days", "match_sample_size",
] -%}
{%- set numbers = [
    "icp_tier_a_score", "icp_tier_b_score", "icp_tier_c_score",
    "icp_coverage_min", "engagement_threshold", "recycled_sla_cap",
    "close_name_similarity", "red_flag_conversion_drop", "red_flag_response",
    "red_flag_undecided", "red_flag_pace", "red_flag_no_fit",
    "red_flag_unassigned", "red_flag_other_reason",
] -%}

with

defaults as (

    select * from {{ ref('parameter_defaults') }}

),

given_parameters as (

    select * from {{ ref('stg_meta__parameters') }}

),

parameters as (

    select
        defaults.key as parameter_key,
        coalesce(
            given_parameters.parameter_value, defaults.value
        ) as parameter_value
    from defaults
    left join given_parameters
        on defaults.key = given_parameters.parameter_key

),

pivoted as (

    select
        {% for key in run_facts %}
            max(
                case when parameter_key = '{{ key }}' then parameter_value end
            ) as {{ key }},
        {% endfor %}
        {% for key in whole_numbers %}
            cast(
                max(
                    case
                        when parameter_key = '{{ key }}' then parameter_value
                    end
                ) as integer
            ) as {{ key }},
        {% endfor %}
        {% for key in numbers %}
            cast(
                max(
                    case
                        when parameter_key = '{{ key }}' then parameter_value
                    end
                ) as double
            ) as {{ key }},
        {% endfor %}
        cast(
            max(case when parameter_key = 'as_of' then parameter_value end)
            as timestamp
        ) as as_of
    from parameters

),

typed as (

    select
        pivoted.*,
        -- An instant at midnight shows nothing yet of the day it begins.
        {{ local_date(just_before('as_of'), 'reporting_tz') }} as as_of_date
    from pivoted

)

select * from typed
