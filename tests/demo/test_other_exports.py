"""What the demo company exports beside its CRMs: as vendors write it, and true to the event log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from orchestration.demo.clock import iso_day, iso_minute, month_start, zone
from orchestration.demo.settings import DemoSettings
from orchestration.demo.spending import OUTAGE_SHARE, ad_delivery, daily_ad_spend
from orchestration.demo.traffic import CHANNEL_GROUPS, daily_search, daily_traffic, email_sends
from orchestration.demo.vendors.ids import account_key, deal_key, person_key
from orchestration.demo.world import Response, Touch
from orchestration.exports.encoding import as_utf8
from tests.demo.demo_company import Demo, write_exports
from tests.demo.reports import below_header, daily_leads

GOOGLE = {
    "core": "google_ads/campaign_report_emea.csv",
    "enterprise": "google_ads/campaign_report_na.csv",
    "acquired": "google_ads/campaign_report_harbour.csv",
    "apac": "google_ads/zh_report_apac.csv",
}


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def _responses(demo: Demo) -> list[Response]:
    return [response for account in demo.accounts for response in account.responses]


def _cents(amounts: Iterable[float]) -> int:
    return sum(round(amount * 100) for amount in amounts)


def _spent(clean: Demo, platform: str, leg: str) -> Counter[tuple[str, str]]:
    """Cents by day and campaign of one account."""
    found: Counter[tuple[str, str]] = Counter()
    for campaign, day, cost in daily_ad_spend(clean.company):
        if campaign.platform == platform and campaign.leg and campaign.leg.name == leg:
            found[iso_day(day), campaign.name] += round(cost * 100)
    assert found
    return found


def test_a_company_of_three_months_exports_too(tmp_path: Path, clean: Demo):
    """Some of its campaigns would have run in other months only."""
    company, _ = write_exports(tmp_path, DemoSettings(people=40, months=3, warts=frozenset()))
    assert not all(campaign.months for campaign in company.campaigns)
    assert _files(tmp_path / "exports") == _files(clean.exports)


def test_the_workbook_does_not_say_when_it_was_written(clean: Demo):
    with ZipFile(clean.exports / "planning.xlsx") as book:
        properties = book.read("docProps/core.xml").decode()
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", properties)) == {"2026-07-01T00:00:00Z"}


def test_without_defects_none_is_planted(clean: Demo):
    assert clean.planted == []


def test_the_outage_leaves_a_fraction_of_paid_search(clean: Demo):
    outage = clean.company.story["ads_outage"]
    spent: dict[int, float] = {}
    for campaign, day, cost in daily_ad_spend(clean.company):
        if campaign.name == "Search Generic EMEA":
            spent[month_start(day)] = spent.get(month_start(day), 0.0) + cost
    usual = min(cost for month, cost in spent.items() if month != outage)
    assert 0 < spent[outage] < usual * OUTAGE_SHARE * 1.2


@pytest.mark.parametrize("leg", GOOGLE)
def test_google_ads_totals_are_the_sum_of_their_days(clean: Demo, leg: str):
    is_zh = leg == "apac"
    title = "广告系列报告" if is_zh else "Campaign report"
    day, campaign, cost, none = ("天", "广告系列", "费用", "每次转化费用") if is_zh else (
        "Day", "Campaign", "Cost", "Cost / conv.",
    )  # fmt: skip
    assert clean.read(GOOGLE[leg]).splitlines()[0] == title
    rows = below_header(clean, GOOGLE[leg], day)
    days = [row for row in rows if not row[day].startswith(("Total: ", "总计"))]
    totals = [row for row in rows if row not in days]
    assert {(row[day], row[campaign]): round(_number(row[cost]) * 100) for row in days} == (
        _spent(clean, "google_ads", leg)
    )
    assert len(totals) == 3
    expected = sum(_spent(clean, "google_ads", leg).values())
    assert {round(_number(row[cost]) * 100) for row in totals} == {expected}
    assert {row[campaign] for row in totals} == {" --"}
    assert any(row[none] == " --" for row in days)
    assert any("," in row[cost] for row in totals)


def test_the_utf16_report_says_the_same_as_the_plain_one(clean: Demo, everything: Demo):
    data = (everything.exports / GOOGLE["core"]).read_bytes()
    assert data.startswith(b"\xff\xfe")
    assert "\t" not in clean.read(GOOGLE["core"])
    tabbed = below_header(everything, GOOGLE["core"], "Day", "utf-16", "\t")
    assert tabbed == below_header(clean, GOOGLE["core"], "Day")
    assert len(everything.planted_records("utf16")) == 1


def test_meta_ads_name_their_currency_in_the_header_alone(clean: Demo):
    for name, leg, currency in (
        ("meta_ads/campaigns_emea_eur.csv", "core", "EUR"),
        ("meta_ads/campaigns_na_usd.csv", "enterprise", "USD"),
    ):  # fmt: skip
        assert (clean.exports / name).read_bytes().startswith(b"\xef\xbb\xbfReporting starts,")
        rows = clean.table(name, "utf-8-sig")
        assert {
            (row["Day"], row["Campaign name"]): round(
                float(row[f"Amount spent ({currency})"]) * 100
            )
            for row in rows
        } == _spent(clean, "meta_ads", leg)


def test_linkedin_ads_write_the_month_first_and_a_total(clean: Demo, everything: Demo):
    name = "linkedin_ads/campaign_performance.csv"
    lines = clean.read(name).splitlines()
    assert lines[0] == "Campaign Performance Report (in UTC)"
    assert lines[1].startswith("Report Start: ")
    assert lines[4] == ""
    *days, total = below_header(clean, name, "Start Date (in UTC)")
    dates = [
        date(int(year), int(month), int(day))
        for month, day, year in (row["Start Date (in UTC)"].split("/") for row in days)
    ]
    assert {
        (day.isoformat(), row["Campaign Name"]): round(float(row["Total Spent"]) * 100)
        for day, row in zip(dates, days, strict=True)
    } == _spent(clean, "linkedin_ads", "core")
    assert total["Start Date (in UTC)"] == "Total"
    for column in ("Total Spent", "Impressions", "Clicks", "Leads"):
        assert _cents([float(total[column])]) == _cents(float(row[column]) for row in days)
    ambiguous = sum(day.day <= 12 and day.day != day.month for day in dates)
    noted = [row for row in everything.planted if row["wart"] == "ambiguous_dates"]
    assert {row["file"]: row["detail"] for row in noted}[name] == f"{ambiguous} rows, month first"


def test_microsoft_ads_count_their_rows_above_and_sign_below(clean: Demo):
    name = "microsoft_ads/campaign_performance.csv"
    text = clean.read(name, "utf-8-sig")
    *days, remark = below_header(clean, name, "Gregorian date", "utf-8-sig")
    assert text.startswith('"Report Name: ')
    assert f'"Rows: {len(days)}"' in text.splitlines()
    assert text.splitlines()[-1] == '"©2026 Microsoft Corporation. All rights reserved. "'
    assert remark["Gregorian date"].startswith("©")
    assert _cents(float(row["Spend"]) for row in days) == sum(
        _spent(clean, "microsoft_ads", "enterprise").values()
    )


def test_platforms_claim_no_fewer_conversions_than_leads_came(clean: Demo):
    came = daily_leads(clean).by_campaign
    rows = list(ad_delivery(clean.company, came))
    assert [row[:3] for row in rows] == list(daily_ad_spend(clean.company))
    for row in rows:
        leads = came.get((row.campaign.number, row.day), 0)
        assert leads <= row.conversions <= row.clicks <= row.impressions
    assert sum(row.conversions for row in rows) > sum(
        came.get((row.campaign.number, row.day), 0) for row in rows
    )


def test_web_days_obey_what_their_numbers_mean(clean: Demo):
    days = list(daily_traffic(clean.company, daily_leads(clean)))
    for row in days:
        assert 0 <= row.sessions_with_lead <= row.engaged_sessions <= row.sessions
        assert row.single_interaction_sessions <= row.sessions - row.engaged_sessions
        assert row.sessions_with_lead <= row.key_events
        assert row.engagement_seconds <= row.duration_seconds
        assert row.active_users <= row.sessions <= row.pageviews
    first, end = clean.company.start_day, clean.company.end_day
    assert sum(row.sessions_with_lead for row in days) == sum(
        people
        for (channel, day), people in daily_leads(clean).by_channel.items()
        if channel in CHANNEL_GROUPS and first <= day < end
    )


def test_ga4_has_its_remarks_its_days_and_their_total(clean: Demo):
    lines = clean.read("ga4/traffic_acquisition.csv").splitlines()
    header = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    assert header == 9
    assert lines[header].startswith("Date,Session primary channel group (Default Channel Group),")
    *days, total = below_header(clean, "ga4/traffic_acquisition.csv", "Date")
    group = "Session primary channel group (Default Channel Group)"
    assert {(row["Date"], row[group]): int(row["Sessions"]) for row in days} == {
        (iso_day(row.day).replace("-", ""), row.channel_group): row.sessions
        for row in daily_traffic(clean.company, daily_leads(clean))
        if row.sessions
    }
    assert total["Date"] == "Grand total"
    for column in (
        "Sessions", "Engaged sessions", "User engagement", "Active users", "Views", "Key events",
        "Key events: generate_lead", "Single-interaction sessions",
    ):  # fmt: skip
        assert int(total[column]) == sum(int(row[column]) for row in days) > 0


def test_the_search_console_forgets_what_is_older_than_sixteen_months(clean: Demo):
    rows = clean.table("search_console/Dates.csv")
    assert (rows[0]["Date"], rows[-1]["Date"]) == ("2025-03-01", "2026-06-30")
    expected = {
        iso_day(row.day): row.clicks for row in daily_search(clean.company, daily_leads(clean))
    }
    assert {row["Date"]: int(row["Clicks"]) for row in rows}.items() <= expected.items()


def test_every_mailing_is_delivered_or_bounced(clean: Demo):
    rows = clean.table("email/campaigns.csv")
    assert [int(row["Total Recipients"]) for row in rows] == [
        send.sent for send in email_sends(clean.company, daily_leads(clean))
    ]
    for row in rows:
        delivered = int(row["Successful Deliveries"])
        assert delivered + int(row["Total Bounces"]) == int(row["Total Recipients"])
        assert int(row["Unique Clicks"]) <= int(row["Unique Opens"]) <= delivered


def test_attendees_are_the_webinar_touches(clean: Demo):
    here = zone(clean.company.zone_name)

    def seen(touch: Touch) -> bool:
        return touch.kind in ("webinar", "event")

    expected = Counter(
        (person_key(person), iso_minute(here.local(touch.at)))
        for group in clean.groups
        for person in group.people
        for touch in filter(seen, person.touches)
    )
    rows = clean.table("events/attendees.csv")
    assert expected == Counter((row["CRM contact"], row["Attended at"]) for row in rows)
    days = Counter((row["CRM contact"], row["Event"], row["Attended at"][:10]) for row in rows)
    assert set(days.values()) == {1}
    assert expected


def test_every_other_touch_is_an_interaction_of_the_automation(clean: Demo):
    expected = {
        (str(touch.touch_id), person_key(person), iso_minute(touch.at), touch.kind, touch.channel)
        for group in clean.groups
        for person in group.people
        for touch in person.touches
        if touch.kind not in ("webinar", "event")
    }
    rows = clean.table("automation/interactions.csv")
    names = ("Interaction ID", "Contact", "Interacted at", "Type", "Channel")
    assert {tuple(row[name] for name in names) for row in rows} == expected
    assert len(rows) == len(expected) > 0


def test_finance_posts_what_was_billed_credited_and_paid_back(clean: Demo):
    billed = Counter(
        (
            kind,
            deal_key(invoice.deal),
            invoice.currency,
            iso_day(invoice.day),
            round(invoice.amount * 100),
        )
        for account in clean.accounts
        for invoice in account.invoices
        if (kind := invoice.kind) != "refund"
    )
    refunded = Counter(
        (
            "refund",
            deal_key(deal),
            deal.currency,
            iso_day(deal.refund.day),
            round(deal.refund.amount * 100),
        )
        for account in clean.accounts
        for deal in account.deals
        if deal.refund is not None
    )
    assert {kind for kind, *_ in billed} == {"invoice", "credit_note"}
    assert refunded
    found: Counter[tuple[str, str, str, str, int]] = Counter()
    for row in clean.table("finance/invoices.csv"):
        found["invoice", row["CRM deal"], row["Currency"], row["Invoice date"],
              round(float(row["Net amount"]) * 100)] += 1  # fmt: skip
    for row in clean.table("finance/invoices_apac.csv"):
        found["invoice", row["CRM商机"], row["币种"], row["开票日期"],
              round(float(row["不含税金额"]) * 100)] += 1  # fmt: skip
    for row in clean.table("finance/credit_notes_and_refunds.csv"):
        kind = {"Credit note": "credit_note", "Refund": "refund"}[row["Type"]]
        found[kind, row["CRM deal"], row["Currency"], row["Posting date"],
              round(float(row["Amount"]) * 100)] += 1  # fmt: skip
    assert found == billed + refunded


def test_the_gb18030_invoices_are_read_like_the_plain_ones(
    clean: Demo, everything: Demo, tmp_path: Path
):
    path = everything.exports / "finance/invoices_apac.csv"
    assert as_utf8(path, None, tmp_path).encoding == "gb18030"
    rows = everything.table("finance/invoices_apac.csv", "gb18030")
    assert rows
    assert rows[0].keys() == clean.table("finance/invoices_apac.csv")[0].keys()
    assert all(row["客户名称"].startswith("演示") for row in rows)


def test_subscriptions_end_at_the_recurring_revenue_of_the_log(clean: Demo):
    expected = {
        account_key(account): round(account.mrr[-1].mrr * 100)
        for account in clean.accounts
        if account.mrr and account.mrr[-1].mrr > 0
    }
    changes: Counter[str] = Counter()
    for row in clean.table("billing/subscription_changes.csv"):
        changes[row["crm_account"]] += round(float(row["mrr_change"]) * 100)
    assert {key: cents for key, cents in changes.items() if cents} == expected
    rows = clean.table("billing/subscriptions.csv")
    assert expected == {
        row["crm_account (metadata)"]: round(float(row["Amount"]) * 100)
        for row in rows
        if row["Status"] == "active"
    }
    assert all(bool(row["Ended At (UTC)"]) == (row["Status"] == "canceled") for row in rows)
    assert any(row["Status"] == "canceled" for row in rows)


def test_surveys_and_reviews_are_the_responses_of_the_log(clean: Demo):
    for kind, name in (("nps", "feedback/survey_nps.csv"), ("csat", "feedback/survey_csat.csv")):
        rows = clean.table(name)
        found = Counter((row["CRM contact"], row["Sent at"], row["Score"]) for row in rows)
        assert found == Counter(
            (
                person_key(response.person), iso_day(response.invited_day),
                "" if response.score is None else str(response.score),
            )
            for response in _responses(clean)
            if response.kind == kind
        )  # fmt: skip
    rows = clean.table("feedback/survey_nps.csv")
    assert any(row["Responded at"] and not row["Score"] for row in rows)
    assert any(row["Delivered"] == "false" for row in rows)
    assert len(clean.table("feedback/reviews.csv")) == sum(
        response.kind == "review" and response.responded_day is not None
        for response in _responses(clean)
    )
