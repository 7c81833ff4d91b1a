"""Wide files become a row for each filled cell, and rows nobody asked for are counted apart."""

from __future__ import annotations

import pytest

from orchestration.exports.errors import LoadFailed, MappingError, QuarantineOverflow
from orchestration.exports.mapping import load_mapping
from tests.exports.conftest import HEAD, Company

STAGES = """\
files:
  - name: deals
    pattern: deals.csv
    entity: opportunities
    columns: {opportunity_id: Record ID, stage: Deal Stage}
  - name: deal_stage_dates
    pattern: deals.csv
    entity: opportunity_stage_events
    columns: {opportunity_id: Record ID}
    unpivot:
      value: entered_at
      label: stage
      columns:
        'Date entered "Qualified (Sales Pipeline)"': in progress
        'Date entered "Won (Sales Pipeline)"': Won
"""
WIDE = (
    "Record ID,Deal Stage,Date entered “Qualified (Sales Pipeline)”,"
    '"Date entered ""Won (Sales Pipeline)""",Pipeline\n'
    "1,Won,2025-01-01 09:00,2025-02-01 09:00,Sales\n"
    "2,Open,2025-01-02 09:00,,Sales\n"
    "3,Open, -- ,,Sales\n"
    "4,Won,soon,2025-02-04 09:00,Sales\n"
    ",Won,2025-01-05 09:00,later,Sales\n"
    "6,Won\n"
)
WON = 'Date entered "Won (Sales Pipeline)"'
QUALIFIED = 'Date entered "Qualified (Sales Pipeline)"'


def _loads(company: Company) -> list:
    return company.rows(
        "select entity, rows_read, rows_loaded, rows_quarantined, rows_superseded, rows_filtered "
        "from raw_meta.file_loads order by 1"
    )


def _events(company: Company, text: str = WIDE, files: str = STAGES) -> list:
    company.write("deals.csv", text)
    company.map(files)
    company.load()
    return company.rows(
        "select opportunity_id, stage, stage_source_value, entered_at::varchar, _source_row, "
        "_extra from raw_mapped.opportunity_stage_events order by _source_row, entered_at"
    )


def test_each_filled_cell_is_a_row_and_a_bad_one_is_kept_back_by_itself(company: Company):
    extra = '{"Pipeline":"Sales"}'
    assert _events(company) == [
        ("1", "Open", "in progress", "2025-01-01 08:00:00", 2, extra),
        ("1", "Won", "Won", "2025-02-01 08:00:00", 2, extra),
        ("2", "Open", "in progress", "2025-01-02 08:00:00", 3, extra),
        ("4", "Won", "Won", "2025-02-04 08:00:00", 5, extra),
    ]
    assert _loads(company) == [
        ("opportunities", 6, 4, 2, 0, 0),
        ("opportunity_stage_events", 8, 4, 4, 0, 0),
    ]
    assert company.rows(
        "select source_row, column_name, value, reason, row_json::json ->> 'Record ID' "
        "from raw_meta.quarantine where entity = 'opportunity_stage_events' order by all"
    ) == [
        (5, "entered_at", "soon", f"not a time in ISO form (column {QUALIFIED})", "4"),
        (6, "opportunity_id", "", f"a required value is missing (column {QUALIFIED})", ""),
        (6, "opportunity_id", "", f"a required value is missing (column {WON})", ""),
        (7, None, None, "2 fields where the header has 5", None),
    ]
    assert company.rows("select distinct column_name, kind from raw_meta.drift") == [
        ("Pipeline", "unknown_column")
    ]


def test_a_listed_column_that_is_absent_is_named_unless_it_may_be(company: Company):
    files = STAGES.replace("Won (Sales Pipeline)", "Win (Sales Pipeline)")
    with pytest.raises(LoadFailed) as raised:
        _events(company, files=files)
    assert (
        "and lacks 'Date entered \"Win (Sales Pipeline)\"' for unpivot "
        f"(nearest: {WON}, {QUALIFIED}). A retry will not help."
    ) in str(raised.value)
    files = files.replace("value: entered_at", "value: entered_at\n      optional: true")
    assert [row[:2] for row in _events(company, files=files)] == [("1", "Open"), ("2", "Open")]
    assert ('Date entered "Win (Sales Pipeline)"', "missing_optional_column") in company.rows(
        "select column_name, kind from raw_meta.drift"
    )
    assert _events(company, "Record ID,Deal Stage\n1,Won\n", files) == []
    assert _loads(company)[1] == ("opportunity_stage_events", 0, 0, 0, 0, 0)


def test_ambiguous_dates_of_a_cell_name_its_header(company: Company):
    text = WIDE.replace("2025-02-04 09:00", "03/04/2025")
    with pytest.raises(LoadFailed) as raised:
        _events(company, text)
    assert (
        f"column {WON!r} holds dates whose day and month could be swapped: '03/04/2025' (row 5). "
    ) in str(raised.value)
    dated = STAGES.replace("    unpivot:", '    date_format: "%d/%m/%Y"\n    unpivot:')
    assert _events(company, text, dated)[-1][3] == "2025-04-02 22:00:00"


TARGETS = """\
files:
  - name: plan
    pattern: plan.csv
    entity: targets
    columns: {metric_id: {constant: sales_revenue}, period_grain: {constant: month}}
    unpivot:
      value: target_value
      label: period_start_date
      columns: {Jan: 2025-01-01, January: 2025-01-01, Feb: 2025-02-01}
"""


def test_a_plan_with_a_column_a_month_keeps_one_of_two_cells_with_one_key(company: Company):
    company.write("plan.csv", "Jan,January,Feb\n100,100,7\n100,90,8\n")
    company.map(TARGETS)
    company.load()
    assert company.rows(
        "select period_start_date::varchar, target_value::integer from raw_mapped.targets "
        "order by 1"
    ) == [("2025-01-01", 100), ("2025-02-01", 7)]
    assert _loads(company) == [("targets", 6, 2, 2, 2, 0)]
    assert [(row, reason) for row, _, _, reason in company.quarantined()] == [
        (3, "row 2 has the same key with other values (column January)"),
        (3, "row 2 has the same key with other values (column Feb)"),
    ]


HISTORY = """\
files:
  - name: field_history
    pattern: history.csv
    entity: opportunity_stage_events
    columns: {opportunity_id: Id, stage: New, entered_at: At}
    where: {Field: [StageName, deal stage], Kind: [edit, ""]}
"""


def test_only_rows_with_the_words_asked_for_are_loaded(company: Company):
    company.write(
        "history.csv",
        "Id,Field,Kind,New,At\n"
        "1,stagename,Edit,Won,2025-01-01\n"
        "1,\u00a0Deal Stage ,,Lost,2025-01-02\n"
        "1,Amount,edit,700,2025-01-03\n"
        "1,StageName,undo,Won,2025-01-04\n"
        "1,,edit,Won,never\n"
        "1,StageName,edit,Won,never\n"
        "1,StageName\n",
    )
    company.map(HISTORY)
    report = company.load()
    assert company.rows(
        "select stage, _source_row from raw_mapped.opportunity_stage_events order by 2"
    ) == [("Won", 2), ("Lost", 3)]
    assert [row[:3] for row in company.quarantined()] == [
        (7, "entered_at", "never"),
        (8, None, None),
    ]
    assert report.totals == {
        "files": 1,
        "rows_read": 7,
        "rows_loaded": 2,
        "rows_quarantined": 2,
        "rows_superseded": 0,
        "rows_filtered": 3,
        "rows_footer": 0,
    }


def test_filtered_rows_do_not_thin_out_the_bad_ones(company: Company):
    company.head = HEAD + "max_quarantine_rate: 0.5\n"
    rows = "1,Amount,edit,1,2025-01-01\n" * 8
    company.write(
        "history.csv",
        f"Id,Field,Kind,New,At\n{rows}1,StageName,,Won,never\n1,StageName,,Won,no\n"
        "1,StageName,,Won,2025-01-01\n",
    )
    company.map(HISTORY)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    (error,) = raised.value.errors
    assert isinstance(error, QuarantineOverflow)
    assert "2 of 3 rows cannot be used" in str(error)


def test_a_header_to_filter_by_must_be_there(company: Company):
    company.write("history.csv", "Id,Fields,Kind,New,At\n")
    company.map(HISTORY)
    with pytest.raises(LoadFailed, match=r"lacks 'Field' for where \(nearest: Fields\)"):
        company.load()


def test_cells_of_rows_that_are_filtered_are_counted_as_cells(company: Company):
    files = STAGES.replace("    unpivot:", "    where: {Record ID: [1, 4]}\n    unpivot:")
    assert [row[0] for row in _events(company, files=files)] == ["1", "1", "4"]
    assert _loads(company)[1] == ("opportunity_stage_events", 8, 3, 2, 0, 3)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "value: entered_at",
            "value: entered",
            "files[1].unpivot.value: opportunity_stage_events has no column 'entered'; nearest: "
            "entered_at",
        ),
        (
            "label: stage",
            "label: opportunity_id",
            "files[1].unpivot.label: opportunity_id also stands under columns; take it out of one "
            "of them",
        ),
        (
            "label: stage",
            "label: entered_at",
            "files[1].unpivot.label: the same column as value, entered_at",
        ),
        (
            ": in progress",
            ": in progres",
            f"files[1].unpivot.columns.{QUALIFIED}: 'in progres' is not one of the words of stage; "
            "nearest: in progress",
        ),
        (
            "      label: stage",
            "      lable: stage",
            "files[1].unpivot.lable: unknown key; nearest: label, value",
        ),
        (
            "    unpivot:",
            "    where: {Field: []}\n    unpivot:",
            "files[1].where.Field: List should have at least 1 item after validation, not 0 "
            "(found [])",
        ),
        (
            "    unpivot:",
            "    footer: ['(', '^Total: ']\n    unpivot:",
            "files[1].footer: '(' is not a regular expression: missing ), unterminated subpattern "
            "at position 0 (found ['(', '^Total: '])",
        ),
        (
            "    unpivot:",
            "    footer: [Total]\n    unpivot:",
            "files[1].footer: 'Total' could stand anywhere in a row of data; begin it with ^ or "
            "end it with $ (found ['Total'])",
        ),
        (
            "    unpivot:",
            "    recods: items\n    unpivot:",
            "files[1].recods: unknown key; nearest: records, record",
        ),
    ],
)
def test_a_mistake_in_these_keys_is_named_with_its_place(
    company: Company, old: str, new: str, problem: str
):
    assert old in STAGES
    company.map(STAGES.replace(old, new, 1))
    with pytest.raises(MappingError) as raised:
        load_mapping(company.settings.config)
    assert problem in raised.value.problems
