"""The planning workbook, and what the warehouse reads of everything beside the CRMs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pytest

from orchestration import warehouse
from orchestration.demo.clock import iso_day, to_date
from orchestration.demo.mapping import write_mapping
from orchestration.demo.plan import FACTORS, HOLIDAYS
from orchestration.demo.spending import daily_ad_spend, postings
from orchestration.demo.vendors.ids import deal_key
from orchestration.settings import Settings
from tests.demo.conftest import Made

CRMS = ("hubspot", "salesforce", "zendesk_sell", "pipedrive")
"""How the files of the CRMs begin, which have tests of their own."""


def test_quotas_ramp_up_after_the_hire_and_stay(made: Made):
    ramps: dict[object, list[object]] = {}
    for row in made.sheet("Quotas"):
        ramps.setdefault((row["CRM"], row["CRM user"]), []).append(row["Ramp %"])
    assert len(ramps) == len(made.company.reps)
    for rep in made.company.reps:
        months = ramps[rep.leg.source, rep.crm_id]
        is_new = rep.hired_day >= made.company.start_day
        assert months[:5] == ([0, 25, 50, 75, 100] if is_new else [100] * 5)
        assert set(months[5:]) == {100}


def test_team_targets_add_up_to_the_company_target(made: Made):
    totals: Counter[object] = Counter()
    teams: Counter[object] = Counter()
    for row in made.sheet("Targets"):
        if row["Metric"] == "sales_revenue":
            part = teams if row["Dimension"] == "team" else totals
            part[row["Period start"]] += row["Target"]
    assert len(totals) == made.company.settings.months
    for month, target in totals.items():
        assert teams[month] == pytest.approx(target, rel=0.02)


def test_marketing_and_sales_both_promise(made: Made):
    rows = made.sheet("SLA")
    months = made.company.settings.months
    regions = {team.region for team in made.company.teams}
    volumes = [row for row in rows if row["Commitment"] == "mql_volume"]
    assert {row["Promised by"] for row in rows} == {"marketing", "sales"}
    assert {row["Region"] for row in volumes} == regions
    assert len(volumes) == months * len(regions) * 3
    planned = sum(row["Target"] for row in made.sheet("Targets") if row["Metric"] == "mql_count")
    assert sum(row["Value"] for row in volumes) == pytest.approx(planned, rel=0.05)


@dataclass
class Loaded:
    report: warehouse.LoadReport
    raw: duckdb.DuckDBPyConnection

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        return self.raw.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def loaded(warty: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The company with every defect, loaded with the mapping that ships."""
    home = tmp_path_factory.mktemp("home")
    write_mapping(warty.company, warty.folder)
    settings = Settings.load({}, home=home, exports=warty.folder)
    report = warehouse.load_exports(settings, "run-1")
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        yield Loaded(report, connection)


def test_not_a_row_is_kept_back_and_not_a_word_unknown(loaded: Loaded):
    loads = [load for load in loaded.report.file_loads if not load.file.startswith(CRMS)]
    assert {load.entity for load in loads} == {
        "owners", "targets", "business_hours", "holidays", "fx_rates", "products", "campaigns",
        "external_factors", "refunds", "costs",
    }  # fmt: skip
    assert [load for load in loads if load.rows_quarantined or load.rows_superseded] == []
    assert min(load.rows_loaded for load in loads) > 0
    assert {load.entry for load in loads if load.rows_footer} == {
        "google_ads", "google_ads_zh", "microsoft_ads", "linkedin_ads",
    }  # fmt: skip
    entities = {load.entity for load in loads}
    assert [use for use in loaded.report.unmapped if use.entity in entities] == []


def test_the_costs_read_are_the_ledger_of_the_log(warty: Made, loaded: Loaded):
    ledger: Counter[tuple[str, str, str, str | None, str | None]] = Counter()
    for campaign, day, cost in daily_ad_spend(warty.company):
        key = iso_day(day), "media", campaign.currency, campaign.channel, campaign.name
        ledger[key] += round(cost * 100)
    for posting in postings(warty.company):
        name = posting.campaign.name if posting.campaign else None
        key = iso_day(posting.day), posting.cost_type, posting.currency, posting.channel, name
        ledger[key] += round(posting.amount * 100)
    rows = loaded.rows(
        "select cost_date::varchar, cost_type, currency, channel, campaign, "
        "(sum(amount) * 100)::bigint from raw_mapped.costs group by all"
    )
    assert {tuple(key): cents for *key, cents in rows} == ledger
    assert any(channel is None for _, _, _, channel, _ in ledger)


def test_owners_are_the_reps_with_their_whole_team_history(warty: Made, loaded: Loaded):
    # The lists of users that some CRMs export too name no team.
    rows = loaded.rows(
        "select owner_id, team, valid_from from raw_mapped.owners where team is not null"
    )
    assert sorted(rows) == sorted(
        (rep.key, team, to_date(day)) for rep in warty.company.reps for day, team in rep.teams
    )
    assert len(rows) > len(warty.company.reps)


def test_refunds_are_those_of_the_log(warty: Made, loaded: Loaded):
    rows = loaded.rows(
        "select opportunity_id, refunded_date, currency, (amount * 100)::bigint "
        "from raw_mapped.refunds"
    )
    assert sorted(rows) == sorted(
        (deal_key(deal), to_date(deal.refund.day), deal.currency, round(deal.refund.amount * 100))
        for account in warty.accounts
        for deal in account.deals
        if deal.refund is not None
    )


def test_rates_and_campaigns_are_those_of_the_plan(warty: Made, loaded: Loaded):
    rates = loaded.rows("select currency, rate_date, rate from raw_mapped.fx_rates")
    assert sorted(rates) == sorted(
        (currency, to_date(day), rate) for currency, day, rate in warty.company.rates
    )
    campaigns = loaded.rows("select campaign, channel from raw_mapped.campaigns")
    assert sorted(campaigns) == sorted(
        (campaign.name, campaign.channel) for campaign in warty.company.campaigns
    )


def test_days_off_and_hours_are_those_of_the_calendars(warty: Made, loaded: Loaded):
    for name, calendar in warty.company.calendars.items():
        rows = loaded.rows(
            "select holiday_date from raw_mapped.holidays where calendar = ? or calendar is null",
            name,
        )
        days = {day for (day,) in rows if day.year == 2025}
        assert days == {date(2025, month, day) for month, day, _, _ in HOLIDAYS[name]}
        assert loaded.rows(
            "select distinct time_zone, opens_at, closes_at, count(*) over () "
            "from raw_mapped.business_hours where calendar = ?",
            name,
        ) == [(calendar.zone_name, calendar.opens, calendar.closes, 5)]


def test_outside_factors_are_those_somebody_wrote_down(warty: Made, loaded: Loaded):
    rows = loaded.rows(
        "select factor_id, name_zh, start_date, signed_sales_on is not null "
        "from raw_mapped.external_factors"
    )
    story = warty.company.story
    assert sorted(rows) == sorted(
        (factor.factor_id, factor.name_zh, to_date(story[factor.factor_id]), factor.is_signed)
        for factor in FACTORS
    )
