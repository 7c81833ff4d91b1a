"""Tables of the demo company's plan: teams, campaigns, calendars, rates, outside factors.

Days are shares of the simulated time, so that a demo of any length tells the whole story.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.demo.clock import to_date

# (name, leg, region, calendar, typical business minutes to the first attempt, never answered)
TEAMS = (
    ("DACH", "core", "DACH", "berlin", 55, 0.03),
    ("UK and Nordics", "core", "UK and Nordics", "london", 80, 0.05),
    # The team that answers slowly: most of a business day, and one in six never.
    ("Southern Europe", "core", "Southern Europe", "madrid", 330, 0.17),
    ("US East", "enterprise", "North America", "new_york", 70, 0.04),
    ("US West", "enterprise", "North America", "new_york", 110, 0.06),
    ("Greater China", "apac", "Greater China", "shanghai", 90, 0.05),
    ("Harbour", "acquired", "UK and Nordics", "london", 150, 0.09),
)

# calendar: (zone, opens, closes, the region it serves when nobody owns the hand-off)
REGIONS = {
    "company": ("Europe/Berlin", "09:00", "17:00", ""),
    "berlin": ("Europe/Berlin", "09:00", "17:00", "DACH"),
    "london": ("Europe/London", "09:00", "17:30", "UK and Nordics"),
    "madrid": ("Europe/Madrid", "09:00", "18:00", "Southern Europe"),
    "new_york": ("America/New_York", "08:30", "17:30", "North America"),
    "shanghai": ("Asia/Shanghai", "09:00", "18:00", "Greater China"),
}

# calendar: (month, day, English name, Chinese name), the same every year; the company's own days
# off stand in every calendar
HOLIDAYS: dict[str, tuple[tuple[int, int, str, str], ...]] = {
    "company": ((1, 1, "New Year", "元旦"), (12, 25, "Christmas Day", "圣诞节")),
    "berlin": (
        (1, 1, "New Year", "元旦"), (5, 1, "Labour Day", "劳动节"),
        (10, 3, "German Unity Day", "德国统一日"), (12, 25, "Christmas Day", "圣诞节"),
        (12, 26, "Boxing Day", "节礼日"),
    ),
    "london": (
        (1, 1, "New Year", "元旦"), (12, 25, "Christmas Day", "圣诞节"),
        (12, 26, "Boxing Day", "节礼日"),
    ),
    "madrid": (
        (1, 1, "New Year", "元旦"), (1, 6, "Epiphany", "主显节"),
        (8, 15, "Assumption", "圣母升天节"), (10, 12, "National Day", "国庆节"),
        (12, 25, "Christmas Day", "圣诞节"),
    ),
    "new_york": (
        (1, 1, "New Year", "元旦"), (7, 4, "Independence Day", "独立日"),
        (11, 11, "Veterans Day", "退伍军人节"), (12, 25, "Christmas Day", "圣诞节"),
    ),
    "shanghai": (
        (1, 1, "New Year", "元旦"), (5, 1, "Labour Day", "劳动节"),
        (10, 1, "National Day", "国庆节"), (10, 2, "National Day", "国庆节"),
        (10, 3, "National Day", "国庆节"), (12, 25, "Christmas Day", "圣诞节"),
    ),
}  # fmt: skip

# currency: (EUR for one unit at the start, drift a year)
RATES = {"USD": (0.92, -0.02), "GBP": (1.17, 0.01), "CNY": (0.128, -0.015)}


@dataclass(frozen=True)
class PlannedCampaign:
    name: str
    channel: str
    platform: str
    leg: str
    """"" is every leg."""
    monthly_cost: float
    """For about 200 leads a month in all."""
    currency: str
    weight: float
    quality: float
    start: float = 0.0
    end: float = 1.0
    """Shares of the simulated time."""
    calendar_months: tuple[int, ...] = ()
    """Runs only in these calendar months; empty: all of them."""

    def spans(self, months: int, first_days: tuple[int, ...]) -> list[tuple[int, int]]:
        """Runs of month indexes [first, end) in which the campaign is live."""
        first = int(self.start * months)
        end = max(first + 1, int(self.end * months))
        if not self.calendar_months:
            return [(first, end)]
        return [
            (index, index + 1)
            for index in range(first, end)
            if to_date(first_days[index]).month in self.calendar_months
        ]


WASTEFUL_CAMPAIGN = "LinkedIn Decision Makers"
"""Money for many leads of which next to none buys: the campaign a reader of the pages must find."""

_campaign = PlannedCampaign
CAMPAIGNS = (
    _campaign("Search Brand EMEA", "paid_search", "google_ads", "core", 900, "EUR", 5, 1.5),
    _campaign("Search Generic EMEA", "paid_search", "google_ads", "core", 2600, "EUR", 9, 1.0),
    _campaign("Search Generic NA", "paid_search", "google_ads", "enterprise", 2400, "USD", 9, 1.0),
    _campaign("Search NA Bing", "paid_search", "microsoft_ads", "enterprise", 700, "USD", 3, 1.1),
    _campaign("搜索推广 亚太", "paid_search", "google_ads", "apac", 9000, "CNY", 9, 0.9),
    _campaign("Harbour Search", "paid_search", "google_ads", "acquired", 600, "GBP", 6, 1.0),
    _campaign("Retargeting EMEA", "paid_social", "meta_ads", "core", 800, "EUR", 4, 0.9),
    _campaign("Retargeting NA", "paid_social", "meta_ads", "enterprise", 700, "USD", 4, 0.9),
    _campaign("LinkedIn ICP Accounts", "paid_social", "linkedin_ads", "core", 1500, "EUR", 4, 1.4),
    _campaign(WASTEFUL_CAMPAIGN, "paid_social", "linkedin_ads", "core", 9500, "EUR", 34, 0.05,
              0.4, 0.7),
    _campaign("Definitions Handbook", "content", "none", "", 300, "EUR", 6, 0.9),
    _campaign("Benchmark Report", "content", "none", "", 450, "EUR", 6, 0.8, 0.35, 1.0),
    _campaign("Spring Trade Fair", "event", "event", "core", 6000, "EUR", 16, 1.3,
              calendar_months=(4,)),
    _campaign("Autumn Summit", "event", "event", "enterprise", 7000, "USD", 16, 1.3,
              calendar_months=(10,)),
    _campaign("Webinar Series", "event", "event", "", 350, "EUR", 5, 1.1),
    _campaign("Monthly Newsletter", "email", "email", "", 200, "EUR", 4, 0.8),
    _campaign("微信公众号", "organic_social", "none", "apac", 2000, "CNY", 6, 0.8),
    _campaign("Customer Referrals", "referral", "none", "", 150, "EUR", 3, 2.2),
    _campaign("Reseller Programme", "partner", "none", "", 400, "EUR", 4, 1.6),
    _campaign("SDR Outbound", "outbound", "none", "", 0, "EUR", 8, 0.9),
)  # fmt: skip

# channel without a campaign: (weight, quality)
FREE_CHANNELS = {"organic_search": (16, 1.2), "direct": (7, 1.1)}

ORIGINS = {"outbound": "sales", "partner": "partner", "referral": "customer_success"}
"""Who brings a lead of a channel; marketing brings the rest."""

FIT_EMPLOYEES = (20, 120)
"""Too few to fit at all, and enough to fit in full; in between in line."""
ICP_TIERS = ((80, "A"), (60, "B"), (40, "C"), (0, "D"))
"""Lowest score of each tier."""
ICP_WEIGHTS = {"industry": 40, "size": 30, "region": 20, "tech": 10}
FIT_OF_INDUSTRY = {"software": 1.0, "logistics": 1.0, "manufacturing": 1.0, "retail": 0.5,
                   "healthcare": 0.5, "media": 0.5}  # fmt: skip
PERSONAS = ("decision_maker", "champion", "user", "procurement", "it_security")
REQUIRED_PERSONAS = ("decision_maker", "champion")
TITLES = {
    # persona: job titles, and those of the Chinese leg
    "decision_maker": (("Managing Director", "Head of Operations"), ("总经理", "运营总监")),
    "champion": (("Operations Manager", "Project Manager"), ("运营经理", "项目经理")),
    "user": (("Operations Specialist", "Business Analyst"), ("运营专员", "业务专员")),
    "procurement": (("Head of Procurement", "Procurement Manager"), ("采购主管", "采购专员主管")),
    "it_security": (("Head of IT Security", "IT security officer"), ("信息安全主管",)),
}
TITLE_PATTERNS = {
    "decision_maker": ("managing director", "head of", "总经理", "总监"),
    "champion": ("manager", "经理"),
    "user": ("specialist", "analyst", "专员"),
    "procurement": ("procurement", "采购主管", "采购专员"),
    "it_security": ("IT security", "信息安全"),
}
"""What a job title holds; the longest that it holds tells the persona."""
ENGAGEMENT_RULES = (
    # type of touch, channel, words of its form, page or campaign, points, hand-raiser
    ("form", None, None, 15, False),
    ("form", None, "demo", 40, True),
    ("webinar", None, None, 20, False),
    ("event", None, None, 25, False),
    ("meeting", None, None, 30, False),
    ("email_click", None, None, 5, False),
    ("ad_click", None, None, 3, False),
    ("reply", None, None, 10, False),
)


@dataclass(frozen=True)
class Factor:
    """Something outside the funnel, or a changed rule, that bends the curves."""

    factor_id: str
    name_en: str
    name_zh: str
    factor_type: str
    start_share: float
    months: int
    """0: it stays in force."""
    scope: str
    metric_ids: str
    direction: str
    size: float
    confidence: str
    evidence: str
    recorded_after_days: int
    """Days after its start on which somebody wrote it down; negative: before."""
    is_signed: bool = False
    calendar_month: int | None = None
    """Begins in the last such month of the simulated time, whatever ``start_share`` says."""


FACTORS = (
    Factor("competitor_launch", "A competitor launches a free tier", "竞争对手推出免费版",
           "competitor", 0.45, 4, "all", "win_rate, win_rate_amount, sales_revenue", "down", 0.3,
           "high", "Lost reasons name it from the first week on", 5),
    Factor("price_rise", "List prices rise by 15 %", "标价上调 15%", "price_change", 0.75, 0,
           "all", "avg_deal_size, median_deal_size, win_rate", "up", 0.15, "high",
           "Price list of that month", -30),
    Factor("mql_threshold", "The MQL threshold falls from 60 to 45 points",
           "MQL 评分门槛由 60 分降至 45 分", "rule_change", 0.6, 0, "all",
           "mql_count, first_response_sla_rate", "up", 0.5, "high",
           "Change request of marketing operations", -14, True),
    Factor("ads_outage", "Ad accounts suspended for a month", "广告账户停用一个月",
           "outage", 0.85, 1, "channel=paid_search", "lead_count, marketing_program_cost",
           "down", 0.6, "medium",
           "Support ticket of the platform", 45),
    Factor("august", "Summer holidays in Europe", "欧洲暑期", "season", 0, 1, "all",
           "lead_count, sales_revenue", "down", 0.3, "medium", "Every year", -60,
           calendar_month=8),
)  # fmt: skip
