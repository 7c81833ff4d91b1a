"""Every word of the pages that does not come from the data, in each language."""

from __future__ import annotations

from typing import Literal

from orchestration.pages.funnel_texts import FUNNEL
from orchestration.pages.red_flag_texts import RED_FLAGS
from orchestration.pages.vocabulary import NAMES, VOCABULARY, Text

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
LANGUAGE_TAGS: dict[Language, str] = {"en": "en", "zh": "zh-CN"}
LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "zh": "中文"}


TEXTS: dict[str, Text] = {
    **NAMES,
    **FUNNEL,
    **RED_FLAGS,
    # Frame
    # The page of campaigns
    "campaign": Text("Campaign", "活动"),
    "campaigns_intro": Text(
        "Since the first record: what each campaign cost, the leads it brought, and the customers "
        "they became. The most expensive first.",
        "自有记录以来：每项活动的花费、带来的线索，以及最终成交的客户。按花费从高到低排列。",
    ),
    "campaign_spent": Text("Money spent", "花费期间"),
    "campaign_cost": Text("Cost", "花费"),
    "campaign_leads": Text("Leads", "线索"),
    "campaign_mqls": Text("MQLs", "MQL"),
    "campaign_customers": Text("Customers", "客户"),
    "campaign_won": Text("Won", "赢单金额"),
    "campaign_cpl": Text("Cost per lead", "单条线索成本"),
    "campaign_cac": Text("Cost per customer", "单个客户成本"),
    "campaign_no_customers": Text("no customer", "无客户"),
    "campaigns_left_out": Text(
        "{count} cheaper campaigns are not listed. All are in the mart campaign_performance.",
        "另有 {count} 项花费更低的活动未列出，完整数据见 campaign_performance 表。",
    ),
    "campaigns_note": Text(
        "Money in {currency}. A lead belongs to the campaign it first came from; customers and won "
        "deals are those of its leads, whenever they bought. Cost per lead divides by "
        "the leads marketing found; a dash: nothing to divide by. This says who was there first, "
        "not what caused the sale.",
        "金额单位为 {currency}。线索归属其首次来源的活动；"
        "客户与赢单金额均来自这些线索，不论何时成交。"
        "单条线索成本只除以市场部带来的线索；短横线表示没有可除的数量。"
        "这里说明的是最先接触的来源，而非促成成交的原因。",
    ),
    # The page of the agreement
    "agreement": Text("Agreement", "服务约定"),
    "agreement_intro": Text(
        "What marketing and sales promised each other, and what came of it. The latest complete "
        "month is judged; the month that is running is shown with its pace.",
        "市场与销售彼此的承诺及履行情况。评判最近一个完整月份；进行中的月份只展示进度。",
    ),
    "side_marketing": Text("Marketing promised", "市场的承诺"),
    "side_sales": Text("Sales promised", "销售的承诺"),
    "sla_promise": Text("Promise", "承诺内容"),
    "sla_promised": Text("Promised", "承诺"),
    "sla_delivered": Text("Came of it", "履行"),
    "sla_status": Text("Result", "结果"),
    "sla_running": Text("{period} so far", "{period}至今"),
    "promise_mql_volume": Text("MQLs delivered", "交付的 MQL"),
    "promise_first_response": Text("First response", "首次响应"),
    "promise_decision": Text("Accepted or rejected", "接受或拒收"),
    "promise_follow_up_attempts": Text("Followed up enough", "充分跟进"),
    "limit_mql_volume": Text("{count} MQLs", "{count} 个 MQL"),
    "limit_first_response": Text("within {count} business minutes", "{count} 营业分钟内"),
    "limit_decision": Text("within {count} business days", "{count} 个营业日内"),
    "limit_follow_up_attempts": Text("a contact or {count} attempts", "实现沟通或联系 {count} 次"),
    "limit_varies": Text("the limit differs by region or changed", "期限因区域而异或期间有变更"),
    "sla_every": Text("every hand-off", "每次移交"),
    "sla_share": Text("{share} of hand-offs", "{share} 的移交"),
    "sla_of": Text("{kept} of {count}", "{count} 中的 {kept}"),
    "sla_by_definition": Text(
        "{kept} of {count} within the limit of the definition",
        "按定义的期限，{count} 中的 {kept}",
    ),
    "sla_no_commitment": Text("no commitment recorded", "未记录承诺"),
    "sla_open": Text("open", "进行中"),
    "sla_met": Text("kept", "已履行"),
    "sla_missed": Text("missed", "未履行"),
    "sla_nothing_due": Text("nothing due", "无到期事项"),
    "sla_pace": Text("pace {share}", "进度 {share}"),
    "sla_quality": Text(
        "of {handed} handed over: {unfit} not fit by the rules, {declined} declined for want of "
        "fit; {recycled} recycled",
        "共移交 {handed}：{unfit} 个按规则不符合画像，{declined} 个因不符合画像被拒收；"
        "其中回流 {recycled} 个",
    ),
    "sla_other_origin": Text("; {count} begun by other teams", "；{count} 个由其他团队发起"),
    "sla_unpromised": Text("; {count} more nobody had promised", "；另有 {count} 个不在承诺之内"),
    "sla_broken": Text(
        "{late} late, {unanswered} unanswered", "{late} 次迟到，{unanswered} 次未响应"
    ),
    "sla_response_times": Text(
        "half of the answers within {half}, 9 in 10 within {most}",
        "半数响应不超过 {half}，九成不超过 {most}",
    ),
    "sla_waiting": Text("Waiting now", "当前等待"),
    "sla_waiting_note": Text(
        "Overdue: the limit is used up and the lead still waits. Not yet due: time is left, "
        "nothing is broken.",
        "已逾期：期限已过，线索仍在等待。未到期：尚有时间，不算违约。",
    ),
    "sla_overdue": Text("Overdue", "已逾期"),
    "sla_not_due": Text("Not yet due", "未到期"),
    "sla_by_month": Text("Month by month", "逐月情况"),
    "sla_by_region": Text("By region, {period}", "按区域，{period}"),
    "sla_region": Text("Region", "区域"),
    "sla_breaches": Text("Broken promises of sales", "销售未履行的承诺"),
    "sla_breaches_note": Text(
        "Leads that still wait come first; within each group the newest due time is on top. "
        "Over: open hours of the owner’s calendar from the due time.",
        "仍在等待的线索排在最前，各组内按到期时间由近及远。超出：自到期起负责人日历的营业时间。",
    ),
    "sla_breaches_left": Text(
        "{shown} of {count}; all of them are in the mart sla_breaches.",
        "列出 {count} 条中的 {shown} 条，完整清单见 sla_breaches 表。",
    ),
    "sla_clock_start": Text("Clock started", "计时起点"),
    "sla_due": Text("Due", "到期"),
    "sla_over": Text("Over", "超出"),
    "sla_record": Text("Record", "记录"),
    "sla_open_record": Text("Open", "打开"),
    "breach_late": Text("late", "迟到"),
    "breach_overdue": Text("still waiting", "仍在等待"),
    "breach_never": Text("never answered", "始终未响应"),
    "sla_none_broken": Text("No promise of sales is broken.", "销售没有未履行的承诺。"),
    "in_zone": Text("{what} ({zone})", "{what}（{zone}）"),
    "at_time": Text("{day}, {time}", "{day} {time}"),
    "short_minutes": Text("min", "分钟"),
    "short_hours": Text("h", "小时"),
    "site_title": Text("Shared numbers for sales and marketing", "销售与市场共享指标"),
    "choose_language": Text(
        "The numbers sales and marketing agreed on, what each one means, and what was checked.",
        "销售与市场共同认可的数字：每个指标的含义，以及做过哪些检查。",
    ),
    "skip": Text("Skip to content", "跳到正文"),
    "main_navigation": Text("Pages", "页面"),
    "language_switch": Text("Language", "语言"),
    "scorecard": Text("Scorecard", "记分卡"),
    "campaigns": Text("Campaigns", "营销活动"),
    "checks": Text("Checks", "检查"),
    "data": Text("Data", "数据"),
    "back_to_scorecard": Text("All KPIs", "全部指标"),
    "footer": Text(
        "Version {version}, published {created} after every blocking check passed.",
        "版本 {version}，{created}发布，所有阻断性检查均已通过。",
    ),
    # Facts about the version
    "as_of": Text("As of", "数据时点"),
    "data_through": Text("Newest record", "最新记录"),
    "version": Text("Version", "版本"),
    "source": Text("Source", "来源"),
    "passed": Text("passed", "通过"),
    "warned": Text("warned", "警告"),
    "failed": Text("failed", "未通过"),
    "rows_loaded_of_read": Text(
        "{loaded} of {read} rows loaded", "读取 {read} 行，载入 {loaded} 行"
    ),
    "rows_not_loaded": Text(
        "{quarantined} set aside, {superseded} replaced by newer ones",
        "{quarantined} 行被隔离，{superseded} 行被更新的记录取代",
    ),
    "rows_not_asked_for": Text(", {filtered} not asked for", "，{filtered} 行不在范围内"),
    # Scorecard
    "group_funnel": Text("Leads and customers", "线索与客户"),
    "group_handoffs": Text("Hand-offs to sales", "向销售的移交"),
    "group_deals": Text("Deals", "商机"),
    "group_revenue": Text("Revenue and pipeline", "收入与在手商机"),
    "group_costs": Text("Cost", "费用"),
    "group_other": Text("Other KPIs", "其他指标"),
    "kpi": Text("KPI", "指标"),
    "trend": Text("Trend", "走势"),
    "latest_month": Text("Latest month", "最近完整月份"),
    "latest_quarter": Text("Latest quarter", "最近完整季度"),
    "versus": Text("vs {period}", "较{period}"),
    "all_time": Text("All time", "全部时间"),
    "snapshot_value": Text(
        "A snapshot at {instant}; the past is never rebuilt from today’s records.",
        "{instant}的时点数值；不会用今天的记录倒推过去。",
    ),
    "not_in_exports": Text("Not measurable from these exports", "当前导出数据无法计算"),
    "not_in_exports_note": Text(
        "The definitions stand all the same; each line says what is missing.",
        "指标定义仍然有效，各行注明所缺的内容。",
    ),
    "worth_knowing": Text("Worth knowing before you use these numbers", "使用这些数字之前请留意"),
    "nothing_to_report": Text(
        "All checks passed, every row was loaded and every word was understood.",
        "所有检查均已通过，全部数据行均已载入，所有取值均可识别。",
    ),
    "not_loaded": Text(
        "{count} of {total} rows were set aside.", "{total} 行中有 {count} 行被隔离。"
    ),
    "not_loaded_one": Text(
        "{count} of {total} rows was set aside.", "{total} 行中有 {count} 行被隔离。"
    ),
    "not_loaded_meaning": Text(
        "Not readable, and so in none of these numbers: {files}.",
        "无法读取，未计入任何数字：{files}。",
    ),
    "leads_end": Text("The newest lead is of {day}.", "最新的线索日期为{day}。"),
    "deals_end": Text("The newest deal record is of {day}.", "最新的商机记录日期为{day}。"),
    "costs_end": Text("The newest cost is of {day}.", "最新的费用日期为{day}。"),
    "end_meaning": Text(
        "A zero after that day, up to {period}, may only mean that nothing was exported.",
        "此后至{period}的零值，可能只是没有导出数据。",
    ),
    "unmapped_word": Text("The word “{word}” is not in the mapping.", "取值“{word}”不在映射表中。"),
    "unmapped_meaning": Text(
        "{count} rows of {entity} count under “Unmapped” (column {column}).",
        "{entity}中有 {count} 行归入“未映射”（字段 {column}）。",
    ),
    "unmapped_meaning_one": Text(
        "{count} row of {entity} counts under “Unmapped” (column {column}).",
        "{entity}中有 {count} 行归入“未映射”（字段 {column}）。",
    ),
    "not_met": Text("Not met in {count} cases:", "{count} 处不符合："),
    "not_met_one": Text("Not met in {count} case:", "{count} 处不符合："),
    "cases_found": Text("{count} cases found", "发现 {count} 处"),
    "cases_found_one": Text("{count} case found", "发现 {count} 处"),
    "for_example": Text(", for example {examples}", "，例如 {examples}"),
    "list_separator": Text(", ", "、"),
    "colon": Text(": ", "："),
    "details": Text("Details", "详情"),
    "notice_more": Text("All warnings ({count} more)", "全部警告（另有 {count} 项）"),
    "legend": Text("How to read this page", "阅读说明"),
    "legend_low_n": Text(
        "Fewer cases than agreed for a reliable rate or average. Shown, never compared.",
        "案例数低于约定的可靠下限，只展示，不比较。",
    ),
    "legend_immature": Text(
        "The observation window of this cohort has not closed, so the value can still rise. "
        "Shown, never compared.",
        "该批次的观察窗口尚未结束，数值仍可能上升，只展示，不比较。",
    ),
    "legend_unreached": Text(
        "The period lies before the first or after the newest record of its kind, so a zero "
        "may only mean that nothing was exported. Shown, never compared.",
        "该时期早于同类记录的首个日期或晚于其最后日期，零值可能只是没有导出数据，只展示，不比较。",
    ),
    "legend_dash": Text(
        "A dash means there is no value, and the reason stands beside it. It never means zero.",
        "“—”表示没有数值，旁边注明原因，绝不代表零。",
    ),
    "legend_change": Text(
        "The change to the latest period, with the earlier value below it; "
        "for rates in percentage points (pp).",
        "到最近一期的变化，下方为对比期数值；比率类指标以百分点表示。",
    ),
    "change": Text("Change", "变化"),
    "percentage_points": Text("pp", "个百分点"),
    "low_n": Text("small sample", "样本较少"),
    "unreached": Text("no records", "无记录"),
    "not_compared": Text("not compared", "不作比较"),
    "unchanged": Text("no change", "持平"),
    "better": Text("better", "向好"),
    "worse": Text("worse", "变差"),
    "at_instant": Text("{day}, {time} ({zone})", "{day} {time}（{zone}）"),
    "was": Text("was {value}", "基期 {value}"),
    "target": Text("target {value}", "目标 {value}"),
    "immature": Text("still maturing", "未成熟"),
    "reason_not_measured": Text("not measurable", "无法计算"),
    "reason_no_amounts": Text("amounts not recorded", "未记录金额"),
    "no_cases": Text("no cases", "无案例"),
    "reason_no_period": Text("no data", "无数据"),
    "one_day": Text("day", "天"),
    "days": Text("days", "天"),
    "one_minute": Text("minute", "分钟"),
    "minutes": Text("minutes", "分钟"),
    # KPI page
    "definition": Text("What it means", "含义"),
    "formula": Text("Formula", "公式"),
    "unit": Text("Unit", "单位"),
    "unit_people": Text("people", "人"),
    "unit_cycles": Text("lead cycles", "线索周期"),
    "unit_deals": Text("deals", "商机"),
    "unit_accounts": Text("accounts", "客户公司"),
    "unit_ratio": Text("share, in per cent", "比例（%）"),
    "unit_money": Text("money", "金额"),
    "unit_days": Text("days", "天"),
    "unit_minutes": Text("business minutes", "营业分钟"),
    "date_basis": Text("Counted by", "计入时点"),
    "basis_event": Text("the day on which it happened", "事件发生当日"),
    "basis_cohort": Text("the period in which the case started", "个案开始所在的时期"),
    "basis_snapshot": Text("the state at one instant", "某一时点的状态"),
    "window": Text("Followed for", "观察窗口"),
    "parameters_in_force": Text("Parameters in force", "现行参数"),
    "direction": Text("Better is", "期望方向"),
    "direction_higher_is_better": Text("higher", "越高越好"),
    "direction_lower_is_better": Text("lower", "越低越好"),
    "direction_neutral": Text("neither", "无"),
    "owner_sales": Text("Sales owner", "销售负责人"),
    "owner_marketing": Text("Marketing owner", "市场负责人"),
    "signed_on": Text("signed {day}", "{day}签署"),
    "unsigned": Text("not signed", "尚未签署"),
    "definition_version": Text("Definition", "定义版本"),
    "definition_version_value": Text(
        "version {version}, in force since {day}", "第 {version} 版，自{day}起生效"
    ),
    "beside": Text("Read together with", "请对照"),
    "quarrel": Text("The usual argument", "常见争议"),
    "settlement": Text("How it is settled", "约定"),
    "by_month": Text("By month", "按月"),
    "by_quarter": Text("By quarter", "按季度"),
    "chart_months": Text("{name}, {first} to {last}.", "{name}，{first}至{last}。"),
    "chart_weak_bars": Text(
        "Pale bars: still maturing, or after the newest record.",
        "浅色柱：未成熟，或晚于最新记录。",
    ),
    "chart_weak_points": Text(
        "Hollow points: small sample, or still maturing.", "空心点：样本较少或未成熟。"
    ),
    "p90_beside": Text("9 of 10 up to {value}", "九成不超过 {value}"),
    "chart_interval": Text(
        "Thin lines: 95% interval of a small sample.", "细线：小样本的 95% 置信区间。"
    ),
    "numbers_behind": Text("The numbers behind the chart", "图表数据"),
    "period": Text("Period", "时期"),
    "numerator": Text("Numerator", "分子"),
    "denominator": Text("Denominator", "分母"),
    "parts": Text("Calculated from", "计算依据"),
    "value": Text("Value", "数值"),
    "note": Text("Note", "备注"),
    "interval_note": Text(
        "In brackets: the 95% interval of a small sample.",
        "括号内为小样本的 95% 置信区间。",
    ),
    "by_dimension": Text("By {dimension}", "按{dimension}"),
    "members_left_off": Text(
        "The {shown} largest of {total}. All of them are in the mart kpi_values.",
        "仅列出最大的 {shown} 个，共 {total} 个；完整数据见 kpi_values 表。",
    ),
    "sorted_by_size": Text(
        "Largest first: the order says how much lies behind a value, not how good it is.",
        "按数据量从大到小排列；顺序只表示样本大小，不代表优劣。",
    ),
    "unsplit": Text(
        "Not split, because there is only one value:", "以下维度只有一个取值，不再拆分："
    ),
    "guarded_by": Text("Checks that guard it", "相关检查"),
    "checks_passed": Text("{count} checks passed", "{count} 项检查通过"),
    "checks_passed_one": Text("{count} check passed", "{count} 项检查通过"),
    "dimension_channel": Text("channel", "渠道"),
    "dimension_channel_group": Text("channel group", "渠道组"),
    "dimension_campaign": Text("campaign", "营销活动"),
    "dimension_cost_type": Text("cost type", "费用类型"),
    "dimension_origin": Text("origin", "线索来源方"),
    "dimension_region": Text("region", "区域"),
    "dimension_icp_tier": Text("ICP tier", "匹配等级"),
    "dimension_persona": Text("persona", "角色"),
    "dimension_segment": Text("segment", "客户细分"),
    "dimension_owner": Text("owner", "负责人"),
    "dimension_team": Text("team", "团队"),
    "dimension_product": Text("product", "产品"),
    "dimension_order_type": Text("order type", "订单类型"),
    # What happened outside the funnel
    "what_happened": Text("What happened", "发生了什么"),
    "what_happened_year": Text("What happened in the last twelve months", "最近十二个月发生了什么"),
    "what_happened_note": Text(
        "Recorded by the company beside the numbers; no number is changed by it.",
        "由公司记录，仅作标注，不改变任何数字。",
    ),
    "nothing_recorded": Text(
        "No outside factor and no rule change is recorded for this time.",
        "这段时间没有记录外部因素或规则变更。",
    ),
    "factor_marks": Text(
        "Numbers in a circle: what happened outside. In a square: a rule changed. "
        "Shaded: how long it lasted.",
        "圆圈数字：外部事件；方框数字：规则变更；阴影：持续时间。",
    ),
    "factors_left_off": Text(
        "{count} older ones are in the mart fct_external_factors.",
        "另有 {count} 项较早的记录，见 fct_external_factors 表。",
    ),
    "factors_left_off_one": Text(
        "{count} older one is in the mart fct_external_factors.",
        "另有 {count} 项较早的记录，见 fct_external_factors 表。",
    ),
    "since": Text("since {day}", "{day}起"),
    "hindsight": Text("recorded afterwards", "事后补记"),
    "recording_day_unknown": Text("recording day unknown", "记录时间不详"),
    "only_member": Text("only {dimension} {member}", "仅限{dimension}：{member}"),
    "concerns_all": Text("all KPIs", "全部指标"),
    "rule_changed": Text(
        "The rule changed: values before and after follow different rules.",
        "规则已变更：前后数值依据不同规则。",
    ),
    "definition_changed": Text(
        "The definition changed: all periods follow the new version.",
        "定义已变更：所有时期均按新版本计算。",
    ),
    "team_sales": Text("Sales", "销售"),
    "team_marketing": Text("Marketing", "市场"),
    # Checks page
    "checks_intro": Text(
        "Each check ran on exactly the data of this version, before anyone could see it. "
        "Most of them stop publication when they are not met; the others warn, here and on "
        "the scorecard.",
        "每项检查都在发布前针对本版本的数据运行。多数检查不符合时会阻止发布，"
        "其余的在此处和记分卡上给出警告。",
    ),
    "needs_attention": Text("Not met", "不符合的检查"),
    "if_not_met": Text("If not met", "不符合时"),
    "gx_docs": Text(
        "Full validation report (Great Expectations)", "完整校验报告（Great Expectations）"
    ),
    "check": Text("Check", "检查内容"),
    "status": Text("Result", "结果"),
    "severity_error": Text("stops publication", "阻止发布"),
    "severity_warning": Text("warns", "警告"),
    "exceptions": Text("Exceptions", "例外数"),
    # Data page
    "sources": Text("Sources", "数据来源"),
    "sources_intro": Text(
        "Every row that was read is loaded, set aside with a reason, or replaced by a newer one.",
        "每一行数据要么已载入，要么连同原因被隔离，要么被更新的记录取代。",
    ),
    "quarantine_note": Text(
        "The rows set aside, with file, line, column, value and reason, are in quarantine.csv in "
        "the home folder of this installation. They are not published, because they can hold "
        "personal data.",
        "被隔离的行及其文件、行号、字段、取值和原因见本系统主目录下的 quarantine.csv；"
        "其中可能含个人信息，因此不发布。",
    ),
    "file": Text("File", "文件"),
    "entity": Text("Holds", "内容"),
    "rows_read": Text("Read", "读取"),
    "rows_loaded": Text("Loaded", "载入"),
    "rows_quarantined": Text("Set aside", "隔离"),
    "rows_superseded": Text("Replaced", "被取代"),
    "rows_filtered": Text("Not asked for", "不在范围内"),
    "total": Text("Total", "合计"),
    "unmapped": Text("Words the mapping does not know", "未映射的取值"),
    "unmapped_intro": Text(
        "Their rows count under “Unmapped” and lose no revenue. Add each word to the mapping.",
        "这些行计入“未映射”，收入不会丢失。请将取值补充到映射表中。",
    ),
    "no_unmapped": Text("Every word was understood.", "所有取值均可识别。"),
    "column": Text("Column", "字段"),
    "word": Text("Word in the export", "导出中的取值"),
    "rows": Text("Rows", "行数"),
    "open_marts": Text("Open the data yourself", "自行使用数据"),
    "open_marts_intro": Text(
        "The same numbers as on these pages, free to use in DuckDB, a notebook, a BI tool or "
        "Excel. Reading never hinders the next run.",
        "与本页面完全一致的数据，可在 DuckDB、笔记本、BI 工具或 Excel 中使用。"
        "读取不会妨碍下一次运行。",
    ),
    "all_marts": Text("All marts in one DuckDB file", "全部数据表（单个 DuckDB 文件）"),
    "mart": Text("Mart", "数据表"),
    "download": Text("Files", "文件"),
    "dbt_docs": Text(
        "Every column described, with lineage (dbt docs)", "字段说明与血缘（dbt 文档）"
    ),
    "manifest_link": Text("Manifest of this version, with file hashes", "本版本清单（含文件哈希）"),
}


def text(key: str, language: Language, **values: object) -> str:
    """One phrase of the pages. Raises KeyError for a key that does not exist."""
    phrase = getattr(TEXTS[key], language)
    return phrase.format(**values) if values else phrase


def known_text(key: str, language: Language, otherwise: str) -> str:
    """The phrase, or ``otherwise`` for a word that only newer data knows."""
    return text(key, language) if key in TEXTS else otherwise


def member_text(dimension: str, member: str, language: Language) -> str | None:
    """The reader's word for a member of a closed list; None for a company's own names."""
    listed = VOCABULARY.get(dimension, {}).get(member) or TEXTS.get(f"member_{member}")
    return getattr(listed, language) if listed else None
