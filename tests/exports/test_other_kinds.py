"""A file that nothing can read is named with what to do about it, never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration import warehouse
from orchestration.cli import main
from tests.exports.conftest import DEALS, Company

KINDS = {
    "all/contacts.zip": "unpack it into this folder",
    "contacts.csv.tar.gz": "unpack it into this folder",
    "contacts.XLS": "save it as .xlsx",
    "contacts.xlsm": "save it as .xlsx",
    "contacts.tab": "rename it to .tsv",
    "contacts.psv": "rename it to .txt, if it is text with one row a line",
    "contacts.csv.crdownload": "wait until its download has ended, or download it again",
    "contacts": "end its name in what it holds, such as .csv or .csv.gz",
    "contacts.gz": "end its name in what it holds, such as .csv or .csv.gz",
    "contacts.pdf": (
        "export it as one of .csv, .tsv, .txt, .parquet, .json, .jsonl, .ndjson, .xlsx (also .gz)"
    ),
}
ENDINGS = {"contacts.csv.tar.gz": ".tar", "contacts.XLS": ".xls", "contacts.gz": ""}


def _reason(name: str) -> str:
    kind = ENDINGS.get(name, Path(name).suffix) or "a name without an ending"
    return f"{kind} is not a kind of export this can read; {KINDS[name]}"


@pytest.mark.parametrize("mapping", [DEALS, "sources:\n  - {reader: hubspot}\n"])
def test_each_is_named_by_the_load_with_what_to_do(company: Company, mapping: str):
    for name in KINDS:
        company.write(name, "any")
    company.write(".DS_Store", "any")
    company.write("~$deals.xlsx", "any")
    company.write("deals.csv", "id,stage,amount,closed\nd1,Won,1,\n")
    company.map(mapping)
    unmatched = {file.file: file.reason for file in company.load().unmatched_files}
    unmatched.pop("deals.csv", None)
    assert unmatched == {name: _reason(name) for name in KINDS}


@pytest.mark.parametrize("name", KINDS)
def test_sources_check_says_the_same(tmp_path: Path, name: str):
    path = tmp_path / Path(name).name
    path.write_text("any")
    said = CliRunner().invoke(main, ["sources", "check", str(path), "--home", str(tmp_path)])
    assert said.output == f"{path.name}: no reader takes it: {_reason(name)}\n"
    assert said.exit_code == 1


def test_a_folder_with_nothing_but_such_a_file_is_not_taken_for_an_empty_one(company: Company):
    """The demo company's numbers would be shown as one's own."""
    company.write("contacts.zip", "any")
    assert warehouse.resolve_exports(company.settings) == company.settings
