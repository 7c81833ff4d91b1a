"""For every rule the smallest change of the good warehouse that breaks it.

``also`` names the other rules that the same change must break; no further rule may fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mutation:
    sql: str
    also: frozenset[str] = field(default_factory=frozenset)


def _m(sql: str, *also: str) -> Mutation:
    return Mutation(sql, frozenset(also))


def _repeated(table: str, where: str) -> str:
    return f"insert into marts.{table} select * from marts.{table} where {where} limit 1"


def _kpi(metric_id: str, change: str) -> str:
    return (
        f"update marts.kpi_values set {change} where metric_id = '{metric_id}' "
        "and period_grain = 'all' and dimension = 'all'"
    )


def _factor(factor_id: str, change: str) -> Mutation:
    return _m(f"update marts.fct_external_factors set {change} where factor_id = '{factor_id}'")


def _beyond(metric_id: str, value: float, *also: str) -> Mutation:
    """A value outside the metric's bounds; it also differs from its parts and from the facts."""
    return _m(_kpi(metric_id, f"value = {value}"), *also)


QUOTIENT = "inv_67_value_is_numerator_over_denominator"
PARTS = "inv_67_parts_add_up_to_the_total"
PERIODS = "inv_63_periods_add_up"
FACTS = "kpi_totals_equal_the_facts"
REVENUE = "inv_18_revenue_of_owners_and_teams_is_the_total"
DEFINED = "every_kpi_has_a_definition_and_every_definition_a_kpi"
INTERVAL = "kpi_intervals_hold_their_value"
HANDED_OVER = "handoffs_are_the_credited_mqls"
EVIDENCE = "every_mql_has_its_evidence"
DECISIONS = "inv_06_accepted_rejected_and_undecided_are_the_handoffs"
DECIDED = "inv_06_published_decisions_are_those_of_the_handoffs"
STATUSES = "inv_42_statuses_add_up_to_the_handoffs"
DUE = "inv_44_due_time_lies_in_open_hours"
CAMPAIGNS = "campaign_counts_are_those_of_the_facts"
FIT_SUM = "inv_61_fit_follows_from_its_attributes"
ORIGINS = "inv_07_sqls_of_all_origins_are_the_total"
MQL_PARTS = "inv_08_new_and_recycled_mqls_are_all_mqls"
STEP_RATES = "inv_67_step_rates_are_those_of_the_kpis"
STAGE_KPIS = "stage_kpis_equal_the_lead_cycles"
COHORT_KPIS = "cohort_kpis_equal_the_lead_cycles"
CLAIMED = "claimed_leads_are_those_of_the_platforms"
GAP = "lead_match_gap_is_the_difference"
ENTRIES = "stage_entries_are_those_of_the_lead_cycles"
OPEN_VISITS = "inv_14_open_records_stand_in_one_stage"
TIME_OPEN = "inv_13_time_in_stages_is_the_time_open"
FOLLOWED = "inv_13_visits_follow_each_other"
STEPS = "every_entry_has_its_steps"
STEP_COUNTS = "funnel_steps_equal_the_transitions"
OUTCOMES = "inv_10_every_entry_has_one_outcome"
EMAIL = "ann@example.com"

_MATCHES = "account_matches_hold_every_countable_person"
_WIN = "every_journey_of_a_customer_has_its_win"


def _match(person_id: str, change: str) -> str:
    return f"update marts.account_matches set {change} where person_id = '{person_id}'"


def _check(match_check_id: str, change: str) -> str:
    return (
        f"update marts.account_match_checks set {change} where match_check_id = '{match_check_id}'"
    )


def _moved(person_id: str, change: str) -> str:
    """The person belongs elsewhere, in both tables that say so."""
    return "; ".join(
        f"update marts.{table} set {change} where person_id = '{person_id}'"
        for table in ("dim_person", "account_matches")
    )


MATCHES = {
    "account_matches_has_rows": _m("delete from marts.account_matches", _MATCHES, FACTS),
    "inv_62_a_person_has_at_most_one_account": _m(
        _repeated("account_matches", "person_id = 'p1'"), FACTS
    ),
    "inv_62_no_match_by_a_free_mail_domain": _m(_match("p1", "match_domain = 'qq.com'")),
    "account_matches_hold_every_countable_person": _m(_match("p1", "account_id = 'a4'")),
    "account_match_rule_is_known": _m(_match("p1", "account_match_rule = 'guess'")),
    "account_matches_say_what_was_found": _m(_match("p5", "candidate_count = 1")),
    "inv_02_matches_point_at_living_accounts": _m(
        "update raw_mapped.accounts set merged_into_id = 'a2' where account_id = 'a1'",
        "inv_02_deals_point_at_living_accounts",
    ),
    "account_match_checks_has_rows": _m("delete from marts.account_match_checks"),
    "account_match_checks_key_is_unique": _m(_repeated("account_match_checks", "person_id = 'p2'")),
    "match_decisions_can_be_followed": _m(_check("p5 p6", "defect = 'unknown_person'")),
    "confirmed_matches_stand": _m(_moved("p2", "account_match_rule = 'domain'")),
    "split_matches_stay_split": _m(_moved("p1", "account_id = 'a3'")),
    "decisions_on_two_people_stand": _m(_check("p5 p6", "decision = 'confirm'")),
}


def _journey(event_id: str, change: str) -> str:
    return f"update marts.account_journeys set {change} where event_id = '{event_id}'"


JOURNEYS = {
    "account_journeys_has_rows": _m("delete from marts.account_journeys", _WIN, FACTS),
    "account_journeys_key_is_unique": _m(_journey("a1/1", "event_id = 'a1/2'")),
    "journey_events_are_in_order": _m(_journey("a1/2", "event_at = '2025-05-04 08:00:00'")),
    "journey_event_type_is_known": _m(_journey("a1/1", "event_type = 'rumour'")),
    "journey_people_are_survivors": _m(_journey("a1/1", "person_id = 'p3'")),
    "every_journey_of_a_customer_has_its_win": _m(
        _journey("a1/3", "new_customer_date = '2025-06-19'")
    ),
}

DIMENSIONS = {
    "dim_account_has_rows": _m(
        "delete from marts.dim_account",
        "every_exported_account_is_kept",
    ),
    "dim_account_key_is_unique": _m(_repeated("dim_account", "account_id = 'a3'")),
    "every_exported_account_is_kept": _m("delete from marts.dim_account where account_id = 'a2'"),
    "inv_26_ultimate_parents_resolve": _m(
        "update marts.dim_account set ultimate_parent_id = 'a2' where account_id = 'a3'"
    ),
    "dim_calendar_has_rows": _m(
        "delete from marts.dim_calendar",
        "calendar_covers_every_counted_event",
    ),
    "dim_calendar_key_is_unique": _m(_repeated("dim_calendar", "date_day = '2025-02-01'")),
    "calendar_has_no_gap": _m("delete from marts.dim_calendar where date_day = '2025-02-01'"),
    "calendar_covers_every_counted_event": _m(
        "delete from marts.dim_calendar where date_day <= '2025-01-06'"
    ),
    "dim_owner_has_rows": _m(
        "delete from marts.dim_owner",
        "dim_owner_has_the_member_unassigned",
        "every_exported_owner_is_kept",
        "inv_45_accepted_handoffs_have_a_member_as_owner",
    ),
    "dim_owner_key_is_unique": _m(_repeated("dim_owner", "owner_id = 'o1'")),
    "dim_owner_has_the_member_unassigned": _m(
        "delete from marts.dim_owner where owner_id = '__unassigned__'"
    ),
    "every_exported_owner_is_kept": _m(
        "delete from marts.dim_owner where owner_id = 'o1'",
        "inv_45_accepted_handoffs_have_a_member_as_owner",
    ),
    "dim_team_has_rows": _m(
        "delete from marts.dim_team",
        "dim_team_has_the_member_unassigned",
    ),
    "dim_team_key_is_unique": _m(_repeated("dim_team", "team_id = 'East'")),
    "dim_team_has_the_member_unassigned": _m(
        "delete from marts.dim_team where team_id = '__unassigned__'"
    ),
    "dim_product_has_rows": _m(
        "delete from marts.dim_product",
        "every_exported_product_is_kept",
    ),
    "dim_product_key_is_unique": _m(_repeated("dim_product", "product_id = 'pr1'")),
    "every_exported_product_is_kept": _m(
        "update marts.dim_product set product_id = 'pr 1' where product_id = 'pr1'"
    ),
    "dim_person_has_rows": _m(
        "delete from marts.dim_person",
        "inv_01_every_exported_person_is_kept",
        "inv_02_lead_cycles_point_at_survivors",
        "activities_belong_to_known_people",
        _MATCHES,
    ),
    "dim_person_key_is_unique": _m(_repeated("dim_person", "person_id = 'p4'")),
    "inv_01_every_exported_person_is_kept": _m(
        "delete from marts.dim_person where person_id = 'p4'"
    ),
    "inv_01_person_is_counted_or_excluded_for_one_reason": _m(
        "update marts.dim_person set excluded_reason = 'dislike' where person_id = 'p4'"
    ),
    "inv_02_merged_people_have_a_living_survivor": _m(
        "update marts.dim_person set surviving_person_id = 'p9' where person_id = 'p3'"
    ),
    "inv_02_people_of_one_address_are_one_person": _m(
        "update marts.dim_person set email_hash = ("
        "select email_hash from marts.dim_person where person_id = 'p1') where person_id = 'p2'"
    ),
    "merged_people_end_at_a_countable_person": _m(
        "update marts.dim_person set surviving_person_id = 'p4' where person_id = 'p3'"
    ),
    "countable_people_have_a_date": _m(
        "update marts.dim_person set lead_at = null where person_id = 'p5'"
    ),
    "person_channel_is_known": _m(
        "update marts.dim_person set channel = 'billboard' where person_id = 'p4'"
    ),
    "person_origin_is_known": _m(
        "update marts.dim_person set origin = 'luck' where person_id = 'p4'"
    ),
    "person_channels_are_mapped": _m(
        "update marts.dim_person set channel = '__unmapped__', channel_source_value = 'Litfass' "
        "where person_id = 'p4'"
    ),
    "people_are_exported": _m(
        "delete from raw_mapped.people where person_id = 'p4'; "
        "update raw_meta.file_loads set rows_loaded = 6, rows_superseded = 2 "
        "where entity = 'people'; "
        "update marts.dim_person set is_inferred = true where person_id = 'p4'"
    ),
    "dim_person_holds_no_email": _m(
        f"update marts.dim_person set campaign = 'for {EMAIL}' where person_id = 'p4'"
    ),
}

LEAD_CYCLES = {
    "inv_05_sqls_of_marketing_were_mqls": _m(
        "update marts.fct_lead_cycles set origin = 'marketing' where lead_cycle_id = 'p2/1'",
        FACTS,
        CAMPAIGNS,
        COHORT_KPIS,
        STAGE_KPIS,
    ),
    "inv_06_accepted_leads_of_marketing_were_mqls": _m(
        "update marts.fct_lead_cycles set mql_at = sal_at + interval 1 hour "
        "where lead_cycle_id = 'p1/1'",
        EVIDENCE,
        ENTRIES,
        "inv_04_stages_follow_in_order",
    ),
    MQL_PARTS: _m(
        "update marts.kpi_values set metric_id = 'mql_again_count' "
        "where metric_id = 'mql_recycled_count'",
        DEFINED,
    ),
    "inv_12_marketing_cohorts_narrow": _m(
        "update marts.fct_lead_cycles set sql_at = null where lead_cycle_id = 'p1/1'",
        STAGE_KPIS,
        CAMPAIGNS,
        ENTRIES,
        COHORT_KPIS,
    ),
    "fct_lead_cycles_has_rows": _m(
        "delete from marts.fct_lead_cycles",
        EVIDENCE,
        FACTS,
        HANDED_OVER,
        CAMPAIGNS,
        STAGE_KPIS,
        ENTRIES,
        STEPS,
        OPEN_VISITS,
    ),
    "fct_lead_cycles_key_is_unique": _m(
        "update marts.fct_lead_cycles set lead_cycle_id = 'p5/1' where lead_cycle_id = 'p5/2'",
        EVIDENCE,
        HANDED_OVER,
        ENTRIES,
        STEPS,
    ),
    "inv_03_cycle_numbers_have_no_gap": _m(
        "update marts.fct_lead_cycles set cycle_no = 3 where lead_cycle_id = 'p5/2'"
    ),
    "inv_02_lead_cycles_point_at_survivors": _m(
        "update marts.fct_lead_cycles set person_id = 'p3' where lead_cycle_id = 'p1/1'"
    ),
    "inv_04_stages_follow_in_order": _m(
        "update marts.fct_lead_cycles set sal_at = timestamp '2025-05-05 09:00:00' "
        "where lead_cycle_id = 'p1/1'",
        ENTRIES,
        "inv_06_accepted_leads_of_marketing_were_mqls",
    ),
    "customers_are_not_won_before_first_contact": _m(
        "update marts.fct_lead_cycles set is_customer_before_lead = true, "
        "customer_at = timestamp '2025-05-01 08:00:00', lead_to_customer_days = -4 "
        "where lead_cycle_id = 'p1/1'",
        ENTRIES,
        COHORT_KPIS,
        OPEN_VISITS,
    ),
    "deals_begin_after_their_lead_cycle": _m(
        "update marts.fct_lead_cycles set is_deal_before_cycle = true, "
        "opportunity_at = timestamp '2025-05-01 08:00:00' where lead_cycle_id = 'p2/1'",
        ENTRIES,
        COHORT_KPIS,
    ),
    "inv_08_credited_mqls_are_new_or_recycled": _m(
        "update marts.fct_lead_cycles set mql_class = null where lead_cycle_id = 'p1/1'",
        CAMPAIGNS,
    ),
    "inv_08_credited_mqls_respect_the_cooloff": _m(
        "update marts.fct_lead_cycles set mql_credited_at = timestamp '2025-04-10 07:59:59' "
        "where lead_cycle_id = 'p5/2'"
    ),
    "inv_24_days_to_customer_are_not_negative": _m(
        "update marts.fct_lead_cycles set lead_to_customer_days = -1 where lead_cycle_id = 'p1/1'"
    ),
    "inv_64_lead_cycles_hold_no_future": _m(
        "update marts.fct_lead_cycles set recycled_at = timestamp '2025-07-31 12:00:01' "
        "where lead_cycle_id = 'p5/1'",
        ENTRIES,
    ),
    "fct_lead_cycles_holds_no_email": _m(
        f"update marts.fct_lead_cycles set reject_reason = '{EMAIL}' where lead_cycle_id = 'p2/1'"
    ),
}


def _handoff(lead_cycle_id: str, change: str, *also: str) -> Mutation:
    return _m(
        f"update marts.fct_handoffs set {change} where lead_cycle_id = '{lead_cycle_id}'", *also
    )


HANDOFFS = {
    "dim_business_hours_has_rows": _m(
        "delete from marts.dim_business_hours",
        "every_exported_calendar_is_kept",
        "inv_44_handoffs_have_one_calendar",
        DUE,
    ),
    "dim_business_hours_key_is_unique": _m(
        "insert into marts.dim_business_hours values "
        "('Office', 'Europe/Stockholm', '09:00', '10:00', 1, false)"
    ),
    "business_hours_open_before_they_close": _m(
        "update marts.dim_business_hours set opens_at = '17:00' where iso_weekday = 1"
    ),
    "every_exported_calendar_is_kept": _m(
        "update raw_mapped.business_hours set calendar = 'Bureau' where weekday = 1"
    ),
    "fct_handoffs_has_rows": _m(
        "delete from marts.fct_handoffs",
        HANDED_OVER,
        DECIDED,
        FACTS,
        "inv_08_promised_volume_is_counted_from_all_mqls",
    ),
    "recycled_mqls_are_credited_up_to_their_share": _handoff(
        "p5/2",
        "is_credited = true",
        "inv_08_promised_volume_is_counted_from_all_mqls",
        FACTS,
    ),
    "handoffs_have_the_fit_of_their_mql": _handoff("p1/1", "icp_tier = 'D'"),
    "fct_handoffs_key_is_unique": _handoff("p5/2", "lead_cycle_id = 'p5/1'", HANDED_OVER, DUE),
    DECISIONS: _handoff("p5/1", "is_acceptance_due = false", DECIDED),
    DECIDED: _m(_kpi("followup_compliance_rate", "denominator = 2, value = numerator / 2"), PARTS),
    "decisions_keep_to_their_business_days": _handoff("p1/1", "decision_business_days = 2.000001"),
    "followup_status_follows_from_the_attempts": _handoff("p5/2", "attempt_count = 5"),
    "inv_45_reject_reasons_are_in_the_list": _handoff("p5/1", "reject_reason = 'too far away'"),
    "inv_45_rejected_handoffs_say_why": _handoff(
        "p5/1", "decision = 'rejected'", DECISIONS, DECIDED
    ),
    "inv_45_accepted_handoffs_have_a_member_as_owner": _handoff("p1/1", "owner_id = 'o9'"),
    "inv_45_accepted_handoffs_have_an_owner": _m(
        "update marts.fct_handoffs set owner_id = '__unassigned__' where lead_cycle_id = 'p1/1'; "
        "update marts.fct_lead_cycles set owner_id = '__unassigned__' where lead_cycle_id = 'p1/1'"
    ),
    HANDED_OVER: _handoff("p5/1", "lead_cycle_id = 'p2/1'"),
    "inv_42_met_and_breached_are_the_denominator": _handoff(
        "p5/1", "response_status = 'not_due'", STATUSES
    ),
    STATUSES: _m(
        _kpi("first_response_sla_rate", "denominator = 2, value = numerator / 2"), PARTS, FACTS
    ),
    "inv_42_met_within_the_limit": _handoff(
        "p5/2",
        "response_business_minutes = 240, first_human_attempt_at = timestamp '2025-05-20 12:00:00'",
        DECIDED,
    ),
    "inv_43_business_minutes_fit_the_elapsed_time": _handoff(
        "p1/1", "time_to_contact_minutes = 90.5"
    ),
    "inv_43_routing_and_rep_delay_are_the_response": _handoff("p1/1", "routing_delay_minutes = 21"),
    "inv_44_handoffs_have_one_calendar": _m(
        "update marts.dim_business_hours set time_zone = 'Europe/Berlin' where iso_weekday = 1"
    ),
    DUE: _handoff("p5/1", "due_at = timestamp '2025-01-11 12:00:00'"),
    "overdue_handoffs_were_due": _handoff("p5/1", "due_at = timestamp '2025-08-01 12:00:00'"),
    "answers_follow_their_handoff": _handoff(
        "p5/2",
        "first_contact_at = timestamp '2025-05-20 07:59:59'",
        "followup_status_follows_from_the_attempts",
    ),
    "inv_64_handoffs_hold_no_future": _handoff(
        "p5/1", "assigned_at = timestamp '2025-07-31 12:00:01'"
    ),
    "activities_belong_to_known_people": _m(
        "update raw_mapped.activities set person_id = 'p99' where activity_id = 'c1'"
    ),
    "activities_reach_back_to_the_first_handoff": _m(
        "update raw_mapped.activities set activity_at = timestamp '2025-05-01 10:00:00' "
        "where activity_id = 'c1'"
    ),
    "activities_say_their_direction": _m(
        "update raw_mapped.activities set direction = '__unmapped__' where activity_id = 'c3'"
    ),
    "activities_say_their_time_of_day": _m(
        "update raw_mapped.activities set activity_at = timestamp '2025-05-19 22:00:00' "
        "where activity_id = 'c3'"
    ),
    "handoffs_are_timed_by_exported_hours": _m(
        "update marts.dim_business_hours set is_default = true"
    ),
    "fct_handoffs_holds_no_email": _handoff("p1/1", f"region = '{EMAIL}'"),
}


def _promise(promise: str, change: str, *also: str, region: str = "all") -> Mutation:
    return _m(
        f"update marts.sla_attainment set {change} where promise = '{promise}' "
        f"and region = '{region}'",
        *also,
    )


def _breach(promise: str, change: str, *also: str) -> Mutation:
    return _m(
        f"update marts.sla_breaches set {change} where promise = '{promise}' "
        "and lead_cycle_id = 'p5/1'",
        *also,
    )


LISTED = "inv_42_breaches_listed_are_the_breaches_counted"

PROMISED = "promised_days_add_up_to_the_promise"
AGREEMENT = {
    "sla_attainment_has_rows": _m("delete from marts.sla_attainment", LISTED),
    "sla_attainment_key_is_unique": _promise(
        "decision",
        "promise = 'first_response', metric_id = 'first_response_sla_rate'",
        LISTED,
        "inv_24_response_times_are_those_of_the_handoffs",
        "inv_06_regions_add_up_to_the_promise",
    ),
    "inv_42_promises_are_kept_broken_not_due_or_outside": _promise("decision", "outside_count = 1"),
    "inv_08_promised_volume_is_counted_from_all_mqls": _promise("mql_volume", "declined_count = 1"),
    "fct_mql_commitments_has_rows": _m("delete from marts.fct_mql_commitments", PROMISED, FACTS),
    "fct_mql_commitments_key_is_unique": _m(
        _repeated("fct_mql_commitments", "true"), PROMISED, FACTS
    ),
    PROMISED: _m("update marts.fct_mql_commitments set commitment_date = date '2024-12-31'"),
    "inv_64_commitments_hold_no_future": _m(
        "update marts.fct_mql_commitments set commitment_date = date '2025-08-01'"
    ),
    "fct_mql_commitments_holds_no_email": _m(
        f"update marts.fct_mql_commitments set segment = '{EMAIL}'"
    ),
    "kpi_mql_volume_attainment_within_bounds": _beyond("mql_volume_attainment", -1, QUOTIENT),
    "inv_06_regions_add_up_to_the_promise": _promise("decision", "n = 2", region="North"),
    "inv_67_attainment_is_delivered_over_committed": _promise("decision", "attainment = 0.4"),
    "inv_24_response_times_are_those_of_the_handoffs": _promise(
        "first_response", "p90_minutes = 39", region="North"
    ),
    "promised_volume_is_usually_nearly_kept": _m(
        "update marts.sla_attainment set period_grain = 'quarter' where promise = 'mql_volume'",
        "inv_08_promised_volume_is_counted_from_all_mqls",
    ),
    "sla_attainment_holds_no_email": _promise("decision", f"metric_id = '{EMAIL}'"),
    "sla_breaches_has_rows": _m("delete from marts.sla_breaches", LISTED),
    "sla_breaches_key_is_unique": _m(_repeated("sla_breaches", "promise = 'decision'"), LISTED),
    LISTED: _m(
        "delete from marts.sla_breaches where promise = 'decision' and lead_cycle_id = 'p5/1'"
    ),
    "inv_44_breaches_lie_after_their_due_time": _breach("decision", "business_minutes_over = -1"),
    "sla_breaches_name_their_definition": _breach("decision", "metric_version = 7"),
    "record_links_are_web_addresses": _breach("decision", "record_url = 'javascript:alert(1)'"),
    "sla_breaches_holds_no_email": _breach("decision", f"region = '{EMAIL}'"),
}

FLAGS = {
    "red_flags_key_is_unique": _m(_repeated("red_flags", "true")),
    "red_flags_name_their_definition": _m("update marts.red_flags set metric_version = 7"),
    "red_flags_go_to_their_team": _m("update marts.red_flags set owner_team = 'marketing'"),
    "red_flags_have_crossed_their_line": _m("update marts.red_flags set limit_value = 0.1"),
    "inv_68_red_flags_rest_on_mature_values": _m(
        "update marts.kpi_values set is_mature = false "
        "where metric_id = 'first_response_sla_rate' and period_grain = 'quarter'"
    ),
    "red_flags_has_rows": _m("delete from marts.red_flags"),
    "red_flags_holds_no_email": _m(f"update marts.red_flags set record_ids = '{EMAIL}'"),
}

DEALS = {
    "fct_opportunities_has_rows": _m(
        "delete from marts.fct_opportunities",
        "every_exported_deal_is_kept",
        "amounts_equal_the_exports",
        "inv_17_ledger_equals_the_deal",
        FACTS,
        CAMPAIGNS,
        OPEN_VISITS,
        _WIN,
    ),
    "fct_opportunities_key_is_unique": _m(
        _repeated("fct_opportunities", "opportunity_id = 'd4'"),
        "amounts_equal_the_exports",
    ),
    "every_exported_deal_is_kept": _m(
        "delete from marts.fct_opportunities where opportunity_id = 'd4'",
        "amounts_equal_the_exports",
    ),
    "amounts_equal_the_exports": _m(
        "update marts.fct_opportunities set amount = 999, amount_reporting = 999 "
        "where opportunity_id = 'd4'"
    ),
    "inv_15_won_lost_open_and_excluded_are_all_deals": _m(
        "update marts.fct_opportunities set excluded_reason = null where opportunity_id = 'd4'"
    ),
    "inv_16_outcome_and_close_date_agree": _m(
        "update marts.fct_opportunities set final_close_date = date '2025-07-02' "
        "where opportunity_id = 'd3'"
    ),
    "counted_deals_have_a_date": _m(
        "update marts.fct_opportunities set decided_date = null, final_close_date = null, "
        "is_decided = true, outcome = 'lost', is_excluded = false, excluded_reason = null, "
        "stage = 'Lost' where opportunity_id = 'd4'",
        "excluded_deals_have_no_visits",
    ),
    "inv_02_deals_point_at_survivors": _m(
        "update marts.fct_opportunities set person_id = 'p3' where opportunity_id = 'd4'"
    ),
    "inv_02_deals_point_at_living_accounts": _m(
        "update raw_mapped.accounts set merged_into_id = 'a2' where account_id = 'a1'",
        "inv_02_matches_point_at_living_accounts",
    ),
    "inv_24_sales_cycle_is_not_negative": _m(
        "update marts.fct_opportunities set sales_cycle_days = -1 where opportunity_id = 'd4'"
    ),
    "inv_28_reporting_amount_is_amount_times_rate": _m(
        "update marts.fct_opportunities set fx_rate = null where opportunity_id = 'd3'"
    ),
    "inv_64_deals_hold_no_future": _m(
        "update marts.fct_opportunities set created_at = timestamp '2025-08-01 00:00:00' "
        "where opportunity_id = 'd4'"
    ),
    "deal_stage_is_known": _m(
        "update marts.fct_opportunities set stage = 'Dreaming' where opportunity_id = 'd3'"
    ),
    "deal_order_type_is_known": _m(
        "update marts.fct_opportunities set order_type = 'gift' where opportunity_id = 'd3'"
    ),
    "deal_channel_is_known": _m(
        "update marts.fct_opportunities set channel = 'billboard' where opportunity_id = 'd3'"
    ),
    "deal_stages_are_mapped": _m(
        "update marts.fct_opportunities set stage = '__unmapped__', "
        "stage_source_value = 'Legal review' where opportunity_id = 'd3'"
    ),
    "deal_order_types_are_mapped": _m(
        "update marts.fct_opportunities set order_type = '__unmapped__' where opportunity_id = 'd3'"
    ),
    "deal_accounts_are_exported": _m(
        "update marts.fct_opportunities set account_id = 'a9' where opportunity_id = 'd6'; "
        "insert into marts.dim_account (account_id, ultimate_parent_id, is_inferred) "
        "values ('a9', 'a9', true)",
        FIT_SUM,
        "inv_61_tier_follows_from_score_and_coverage",
    ),
    "deal_products_are_exported": _m(
        "update marts.fct_opportunities set product_id = 'pr 1' where opportunity_id = 'd6'; "
        "insert into marts.dim_product (product_id, is_inferred) values ('pr 1', true)"
    ),
    "deal_owners_are_exported": _m(
        "update marts.fct_opportunities set owner_id = 'o9' where opportunity_id = 'd3'; "
        "insert into marts.dim_owner (owner_id, is_inferred) values ('o9', true)"
    ),
    "deals_have_an_owner": _m(
        "update marts.fct_opportunities set owner_id = '__unassigned__' where opportunity_id = 'd3'"
    ),
    "deals_close_after_they_were_created": _m(
        "update marts.fct_opportunities set is_closed_before_created = true "
        "where opportunity_id = 'd4'"
    ),
    "deals_are_won_after_the_first_contact": _m(
        "update marts.fct_opportunities set is_won_before_lead = true where opportunity_id = 'd1'"
    ),
    "won_deals_have_an_account": _m(
        "update marts.fct_opportunities set account_id = null where opportunity_id = 'd7'"
    ),
    "decided_deals_have_an_amount": _m(
        "update marts.fct_opportunities set is_amount_missing = true where opportunity_id = 'd6'"
    ),
    "lost_deals_are_valued_by_their_source": _m(
        "update marts.fct_opportunities set is_amount_missing = true where opportunity_id = 'd2'"
    ),
    "fct_opportunities_holds_no_email": _m(
        f"update marts.fct_opportunities set stage_source_value = '{EMAIL}' "
        "where opportunity_id = 'd3'"
    ),
}

BOOKINGS = {
    "fct_bookings_has_rows": _m(
        "delete from marts.fct_bookings", "inv_17_ledger_equals_the_deal", FACTS, _WIN
    ),
    "fct_bookings_key_is_unique": _m(
        "update marts.fct_bookings set booking_id = 'd7/1/o2' where booking_id = 'd7/2/o2'"
    ),
    "booking_events_are_known": _m(
        "update marts.fct_bookings set event_type = 'gift' where booking_id = 'd1/1/o1'"
    ),
    "inv_17_ledger_equals_the_deal": _m(
        "update marts.fct_bookings set amount = -100 where booking_id = 'd5/2/o2'; "
        "update marts.fct_bookings set amount = -200 where booking_id = 'd7/2/o2'"
    ),
    "inv_18_split_shares_make_one_deal": _m(
        "update marts.fct_bookings set split_share = 0.5 where booking_id = 'd6/1/o1'"
    ),
    "inv_26_a_parent_becomes_a_customer_once": _m(
        "update marts.fct_bookings set new_customer_delta = 0 where booking_id = 'd1/1/o1'; "
        "update marts.fct_bookings set new_customer_delta = 2 where booking_id = 'd6/1/o1'",
        _WIN,
    ),
    "inv_64_bookings_hold_no_future": _m(
        "update marts.fct_bookings set booking_date = date '2025-08-01' "
        "where booking_id = 'd1/1/o1'"
    ),
    "fct_bookings_holds_no_email": _m(
        f"update marts.fct_bookings set region = '{EMAIL}' where booking_id = 'd1/1/o1'"
    ),
}

FACTORS = {
    "fct_external_factors_has_rows": _m(
        "delete from marts.fct_external_factors where factor_id = 'f1'"
    ),
    "fct_external_factors_key_is_unique": _m(_repeated("fct_external_factors", "factor_id = 'f1'")),
    "factors_end_after_they_start": _factor("f1", "end_date = date '2025-06-02'"),
    "factor_type_is_known": _factor("f1", "factor_type = 'weather'"),
    "factor_direction_is_known": _factor("f1", "expected_direction = 'sideways'"),
    "factor_confidence_is_known": _factor("f1", "confidence = 'total'"),
    "factor_types_are_mapped": _factor(
        "f1", "factor_type = '__unmapped__', factor_type_source_value = 'Wetter'"
    ),
    "rule_changes_are_signed_by_both_teams": _factor(
        "f2", "is_signed = false, signed_sales_on = date '2025-05-30'"
    ),
    "factors_say_who_recorded_them_and_when": _factor(
        "f1", "recorded_at = null, is_hindsight = null"
    ),
    "factors_name_kpis_that_exist": _factor("f2", "metric_ids = 'mql_count, mqls'"),
    "factor_scopes_are_readable": _factor("f2", "scope = 'East'"),
    "fct_external_factors_holds_no_email": _factor("f1", f"evidence = 'ask {EMAIL}'"),
}

NET = "inv_27_net_is_invoices_less_credits_and_refunds"
INVOICES = {
    "fct_invoices_has_rows": _m("delete from marts.fct_invoices", NET),
    "fct_invoices_key_is_unique": _m(_repeated("fct_invoices", "invoice_id = 'i2'"), NET),
    NET: _m(
        "update marts.fct_invoices set amount = 400, amount_reporting = 400 "
        "where invoice_id = 'cn1'"
    ),
    "inv_27_no_invoice_is_credited_beyond_its_amount": _m(
        "update marts.fct_invoices set invoice_type = 'refund' where invoice_id = 'cn1'"
    ),
    "inv_28_reporting_invoice_is_amount_times_rate": _m(
        "update marts.fct_invoices set fx_rate = null where invoice_id = 'rf1'"
    ),
    "drafts_and_void_documents_are_not_posted": _m(
        "update marts.fct_invoices set is_posted = true where invoice_id = 'i2'"
    ),
    "inv_64_invoices_hold_no_future": _m(
        "update raw_mapped.invoices set posting_date = '2025-08-01' where invoice_id = 'i2'; "
        "update marts.fct_invoices set posting_date = '2025-08-01' where invoice_id = 'i2'"
    ),
    "invoice_type_is_known": _m(
        "update marts.fct_invoices set invoice_type = 'gift' where invoice_id = 'i2'"
    ),
    "invoice_types_are_mapped": _m(
        "update marts.fct_invoices set invoice_type = '__unmapped__', "
        "invoice_type_source_value = 'Sundries' where invoice_id = 'i2'"
    ),
    "fct_invoices_holds_no_email": _m(
        f"update marts.fct_invoices set account_id = '{EMAIL}' where invoice_id = 'i2'"
    ),
}

COSTS = {
    "fct_costs_has_rows": _m(
        "delete from marts.fct_costs",
        "costs_equal_the_exports",
        "inv_30_channels_and_unallocated_are_all_costs",
        "inv_30_campaigns_and_unallocated_are_all_costs",
        FACTS,
    ),
    "fct_costs_key_is_unique": _m("update marts.fct_costs set cost_id = 'c1' where cost_id = 'c2'"),
    "costs_equal_the_exports": _m(
        "update marts.fct_costs set amount = 999, amount_reporting = 999 where cost_id = 'c3'"
    ),
    "inv_28_reporting_cost_is_amount_times_rate": _m(
        "update marts.fct_costs set fx_rate = null where cost_id = 'c3'"
    ),
    "salaries_are_no_programme_cost": _m(
        "update marts.fct_costs set is_paid_media = null where cost_id = 'c3'"
    ),
    "inv_30_channels_and_unallocated_are_all_costs": _m(
        "update marts.fct_costs set cost_date = date '2025-06-20' where cost_id = 'c2'"
    ),
    "inv_31_channels_give_the_total_cost_per_lead": _m(
        "update marts.kpi_values set numerator = numerator + 10, "
        "value = (numerator + 10) / denominator "
        "where metric_id = 'cpl' and dimension = 'all' and period_grain = 'year'",
        PARTS,
    ),
    "inv_64_costs_hold_no_future": _m(
        "update marts.fct_costs set cost_date = date '2025-08-01' where cost_id = 'c3'"
    ),
    "cost_channel_is_known": _m(
        "update marts.fct_costs set channel = 'billboard' where cost_id = 'c3'"
    ),
    "cost_type_is_known": _m(
        "update marts.fct_costs set cost_type = 'gift' where cost_id = 'c2'",
        "costs_equal_the_exports",
    ),
    "cost_channels_are_mapped": _m(
        "update marts.fct_costs set channel = '__unmapped__', channel_source_value = 'Litfass' "
        "where cost_id = 'c3'"
    ),
    "cost_types_are_mapped": _m(
        "update raw_mapped.costs set cost_type = '__unmapped__' where cost_type = 'tools'; "
        "update marts.fct_costs set cost_type = '__unmapped__', "
        "cost_type_source_value = 'Sundries' where cost_id = 'c2'"
    ),
    "fct_costs_holds_no_email": _m(
        f"update marts.fct_costs set region = '{EMAIL}' where cost_id = 'c3'"
    ),
    "fct_ad_performance_has_rows": _m(
        "delete from marts.fct_ad_performance",
        "ad_performance_equals_the_exports",
        CLAIMED,
    ),
    "fct_ad_performance_key_is_unique": _m(
        "insert into marts.fct_ad_performance by name select * replace ('meta_ads' as platform, "
        "'GBP' as currency, null::double as ad_cost, null::double as clicks, "
        "null::double as impressions, null::double as conversions) from marts.fct_ad_performance; "
        "insert into raw_mapped.ad_performance_daily (platform, currency) values "
        "('meta_ads', 'GBP'); update raw_meta.file_loads set rows_loaded = 3, rows_read = 4 "
        "where entity = 'ad_performance_daily'"
    ),
    "ad_performance_equals_the_exports": _m("update marts.fct_ad_performance set clicks = 9"),
    "inv_28_reporting_ad_cost_is_cost_times_rate": _m(
        "update marts.fct_ad_performance set ad_cost_reporting = 90"
    ),
    "ad_reports_are_posted_as_costs": _m(
        "update raw_mapped.costs set ad_account_id = 'google_ads:2' where platform is not null"
    ),
    "inv_64_ad_performance_holds_no_future": _m(
        "update marts.fct_ad_performance set performance_date = date '2025-08-01'; "
        "update raw_mapped.costs set cost_date = date '2025-08-01' where platform is not null"
    ),
    "fct_ad_performance_holds_no_email": _m(
        f"update marts.fct_ad_performance set campaign_id = '{EMAIL}'"
    ),
    "dim_campaign_has_rows": _m(
        "delete from marts.dim_campaign",
        "every_exported_campaign_is_kept",
        "every_campaign_in_use_is_kept",
    ),
    "dim_campaign_key_is_unique": _m(_repeated("dim_campaign", "campaign = 'Spring'")),
    "every_exported_campaign_is_kept": _m(
        "update raw_mapped.campaigns set campaign = 'Autumn' where campaign = 'Spring'"
    ),
    "every_campaign_in_use_is_kept": _m(
        "update marts.fct_costs set campaign = 'Autumn' where cost_id = 'c3'"
    ),
    "campaign_channel_is_known": _m(
        "update marts.dim_campaign set channel = 'billboard' where campaign = 'Spring'"
    ),
    "campaigns_are_exported": _m(
        "insert into marts.dim_campaign (campaign, channel, is_inferred) "
        "values ('spring', 'paid_search', true)",
        "campaign_performance_has_rows",
    ),
    "dim_campaign_holds_no_email": _m(
        f"update marts.dim_campaign set campaign_type = '{EMAIL}' where campaign = 'Spring'"
    ),
    "campaign_performance_has_rows": _m(
        "delete from marts.campaign_performance",
        "inv_30_campaigns_and_unallocated_are_all_costs",
        CAMPAIGNS,
    ),
    "campaign_performance_key_is_unique": _m(
        "update marts.campaign_performance set campaign = 'Spring' "
        "where campaign = '__unallocated__'",
        "campaign_performance_has_rows",
    ),
    "inv_30_campaigns_and_unallocated_are_all_costs": _m(
        "update marts.campaign_performance set program_cost = 60 where campaign = '__unallocated__'"
    ),
    CAMPAIGNS: _m(
        "update marts.campaign_performance set lead_count = 3 where campaign = '__missing__'"
    ),
    "inv_67_campaign_ratios_are_cost_over_count": _m(
        "update marts.campaign_performance set cpl = 5 where campaign = '__missing__'"
    ),
    "inv_34_a_lead_costs_no_more_than_an_mql": _m(
        "update marts.campaign_performance set mql_new_count = 2, cost_per_mql = 50 "
        "where campaign = 'Spring'",
        CAMPAIGNS,
    ),
    "campaign_performance_holds_no_email": _m(
        f"update marts.campaign_performance set channel = '{EMAIL}' where campaign = 'Spring'"
    ),
}

FIT = {
    "fit_scores_has_rows": _m("delete from marts.fit_scores", FIT_SUM),
    "fit_scores_key_is_unique": _m(
        _repeated("fit_scores", "subject_id = 'p1' and fit_attribute = 'region'"), FIT_SUM
    ),
    "inv_61_attribute_scores_lie_between_0_and_1": _m(
        "update marts.fit_scores set is_known = true where fit_score_id = 'person p2 region'",
        FIT_SUM,
    ),
    "inv_61_fit_lies_between_0_and_100": _m(
        "update marts.dim_account set icp_fit_score = 100.00005 where account_id = 'a1'"
    ),
    FIT_SUM: _m("update marts.dim_person set icp_fit_score = 90 where person_id = 'p1'"),
    "inv_61_tier_follows_from_score_and_coverage": _m(
        "update marts.dim_person set icp_tier = 'C' where person_id = 'p5'"
    ),
    "better_fit_wins_more_often": _m(
        "update marts.kpi_values set low_n = false, value = if(dimension_value = 'A', 0.5, value) "
        "where metric_id = 'win_rate' and dimension = 'icp_tier' and period_grain = 'year'",
        QUOTIENT,
    ),
    "fit_scores_holds_no_email": _m(
        f"update marts.fit_scores set attribute_value = '{EMAIL}' "
        "where fit_score_id = 'person p1 industry'"
    ),
}

EVIDENCE = {
    "mql_evidence_has_rows": _m("delete from marts.mql_evidence", EVIDENCE),
    "mql_evidence_key_is_unique": _m(_repeated("mql_evidence", "lead_cycle_id = 'p1/1'")),
    EVIDENCE: _m("delete from marts.mql_evidence where lead_cycle_id = 'p5/2'"),
    "mqls_follow_the_rule_that_fired": _m(
        "update marts.mql_evidence set icp_tier = 'D' where lead_cycle_id = 'p1/1'"
    ),
    "touches_of_an_mql_are_exported": _m(
        "update marts.mql_evidence set touch_count = 4 where lead_cycle_id = 'p1/1'"
    ),
    "mql_evidence_holds_no_email": _m(
        f"update marts.mql_evidence set touch_ids = '{EMAIL}' where lead_cycle_id = 'p1/1'"
    ),
}

STAGES = {
    "fct_stage_events_has_rows": _m(
        "delete from marts.fct_stage_events",
        ENTRIES,
        OPEN_VISITS,
        STEPS,
        "excluded_deals_have_no_visits",
        "deal_regressions_are_counted",
    ),
    "fct_stage_events_key_is_unique": _m(
        "update marts.fct_stage_events set stage_event_id = 'lead_cycle/p1/1/1' "
        "where stage_event_id = 'lead_cycle/p1/1/2'"
    ),
    ENTRIES: _m(
        "update marts.fct_stage_events set stage = 'customer' "
        "where stage_event_id = 'lead_cycle/p1/1/5'"
    ),
    "stage_entries_have_the_fit_of_their_lead": _m(
        "update marts.fct_stage_events set icp_tier = 'D' "
        "where stage_event_id = 'lead_cycle/p1/1/1'"
    ),
    FOLLOWED: _m(
        "update marts.fct_stage_events set exited_at = exited_at + interval 1 hour "
        "where stage_event_id = 'opportunity/d3/1'"
    ),
    TIME_OPEN: _m(
        "update marts.fct_stage_events set duration_days = duration_days + 1 "
        "where stage_event_id = 'opportunity/d3/1'"
    ),
    OPEN_VISITS: _m(
        "update marts.fct_stage_events set is_open = true where stage_event_id = 'opportunity/d3/1'"
    ),
    "excluded_deals_have_no_visits": _m(
        "insert into marts.fct_stage_events by name select * replace ("
        "'opportunity/d4' as record_id, 'opportunity/d4/1' as stage_event_id, "
        "'d4' as opportunity_id) "
        "from marts.fct_stage_events where stage_event_id = 'opportunity/d6/2'",
        TIME_OPEN,
    ),
    "deal_regressions_are_counted": _m(
        "update marts.fct_opportunities set regression_count = 2 where opportunity_id = 'd3'"
    ),
    "inv_24_time_in_stage_is_not_negative": _m(
        "update marts.fct_stage_events set duration_days = -1 "
        "where stage_event_id = 'opportunity/d3/1'",
        TIME_OPEN,
    ),
    "inv_64_stages_hold_no_future": _m(
        "update marts.fct_stage_events set entered_at = timestamp '2025-08-01 08:00:00' "
        "where stage_event_id = 'opportunity/d5/1'"
    ),
    ORIGINS: _m(
        "update marts.kpi_values set dimension_value = '__missing__' "
        "where metric_id = 'sql_count' and dimension_value = 'sales'"
    ),
    STAGE_KPIS: _m(
        "update marts.fct_lead_cycles set is_reentered = false where lead_cycle_id = 'p5/1'"
    ),
    "fct_stage_events_holds_no_email": _m(
        f"update marts.fct_stage_events set campaign = '{EMAIL}' "
        "where stage_event_id = 'opportunity/d3/1'"
    ),
    "fct_stage_transitions_has_rows": _m(
        "delete from marts.fct_stage_transitions", STEPS, STEP_COUNTS
    ),
    "fct_stage_transitions_key_is_unique": _m(
        "update marts.fct_stage_transitions set stage_transition_id = 'p1/1/lead_to_mql' "
        "where stage_transition_id = 'p1/1/mql_to_sql'"
    ),
    STEPS: _m(
        "update marts.fct_stage_transitions set lead_cycle_id = 'p5/2' "
        "where stage_transition_id = 'p5/1/mql_to_sql'"
    ),
    "inv_09_conversions_lie_inside_their_window": _m(
        "update marts.fct_stage_transitions set next_stage_at = entered_at + interval 31 day "
        "where stage_transition_id = 'p1/1/mql_to_sql'"
    ),
    OUTCOMES: _m(
        "update marts.fct_stage_transitions set outcome = 'undecided' "
        "where stage_transition_id = 'p1/1/mql_to_sal'"
    ),
    "inv_24_days_between_stages_are_not_negative": _m(
        "update marts.fct_stage_transitions set velocity_days = -1 "
        "where stage_transition_id = 'p1/1/mql_to_sql'"
    ),
    COHORT_KPIS: _m(
        "update marts.kpi_values set numerator = 0, value = 0 "
        "where metric_id = 'sales_conversion_rate'",
        STEP_RATES,
    ),
    "fct_stage_transitions_holds_no_email": _m(
        f"update marts.fct_stage_transitions set campaign = '{EMAIL}' "
        "where stage_transition_id = 'p1/1/mql_to_sql'"
    ),
    "funnel_steps_has_rows": _m("delete from marts.funnel_steps", STEP_COUNTS),
    "funnel_steps_key_is_unique": _m(
        "update marts.funnel_steps set period_start_date = date '2025-01-01' "
        "where period_grain = 'quarter' and step = 'mql_to_sal'",
        STEP_COUNTS,
    ),
    STEP_COUNTS: _m(
        "update marts.funnel_steps set late_conversion_count = 1 "
        "where period_grain = 'all' and step = 'mql_to_sql'"
    ),
    "inv_09_step_rates_are_converted_over_entered": _m(
        "update marts.funnel_steps set ci_low = 0.9 "
        "where period_grain = 'all' and step = 'mql_to_sql'"
    ),
    "inv_10_mature_cohorts_are_whole": _m(
        "update marts.funnel_steps set stall_rate = 0.9 "
        "where period_grain = 'all' and step = 'mql_to_sql'"
    ),
    "inv_24_days_of_steps_are_in_order": _m(
        "update marts.funnel_steps set p90_days = -1 "
        "where period_grain = 'all' and step = 'mql_to_sql'"
    ),
    STEP_RATES: _m(
        "update marts.kpi_values set value = 0.9, numerator = 0.9 * denominator "
        "where metric_id = 'sql_to_opp_rate' and period_grain = 'month'"
    ),
}

DEFINITIONS = {
    "metric_definitions_has_rows": _m(
        "delete from marts.metric_definitions",
        DEFINED,
        "factors_name_kpis_that_exist",
        "red_flags_name_their_definition",
        "sla_breaches_name_their_definition",
    ),
    "metric_definitions_key_is_unique": _m(
        _repeated("metric_definitions", "metric_id = 'win_rate'"), PARTS
    ),
    "metric_ids_are_plain_names": _m(
        "update marts.metric_definitions set metric_id = '../win_rate' "
        "where metric_id = 'win_rate'; "
        "update marts.kpi_values set metric_id = '../win_rate' where metric_id = 'win_rate'",
        FACTS,
    ),
    "metric_units_are_known": _m(
        "update marts.metric_definitions set unit = 'apples' where metric_id = 'win_rate'"
    ),
    "definitions_are_signed_by_both_teams": _m(
        "update marts.metric_definitions set signed_marketing_on = null "
        "where metric_id = 'win_rate'"
    ),
    "definitions_are_written_in_both_languages": _m(
        "update marts.metric_definitions set definition_zh = ' ' where metric_id = 'win_rate'"
    ),
    "definitions_change_only_with_a_new_version": _m(
        "update marts.metric_definitions set definition_hash = 'changed' "
        "where metric_id = 'win_rate'"
    ),
    DEFINED: _m("delete from marts.metric_definitions where metric_id = 'win_rate'"),
}

KPI_VALUES = {
    "kpi_values_has_rows": _m(
        "delete from marts.kpi_values",
        "inv_68_red_flags_rest_on_mature_values",
        DEFINED,
        FACTS,
        STATUSES,
        "goals_are_actual_over_target",
        "inv_08_promised_volume_is_counted_from_all_mqls",
        "inv_24_response_times_are_those_of_the_handoffs",
        DECIDED,
        "factor_scopes_are_readable",
        "inv_30_channels_and_unallocated_are_all_costs",
        STAGE_KPIS,
        STEP_RATES,
        COHORT_KPIS,
        GAP,
    ),
    "kpi_values_key_is_unique": _m(
        _repeated("kpi_values", "metric_id = 'win_rate' and dimension = 'all'")
    ),
    "kpi_values_are_numbers": _m(
        _kpi("mean_sales_cycle_days", "value = 'nan', numerator = 'nan', denominator = 'nan'"),
        FACTS,
    ),
    "kpi_values_belong_to_these_exports": _m(_kpi("win_rate", "run_id = 'run-0'")),
    PERIODS: _m(
        "update marts.kpi_values set value = 1, numerator = 1 where metric_id = 'lead_count' "
        "and period_grain = 'quarter'",
        PARTS,
    ),
    QUOTIENT: _m(_kpi("avg_deal_size", "value = 1")),
    PARTS: _m(
        "delete from marts.kpi_values where metric_id = 'win_rate' and dimension = 'channel' "
        "and dimension_value = '__unattributed__'"
    ),
    REVENUE: _m(
        "delete from marts.kpi_values where metric_id = 'sales_revenue' and dimension = 'team' "
        "and dimension_value = 'West'",
        PARTS,
    ),
    FACTS: _m(
        "update marts.kpi_values set value = value + 1, numerator = numerator + 1 "
        "where metric_id = 'opportunity_count' and period_grain = 'all' and "
        "(dimension = 'all' or dimension_value in ('o1', 'East', 'paid_search'))",
        PERIODS,
    ),
    INTERVAL: _m(_kpi("win_rate", "ci_low = 0.9")),
    "kpis_keep_to_their_own_history": _m(
        "insert into marts.kpi_values by name select metric_id, metric_version, unit, as_of, "
        "run_id, period_grain, dimension, dimension_value, is_mature, false as low_n, "
        "date '2024-01-01' + to_months(month) as period_start_date, denominator, "
        "if(month = 9, 16.5, 10 + month % 2) as value, value as p90_value "
        "from marts.kpi_values cross join range(1, 10) as months (month) "
        "where metric_id = 'stage_velocity_days' and period_grain = 'month' "
        "and dimension = 'all' and period_start_date = '2025-05-01'"
    ),
    "the_slowest_tenth_lies_above_the_median": _m(_kpi("sales_cycle_days", "p90_value = 1")),
    "kpis_lie_in_the_usual_band": _m(_kpi("win_rate", "low_n = false")),
    "rows_read_are_loaded_quarantined_or_superseded": _m(
        "update raw_meta.file_loads set rows_read = rows_read + 1 where entity = 'owners'"
    ),
    "raw_tables_hold_the_rows_loaded": _m(
        "insert into raw_mapped.holidays (holiday_name) values ('Founding day')"
    ),
    "loaded_rows_add_up_to_the_totals_of_their_files": _m(
        "update raw_meta.file_totals set loaded_total = 99"
    ),
    "no_row_is_in_quarantine": _m(
        "insert into raw_meta.quarantine (source_file, source_row) values ('people.csv', 7)"
    ),
    "kpi_values_holds_no_email": _m(
        f"update marts.kpi_values set dimension_value = '{EMAIL}' where dimension_value = 'o1'"
    ),
}

GOALS = {
    "sla_plan_has_rows": _m(
        "delete from marts.sla_plan; "
        "update marts.goal_attainment set metric_id = 'sales_revenue', actual_value = null, "
        "attainment = null, pace = null where period_grain = 'month'",
        "goals_are_actual_over_target",
    ),
    "sla_plan_key_is_unique": _m(_repeated("sla_plan", "period_grain = 'quarter'")),
    "required_mqls_bring_the_goal": _m("update marts.sla_plan set required_mqls = 626"),
    "goal_attainment_has_rows": _m("delete from marts.goal_attainment"),
    "goal_attainment_key_is_unique": _m(_repeated("goal_attainment", "period_grain = 'biweek'")),
    "inv_56_targets_of_all_periods_add_up": _m(
        "update marts.goal_attainment set target_value = 21 where period_grain = 'biweek'"
    ),
    "given_targets_agree_with_finer_ones": _m(
        "update marts.goal_attainment set given_target_value = 50 where period_grain = 'month'"
    ),
    "goals_are_actual_over_target": _m(
        "update marts.goal_attainment set pace = 2 where period_grain = 'month'"
    ),
    "inv_63_planning_periods_add_up_to_the_months": _m(
        "update marts.kpi_values set value = value + 1, numerator = numerator + 1 "
        "where metric_id = 'mql_count' and period_grain = 'day' and dimension = 'channel'"
    ),
    "goal_attainment_holds_no_email": _m(
        f"update marts.goal_attainment set unit = '{EMAIL}' where period_grain = 'month'"
    ),
}

KPI_BOUNDS = {
    "kpi_lead_count_within_bounds": _beyond("lead_count", -1, QUOTIENT, PERIODS),
    "kpi_mql_count_within_bounds": _beyond("mql_count", -1, QUOTIENT, PERIODS, MQL_PARTS),
    "kpi_opportunity_count_within_bounds": _beyond("opportunity_count", -1, QUOTIENT, PERIODS),
    "kpi_lead_to_customer_rate_within_bounds": _beyond(
        "lead_to_customer_rate", 1.5, QUOTIENT, INTERVAL, STEP_RATES
    ),
    "kpi_first_response_sla_rate_within_bounds": _beyond(
        "first_response_sla_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_icp_match_rate_within_bounds": _beyond("icp_match_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_unknown_share_within_bounds": _beyond("unknown_share", 1.5, QUOTIENT, INTERVAL),
    "kpi_persona_coverage_rate_within_bounds": _beyond(
        "persona_coverage_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_response_coverage_within_bounds": _beyond("response_coverage", 1.5, QUOTIENT, INTERVAL),
    "kpi_l2a_match_rate_within_bounds": _beyond("l2a_match_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_l2a_ambiguity_rate_within_bounds": _beyond("l2a_ambiguity_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_l2a_precision_within_bounds": _beyond("l2a_precision", 1.5, QUOTIENT, INTERVAL),
    "kpi_journey_completeness_rate_within_bounds": _beyond(
        "journey_completeness_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_first_response_minutes_within_bounds": _beyond("first_response_minutes", -1),
    "kpi_time_to_contact_minutes_within_bounds": _beyond("time_to_contact_minutes", -1),
    "kpi_mean_first_response_minutes_within_bounds": _beyond(
        "mean_first_response_minutes", -1, QUOTIENT
    ),
    "kpi_routing_delay_minutes_within_bounds": _beyond("routing_delay_minutes", -1),
    "kpi_rep_delay_minutes_within_bounds": _beyond("rep_delay_minutes", -1),
    "kpi_mql_acceptance_rate_within_bounds": _beyond(
        "mql_acceptance_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_mql_acceptance_rate_decided_within_bounds": _beyond(
        "mql_acceptance_rate_decided", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_decision_timeliness_rate_within_bounds": _beyond(
        "decision_timeliness_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_mql_undecided_rate_within_bounds": _beyond("mql_undecided_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_no_fit_rejection_rate_within_bounds": _beyond(
        "no_fit_rejection_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_sla_pipeline_delivered_within_bounds": _beyond(
        "sla_pipeline_delivered", -1, QUOTIENT, PERIODS
    ),
    "kpi_pipeline_per_mql_within_bounds": _beyond("pipeline_per_mql", -1, QUOTIENT),
    "kpi_followup_compliance_rate_within_bounds": _beyond(
        "followup_compliance_rate", 1.5, QUOTIENT, INTERVAL
    ),
    "kpi_win_rate_within_bounds": _beyond("win_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_win_rate_amount_within_bounds": _beyond("win_rate_amount", 1.5, QUOTIENT),
    "kpi_avg_deal_size_within_bounds": _beyond("avg_deal_size", -1, QUOTIENT),
    "kpi_median_deal_size_within_bounds": _beyond("median_deal_size", -1),
    "kpi_sales_cycle_days_within_bounds": _beyond("sales_cycle_days", -1),
    "kpi_mean_sales_cycle_days_within_bounds": _beyond("mean_sales_cycle_days", -1, QUOTIENT),
    "kpi_mql_new_count_within_bounds": _beyond("mql_new_count", -1, QUOTIENT, PERIODS, MQL_PARTS),
    "kpi_mql_recycled_count_within_bounds": _beyond(
        "mql_recycled_count", -1, QUOTIENT, PERIODS, MQL_PARTS
    ),
    "kpi_sal_count_within_bounds": _beyond("sal_count", -1, QUOTIENT, PERIODS),
    "kpi_sql_count_within_bounds": _beyond("sql_count", -1, QUOTIENT, PERIODS, ORIGINS),
    "kpi_sql_marketing_count_within_bounds": _beyond(
        "sql_marketing_count", -1, QUOTIENT, PERIODS, ORIGINS
    ),
    "kpi_sql_sales_sourced_count_within_bounds": _beyond(
        "sql_sales_sourced_count", -1, QUOTIENT, PERIODS, ORIGINS
    ),
    "kpi_sql_partner_sourced_count_within_bounds": _beyond(
        "sql_partner_sourced_count", -1, QUOTIENT, PERIODS, ORIGINS
    ),
    "kpi_sql_customer_success_sourced_count_within_bounds": _beyond(
        "sql_customer_success_sourced_count", -1, QUOTIENT, PERIODS, ORIGINS
    ),
    "kpi_recycled_count_within_bounds": _beyond("recycled_count", -1, QUOTIENT, PERIODS),
    "kpi_disqualified_count_within_bounds": _beyond("disqualified_count", -1, QUOTIENT, PERIODS),
    "kpi_rejected_count_within_bounds": _beyond("rejected_count", -1, QUOTIENT, PERIODS),
    "inv_67_shares_are_of_the_total": _m(
        "update marts.kpi_values set denominator = 1, value = 0 "
        "where metric_id = 'rejection_mix' and period_grain = 'month' and dimension = 'owner'"
    ),
    "kpi_rejection_mix_within_bounds": _beyond("rejection_mix", 1.5, QUOTIENT, INTERVAL),
    "kpi_lead_to_mql_rate_within_bounds": _beyond(
        "lead_to_mql_rate", 1.5, QUOTIENT, INTERVAL, STEP_RATES
    ),
    "kpi_mql_to_sql_rate_within_bounds": _beyond(
        "mql_to_sql_rate", 1.5, QUOTIENT, INTERVAL, STEP_RATES
    ),
    "kpi_sal_to_sql_rate_within_bounds": _beyond(
        "sal_to_sql_rate", 1.5, QUOTIENT, INTERVAL, STEP_RATES
    ),
    "kpi_sql_to_opp_rate_within_bounds": _beyond(
        "sql_to_opp_rate", 1.5, QUOTIENT, INTERVAL, STEP_RATES
    ),
    "kpi_sales_conversion_rate_within_bounds": _beyond(
        "sales_conversion_rate", 1.5, QUOTIENT, INTERVAL, STEP_RATES
    ),
    "kpi_stage_leakage_rate_within_bounds": _beyond("stage_leakage_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_stage_stall_rate_within_bounds": _beyond("stage_stall_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_reentry_rate_within_bounds": _beyond("reentry_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_regression_rate_within_bounds": _beyond("regression_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_untimed_stage_rate_within_bounds": _beyond("untimed_stage_rate", 1.5, QUOTIENT, INTERVAL),
    "kpi_conversion_period_ratio_within_bounds": _beyond("conversion_period_ratio", -1, QUOTIENT),
    **{
        f"kpi_{name}_within_bounds": _beyond(name, -1)
        for name in (
            "stage_velocity_days",
            "lead_to_mql_days",
            "mql_to_sal_days",
            "sal_to_sql_days",
            "sql_to_opp_days",
            "sql_to_customer_days",
            "lead_to_customer_days",
        )
    },
}

LEAD_MATCHES = {
    "fct_lead_match_daily_has_rows": _m("delete from marts.fct_lead_match_daily", CLAIMED, GAP),
    "fct_lead_match_daily_key_is_unique": _m(
        _repeated("fct_lead_match_daily", "true"), CLAIMED, GAP
    ),
    CLAIMED: _m("update marts.fct_ad_performance set conversions = 4"),
    "matched_leads_are_the_counted_ones": _m(
        "update marts.fct_lead_match_daily set crm_count = 1", GAP
    ),
    GAP: _m(
        "update marts.kpi_values set value = 9, numerator = 9 where metric_id = 'lead_match_gap'"
    ),
    "fct_lead_match_daily_holds_no_email": _m(
        f"update marts.fct_lead_match_daily set channel = '{EMAIL}'"
    ),
}

EVENTS = "events_of_visits_equal_the_exports"
COUNTED_VISITS = "visits_of_days_without_report_are_the_counted_ones"
WEB_SESSIONS = {
    "fct_web_sessions_has_rows": _m("delete from marts.fct_web_sessions", EVENTS),
    "fct_web_sessions_key_is_unique": _m(
        "insert into marts.fct_web_sessions from marts.fct_web_sessions", EVENTS, COUNTED_VISITS
    ),
    EVENTS: _m("update marts.fct_web_sessions set event_count = 3"),
    "events_belong_to_a_visit": _m(
        "update raw_mapped.web_events set session_id = null where event_name = 'user_engagement'",
        EVENTS,
    ),
    "inv_48_engagement_fits_into_the_visit": _m(
        "update marts.fct_web_sessions set engagement_seconds = 31"
    ),
    "visits_end_after_they_start": _m(
        "update marts.fct_web_sessions set ended_at = timestamp '2025-06-10 08:59:59'"
    ),
    "inv_64_visits_hold_no_future": _m(
        "update marts.fct_web_sessions set started_at = timestamp '2025-08-01 00:00:00', "
        "ended_at = timestamp '2025-08-01 00:00:30'"
    ),
    "fct_web_sessions_holds_no_email": _m(
        f"update marts.fct_web_sessions set landing_page = 'https://x.example/{EMAIL}'"
    ),
}

VISITS = "inv_47_channel_groups_add_up_to_the_visits"
LEADS_BY_VISIT = "leads_by_a_visit_have_visits_on_their_day"


def _traffic(key: str, change: str, *also: str) -> Mutation:
    return _m(
        f"update marts.fct_web_traffic_daily set {change} where web_traffic_id = '{key}'", *also
    )


WEB_TRAFFIC = {
    "fct_web_traffic_daily_has_rows": _m(
        "delete from marts.fct_web_traffic_daily", VISITS, COUNTED_VISITS, LEADS_BY_VISIT, FACTS
    ),
    "fct_web_traffic_daily_key_is_unique": _m(
        _repeated("fct_web_traffic_daily", "web_traffic_id = 'v4'"), VISITS
    ),
    VISITS: _traffic("v4", "sessions = 8"),
    COUNTED_VISITS: _traffic("v3", "sessions = 2", FACTS),
    "inv_46_engaged_visits_are_visits": _traffic("v1", "engaged_sessions = 41"),
    "inv_48_series_of_two_products_stay_apart": _traffic("v4", "visit_date = traffic_date"),
    "inv_48_engagement_fits_into_the_visits": _traffic("v1", "engagement_seconds = 2001"),
    "visits_have_a_channel_group": _traffic("v3", "channel_group = '__missing__'"),
    "inv_64_website_traffic_holds_no_future": _m(
        "update marts.fct_web_traffic_daily set traffic_date = date '2025-08-01' "
        "where web_traffic_id = 'v4'; "
        "update raw_mapped.web_traffic_daily set traffic_date = date '2025-08-01' "
        "where analytics = 'universal_analytics'"
    ),
    "fct_web_traffic_daily_holds_no_email": _traffic("v4", f"channel_group = '{EMAIL}'"),
    LEADS_BY_VISIT: _m(
        "update marts.fct_lead_cycles set channel_group = 'Direct' where person_id = 'p5'"
    ),
    "leads_do_not_outnumber_the_visits": _m(
        "update marts.kpi_values set denominator = 0.5, value = 2 "
        "where metric_id = 'visit_to_lead_rate' and period_grain = 'month' "
        "and period_start_date = date '2025-05-01' and dimension = 'all'",
        PARTS,
    ),
    "kpi_visit_to_lead_rate_within_bounds": _beyond("visit_to_lead_rate", -1, QUOTIENT),
}

MUTATIONS: dict[str, Mutation] = {
    **MATCHES,
    **JOURNEYS,
    **DIMENSIONS,
    **LEAD_CYCLES,
    **STAGES,
    **HANDOFFS,
    **AGREEMENT,
    **FLAGS,
    **DEALS,
    **BOOKINGS,
    **FACTORS,
    **INVOICES,
    **COSTS,
    **LEAD_MATCHES,
    **WEB_SESSIONS,
    **WEB_TRAFFIC,
    **FIT,
    **EVIDENCE,
    **DEFINITIONS,
    **KPI_VALUES,
    **GOALS,
    **KPI_BOUNDS,
}
