"""Words of closed lists and of the product's own tables, in each language."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """One phrase; the field order is the order of the site's languages."""

    en: str
    zh: str


VOCABULARY: dict[str, dict[str, Text]] = {
    "channel": {
        "paid_search": Text("Paid search", "付费搜索"),
        "paid_social": Text("Paid social", "付费社交"),
        "organic_search": Text("Organic search", "自然搜索"),
        "organic_social": Text("Organic social", "自然社交"),
        "content": Text("Content", "内容营销"),
        "display": Text("Display", "展示广告"),
        "email": Text("Email", "邮件"),
        "event": Text("Event", "活动"),
        "referral": Text("Referral", "推荐"),
        "partner": Text("Partner", "合作伙伴"),
        "outbound": Text("Outbound", "主动外呼"),
        "direct": Text("Direct", "直接访问"),
        "other": Text("Other", "其他"),
        "unknown": Text("Unknown", "未知"),
    },
    "origin": {
        "marketing": Text("Marketing", "市场"),
        "sales": Text("Sales", "销售"),
        "partner": Text("Partner", "合作伙伴"),
        "customer_success": Text("Customer success", "客户成功"),
    },
    "cost_type": {
        "media": Text("Media", "媒体投放"),
        "tools": Text("Tools", "工具"),
        "agency": Text("Agency", "代理"),
        "content": Text("Content", "内容"),
        "event": Text("Event", "活动"),
        "marketing_people": Text("Marketing people", "市场人员"),
        "sales_people": Text("Sales people", "销售人员"),
    },
    "icp_tier": {
        "unknown": Text("Unknown", "未知"),
    },
    "order_type": {
        "new": Text("New", "新购"),
        "expansion": Text("Expansion", "增购"),
        "renewal": Text("Renewal", "续约"),
    },
    "stage": {
        "lead": Text("Lead", "线索"),
        "mql": Text("MQL", "MQL"),
        "sal": Text("SAL", "SAL"),
        "sql": Text("SQL", "SQL"),
        "opportunity": Text("Opportunity", "商机"),
        "customer": Text("Customer", "客户"),
    },
    "reason": {
        "no_fit_industry": Text("Wrong industry", "行业不符"),
        "no_fit_size": Text("Wrong size", "规模不符"),
        "no_fit_region": Text("Wrong region", "地区不符"),
        "no_authority": Text("No authority", "无决策权"),
        "no_budget": Text("No budget", "无预算"),
        "no_need": Text("No need", "无需求"),
        "no_timing": Text("Wrong moment", "时机不对"),
        "unreachable": Text("Not reached", "联系不上"),
        "existing_customer_or_open_deal": Text(
            "Already a customer or in a deal", "已是客户或已有商机"
        ),
        "duplicate": Text("Duplicate", "重复"),
        "bad_data": Text("Wrong data", "数据有误"),
        "student_or_jobseeker": Text("Student or job seeker", "学生或求职者"),
        "competitor": Text("Competitor", "竞争对手"),
        "other": Text("Other", "其他"),
    },
    "factor_type": {
        "season": Text("Season", "季节性"),
        "competitor": Text("Competitor", "竞争对手"),
        "regulation": Text("Regulation", "法规"),
        "price_change": Text("Price change", "价格调整"),
        "economy": Text("Economy", "宏观经济"),
        "outage": Text("Outage", "系统故障"),
        "event": Text("Event", "活动"),
        "rule_change": Text("Rule change", "规则变更"),
        "definition_change": Text("Definition change", "定义变更"),
    },
}
"""The closed lists of the canonical entities; what a company names itself is shown as it is."""

NAMES: dict[str, Text] = {
    # What an export file holds
    "entity_people": Text("people", "人员"),
    "entity_lead_stage_events": Text("lead stages", "线索阶段"),
    "entity_accounts": Text("accounts", "客户"),
    "entity_opportunities": Text("deals", "商机"),
    "entity_opportunity_stage_events": Text("deal stages", "商机阶段"),
    "entity_opportunity_splits": Text("deal splits", "商机拆分"),
    "entity_refunds": Text("refunds", "退款"),
    "entity_owners": Text("owners", "负责人"),
    "entity_products": Text("products", "产品"),
    "entity_fx_rates": Text("exchange rates", "汇率"),
    "entity_holidays": Text("holidays", "节假日"),
    "entity_targets": Text("targets", "目标"),
    "entity_activities": Text("activities", "活动记录"),
    "entity_business_hours": Text("business hours", "工作时间"),
    "entity_external_factors": Text("external factors", "外部因素"),
    "entity_costs": Text("costs", "费用"),
    "entity_campaigns": Text("campaigns", "营销活动"),
    "entity_ad_performance_daily": Text("ad performance", "广告表现"),
    "entity_touches": Text("touches", "触点"),
    "entity_web_traffic_daily": Text("website visits", "网站访问"),
    "entity_search_performance_daily": Text("search performance", "搜索表现"),
    "entity_email_performance": Text("mailings", "邮件群发"),
    "entity_invoices": Text("invoices and credit notes", "发票与红字发票"),
    "entity_subscriptions": Text("subscriptions", "订阅"),
    "entity_survey_responses": Text("survey answers and reviews", "问卷回复与评价"),
    "entity_quotas": Text("quotas", "销售配额"),
    "entity_sla_commitments": Text("commitments", "服务承诺"),
    "entity_icp_rules": Text("fit rules", "匹配规则"),
    "entity_icp_tiers": Text("fit tiers", "匹配等级"),
    "entity_persona_rules": Text("personas", "角色规则"),
    "entity_engagement_rules": Text("points of touches", "触点积分规则"),
    "entity_forecast_submissions": Text("forecasts", "预测提交"),
    "entity_match_decisions": Text("match decisions", "匹配决定"),
    # The published tables
    "mart_dim_person": Text("People", "人员"),
    "mart_dim_account": Text("Accounts", "客户"),
    "mart_dim_owner": Text("Owners", "负责人"),
    "mart_dim_team": Text("Teams", "团队"),
    "mart_dim_product": Text("Products", "产品"),
    "mart_dim_calendar": Text("Calendar", "日历"),
    "mart_fct_lead_cycles": Text("Lead cycles", "线索周期"),
    "mart_fct_handoffs": Text("Hand-offs", "移交"),
    "mart_dim_business_hours": Text("Business hours", "工作时间"),
    "mart_fct_opportunities": Text("Deals", "商机"),
    "mart_fct_bookings": Text("Bookings", "签约台账"),
    "mart_fct_external_factors": Text("External factors and rule changes", "外部因素与规则变更"),
    "mart_fct_costs": Text("Costs", "费用"),
    "mart_fct_ad_performance": Text("Ad performance", "广告表现"),
    "mart_fct_lead_match_daily": Text("Leads of platforms and CRM", "平台与 CRM 线索对比"),
    "mart_fct_invoices": Text("Invoices and credit notes", "发票与红字发票"),
    "mart_fct_web_sessions": Text("Website visits", "网站访问"),
    "mart_fct_web_traffic_daily": Text("Website visits by day", "每日网站访问"),
    "mart_fct_mql_commitments": Text("MQLs promised by day", "每日承诺的 MQL"),
    "mart_dim_campaign": Text("Campaigns", "营销活动"),
    "mart_campaign_performance": Text("Campaign performance", "活动成效"),
    "mart_fit_scores": Text("How each fit score comes about", "匹配分构成"),
    "mart_mql_evidence": Text("Why each MQL is one", "MQL 依据"),
    "mart_account_matches": Text("People and their accounts", "人员与客户匹配"),
    "mart_account_match_checks": Text("Decisions on matches", "匹配的人工决定"),
    "mart_account_journeys": Text("Journeys of accounts", "客户旅程"),
    "mart_kpi_values": Text("KPI values, and the load", "指标数值与载入"),
    "mart_metric_definitions": Text("Definitions", "指标定义"),
    # Members that stand for a missing value
    "member___unassigned__": Text("Unassigned", "未分配"),
    "member___missing__": Text("Missing", "缺失"),
    "member___unmapped__": Text("Unmapped", "未映射"),
    "member___unallocated__": Text("Unallocated", "未分摊"),
    "member___unattributed__": Text("Unattributed", "未归因"),
    # What there was none of, by KPI
    "no_cases_visit_to_lead_rate": Text("no visits counted", "无访问统计"),
    "no_cases_lead_match_gap": Text("no conversions reported", "无平台转化"),
    "no_cases_mql_volume_attainment": Text("nothing promised", "无承诺"),
    "no_cases_lead_count": Text("no leads", "无线索"),
    "no_cases_mql_count": Text("no MQLs", "无 MQL"),
    "no_cases_opportunity_count": Text("no qualified deals", "无合格商机"),
    "no_cases_new_customer_count": Text("no first wins", "无首次赢单"),
    "no_cases_lead_to_customer_rate": Text("no leads", "无线索"),
    "no_cases_journey_completeness_rate": Text("no new customers", "无新客户"),
    "no_cases_l2a_match_rate": Text("no people", "无人员"),
    "no_cases_l2a_ambiguity_rate": Text("nobody matched", "无已匹配人员"),
    "no_cases_l2a_precision": Text("no matches checked", "无已核对的匹配"),
    "no_cases_first_response_sla_rate": Text(
        "no hand-offs with recorded activities", "无带活动记录的移交"
    ),
    "no_cases_response_coverage": Text(
        "no hand-offs with recorded activities", "无带活动记录的移交"
    ),
    "no_cases_first_response_minutes": Text("no recorded answers", "无响应记录"),
    "no_cases_time_to_contact_minutes": Text("no recorded conversations", "无双向沟通记录"),
    "no_cases_win_rate": Text("no deals decided", "无已定结果的商机"),
    "no_cases_win_rate_amount": Text("no deals decided", "无已定结果的商机"),
    "no_cases_avg_deal_size": Text("no wins with amount", "无带金额的赢单"),
    "no_cases_median_deal_size": Text("no wins with amount", "无带金额的赢单"),
    "no_cases_sales_cycle_days": Text("no wins with dates", "无起止日期齐全的赢单"),
    "no_cases_mean_sales_cycle_days": Text("no wins with dates", "无起止日期齐全的赢单"),
    "no_cases_sales_revenue": Text("no bookings", "无签约"),
    "no_cases_marketing_program_cost": Text("no costs", "无费用"),
    "no_cases_cpl": Text("no leads of marketing", "无市场线索"),
    "no_cases_cpl_paid": Text("no leads of paid channels", "无付费渠道线索"),
    "no_cases_icp_match_rate": Text("no leads of known fit", "无匹配等级已知的线索"),
    "no_cases_unknown_share": Text("no leads, or no fit rules", "无线索或无匹配规则"),
    "no_cases_persona_coverage_rate": Text(
        "no open deals, or no required personas", "无未结商机或未规定必需角色"
    ),
    "no_cases_open_pipeline_amount": Text("no open qualified deals", "无在途合格商机"),
}
