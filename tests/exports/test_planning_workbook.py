"""The planning workbook: an empty template loads nothing, a filled one every row of every sheet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from orchestration.cli import main
from orchestration.exports.entities import ENTITIES
from orchestration.exports.planning_template import EXAMPLES, sheets, write_template
from orchestration.exports.reader_model import reader
from tests.exports.conftest import Company

SOURCES = "sources:\n  - {reader: planning}\n"


def _book(path: Path, pages: dict[str, list[list[Any]]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in pages.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def test_an_empty_template_loads_no_row_and_leaves_no_sheet_unread(company: Company):
    company.settings.exports.mkdir(parents=True, exist_ok=True)
    write_template(company.settings.exports / "plan.xlsx")
    company.map(SOURCES)
    report = company.load()
    assert report.totals["rows_read"] == 0
    assert report.unmatched_files == ()
    assert {load.entity for load in report.file_loads} == EXAMPLES.keys()
    assert len(report.file_loads) == len(EXAMPLES)


def test_the_examples_of_the_template_are_read_as_they_stand(company: Company):
    pages = {
        name: [[field.header for field in fields], [field.example for field in fields]]
        for name, _, fields in sheets()
    }
    _book(company.settings.exports / "plan.xlsx", pages)
    company.map(SOURCES)
    report = company.load()
    assert [load for load in report.file_loads if load.rows_loaded != 1] == []
    assert report.unmapped == ()
    for entity, examples in EXAMPLES.items():
        filled = [name for name, example in examples.items() if example]
        found = company.rows(f"select {', '.join(filled)} from raw_mapped.{entity}")
        assert len(found) == 1
        assert None not in found[0], entity
    assert company.rows(
        "select owner_id, quota_month::varchar, ramp_share, active_days from raw_mapped.quotas"
    ) == [("hubspot:ann", "2026-01-01", 0.5, 21.0)]
    assert company.rows("select owner_id, team from raw_mapped.owners") == [
        ("hubspot:ann", "North")
    ]
    assert company.rows(
        "select committed_value, sla_metric, is_required, submitted_at::varchar from "
        "raw_mapped.sla_commitments, raw_mapped.persona_rules, raw_mapped.forecast_submissions"
    ) == [(40.0, "mql_volume", True, "2026-01-07 08:00:00")]


def test_a_mistake_is_named_with_sheet_row_and_column(company: Company):
    _book(
        company.settings.exports / "plan.xlsx",
        {
            "Targets": [
                ["Metric / 指标", "Grain / 粒度", "Period start / 期间首日", "Target / 目标值"],
                ["lead_count", "month", "2026-01-01", 10],
                ["lead_count", "month", "soon", 10],
            ],
            "配额": [
                ["CRM", "CRM 用户", "月份", "配额"],
                ["HubSpot", "bo", "2026年1月", "12,000"],
                ["", "pipedrive:cy", "2026-02", "ten"],
                ["", "pipedrive:cy", "2026-03", 1],
            ],
            "Rates": [
                ["Currency", "From", "EUR for one unit"],
                ["USD", "2026-01-01", 0.9],
                ["USD", "2026-01-01", 0.8],
            ],
        },
    )
    company.map(SOURCES)
    report = company.load()
    assert sorted(company.quarantined()) == [
        (3, "currency, rate_date", "USD, 2026-01-01",
         "row 2 has the same key with other values (sheet Rates)"),
        (3, "period_start_date", "soon", "not a date in ISO form (sheet Targets)"),
        (3, "quota_amount", "ten",
         "not a number in the stated currency and form (decimal sign '.', thousands ',') "
         "(sheet 配额)"),
    ]  # fmt: skip
    assert company.rows(
        "select owner_id, quota_month::varchar, quota_amount::int from raw_mapped.quotas order by 1"
    ) == [("hubspot:bo", "2026-01-01", 12000), ("pipedrive:cy", "2026-03-01", 1)]
    totals = report.totals
    assert totals["rows_read"] == totals["rows_loaded"] + totals["rows_quarantined"] == 7


def test_rules_of_fit_and_engagement_are_read_and_their_mistakes_named(company: Company):
    _book(
        company.settings.exports / "plan.xlsx",
        {
            "ICP rules": [
                ["属性", "权重", "匹配值", "最小值", "最大值", "得分", "生效日期"],
                ["行业", 40, "software", "", "", 1, "2026-01-01"],
                ["size", 30, "", 20, 120, "", "2026-01-01"],
                ["mood", 30, "good", "", "", 1, "2026-01-01"],
                ["region", "much", "North", "", "", 1, "2026-01-01"],
            ],
            "积分": [
                ["触点类型", "渠道", "名称包含", "积分", "主动咨询", "生效日期"],
                ["form", "", "demo", 40, "yes", "2026-01-01"],
                ["webinar", "", "", "many", "no", "2026-01-01"],
                ["webinar", "event", "", 20, "perhaps", "2026-01-01"],
                ["webinar", "event", "", 25, "", "from spring"],
            ],
        },
    )
    company.map(SOURCES)
    report = company.load()
    assert sorted(company.quarantined()) == [
        (3, "points", "many",
         "not a number in the stated currency and form (decimal sign '.', thousands ',') "
         "(sheet 积分)"),
        (4, "is_hand_raiser", "perhaps", "not true or false (sheet 积分)"),
        (5, "valid_from", "from spring", "not a date in ISO form (sheet 积分)"),
        (5, "weight", "much",
         "not a number in the stated currency and form (decimal sign '.', thousands ',') "
         "(sheet ICP rules)"),
    ]  # fmt: skip
    assert [(use.entity, use.column, use.source_value) for use in report.unmapped] == [
        ("icp_rules", "fit_attribute", "mood")
    ]
    assert company.rows(
        "select fit_attribute, matches_value, min_value, max_value, score, weight "
        "from raw_mapped.icp_rules order by fit_attribute"
    ) == [
        ("__unmapped__", "good", None, None, 1, 30),
        ("employees", None, 20, 120, None, 30),
        ("industry", "software", None, None, 1, 40),
    ]
    assert company.rows(
        "select touch_type, channel, content_pattern, points, is_hand_raiser, "
        "valid_from::varchar from raw_mapped.engagement_rules"
    ) == [("form", None, "demo", 40, True, "2026-01-01")]


def test_two_sheets_of_one_kind_are_both_read_and_an_unknown_one_is_named(company: Company):
    header = ["CRM", "CRM user", "Name", "Role", "Team"]
    _book(
        company.settings.exports / "plan.xlsx",
        {
            "North": [header, ["hubspot", "ann", "Ann", "rep", "North"]],
            "South": [header, ["salesforce", "ann", "Ann", "rep", "South"]],
            "Ideas": [["What", "Who"], ["more", "all"]],
        },
    )
    company.map(SOURCES)
    report = company.load()
    assert company.rows("select owner_id, team from raw_mapped.owners order by 1") == [
        ("hubspot:ann", "North"), ("salesforce:ann", "South"),
    ]  # fmt: skip
    assert [(left.file, left.reason) for left in report.unmatched_files] == [
        ("plan.xlsx", "sheet 'Ideas': no reader comes near its header")
    ]


def test_a_person_with_rows_in_two_sheets_has_them_all_and_the_next_workbook_replaces_both(
    company: Company,
):
    header = ["CRM", "CRM user", "Name", "Role", "Team", "Valid from"]
    path = company.settings.exports / "plan.xlsx"
    was = ["hubspot", "ann", "Ann", "rep", "North", "2025-01-01"]
    _book(path, {"North": [header, was], "South": [header, [*was[:4], "South", "2026-01-01"]]})
    company.map(SOURCES)
    company.load()
    teams = "select team from raw_mapped.owners order by 1"
    assert company.rows(teams) == [("North",), ("South",)]
    later = path.with_name("plan 2.xlsx")
    _book(later, {"West": [header, [*was[:4], "West", "2026-02-01"]]})
    os.utime(path, (1_700_000_000, 1_700_000_000))
    company.load()
    assert company.rows(teams) == [("West",)]


def test_the_template_lists_the_words_of_every_closed_list(tmp_path: Path):
    path = tmp_path / "plan.xlsx"
    write_template(path)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Notes 说明", *(name for name, *_ in sheets())]
    notes = book.get_sheet_by_name("Notes 说明").to_python()
    for name, shape, fields in sheets():
        (first,) = (at for at, row in enumerate(notes) if row[0] == name)
        assert notes[first][1:3] == [shape.how.en, shape.how.zh]
        header = book.get_sheet_by_name(name).to_python()
        assert header == [[field.header for field in fields]]
        for field, note in zip(fields, notes[first + 1 :], strict=False):
            assert note[0] == field.header
            assert all(word in str(note[1]) for word in field.words)
    words = {field.column.name for _, _, fields in sheets() for field in fields if field.words}
    assert words >= {"side", "sla_metric", "channel", "cost_type", "period_grain", "is_required"}


def test_every_column_of_a_planning_entity_is_on_its_sheet():
    for shape in reader("planning").shapes:
        for entry in shape.entries:
            columns = {column.name for column in ENTITIES[entry.entity].columns}
            # Hours of one person stand in the export of the system that knows them, and what an
            # ad platform charged in its own report.
            elsewhere = {"owner_id", "platform", "ad_account_id"}
            assert columns - elsewhere <= entry.columns.keys(), shape.name
            assert EXAMPLES[entry.entity].keys() == entry.columns.keys()


def test_a_plan_that_is_there_is_not_written_over(tmp_path: Path):
    path = tmp_path / "plan.xlsx"
    run = CliRunner()
    said = run.invoke(main, ["sources", "template", str(path)])
    assert said.exit_code == 0
    assert said.output.startswith(f"Written {path} with the sheets Targets, Quotas, SLA, ")
    written = path.read_bytes()
    refused = run.invoke(main, ["sources", "template", str(path)])
    assert refused.exit_code == 1
    assert "is there already and may hold a plan" in refused.output
    assert path.read_bytes() == written
    assert run.invoke(main, ["sources", "template", str(tmp_path / "plan.csv")]).exit_code == 2


@pytest.mark.parametrize("word", ["Marketing", "市场"])
def test_a_side_is_understood_in_both_languages(company: Company, word: str):
    company.write("sla.csv", f"承诺方,承诺,生效日期,数值\n{word},mql_volume,2026-01-01,4\n")
    company.map(SOURCES)
    company.load()
    assert company.rows("select side, committed_value from raw_mapped.sla_commitments") == [
        ("marketing", 4.0)
    ]
