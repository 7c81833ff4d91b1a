"""What the gate reports and writes, whatever state the warehouse is in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from expectations import gate
from expectations.report import CheckResult, GateReport
from expectations.suites.loading import load_suites
from tests.expectations.conftest import DBT_PROJECT

BREAK = """
    drop table marts.fct_bookings;
    alter table marts.dim_team drop column team_id;
    update marts.fct_opportunities set stage = '__unmapped__', stage_source_value = 'Legal review'
    where opportunity_id in ('d3', 'd5');
    update marts.dim_person set person_id = 'ann@example.com', origin = '<script>alert(1)</script>'
    where person_id = 'p4';
    insert into marts.dim_owner (owner_id, team_id, is_inferred) values ('o1', 'East', false);
    update marts.kpi_values set value = 1.25 where metric_id = 'win_rate';
"""


@pytest.fixture(scope="module")
def broken(good_warehouse: Path, tmp_path_factory: pytest.TempPathFactory):
    """A badly broken warehouse's report, and the folder of its pages."""
    folder = tmp_path_factory.mktemp("broken")
    warehouse, docs = folder / "warehouse.duckdb", folder / "checks"
    warehouse.write_bytes(good_warehouse.read_bytes())
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(BREAK)
    report = gate.validate(warehouse, docs, DBT_PROJECT, "run-7")
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("create table marts.written_right_after as select 1 as one")
    return {result.rule_id: result for result in report.results}, docs, report


def test_failed_warning_says_how_many_how_much_and_which(broken):
    results, _, report = broken
    result = results["deal_stages_are_mapped"]

    assert (result.severity, result.passed) == ("warning", False)
    assert (result.observed, result.unexpected_count, result.element_count) == (2.0, 2, 8)
    assert result.detail == "2 found; total amount 500; for example Legal review"
    assert result in report.failed_warnings
    assert result not in report.failed_errors


def test_failed_column_rule_names_keys_only(broken):
    results, _, _ = broken

    assert results["dim_owner_key_is_unique"].detail == "2 of 4 rows; for example o1"
    assert results["kpi_win_rate_within_bounds"].detail.startswith(
        "64 of 64 rows; for example win_rate "
    )


def test_address_in_a_key_is_hidden(broken):
    results, _, report = broken

    assert results["person_origin_is_known"].detail == "1 of 7 rows; for example (hidden)"
    assert results["dim_person_holds_no_email"].detail == "1 found; for example (hidden)"
    assert "ann@example.com" not in json.dumps(report.as_dict())


def test_rule_on_a_missing_table_or_column_fails_as_an_error(broken):
    results, _, _ = broken

    for rule_id, fact in (
        ("fct_bookings_has_rows", "fct_bookings does not exist"),
        ("booking_events_are_known", "fct_bookings does not exist"),
        ("dim_team_key_is_unique", 'The column "team_id" in BatchData does not exist'),
    ):
        result = results[rule_id]
        assert (result.severity, result.passed, result.observed) == ("error", False, None)
        assert result.detail.startswith("The check could not be run: ")
        assert fact in result.detail


def test_passed_rule_has_numbers(broken):
    results, _, _ = broken
    result = results["deal_order_type_is_known"]

    assert result.passed
    assert (result.observed, result.unexpected_count, result.element_count) == (0.0, 0, 8)
    assert results["dim_owner_has_rows"].observed == 4


def test_report_counts_and_serialises(broken):
    _, _, report = broken
    as_dict = report.as_dict()

    assert report.passed_count + len(report.failed_errors) + len(report.failed_warnings) == len(
        report.results
    )
    assert as_dict["passed"] == report.passed_count
    assert list(as_dict["results"][0]) == [field.name for field in fields(CheckResult)]
    json.dumps(as_dict, allow_nan=False)


def test_missing_warehouse_is_told_before_gx_starts(tmp_path: Path):
    with pytest.raises(gate.GateError, match="there is no such file"):
        gate.validate(tmp_path / "none.duckdb", tmp_path / "docs", DBT_PROJECT, "run-1")


def test_warehouse_held_by_a_writer_is_an_error_and_nothing_is_reported(warehouse, tmp_path):
    with duckdb.connect(str(warehouse)), pytest.raises(Exception, match="different configuration"):
        gate.validate(warehouse, tmp_path / "docs", DBT_PROJECT, "run-1")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _tags(path: Path) -> list[tuple[str, dict[str, str | None]]]:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page.tags


def test_pages_ask_nothing_of_anyone_and_every_link_leads_somewhere(broken):
    _, docs, _ = broken
    pages = sorted(docs.rglob("*.html"))
    outside = (docs.parent / "index.html").resolve()

    assert {path.suffix for path in docs.rglob("*") if path.is_file()} == {".html"}
    assert len(pages) == 1 + 2 * len(load_suites(DBT_PROJECT))
    for page in pages:
        assert "url(" not in page.read_text("utf-8")
        tags = _tags(page)
        assert ("html", {"lang": "en"}) in tags
        assert {"script", "link", "img", "iframe", "object", "base"}.isdisjoint(
            tag for tag, _ in tags
        )
        for _, attributes in tags:
            assert not any(name.startswith("on") for name in attributes)
            assert attributes.get("src") is None
            if link := attributes.get("href"):
                target = (page.parent / link).resolve()
                assert target.is_file() or target == outside, f"{page}: {link}"


def test_index_shows_what_failed_and_each_table_with_its_counts(broken):
    _, docs, report = broken
    index = (docs / "index.html").read_text("utf-8")
    text = re.sub(r"<[^>]+>", "", index)
    row = re.search(r">fct_opportunities</a>.*?</tr>", index, re.DOTALL)
    failed = [*report.failed_errors, *report.failed_warnings]

    assert re.findall(r'html">(\w+)</a><br>', index) == [result.rule_id for result in failed]
    assert "2 found; total amount 500; for example Legal review" in text
    assert row is not None
    counts = re.findall(r"<td>(\d+)</td>", row.group())
    of_table = [result for result in report.results if result.table == "fct_opportunities"]
    warned = [result for result in report.failed_warnings if result in of_table]
    errors = [result for result in report.failed_errors if result in of_table]
    assert counts == [
        str(count)
        for count in (
            len(of_table),
            len(of_table) - len(warned) - len(errors),
            len(warned),
            len(errors),
        )
    ]


def test_page_shows_severity_invariant_both_languages_and_result(broken):
    _, docs, _ = broken
    (page,) = docs.glob("validations/fct_opportunities/run-7/*/*.html")
    text = re.sub(r"<[^>]+>", "", page.read_text("utf-8"))

    assert "error · INV-15 · inv_15_won_lost_open_and_excluded_are_all_deals" in text
    assert "Every deal is won, lost, open or excluded, and an excluded one says why." in text
    assert "每个商机必为赢单、输单、进行中或已排除之一，被排除的须注明原因。" in text
    assert "warning · deal_stages_are_mapped" in text
    assert "passed 通过" in text
    assert "failed 未通过" in text


def test_page_escapes_what_the_exports_brought(broken):
    _, docs, _ = broken
    (page,) = docs.glob("validations/dim_person/run-7/*/*.html")
    text = page.read_text("utf-8")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text


def test_page_names_no_folder_of_the_machine(broken):
    _, docs, _ = broken
    (page,) = docs.glob("validations/fct_bookings/run-7/*/*.html")
    text = page.read_text("utf-8")

    assert "not run 未能运行" in text
    assert "Traceback" not in text
    assert "site-packages" not in text


def test_gate_prints_nothing(good_warehouse: Path, tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from expectations import gate; "
        "gate.validate(*map(Path, sys.argv[1:4]), 'run-1')"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, good_warehouse, tmp_path / "docs", DBT_PROJECT],
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("", "")


def test_report_without_results_passes_nothing():
    assert GateReport(()).as_dict() == {"results": [], "passed": 0, "warned": 0, "failed": 0}
