"""The words of the page of red flags, in each language."""

from __future__ import annotations

from orchestration.pages.vocabulary import Text

RED_FLAGS: dict[str, Text] = {
    "red_flags": Text("Red flags", "红旗"),
    "red_flags_intro": Text(
        "What both teams agreed to look at together when it happens, by who acts on it. A flag "
        "fires only on a closed period with enough cases, and stays until a later period has none.",
        "双方约定一旦出现就共同查看的情况，按处理团队列出。"
        "只有统计期已成熟且样本量足够时才会触发；之后的统计期不再越线，红旗即消除。",
    ),
    "red_flags_both": Text("Both teams", "双方"),
    "red_flags_sales": Text("Sales", "销售"),
    "red_flags_marketing": Text("Marketing", "市场"),
    "red_flags_operations": Text("Operations", "运营"),
    "red_flags_none": Text("No red flag is open.", "当前没有红旗。"),
    "red_flags_left": Text(
        "{shown} of {count} segments; all of them are in the mart red_flags.",
        "列出 {count} 个细分中的 {shown} 个，完整清单见 red_flags 表。",
    ),
    "red_flag_segment": Text("Segment", "细分"),
    "red_flag_everyone": Text("everyone", "全部"),
    "red_flag_observed": Text("Value", "数值"),
    "red_flag_limit": Text("Line", "红线"),
    "red_flag_compared": Text("Last four, median", "前四批中位数"),
    "red_flag_cases": Text("Cases", "样本数"),
    "red_flag_records": Text("Lead cycles", "线索周期"),
    "red_flag_rf1": Text(
        "Conversion fell far below the last four comparable cohorts",
        "转化率远低于前四个可比批次",
    ),
    "red_flag_rf2": Text("Hand-offs are answered too late", "移交响应过慢"),
    "red_flag_rf2_records": Text(
        "Somebody who asked for a call has waited more than a business day",
        "主动要求联系的人已等待超过一个营业日",
    ),
    "red_flag_rf3": Text("Hand-offs lie undecided past the deadline", "移交逾期未决定"),
    "red_flag_rf4": Text("The promised MQLs are behind", "承诺的 MQL 进度落后"),
    "red_flag_rf5": Text("Sales rejects too many for want of fit", "因不匹配被拒收的过多"),
    "red_flag_rf11": Text("Records lack what the numbers need", "记录缺少统计所需的信息"),
}
