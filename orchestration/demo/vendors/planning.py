"""The planning workbook: teams, quotas, targets, commitments, calendars, rates, outside factors.

It comes from the company's plan and not from what happened, as plans do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orchestration.demo.clock import iso_day, month_start, moved_by_months, to_date
from orchestration.demo.company import (
    END,
    PRODUCTS,
    REPORTING_CURRENCY,
    Company,
)
from orchestration.demo.files import Exports
from orchestration.demo.plan import (
    ENGAGEMENT_RULES,
    FACTORS,
    FIT_EMPLOYEES,
    FIT_OF_INDUSTRY,
    HOLIDAYS,
    ICP_TIERS,
    ICP_WEIGHTS,
    REGIONS,
    REQUIRED_PERSONAS,
    TEAMS,
    TITLE_PATTERNS,
)
from orchestration.demo.promises import MQLS, planned_people, promised_mqls
from orchestration.demo.simulation.chance import GROWTH
from orchestration.demo.world import Group, Rep

RAMP = (0.0, 0.25, 0.5, 0.75)
"""Share of the quota in a rep's first months; full quota from then on."""

_LEADS = 0.92
"""Leads the plan expects of a new person."""
_CUSTOMERS, _BOOKINGS = 0.07, 1_550
"""New customers and EUR of bookings, once the pipeline is full."""
_PIPELINE_MONTHS = 12
"""Months until it is."""
_RESPONSE_MINUTES = (240, 180)
"""Promised in the first and in the second half of the time."""
_CAMPAIGN_TYPES = {
    "google_ads": "Search ads", "microsoft_ads": "Search ads", "meta_ads": "Social ads",
    "linkedin_ads": "Social ads", "email": "Newsletter", "event": "Event",
}  # fmt: skip
_RECORDED_BY = {
    "competitor": "Head of sales", "price_change": "Product management",
    "rule_change": "Marketing operations", "outage": "Performance marketing",
    "season": "Sales operations",
}  # fmt: skip

Rows = Iterable[Sequence[Any]]


class Planning:
    """``planning.xlsx``, written at the end; nothing in it depends on chance."""

    def __init__(self, company: Company, exports: Exports) -> None:
        self.company, self.exports = company, exports

    def add(self, group: Group) -> None:
        """Nothing: a plan knows no people."""

    def close(self) -> None:
        import xlsxwriter

        path = self.exports.path("planning.xlsx")
        with xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            # Else the file holds the time it was written.
            created = datetime(END.year, END.month, END.day, tzinfo=UTC)
            book.set_properties({"created": created})
            with_time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            day_only = book.add_format({"num_format": "yyyy-mm-dd"})
            bold = book.add_format({"bold": True})
            for name, header, rows in self._sheets():
                sheet = book.add_worksheet(name)
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(header) - 1, 18)
                sheet.write_row(0, 0, header, bold)
                for number, row in enumerate(rows, start=1):
                    for position, value in enumerate(row):
                        if isinstance(value, datetime):
                            sheet.write_datetime(number, position, value, with_time)
                        elif isinstance(value, date):
                            sheet.write(number, position, value, day_only)
                        elif value is not None:
                            sheet.write(number, position, value)

    def _sheets(self) -> Iterator[tuple[str, Sequence[str], Rows]]:
        for leg in self.company.legs:
            reps = [rep for rep in self.company.reps if rep.leg == leg]
            yield (
                f"Teams {leg.name}",
                ("CRM", "CRM user", "Name", "Role", "Team", "Region", "Valid from"),
                self._teams(reps),
            )
        yield (
            "Quotas",
            ("CRM", "CRM user", "Name", "Month", "Quota", "Currency", "Ramp %"),
            self._quotas(),
        )
        yield (
            "Targets",
            ("Metric", "Grain", "Period start", "Dimension", "Value", "Target"),
            self._targets(),
        )
        yield (
            "SLA",
            ("Promised by", "Commitment", "Region", "Segment", "Valid from", "Value", "Unit"),
            self._commitments(),
        )
        yield (
            "Business hours",
            ("Calendar", "Time zone", "Weekday", "Opens", "Closes", "Region"),
            (
                (name, zone_name, weekday, opens, closes, region or None)
                for name, (zone_name, opens, closes, region) in REGIONS.items()
                for weekday in range(1, 6)
            ),
        )
        yield "Holidays", ("Date", "Holiday", "Calendar"), self._holidays()
        yield (
            "Rates",
            ("Currency", "From", f"{REPORTING_CURRENCY} for one unit"),
            ((currency, to_date(day), rate) for currency, day, rate in self.company.rates),
        )
        yield (
            "Products",
            ("Code", "Product", "Family", "List price", "Currency"),
            (
                (code, name, family, price, REPORTING_CURRENCY)
                for code, (name, family, price, _) in PRODUCTS.items()
            ),
        )
        yield (
            "Campaigns",
            ("Campaign", "Channel", "Type", "Start", "End", "Budget", "Currency"),
            self._campaigns(),
        )
        yield (
            "External factors",
            (
                "Factor", "Name", "名称", "Type", "Start", "End", "Scope", "Metrics", "Direction",
                "Size", "Confidence", "Evidence", "Recorded by", "Recorded at", "Signed sales",
                "Signed marketing",
            ),
            self._factors(),
        )  # fmt: skip
        yield (
            "ICP rules",
            ("Attribute", "Weight", "Fits", "From number", "To number", "Score"),
            _icp_rules(),
        )
        yield "ICP tiers", ("Tier", "Lowest score"), ((tier, least) for least, tier in ICP_TIERS)
        yield (
            "Personas",
            ("Persona", "Job title holds", "Required"),
            (
                (persona, pattern, "yes" if persona in REQUIRED_PERSONAS else "no")
                for persona, patterns in TITLE_PATTERNS.items()
                for pattern in patterns
            ),
        )
        yield (
            "Engagement rules",
            ("Touch", "Channel", "Name holds", "Points", "Hand-raiser"),
            ((*rule, "yes" if raised else "no") for *rule, raised in ENGAGEMENT_RULES),
        )

    def _teams(self, reps: Sequence[Rep]) -> Rows:
        for rep in reps:
            for day, team in rep.teams:
                region = self.company.team(team).region
                yield (
                    rep.leg.source, rep.crm_id, rep.name, "sales_rep", team, region, to_date(day),
                )  # fmt: skip

    def _quotas(self) -> Rows:
        for rep in self.company.reps:
            hired = month_start(rep.hired_day)
            for month in self.company.months:
                if month < hired:
                    continue
                served = _months_between(hired, month)
                ramp = RAMP[served] if served < len(RAMP) else 1.0
                yield (
                    rep.leg.source, rep.crm_id, rep.name, iso_day(month)[:7],
                    rep.monthly_quota, REPORTING_CURRENCY, round(100 * ramp),
                )  # fmt: skip

    def _targets(self) -> Rows:
        settings = self.company.settings
        for index, (month, people) in enumerate(
            zip(self.company.months, planned_people(self.company), strict=True)
        ):
            start = to_date(month)
            # Deals close long after their leads came: growth shows in them, seasons do not.
            growth = 1 + GROWTH * (index / settings.months - 0.5)
            usual = settings.people / settings.months * growth
            usual *= min(1.0, (index + 1) / _PIPELINE_MONTHS)
            yield "lead_count", "month", start, None, None, _round_target(people * _LEADS)
            yield "mql_count", "month", start, None, None, _round_target(people * MQLS)
            customers = _round_target(usual * _CUSTOMERS)
            yield "new_customer_count", "month", start, None, None, customers
            bookings = usual * _BOOKINGS
            yield "sales_revenue", "month", start, None, None, _round_target(bookings)
            for team, share in self._team_shares(month).items():
                target = _round_target(bookings * share)
                yield "sales_revenue", "month", start, "team", team, target

    def _team_shares(self, month: int) -> dict[str, float]:
        """Each team's share of the full quotas of those who are there."""
        quotas = dict.fromkeys((team.name for team in self.company.teams), 0)
        for rep in self.company.reps:
            if rep.hired_day <= month:
                quotas[rep.team(month)] += rep.monthly_quota
        return {team: quota / sum(quotas.values()) for team, quota in quotas.items()}

    def _commitments(self) -> Rows:
        """Marketing promises qualified leads, sales promises to answer and to decide."""
        for month, region, segment, value in promised_mqls(self.company):
            yield "marketing", "mql_volume", region, segment, to_date(month), value, "MQLs a month"
        regions = {team.region for team in self.company.teams}
        for start, minutes in zip((0.0, 0.5), _RESPONSE_MINUTES, strict=True):
            day = to_date(self.company.story_day(start))
            for region in sorted(regions):
                yield "sales", "first_response", region, None, day, minutes, "business minutes"
        first = to_date(self.company.start_day)
        yield "sales", "decision", None, None, first, 2, "business days"
        yield "sales", "follow_up_attempts", None, None, first, 5, "attempts in 14 days"

    def _holidays(self) -> Rows:
        """The company's days off without a calendar: they hold in every one."""
        everywhere = {(month, day) for month, day, _, _ in HOLIDAYS["company"]}
        for year in range(to_date(self.company.start_day).year - 1, END.year + 2):
            for calendar, days in HOLIDAYS.items():
                for month, day, name, _ in days:
                    if calendar == "company":
                        yield date(year, month, day), name, None
                    elif (month, day) not in everywhere:
                        yield date(year, month, day), name, calendar

    def _campaigns(self) -> Rows:
        for campaign in self.company.campaigns:
            months = sum(_months_between(first, end) for first, end in campaign.months)
            if not months:
                # It would have run in months the company does not show.
                continue
            kind = _CAMPAIGN_TYPES.get(campaign.platform, "Programme")
            yield (
                campaign.name, campaign.channel, kind,
                to_date(campaign.months[0][0]), to_date(campaign.months[-1][1] - 1),
                round(campaign.monthly_cost * months, 2), campaign.currency,
            )  # fmt: skip

    def _factors(self) -> Rows:
        """Those that somebody had written down by the end."""
        for factor in FACTORS:
            begin = self.company.story[factor.factor_id]
            recorded = begin + factor.recorded_after_days
            if recorded >= self.company.end_day:
                continue
            end = to_date(moved_by_months(begin, factor.months) - 1) if factor.months else None
            signed = to_date(recorded) if factor.is_signed else None
            yield (
                factor.factor_id, factor.name_en, factor.name_zh, factor.factor_type,
                to_date(begin), end, factor.scope, factor.metric_ids, factor.direction,
                factor.size, factor.confidence, factor.evidence,
                _RECORDED_BY[factor.factor_type],
                datetime.combine(to_date(recorded), datetime.min.time()) + timedelta(hours=10),
                signed + timedelta(days=3) if signed else None,
                signed + timedelta(days=1) if signed else None,
            )  # fmt: skip


def _icp_rules() -> Rows:
    """A range without a score rises in line over it."""
    for attribute, weight in ICP_WEIGHTS.items():
        match attribute:
            case "industry":
                for industry, score in FIT_OF_INDUSTRY.items():
                    yield attribute, weight, industry, None, None, score
            case "size":
                yield attribute, weight, None, *FIT_EMPLOYEES, None
            case "region":
                for region in sorted({region for _, _, region, *_ in TEAMS}):
                    yield attribute, weight, region, None, None, 1.0
            case _:
                yield attribute, weight, "ERP", None, None, 1.0


def _months_between(first: int, end: int) -> int:
    """Whole months from one first of a month to another."""
    start, stop = to_date(first), to_date(end)
    return (stop.year - start.year) * 12 + stop.month - start.month


def _round_target(value: float) -> float:
    """Plans are round: to hundreds where large, to whole numbers where not."""
    return float(round(value, -2)) if value >= 10_000 else float(round(value))
