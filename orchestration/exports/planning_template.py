"""The planning workbook as a file to fill: every sheet the reader ``planning`` knows, empty.

Headers are the first alias of each column, so that the template is what the reader reads. It holds
no row of data: what a value looks like stands on the first sheet, which is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.exports.entities import ENTITIES, Column, ColumnType
from orchestration.exports.reader_model import Shape, reader

_LAST_ROW = 5000
"""As far as the lists and formats of a column reach; rows below are read as well."""

_GRAINS = ("month", "quarter", "year")
_YES_NO = ("yes", "no")
_DAY = "yyyy-mm-dd"
_MINUTE = "yyyy-mm-dd hh:mm"

_KINDS = {
    ColumnType.ID: ("as the system writes it", "按系统中的写法"),
    ColumnType.TEXT: ("text", "文本"),
    ColumnType.AMOUNT: ("amount, digits only", "金额,仅数字"),
    ColumnType.NUMBER: ("number", "数字"),
    ColumnType.SHARE: ("share, 0.1 is 10 %", "比例,0.1 即 10%"),
    ColumnType.DATE: ("day as 2026-01-31", "日期,如 2026-01-31"),
    ColumnType.TIMESTAMP: ("day and time as 2026-01-31 14:30", "日期和时间,如 2026-01-31 14:30"),
    ColumnType.TIME: ("time as 09:00", "时间,如 09:00"),
    ColumnType.WEEKDAY: ("1 is Monday, or its name", "1 为周一,也可写名称"),
    ColumnType.ZONE: ("time zone as Europe/Berlin", "时区,如 Europe/Berlin"),
}

_INTRO = (
    "Fill the sheets you have a plan for; leave the others empty or delete them. Keep the header "
    "row of a sheet; columns may stand in any order and others be added. Put the file into the "
    "drop folder and name the reader in exports.yaml: sources: [{reader: planning}]. A row that "
    "cannot be read is named with sheet, row and column.",
    "只填写需要的工作表,其余可留空或删除。保留表头行;列的顺序不限,也可以增加列。"
    "把文件放进数据文件夹,并在 exports.yaml 中写上 sources: [{reader: planning}]。"
    "无法读取的行会注明工作表、行和列。",
)

EXAMPLES: dict[str, dict[str, str]] = {
    "targets": {
        "metric_id": "lead_count", "period_grain": "month", "period_start_date": "2026-01-01",
        "dimension": "region", "dimension_value": "North", "target_value": "120",
    },
    "quotas": {
        "owner_id": "ann", "quota_month": "2026-01", "quota_amount": "40000", "currency": "EUR",
        "ramp_share": "50", "active_days": "21",
    },
    "sla_commitments": {
        "side": "marketing", "sla_metric": "mql_volume", "region": "North", "segment": "smb",
        "period_start_date": "2026-01-01", "committed_value": "40",
    },
    "business_hours": {
        "calendar": "berlin", "time_zone": "Europe/Berlin", "weekday": "1", "opens_at": "09:00",
        "closes_at": "17:00", "region": "North",
    },
    "holidays": {
        "holiday_date": "2026-01-01", "holiday_name": "New Year", "calendar": "berlin",
    },
    "fx_rates": {"currency": "USD", "rate_date": "2026-01-01", "rate": "0.92"},
    "external_factors": {
        "factor_id": "F-1", "name_en": "Trade fair cancelled", "name_zh": "展会取消",
        "factor_type": "event", "start_date": "2026-03-01", "end_date": "2026-03-31",
        "scope": "region=North", "metric_ids": "lead_count", "expected_direction": "down",
        "expected_size": "0.1", "confidence": "medium", "evidence": "Letter of the organiser",
        "recorded_by": "Marketing", "recorded_at": "2026-02-20 10:00",
        "signed_sales_on": "2026-02-25", "signed_marketing_on": "2026-02-24",
    },
    "icp_rules": {
        "fit_attribute": "employees", "matches_value": "", "min_value": "20", "max_value": "120",
        "score": "1", "weight": "30", "version": "2026", "valid_from": "2026-01-01",
    },
    "icp_tiers": {
        "tier": "A", "min_score": "80", "version": "2026", "valid_from": "2026-01-01",
    },
    "persona_rules": {
        "persona": "decision_maker", "title_pattern": "head of", "is_required": "yes",
    },
    "engagement_rules": {
        "touch_type": "form", "channel": "content", "content_pattern": "demo", "points": "40",
        "is_hand_raiser": "yes", "valid_from": "2026-01-01",
    },
    "owners": {
        "owner_id": "ann", "owner_name": "Ann", "role": "sales_rep", "team": "North",
        "region": "North", "valid_from": "2026-01-01",
    },
    "products": {
        "product_id": "P-1", "product_name": "Basic", "family": "Core", "list_price": "100",
        "currency": "EUR",
    },
    "campaigns": {
        "campaign": "Spring", "channel": "event", "campaign_type": "Trade fair",
        "start_date": "2026-03-01", "end_date": "2026-03-31", "budget_amount": "5000",
        "currency": "EUR",
    },
    "costs": {
        "document_id": "C-1", "cost_date": "2026-01-15", "cost_type": "tools", "amount": "99.5",
        "currency": "EUR", "channel": "email", "campaign": "Spring", "region": "North",
        "description": "Licence",
    },
    "forecast_submissions": {
        "team": "North", "period_grain": "quarter", "period_start_date": "2026-01-01",
        "submitter_role": "team lead", "submitted_at": "2026-01-07 09:00", "currency": "EUR",
        "target_amount": "100000", "closed_to_date_amount": "5000", "commit_amount": "80000",
        "best_case_amount": "120000", "downside_amount": "60000",
        "create_and_close_amount": "10000", "comment": "Two large renewals",
    },
    "match_decisions": {
        "person_id": "hubspot:123", "account_id": "hubspot:456",
        "other_person_id": "salesforce:789", "decision": "confirm", "decided_by": "Operations",
        "decided_at": "2026-01-15", "note": "Confirmed on the phone",
    },
}  # fmt: skip
"""By entity, a value of each column."""


@dataclass(frozen=True)
class Field:
    """One column of a sheet."""

    header: str
    column: Column
    example: str
    names_system: bool = False
    """Whether it holds the system of the id in the next column."""
    percent: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The closed list of what may be written; empty where there is none."""
        if self.column.name == "period_grain":
            return _GRAINS
        if self.column.type is ColumnType.BOOLEAN:
            return _YES_NO
        return self.column.vocabulary

    @property
    def kind(self) -> tuple[str, str]:
        """What to write, in English and Chinese."""
        if self.names_system:
            return "word of the system, as under sources", "系统名,与 sources 中一致"
        if self.words:
            return f"one of {', '.join(self.words)}", f"{'、'.join(self.words)} 之一"
        if self.percent:
            return "percentage, 50 is half", "百分比,50 即一半"
        if self.column.name == "quota_month":
            return "month as 2026-01", "月份,如 2026-01"
        return _KINDS[self.column.type]


def sheets() -> Iterator[tuple[str, Shape, list[Field]]]:
    """Every sheet in order: its name, its shape and its columns."""
    for shape in reader("planning").shapes:
        for entry in shape.entries:
            yield shape.shape.removeprefix("sheet "), shape, list(_fields(entry.entity, shape))


def _fields(entity: str, shape: Shape) -> Iterator[Field]:
    (entry,) = shape.entries
    for name, spec in entry.columns.items():
        column = ENTITIES[entity].column(name)
        if spec.source_column:
            yield Field(spec.source_column[0], column, "hubspot", names_system=True)
        yield Field(spec.column[0], column, EXAMPLES[entity][name], percent=spec.percent)


def write_template(path: Path) -> None:
    """Write the empty workbook; FileExistsError when ``path`` is there, so that no plan is lost."""
    if path.exists():
        raise FileExistsError(
            f"Writing the planning workbook: {path} is there already and may hold a plan. A retry "
            "will not help. Choose another name."
        )
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        styles = {
            "bold": book.add_format({"bold": True}),
            "needed": book.add_format({"bold": True, "bg_color": "#FFF2CC", "text_wrap": True}),
            "free": book.add_format({"bold": True, "text_wrap": True}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            _DAY: book.add_format({"num_format": _DAY}),
            _MINUTE: book.add_format({"num_format": _MINUTE}),
            "text": book.add_format({"num_format": "@"}),
        }
        _write_notes(book.add_worksheet("Notes 说明"), styles)
        for name, _, fields in sheets():
            _write_sheet(book.add_worksheet(name), fields, styles)


def _write_notes(sheet: Any, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 4, 44)
    sheet.write(0, 0, "About this workbook / 关于本工作簿", styles["bold"])
    row = 1
    for text in _INTRO:
        sheet.merge_range(row, 0, row, 4, text, styles["wrap"])
        sheet.set_row(row, 48)
        row += 1
    for name, shape, fields in sheets():
        row += 1
        sheet.write(row, 0, name, styles["bold"])
        sheet.write(row, 1, shape.how.en, styles["wrap"])
        sheet.write(row, 2, shape.how.zh, styles["wrap"])
        sheet.write(row, 3, "Needed / 必填", styles["bold"])
        sheet.write(row, 4, "Example / 示例", styles["bold"])
        for field in fields:
            row += 1
            needed = "yes / 是" if field.column.required and not field.names_system else ""
            cells = (field.header, *field.kind, needed, field.example)
            for position, text in enumerate(cells):
                sheet.write_string(row, position, text, styles["wrap"])
        row += 1


def _write_sheet(sheet: Any, fields: list[Field], styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    for position, field in enumerate(fields):
        column = field.column
        style = {
            ColumnType.DATE: styles[_DAY],
            ColumnType.TIMESTAMP: styles[_MINUTE],
            # Else a spreadsheet turns long numbers and leading zeros into other ids.
            ColumnType.ID: styles["text"],
        }.get(column.type)
        if column.name == "quota_month":
            style = styles["text"]
        sheet.set_column(position, position, 20, style)
        is_needed = column.required and not field.names_system
        sheet.write(0, position, field.header, styles["needed" if is_needed else "free"])
        rule = _validation(field)
        if rule:
            sheet.data_validation(1, position, _LAST_ROW, position, rule)


def _validation(field: Field) -> dict[str, Any] | None:
    """What the spreadsheet accepts in a column; the reader checks again."""
    if field.names_system or field.column.name == "quota_month":
        return None
    english, chinese = field.kind
    message = {"error_title": field.header[:32], "error_message": f"{english}\n{chinese}"[:255]}
    if field.words:
        return {"validate": "list", "source": list(field.words), **message}
    if field.column.type in (ColumnType.AMOUNT, ColumnType.NUMBER, ColumnType.SHARE):
        return {"validate": "decimal", "criteria": ">=", "value": -1e12, **message}
    return None
