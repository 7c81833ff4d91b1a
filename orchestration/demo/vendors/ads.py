"""Campaign reports of the ad platforms, one file for each account, by campaign and day."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestration.demo.clock import iso_day, to_date
from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.spending import AdDay, ad_delivery
from orchestration.demo.traffic import DailyLeads
from orchestration.demo.world import Group

REGIONS = {"core": "EMEA", "enterprise": "NA", "apac": "APAC", "acquired": "Harbour"}
"""How the ad accounts of each leg are called."""

_NULL = " --"
_GOOGLE = (
    "Day", "Campaign status", "Campaign", "Budget", "Budget type", "Currency code", "Status",
    "Campaign type", "Impr.", "Clicks", "CTR", "Avg. CPC", "Cost", "Conversions", "Cost / conv.",
)  # fmt: skip
_GOOGLE_ZH = (
    "天", "广告系列状态", "广告系列", "预算", "预算类型", "货币代码", "状态", "广告系列类型",
    "展示次数", "点击次数", "点击率", "平均每次点击费用", "费用", "转化次数", "每次转化费用",
)  # fmt: skip


@dataclass(frozen=True)
class _Words:
    """What a Google Ads account writes in the language of its user."""

    file: str
    title: str
    header: tuple[str, ...]
    states: tuple[str, str, str, str]
    """Campaign status, budget type, status, campaign type."""
    totals: tuple[str, ...]


_EN = _Words(
    "campaign_report", "Campaign report", _GOOGLE, ("Enabled", "Daily", "Eligible", "Search"),
    ("Total: Campaigns", "Total: Account", "Total: Search"),
)  # fmt: skip
_ZH = _Words(
    "zh_report", "广告系列报告", _GOOGLE_ZH, ("已启用", "每日", "有效", "搜索"),
    ("总计：广告系列", "总计：帐号", "总计：搜索"),
)  # fmt: skip


class Ads:
    """The ad platforms; everything is written at the end, when each day's leads are known."""

    def __init__(
        self, company: Company, exports: Exports, planted: Planted, leads: DailyLeads
    ) -> None:
        self.company, self.exports, self.planted, self.leads = company, exports, planted, leads

    def add(self, group: Group) -> None:
        """Nothing: the leads are counted elsewhere."""

    def close(self) -> None:
        accounts: dict[tuple[str, str], list[AdDay]] = {}
        for row in ad_delivery(self.company, self.leads.by_campaign):
            assert row.campaign.leg is not None
            accounts.setdefault((row.campaign.platform, row.campaign.leg.name), []).append(row)
        writers = {
            "google_ads": self._google,
            "meta_ads": self._meta,
            "linkedin_ads": self._linkedin,
            "microsoft_ads": self._microsoft,
        }
        for (platform, leg), rows in accounts.items():
            rows.sort(key=lambda row: (row.day, row.campaign.number))
            writers[platform](REGIONS[leg], rows)

    def _google(self, region: str, rows: Sequence[AdDay]) -> None:
        words = _ZH if region == "APAC" else _EN
        name = f"google_ads/{words.file}_{region.lower()}.csv"
        is_utf16 = region == "EMEA" and "utf16" in self.company.settings.warts
        file = self.exports.text(name, "utf-16-le" if is_utf16 else "utf-8")
        if is_utf16:
            # "Excel CSV" in the download menu.
            file.write("\ufeff")
            self.planted.note("utf16", name, "", "UTF-16LE with tabs")
        report = csv.writer(file, delimiter="\t" if is_utf16 else ",", lineterminator="\n")
        report.writerow([words.title])
        report.writerow([_long_range(rows, words)])
        report.writerow(words.header)
        status, budget_type, state, kind = words.states
        for row in rows:
            report.writerow([
                iso_day(row.day), status, row.campaign.name,
                _grouped(row.campaign.monthly_cost / 30), budget_type, row.campaign.currency,
                state, kind, *_google_counts([row]),
            ])  # fmt: skip
        for label in words.totals:
            currency = rows[0].campaign.currency
            report.writerow([label, *[_NULL] * 4, currency, _NULL, _NULL, *_google_counts(rows)])

    def _meta(self, region: str, rows: Sequence[AdDay]) -> None:
        currency = rows[0].campaign.currency
        report = self.exports.table(
            f"meta_ads/campaigns_{region.lower()}_{currency.lower()}.csv",
            (
                "Reporting starts", "Reporting ends", "Campaign name", "Campaign ID", "Day",
                f"Amount spent ({currency})", "Impressions", "Reach", "Results",
                "Result indicator", "Link clicks", "Clicks (all)",
            ),
            encoding="utf-8-sig", line_end="\n",
        )  # fmt: skip
        for row in rows:
            day = iso_day(row.day)
            report.writerow([
                day, day, row.campaign.name, 120_210_000_000_000 + row.campaign.number, day,
                f"{row.cost:.2f}", row.impressions, round(row.impressions * 0.7),
                row.conversions or "", "actions:lead" if row.conversions else "", row.clicks,
                round(row.clicks * 1.3),
            ])  # fmt: skip

    def _linkedin(self, region: str, rows: Sequence[AdDay]) -> None:
        name = "linkedin_ads/campaign_performance.csv"
        file = self.exports.text(name)
        first, last = _slashed(rows[0].day), _slashed(rows[-1].day)
        file.write(
            f"Campaign Performance Report (in UTC)\nReport Start: {first}\nReport End: {last}\n"
            f"Date Generated: {_slashed(self.company.end_day)}\n\n"
        )
        report = csv.writer(file, lineterminator="\n")
        report.writerow([
            "Start Date (in UTC)", "Account Name", "Campaign Group Name", "Campaign Name",
            "Campaign ID", "Total Spent", "Impressions", "Clicks", "Click Through Rate",
            "Leads", "Currency",
        ])  # fmt: skip
        for row in rows:
            report.writerow([
                _slashed(row.day), f"Demo Company {region}", "Default Campaign Group",
                row.campaign.name, 301_000_000 + row.campaign.number, *_linkedin_counts([row]),
                row.campaign.currency,
            ])  # fmt: skip
        report.writerow(
            ["Total", "", "", "", "", *_linkedin_counts(rows), rows[0].campaign.currency]
        )
        self._note_ambiguous(name, rows)

    def _microsoft(self, region: str, rows: Sequence[AdDay]) -> None:
        name = "microsoft_ads/campaign_performance.csv"
        file = self.exports.text(name, "utf-8-sig")
        first, last = _slashed(rows[0].day), _slashed(rows[-1].day)
        generated = f"{_slashed(self.company.end_day)} 3:00:00 AM (GMT)"
        _quoted_lines(file, [
            "Report Name: Campaign performance", f"Report Time: {first},{last}",
            "Time Zone: (GMT-05:00) Eastern Time (US & Canada)",
            f"Last Completed Available Day: {generated}",
            f"Last Completed Available Hour: {generated}", "Report Aggregation: Daily",
            "Report Filter: ", "Potential Incomplete Data: false", f"Rows: {len(rows)}",
        ])  # fmt: skip
        file.write("\r\n")
        report = csv.writer(file, quoting=csv.QUOTE_ALL)
        report.writerow([
            "Gregorian date", "Account name", "Campaign name", "Currency code", "Impressions",
            "Clicks", "CTR (%)", "Average CPC", "Spend", "Conversions",
        ])  # fmt: skip
        for row in rows:
            report.writerow([
                _slashed(row.day), f"Demo Company {region}", row.campaign.name,
                row.campaign.currency, row.impressions, row.clicks,
                _ratio(100 * row.clicks, row.impressions), _ratio(row.cost, row.clicks),
                f"{row.cost:.2f}", row.conversions,
            ])  # fmt: skip
        file.write("\r\n")
        year = to_date(self.company.end_day).year
        _quoted_lines(file, [f"©{year} Microsoft Corporation. All rights reserved. "])
        self._note_ambiguous(name, rows)

    def _note_ambiguous(self, name: str, rows: Iterable[AdDay]) -> None:
        """These platforms always put the month first; which dates could be read otherwise?"""
        if "ambiguous_dates" not in self.company.settings.warts:
            return
        dates = [to_date(row.day) for row in rows]
        count = sum(day.day <= 12 and day.day != day.month for day in dates)
        self.planted.note("ambiguous_dates", name, "", f"{count} rows, month first")


def _google_counts(rows: Sequence[AdDay]) -> list[str]:
    """Impressions to cost per conversion, of a row or of a total."""
    impressions, clicks = sum(row.impressions for row in rows), sum(row.clicks for row in rows)
    conversions, cost = sum(row.conversions for row in rows), sum(row.cost for row in rows)
    return [
        f"{impressions:,}", f"{clicks:,}",
        f"{100 * clicks / impressions:.2f}%" if impressions else _NULL,
        _grouped(cost / clicks) if clicks else _NULL, _grouped(cost), f"{conversions:.2f}",
        _grouped(cost / conversions) if conversions else _NULL,
    ]  # fmt: skip


def _linkedin_counts(rows: Sequence[AdDay]) -> list[object]:
    impressions, clicks = sum(row.impressions for row in rows), sum(row.clicks for row in rows)
    return [
        f"{sum(row.cost for row in rows):.2f}", impressions, clicks,
        f"{_ratio(100 * clicks, impressions)}%", sum(row.conversions for row in rows),
    ]  # fmt: skip


def _grouped(amount: float) -> str:
    return f"{amount:,.2f}"


def _ratio(numerator: float, denominator: float) -> str:
    return f"{numerator / denominator:.2f}" if denominator else "0.00"


def _long_range(rows: Sequence[AdDay], words: _Words) -> str:
    first, last = to_date(rows[0].day), to_date(rows[-1].day)
    if words is _ZH:
        return " - ".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))
    return " - ".join(f"{day:%B} {day.day}, {day.year}" for day in (first, last))


def _slashed(day: int) -> str:
    """``5/2/2025``: month first, without zeros."""
    value = to_date(day)
    return f"{value.month}/{value.day}/{value.year}"


def _quoted_lines(file: io.TextIOBase, lines: Iterable[str]) -> None:
    for line in lines:
        file.write(f'"{line}"\r\n')
