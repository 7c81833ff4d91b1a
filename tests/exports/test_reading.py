"""Every file kind and encoding lands the same rows, and every broken row is kept with its line."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import DEALS, Company

CSV = "id,stage,amount,closed\nd1,Won,10.5,2025-01-31\nd2,Open,,\n"
ROWS = [("d1", "Won", 10.5, "2025-01-31"), ("d2", "Open", None, None)]


def _failure(company: Company, content: str | bytes, name: str = "deals.csv", files: str = DEALS):
    with pytest.raises(LoadFailed) as raised:
        company.deals(content, name, files)
    return str(raised.value.errors[0])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deals.csv", CSV),
        ("deals.csv", CSV.replace(",", ";")),
        ("deals.csv", CSV.replace(",", "|")),
        ("deals.csv", CSV.replace("\n", "\r\n")),
        ("deals.csv", CSV.replace("\n", "\r")),
        ("deals.csv", CSV.rstrip("\n")),
        ("deals.csv", "\n\n" + CSV.replace("\n", "\n\n")),
        ("deals.csv", "\ufeff" + CSV),
        ("deals.tsv", CSV.replace(",", "\t")),
        ("deals.txt", CSV.replace(",", "\t")),
        ("deals.csv.gz", gzip.compress(CSV.encode(), mtime=0)),
        ("deals.csv", CSV.encode("utf-16")),
        ("deals.csv", CSV.encode("utf-16-le")),
        ("deals.csv", CSV.encode("utf-16-be")),
        ("deals.csv.gz", gzip.compress(CSV.replace(",", "\t").encode("utf-16"), mtime=0)),
        ("deals.csv", "closed,amount,id,stage\n2025-01-31,10.5,d1,Won\n,,d2,Open\n"),
        ("deals.csv", ' id , "stage",amount,closed\nd1,Won,10.5,2025-01-31\n d2 ,Open,,\n'),
    ],
)
def test_a_text_export_is_read(company: Company, name: str, content: str | bytes):
    assert company.deals(content, name) == ROWS
    assert company.quarantined() == []


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("kind", ["jsonl", "json", "parquet", "xlsx"])
def test_other_kinds_are_read(company: Company, tmp_path: Path, kind: str, suffix: str):
    records = [
        {"id": "d1", "stage": "Won", "amount": 10.5, "closed": "2025-01-31"},
        {"id": "d2", "stage": "Open", "amount": None, "closed": None},
    ]
    path = tmp_path / f"deals.{kind}"
    if kind == "jsonl":
        path.write_text("\n".join(json.dumps(record) for record in records))
    elif kind == "json":
        path.write_text(json.dumps(records, indent=2))
    elif kind == "parquet":
        duckdb.execute(
            "copy (select 'd1' as id, 'Won' as stage, 10.5 as amount, date '2025-01-31' as closed "
            f"union all select 'd2', 'Open', null, null order by id) to '{path}'"
        )
    else:
        import openpyxl

        book = openpyxl.Workbook()
        book.create_sheet("Deals")
        book["Deals"].append(list(records[0]))
        book["Deals"].append(["d1", "Won", 10.5, date(2025, 1, 31)])
        book["Deals"].append(["d2", "Open"])
        book.save(path)
    content = path.read_bytes()
    if suffix:
        content = gzip.compress(content)
    assert company.deals(content, path.name + suffix) == ROWS


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gb18030", ["北京客户", "上海贸易有限公司", "广州"]),
        ("cp1252", ["Müller GmbH", "Café Orléans", "O’Brien – “ok”"]),
        ("utf-8", ["Łódź", "北京", "Zoë"]),
        ("utf-8-sig", ["Łódź", "北京", "Zoë"]),
        ("utf-16", ["Łódź", "北京", "Zoë"]),
    ],
)
@pytest.mark.parametrize("is_stated", [True, False])
def test_an_encoding_is_used_as_stated_or_found(
    company: Company, encoding: str, names: list[str], is_stated: bool
):
    plain = "".join(f"plain{number},Plain\n" for number in range(500))
    text = "id,name\n" + plain + "".join(f"a{n},{name}\n" for n, name in enumerate(names))
    company.write("accounts.csv", text.encode(encoding))
    stated = f"    encoding: {encoding}\n" if is_stated else ""
    company.map(
        "files:\n  - name: accounts\n    pattern: accounts.csv\n    entity: accounts\n"
        f"{stated}    columns: {{account_id: id, account_name: name}}\n"
    )
    report = company.load()
    assert report.file_loads[0].encoding == encoding
    assert company.rows(
        "select account_name from raw_mapped.accounts where account_id like 'a%' order by all"
    ) == [(name,) for name in sorted(names)]


def test_bytes_the_stated_encoding_does_not_know_are_refused_with_their_line(company: Company):
    files = DEALS.replace("entity:", "encoding: utf-8\n    entity:")
    content = CSV.encode() + "d3,M\xfcller,1,\n".encode("cp1252")
    assert _failure(company, content, files=files) == (
        "Reading deals.csv as utf-8: byte 60 (line 4) does not exist in that encoding. A retry "
        "will not help. State the export's encoding in its entry or source of the mapping, such as "
        "utf-8, utf-16, gb18030, big5, shift_jis or windows-1252."
    )


def test_a_header_that_comes_out_as_one_column_is_an_error(company: Company):
    assert "its header comes out as one column, 'id^stage^amount^closed'" in _failure(
        company, CSV.replace(",", "^")
    )
    wrong = DEALS.replace("entity:", 'delimiter: ";"\n    entity:')
    assert "(delimiter stated: ';')" in _failure(company, CSV, files=wrong)


def test_a_missing_column_names_the_header_and_the_nearest_names(company: Company):
    assert _failure(company, CSV.replace("amount", "amont")) == (
        "Reading deals.csv as deals: its header is 'id', 'stage', 'amont', 'closed' and lacks "
        "'amount' for amount (nearest: amont). A retry will not help. Correct the mapping, export "
        "the column again, or say `optional: true` if it may be absent."
    )


def test_an_optional_column_may_be_absent_and_is_reported(company: Company):
    files = DEALS.replace("amount: amount", "amount: {column: value, optional: true}")
    assert company.deals(CSV, files=files) == [
        ("d1", "Won", None, "2025-01-31"),
        ("d2", "Open", None, None),
    ]
    assert company.rows("from raw_meta.drift") == [
        ("deals.csv", "opportunities", "amount", "unknown_column"),
        ("deals.csv", "opportunities", "value", "missing_optional_column"),
    ]


def test_unknown_columns_are_kept_and_reported(company: Company):
    company.deals("id,stage,amount,closed,Note,Note\nd1,Won,1,,a,\n")
    assert company.rows("select _extra from raw_mapped.opportunities") == [
        ('{"Note":"a","Note (2)":""}',)
    ]
    assert company.rows("select column_name, kind from raw_meta.drift") == [
        ("Note", "unknown_column"),
        ("Note (2)", "unknown_column"),
    ]


def test_ragged_rows_are_kept_back_one_by_one_with_their_line(company: Company):
    text = (
        'id,stage,amount,closed\nd1,Won,1,\nd2,Won\n\nd3,Won,3,,surplus\nd4,"a\nb",4,\nd5,Won,5,\n'
    )
    assert [row[0] for row in company.deals(text)] == ["d1", "d4", "d5"]
    assert company.quarantined() == [
        (3, None, None, "2 fields where the header has 4"),
        (5, None, None, "5 fields where the header has 4"),
    ]
    assert company.rows("select row_json from raw_meta.quarantine order by source_row") == [
        ('"d2,Won"',),
        ('"d3,Won,3,,surplus"',),
    ]
    assert company.rows("select _source_row from raw_mapped.opportunities order by 1") == [
        (2,),
        (6,),
        (8,),
    ]


def test_a_quote_that_never_closes_costs_one_row_only(company: Company):
    rows = "".join(f"d{number},Won,{number},\n" for number in range(1, 400))
    text = "id,stage,amount,closed\n" + rows.replace("d7,Won", 'd7,"Won')
    assert len(company.deals(text)) == 398
    assert [(row, value) for row, _, value, _ in company.quarantined()] == [(8, None)]
    assert company.rows("select row_json from raw_meta.quarantine") == [('"d7,\\"Won,7,"',)]


def test_text_after_a_closing_quote_is_kept_back(company: Company):
    assert company.deals('id,stage,amount,closed\nd1,"Won"x,1,\nd2,Won,2,\n') == [
        ("d2", "Won", 2.0, None)
    ]
    assert company.quarantined() == [(2, None, None, "broken quotes: ',' expected after '\"'")]


def test_wholly_quoted_rows_are_taken_apart(company: Company):
    text = '"id,stage,amount,closed"\n"d1,Won,10.5,2025-01-31"\n"d2,""Open"",,"\n'
    assert company.deals(text) == ROWS


def test_one_wholly_quoted_row_is_taken_apart_too(company: Company):
    assert company.deals('id,stage,amount,closed\n"d1,Won,10.5,2025-01-31"\nd2,Open,,\n') == ROWS


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_source_row_is_the_physical_line(company: Company, line_end: str):
    text = (
        'id,stage,amount,closed,note\nd1,Won,1,,"a\nb\n\nc"\nd2,Won,2,,\n'
        'd3,Won,3,,"x\ny"\nd4,Won,4,,\n'
    )
    company.deals(text.replace("\n", line_end))
    assert company.rows(
        "select opportunity_id, _source_row from raw_mapped.opportunities order by 1"
    ) == [("d1", 2), ("d2", 6), ("d3", 7), ("d4", 9)]


def test_json_lines_that_are_no_objects_are_kept_back(company: Company):
    text = (
        '{"id":"d1","stage":"Won","amount":1,"closed":null}\n\n{"id":\n[1]\n'
        '{"id":"d2","stage":"Won"}\n'
    )
    assert company.deals(text, "deals.jsonl") == [
        ("d1", "Won", 1.0, None),
        ("d2", "Won", None, None),
    ]
    assert company.quarantined() == [
        (3, None, None, "not a JSON object"),
        (4, None, None, "not a JSON object"),
    ]
    assert company.rows("select _source_row from raw_mapped.opportunities order by 1") == [
        (1,),
        (5,),
    ]


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("deals.csv", b"", "the file is empty"),
        ("deals.csv.gz", gzip.compress(CSV.encode(), mtime=0)[:-12], "cut off or damaged"),
        ("deals.csv.gz", b"no gzip at all", "cut off or damaged"),
        ("deals.parquet", b"PAR1 but not", "as Parquet"),
        ("deals.xlsx", b"not a workbook", "as XLSX"),
        ("deals.json", b'[{"id": 1}, ', "it does not end with ]"),
        ("deals.json", b'[{"id": 1}, {"id": ]', "as a JSON array"),
        ("deals.pdf", b"%PDF", ".pdf is not a kind of export"),
    ],
)
def test_a_damaged_file_is_refused(company: Company, name: str, content: bytes, fact: str):
    assert fact in _failure(company, content, name)


def test_a_sheet_that_is_not_there_is_refused(company: Company, tmp_path: Path):
    import openpyxl

    book = openpyxl.Workbook()
    book.save(tmp_path / "deals.xlsx")
    files = DEALS.replace("entity:", "sheet: Sheets\n    entity:")
    message = _failure(company, (tmp_path / "deals.xlsx").read_bytes(), "deals.xlsx", files)
    assert "it has no sheet 'Sheets'; nearest: Sheet." in message


def test_a_header_without_rows_loads_nothing(company: Company):
    assert company.deals("id,stage,amount,closed\n") == []


@pytest.mark.parametrize("odd", ["", "3,Won\n"], ids=["read at once", "taken apart"])
@pytest.mark.parametrize("blank", [",,,", ",", " , ,\t,\u00a0", '"","","",""'])
def test_a_row_of_delimiters_is_no_row(company: Company, blank: str, odd: str):
    """Spreadsheets leave them below their data. A file with a ragged row is taken apart."""
    content = f"id,stage,amount,closed\n{blank}\n1,Won,5,2025-01-01\n{blank}\n{odd}{blank}\n"
    assert company.deals(content) == [("1", "Won", 5.0, "2025-01-01")]
    assert company.rows("select rows_read, rows_quarantined from raw_meta.file_loads") == [
        (1 + bool(odd), int(bool(odd)))
    ]
    assert company.rows("select _source_row from raw_mapped.opportunities") == [(3,)]


def test_a_row_of_empty_cells_of_a_workbook_is_no_row(company: Company, tmp_path: Path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["id", "stage", "amount", "closed"],
        ["", " ", None, "\u00a0"],
        ["1", "Won", 5, ""],
    ):
        sheet.append(row)
    book.save(tmp_path / "deals.xlsx")
    content = (tmp_path / "deals.xlsx").read_bytes()
    assert company.deals(content, "deals.xlsx") == [("1", "Won", 5.0, None)]
    assert company.rows("select rows_read, rows_quarantined from raw_meta.file_loads") == [(1, 0)]
    assert company.rows("select _source_row from raw_mapped.opportunities") == [(3,)]


def test_hostile_text_stays_text(company: Company):
    hostile = [
        "'; drop table raw_mapped.opportunities; --",
        '"; drop',
        "=cmd|' /C calc'!A0",
        "\\",
        "$1",
    ]
    header = 'id,stage,amount,closed,"""; drop table x; --",\'quoted\'\n'
    lines = "".join('"' + word.replace('"', '""') + '",Won,1,,x,y\n' for word in hostile)
    files = DEALS.replace("amount: amount", "amount: amount, region: \"'quoted'\"")
    assert [row[0] for row in company.deals(header + lines, files=files)] == hostile
    assert company.rows("select distinct region, _extra from raw_mapped.opportunities") == [
        ("y", '{"\\"; drop table x; --":"x"}')
    ]


def test_a_hostile_json_key_stays_a_name(company: Company):
    record = {"id": "d1", "stage": "Won", "amount": 1, "closed": None, 'k"\\.$[*]': "v"}
    company.deals(json.dumps(record), "deals.jsonl")
    assert json.loads(company.rows("select _extra from raw_mapped.opportunities")[0][0]) == {
        'k"\\.$[*]': "v"
    }


def test_a_very_long_field_is_kept_back_not_loaded_in_part(company: Company):
    text = f'id,stage,amount,closed,note\nd1,Won,1,,"{"x" * 3_000_000}"\nd2,Won,2,,\n'
    assert company.deals(text) == [("d2", "Won", 2.0, None)]
    assert [row[0] for row in company.quarantined()] == [2]
