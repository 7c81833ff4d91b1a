"""A file that ends in the middle of its last record: nothing of it is loaded, the last data stays.

A row too short in the middle of a file is one bad row; at its very end it says that the rows after
it were never written.
"""

from __future__ import annotations

import gzip

import pytest

from orchestration.exports.errors import DamagedFile, LoadFailed
from tests.exports.conftest import DEALS, Company

HEADER = "id,stage,amount,closed,note\n"
GOOD = HEADER + "d1,Won,1,2025-01-31,\n"
AGAIN = (
    "Nothing of it is loaded. A retry helps only while it is still being written. Export or copy "
    "it again, whole; docs/sources.md says how each system exports."
)


def _refused(company: Company, content: str | bytes, name: str = "deals.csv") -> str:
    """What is said about a cut off file; what was loaded before it came is still there."""
    company.write("deals.csv", GOOD)
    company.map(DEALS)
    company.load()
    company.write(name, content)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert company.rows("select opportunity_id from raw_mapped.opportunities") == [("d1",)]
    (error,) = raised.value.errors
    assert isinstance(error, DamagedFile)
    return str(error)


@pytest.mark.parametrize(
    ("end", "line", "fact", "text"),
    [
        ("d2,Wo", 3, "2 fields where the header has 5, and no line end", "d2,Wo"),
        ("d2,Won,2,,\nd", 4, "1 fields where the header has 5, and no line end", "d"),
        ('d2,Won,2,,"no', 3, "a quote that never closes", 'd2,Won,2,,"no'),
        ('d2,Won,2,,"no\nend\n', 3, "a quote that never closes", 'd2,Won,2,,"no'),
        ('d2,Won,2,,"no\nend\nat all', 3, "a quote that never closes", 'd2,Won,2,,"no'),
        ('d2,Won,2,,"no\n', 3, "a quote that never closes", 'd2,Won,2,,"no'),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_text_file_cut_off_in_its_last_record_is_refused_whole(
    company: Company, end: str, line: int, fact: str, text: str, line_end: str
):
    said = _refused(company, (GOOD + end).replace("\n", line_end))
    assert said == (
        f"Reading deals.csv: it is cut off in its last record, line {line}: {fact} ({text!r}). "
        f"{AGAIN}"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_file_cut_off_inside_a_character_is_refused_whole(
    company: Company, encoding: str, lost: int
):
    """Else its UTF-8 would be taken for Windows-1252, and every name in it be spoilt."""
    whole = (HEADER + "d1,Won,1,,北京\nd2,Won,2,,上海").encode(encoding)
    cut = whole[: -lost if encoding == "utf-8" else -1]
    said = _refused(company, cut)
    assert said == (
        f"Reading deals.csv as {encoding}: it is cut off inside its last character, in line 3. "
        f"{AGAIN}"
    )


def test_a_last_letter_in_another_encoding_is_no_half_character(company: Company):
    company.deals((GOOD + "d2,Won,2,,Caf\xe9").encode("cp1252"))
    assert company.rows("select _extra from raw_mapped.opportunities order by opportunity_id") == [
        ('{"note":""}',),
        ('{"note":"Café"}',),
    ]


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        (
            "deals2.jsonl",
            '{"id": "d2", "stage": "Won"}\n{"id": "d3", "sta',
            "it is cut off in its last record, line 2: no whole JSON object, and no line end "
            '(\'{"id": "d3", "sta\').',
        ),
        ("deals2.json", '[{"id": "d2"}, {"id": "d3", "sta', "it does not end with ]. The file is"),
        ("deals2.json", '[{"id": "d2"}, {"id": "d3", "a": [1]', "as a JSON array"),
        ("deals2.csv.gz", gzip.compress(GOOD.encode(), mtime=0)[:-9], "The file is cut off"),
        ("deals2.jsonl.gz", gzip.compress(b'{"id": "d2"}', mtime=0)[:-9], "The file is cut off"),
        ("deals2.parquet.gz", gzip.compress(b"PAR1", mtime=0)[:-9], "The file is cut off"),
    ],
)
def test_other_kinds_cut_off_are_refused_whole(
    company: Company, name: str, content: str | bytes, fact: str
):
    said = _refused(company, content, name)
    assert fact in said
    assert "gain" in said


@pytest.mark.parametrize("end", ["d2,Won,2,,", "d2,Won,2,,\n \t ", "d2,Won,2,,\n\x1a", "\n\n\n"])
def test_a_whole_last_record_without_a_line_end_is_none(company: Company, end: str):
    company.deals(GOOD + end)
    assert company.quarantined() == []


def test_a_short_row_with_its_line_end_is_one_bad_row(company: Company):
    assert [row[0] for row in company.deals(GOOD + "d2,Won\n")] == ["d1"]
    assert company.quarantined() == [(3, None, None, "2 fields where the header has 5")]


def test_a_footer_may_be_the_short_last_line(company: Company):
    files = DEALS.replace("entity:", 'footer: ["^Total"]\n    entity:')
    assert [row[0] for row in company.deals(GOOD + "Total,1", files=files)] == ["d1"]
