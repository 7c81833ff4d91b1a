"""The words of the funnel's page, in each language."""

from __future__ import annotations

from orchestration.pages.vocabulary import Text

FUNNEL: dict[str, Text] = {
    "funnel": Text("Funnel", "漏斗"),
    "funnel_intro": Text(
        "How leads move from one stage to the next, how long it takes, and where and why they "
        "leave. Every term leads to its definition.",
        "线索如何从一个阶段进入下一个阶段、需要多长时间，以及在哪里、因何离开。"
        "每个术语都链接到其定义。",
    ),
    "funnel_stages": Text("Who entered each stage in {period}", "{period}进入各阶段的数量"),
    "funnel_stages_note": Text(
        "Entries of the quarter, whoever they are: the stages hold different people, so one count "
        "divided by another is no conversion. The rate on each arrow follows the same people, of "
        "the newest quarter in which everyone’s time has run out. Opportunities and customers "
        "include those no lead led to; the last arrow starts from the SQLs.",
        "当季进入各阶段的数量，各阶段并非同一批人，因此相除并不是转化率。箭头上的比率跟踪同一批人，"
        "取所有人观察期均已结束的最近一个季度。商机与客户包括并非由线索带来的；"
        "最后一个箭头从 SQL 起算。",
    ),
    "funnel_of_quarter": Text("{period} · within {days} days", "{period} · {days} 天内"),
    "funnel_no_mature": Text("no cohort is mature yet", "尚无成熟批次"),
    "funnel_from_sql": Text("from SQL", "自 SQL 起"),
    "funnel_steps": Text("What became of them", "后来怎么样了"),
    "funnel_steps_note": Text(
        "The newest quarter whose windows have all closed, for each step. Converted, left and "
        "stalled are everyone who entered. Late: reached the next stage after the window; listed, "
        "not added. Days: median, and within which nine of ten got there, of those who did.",
        "每个步骤取窗口期均已结束的最近一个季度。已转化、流失与停滞之和等于全部进入者。"
        "延迟：在窗口期之后才到达下一阶段，仅列出，不计入。"
        "天数：已到达者的中位数，以及十之九到达所用的天数。",
    ),
    "funnel_step": Text("Step", "步骤"),
    "funnel_cohort": Text("Cohort", "批次"),
    "funnel_entered": Text("Entered", "进入"),
    "funnel_converted": Text("Converted", "已转化"),
    "funnel_left": Text("Left", "流失"),
    "funnel_stalled": Text("Stalled", "停滞"),
    "funnel_undecided": Text("Undecided", "未定"),
    "funnel_late": Text("Late", "延迟"),
    "funnel_median": Text("Median days", "天数中位数"),
    "funnel_p90": Text("9 of 10 within", "九成所用天数"),
    "funnel_days": Text("within {days} days", "{days} 天内"),
    "funnel_rate": Text("Rate", "转化率"),
    "funnel_interval": Text("95 % interval", "95% 区间"),
    "funnel_change": Text("vs {period}", "较{period}"),
    "funnel_open": Text("Still open: {period} so far", "尚未结束：{period}迄今"),
    "funnel_open_note": Text(
        "These cohorts still have time, so every rate can rise. They are shown and never compared.",
        "这些批次的观察期尚未结束，比率仍可能上升，只展示，不比较。",
    ),
    "funnel_exits": Text("Why leads left in {period}", "{period}线索离开的原因"),
    "funnel_exits_note": Text(
        "A rejection is followed by a return to nurture or a disqualification, so the columns "
        "overlap and are not added. Duplicates and bad data are a matter of operations, not of "
        "the quality of leads.",
        "拒绝之后是退回培育或标为不合格，因此各列有重叠，不相加。"
        "重复与数据错误属于运营问题，与线索质量无关。",
    ),
    "funnel_no_exits": Text("Nobody left in {period}.", "{period}没有线索离开。"),
    "funnel_reason": Text("Reason", "原因"),
    "funnel_reasons_left_out": Text(
        "{count} rarer reasons are not listed.", "另有 {count} 种较少见的原因未列出。"
    ),
    "funnel_total": Text("Total", "合计"),
    "funnel_mqls": Text("New and returning MQLs by month", "各月新增与再次激活的 MQL"),
    "funnel_sqls": Text("Who brought the SQLs, by month", "各月 SQL 的来源"),
    "funnel_trend": Text("{name} by month of entry", "{name}（按进入月份）"),
    "funnel_trend_note": Text(
        "Hollow points are not compared: the window of that month is still open, or it has too "
        "few cases; then the line shows the 95 % interval.",
        "空心点不作比较：该月的窗口期尚未结束，或样本较少，后者以竖线显示 95% 区间。",
    ),
    "funnel_month": Text("Month", "月份"),
    "stage_lead": Text("Lead", "线索"),
    "stage_mql": Text("MQL", "MQL"),
    "stage_sal": Text("SAL", "SAL"),
    "stage_sql": Text("SQL", "SQL"),
    "stage_opportunity": Text("Opportunity", "商机"),
    "stage_customer": Text("Customer", "客户"),
    "group_stages": Text("From stage to stage", "逐阶段转化"),
    "dimension_reason": Text("reason", "原因"),
    "dimension_stage": Text("stage", "阶段"),
    "mart_fct_stage_events": Text("Stages of leads and deals", "线索与商机的阶段"),
    "mart_fct_stage_transitions": Text("Steps between stages", "阶段间的步骤"),
    "mart_funnel_steps": Text("Funnel by cohort", "漏斗批次"),
    "no_cases_mql_new_count": Text("no MQLs", "无 MQL"),
    "no_cases_mql_recycled_count": Text("no returning MQLs", "无再次激活的 MQL"),
    "no_cases_sal_count": Text("no accepted hand-offs", "无接受的移交"),
    "no_cases_sql_count": Text("no SQLs", "无 SQL"),
    "no_cases_sql_marketing_count": Text("no SQLs from marketing", "无市场来源 SQL"),
    "no_cases_sql_sales_sourced_count": Text("no SQLs sourced by sales", "无销售自拓 SQL"),
    "no_cases_sql_partner_sourced_count": Text("no SQLs sourced by partners", "无合作伙伴来源 SQL"),
    "no_cases_sql_customer_success_sourced_count": Text(
        "no SQLs sourced by customer success", "无客户成功来源 SQL"
    ),
    "no_cases_recycled_count": Text("nobody returned to nurture", "无退回培育"),
    "no_cases_disqualified_count": Text("nobody disqualified", "无不合格"),
    "no_cases_rejected_count": Text("no rejections", "无拒绝"),
    "no_cases_rejection_mix": Text("no rejections", "无拒绝"),
    "shares_of_total": Text(
        "The shares of each period add up to 100 %.", "每个统计期的各项占比之和为 100%。"
    ),
    "no_cases_lead_to_mql_rate": Text("no leads of marketing", "无市场线索"),
    "no_cases_mql_to_sql_rate": Text("no MQLs of marketing", "无市场 MQL"),
    "no_cases_sal_to_sql_rate": Text("no accepted hand-offs", "无接受的移交"),
    "no_cases_sql_to_opp_rate": Text("no SQLs", "无 SQL"),
    "no_cases_sales_conversion_rate": Text("no SQLs", "无 SQL"),
    "no_cases_conversion_period_ratio": Text("no MQLs of marketing", "无市场 MQL"),
    "no_cases_stage_velocity_days": Text("no MQL became an SQL", "无 MQL 成为 SQL"),
    "no_cases_lead_to_mql_days": Text("no lead became an MQL", "无线索成为 MQL"),
    "no_cases_mql_to_sal_days": Text("no MQL was accepted", "无 MQL 被接受"),
    "no_cases_sal_to_sql_days": Text("no SAL became an SQL", "无 SAL 成为 SQL"),
    "no_cases_sql_to_opp_days": Text("no SQL became an opportunity", "无 SQL 成为商机"),
    "no_cases_sql_to_customer_days": Text("no SQL became a customer", "无 SQL 成为客户"),
    "no_cases_lead_to_customer_days": Text("no lead became a customer", "无线索成为客户"),
    "no_cases_stage_leakage_rate": Text("no mature MQLs of marketing", "无成熟的市场 MQL"),
    "no_cases_stage_stall_rate": Text("no mature MQLs of marketing", "无成熟的市场 MQL"),
    "no_cases_reentry_rate": Text("nobody returned to nurture", "无退回培育"),
    "no_cases_regression_rate": Text("no deals created", "无新建商机"),
    "no_cases_untimed_stage_rate": Text("no stages entered", "无阶段进入"),
}
