"""The planning workbook, and what the warehouse reads of everything beside the CRMs."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from orchestration.demo.clock import iso_day, to_date
from orchestration.demo.plan import FACTORS, HOLIDAYS
from orchestration.demo.spending import daily_ad_spend, postings
from orchestration.demo.vendors.ids import deal_key
from tests.demo.demo_company import Demo
from tests.demo.reports import sheet

CRMS = ("hubspot", "salesforce", "zendesk_sell", "pipedrive")
"""How the files of the CRMs begin, which have tests of their own."""


def test_quotas_ramp_up_after_the_hire_and_stay(clean: Demo):
    ramps: dict[object, list[object]] = {}
    for row in sheet(clean, "Quotas"):
        ramps.setdefault((row["CRM"], row["CRM user"]), []).append(row["Ramp %"])
    assert len(ramps) == len(clean.company.reps)
    for rep in clean.company.reps:
        months = ramps[rep.leg.source, rep.crm_id]
        is_new = rep.hired_day >= clean.company.start_day
        assert months[:5] == ([0, 25, 50, 75, 100] if is_new else [100] * 5)
        assert set(months[5:]) == {100}


def test_team_targets_add_up_to_the_company_target(clean: Demo):
    totals: Counter[object] = Counter()
    teams: Counter[object] = Counter()
    for row in sheet(clean, "Targets"):
        if row["Metric"] == "sales_revenue":
            part = teams if row["Dimension"] == "team" else totals
            part[row["Period start"]] += row["Target"]
    assert len(totals) == clean.company.settings.months
    for month, target in totals.items():
        assert teams[month] == pytest.approx(target, rel=0.02)


def test_marketing_and_sales_both_promise(clean: Demo):
    rows = sheet(clean, "SLA")
    months = clean.company.settings.months
    regions = {team.region for team in clean.company.teams}
    volumes = [row for row in rows if row["Commitment"] == "mql_volume"]
    assert {row["Promised by"] for row in rows} == {"marketing", "sales"}
    assert {row["Region"] for row in volumes} == regions
    assert len(volumes) == months * len(regions) * 3
    planned = sum(row["Target"] for row in sheet(clean, "Targets") if row["Metric"] == "mql_count")
    assert sum(row["Value"] for row in volumes) == pytest.approx(planned, rel=0.05)


def test_not_a_row_is_kept_back_and_not_a_word_unknown(everything: Demo):
    loads = [load for load in everything.report.file_loads if not load.file.startswith(CRMS)]
    assert {load.entity for load in loads} == {
        "owners", "targets", "business_hours", "holidays", "fx_rates", "products", "campaigns",
        "external_factors", "refunds", "costs", "ad_performance_daily", "touches",
        "web_traffic_daily", "search_performance_daily", "email_performance",
        "invoices", "subscriptions", "survey_responses",
        "quotas", "sla_commitments", "icp_rules", "icp_tiers", "persona_rules", "engagement_rules",
    }  # fmt: skip
    assert [load for load in loads if load.rows_quarantined or load.rows_superseded] == []
    # Each subscription names its account, so that the entry of those that do not has no row.
    loaded = Counter[tuple[str, str]]()
    for load in loads:
        loaded[load.file, load.entity] += load.rows_loaded
    assert min(loaded.values()) > 0
    assert {load.file.partition("/")[0] for load in loads if load.rows_footer} == {
        "google_ads", "microsoft_ads", "linkedin_ads", "ga4",
    }  # fmt: skip
    entities = {load.entity for load in loads}
    assert [use for use in everything.report.unmapped if use.entity in entities] == []


def test_what_is_read_of_a_report_adds_up_to_its_total_row(everything: Demo):
    with_total = [load for load in everything.report.file_loads if load.totals]
    assert {(load.file.partition("/")[0], load.entity) for load in with_total} == {
        ("google_ads", "costs"),
        ("google_ads", "ad_performance_daily"),
        ("linkedin_ads", "costs"),
        ("linkedin_ads", "ad_performance_daily"),
        ("ga4", "web_traffic_daily"),
        ("salesforce", "opportunities"),
    }
    assert everything.report.broken_totals == ()
    assert min(total.loaded for load in with_total for total in load.totals) > 0


def test_the_costs_read_are_the_ledger_of_the_log(everything: Demo):
    ledger: Counter[tuple[str, str, str, str | None, str | None]] = Counter()
    for campaign, day, cost in daily_ad_spend(everything.company):
        key = iso_day(day), "media", campaign.currency, campaign.channel, campaign.name
        ledger[key] += round(cost * 100)
    for posting in postings(everything.company):
        name = posting.campaign.name if posting.campaign else None
        key = iso_day(posting.day), posting.cost_type, posting.currency, posting.channel, name
        ledger[key] += round(posting.amount * 100)
    rows = everything.rows(
        "select cost_date::varchar, cost_type, currency, channel, campaign, "
        "(sum(amount) * 100)::bigint from raw_mapped.costs group by all"
    )
    assert {tuple(key): cents for *key, cents in rows} == ledger
    assert any(channel is None for _, _, _, channel, _ in ledger)


def test_owners_are_the_reps_with_their_whole_team_history(everything: Demo):
    # The lists of users that some CRMs export too name no team.
    rows = everything.rows(
        "select owner_id, team, valid_from from raw_mapped.owners where team is not null"
    )
    assert sorted(rows) == sorted(
        (rep.key, team, to_date(day)) for rep in everything.company.reps for day, team in rep.teams
    )
    assert len(rows) > len(everything.company.reps)


def test_refunds_are_those_of_the_log(everything: Demo):
    rows = everything.rows(
        "select opportunity_id, refunded_date, currency, (amount * 100)::bigint "
        "from raw_mapped.refunds"
    )
    assert sorted(rows) == sorted(
        (deal_key(deal), to_date(deal.refund.day), deal.currency, round(deal.refund.amount * 100))
        for account in everything.accounts
        for deal in account.deals
        if deal.refund is not None
    )


def test_rates_and_campaigns_are_those_of_the_plan(everything: Demo):
    rates = everything.rows("select currency, rate_date, rate from raw_mapped.fx_rates")
    assert sorted(rates) == sorted(
        (currency, to_date(day), rate) for currency, day, rate in everything.company.rates
    )
    # A campaign of the plan stands in the CRM too, under the same channel.
    campaigns = everything.rows("select distinct campaign, channel from raw_mapped.campaigns")
    assert sorted(campaigns) == sorted(
        (campaign.name, campaign.channel) for campaign in everything.company.campaigns
    )


def test_days_off_and_hours_are_those_of_the_calendars(everything: Demo):
    for name, calendar in everything.company.calendars.items():
        rows = everything.rows(
            "select holiday_date from raw_mapped.holidays "
            f"where calendar = '{name}' or calendar is null"
        )
        days = {day for (day,) in rows if day.year == 2025}
        assert days == {date(2025, month, day) for month, day, _, _ in HOLIDAYS[name]}
        assert everything.rows(
            "select distinct time_zone, opens_at, closes_at, count(*) over () "
            f"from raw_mapped.business_hours where calendar = '{name}'"
        ) == [(calendar.zone_name, calendar.opens, calendar.closes, 5)]


def test_outside_factors_are_those_somebody_wrote_down(everything: Demo):
    rows = everything.rows(
        "select factor_id, name_zh, start_date, signed_sales_on is not null "
        "from raw_mapped.external_factors"
    )
    story = everything.company.story
    assert sorted(rows) == sorted(
        (factor.factor_id, factor.name_zh, to_date(story[factor.factor_id]), factor.is_signed)
        for factor in FACTORS
    )
