"""What readers accept, as the documents and the console say it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from orchestration.cli import main
from orchestration.exports.entities import ENTITIES, ColumnType
from orchestration.exports.reader_model import expression, readers
from orchestration.exports.source_docs import markdown
from orchestration.settings import PROJECT_ROOT

FIXTURES = Path(__file__).parent / "fixtures"


def _run(*arguments: str, home: Path) -> Result:
    return CliRunner().invoke(main, [*arguments], env={"SMARKETING_HOME": str(home)})


def test_the_document_is_that_of_the_readers():
    """When this fails: smarketing sources --markdown > docs/sources.md"""
    assert (PROJECT_ROOT / "docs/sources.md").read_text(encoding="utf-8") == markdown()


def test_every_reader_maps_to_columns_and_words_that_exist():
    for reader in readers():
        for shape in reader.shapes:
            assert shape.how.en
            assert shape.how.zh
            for alias in shape.aliases:
                expression(alias)
            for entry in shape.entries:
                place = f"{reader.system}.{shape.name}.{entry.entity}"
                columns = {column.name: column for column in ENTITIES[entry.entity].columns}
                unpivoted = {entry.unpivot.value, entry.unpivot.label} if entry.unpivot else set()
                assert set(entry.columns) | unpivoted <= set(columns), place
                # A currency may be stated for the source instead.
                needed = {column.name for column in columns.values() if column.required}
                needed.discard("currency")
                assert needed <= set(entry.columns) | unpivoted, place
                for name, spec in entry.columns.items():
                    if columns[name].type is ColumnType.VOCABULARY and columns[name].vocabulary:
                        words = {*columns[name].vocabulary, None}
                        assert set(spec.values.values()) <= words, f"{place}.{name}"


def test_shapes_of_a_reader_have_names_of_their_own():
    for reader in readers():
        names = [shape.name for shape in reader.shapes]
        assert len(names) == len(set(names)), reader.system


def test_sources_lists_every_reader_and_shape(tmp_path: Path):
    said = _run("sources", home=tmp_path)
    assert said.exit_code == 0
    for reader in readers():
        assert f"{reader.system}  {reader.title}\n" in said.output
        for shape in reader.shapes:
            assert f"  {shape.name} " in said.output
    assert _run("sources", "--markdown", home=tmp_path).output == markdown()


def test_check_says_what_a_file_holds_and_what_it_could_not_read(tmp_path: Path):
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deals of the year\n\nRecord ID;Deal Name;Deal Stage;Amount;Pipeline;Create Date\n"
        "1;x;Won;12;main;2025-01-02\n2;y;Odd;much;main;2025-01-02\n",
        encoding="utf-8",
    )
    said = _run("sources", "check", str(path), home=tmp_path)
    assert said.exit_code == 0
    assert said.output.splitlines() == [
        "deals.csv: HubSpot, deals (UI export, CSV or XLSX)",
        "  encoding utf-8, delimiter ';', header in line 3",
        "  opportunities: 2 rows read: 1 loaded, 1 quarantined, 0 superseded, 0 not asked for",
        "    opportunity_id  Record ID: 1 of 1 filled",
        "    stage           Deal Stage, named by the list stages: 1 of 1 filled",
        "    created_at      Create Date: 1 of 1 filled",
        "    amount          Amount: 1 of 1 filled",
        "  left out: opportunity_stage_events: the file has no column that holds entered_at",
        "  kept beside the row, mapped to nothing: Deal Name, Pipeline",
        "  opportunities.stage: no mapping knows 'Won'; kept as __unmapped__: 1 rows",
        "  opportunities, row 5: amount 'much': not a number in the stated currency and form "
        "(decimal sign '.', thousands ',')",
    ]


def test_check_asks_the_mapping_for_zone_stages_and_custom_fields(tmp_path: Path):
    config = tmp_path / "exports.yaml"
    config.write_text(
        "version: 1\ncompany: C\nsource: c\ntime_zone: UTC\ncurrency: EUR\n"
        "stages: [{name: Won, order: 9, outcome: won}]\n"
        "sources: [{reader: hubspot, columns: {opportunities: {region: Pipeline}}}]\n"
        "files: [{name: mine, pattern: 'deals*', entity: accounts, columns: {account_id: x}}]\n",
        encoding="utf-8",
    )
    path = tmp_path / "deals.csv"
    path.write_text("Record ID,Deal Name,Deal Stage,Pipeline\n1,x,Won,main\n", encoding="utf-8")
    said = _run("sources", "check", str(path), "--config", str(config), home=tmp_path)
    assert said.exit_code == 0
    assert "    region          Pipeline: 1 of 1 filled\n" in said.output
    assert "__unmapped__" not in said.output
    assert said.output.startswith(
        "deals.csv is read by mine of the mapping. Without that entry:\ndeals.csv: HubSpot"
    )


def test_check_says_why_no_reader_takes_a_file(tmp_path: Path):
    path = tmp_path / "odd.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    said = _run("sources", "check", str(path), home=tmp_path)
    assert said.exit_code == 1
    assert said.output.splitlines() == [
        "odd.csv: no reader takes it: no reader comes near its header",
        "Map it under `files` of exports.yaml, or see `smarketing sources` for what is known.",
    ]


def test_check_says_that_a_file_is_known_and_holds_nothing_to_read(tmp_path: Path):
    path = FIXTURES / "hubspot" / "pipelines.csv"
    said = _run("sources", "check", str(path), home=tmp_path)
    assert said.exit_code == 0
    assert "  nothing to read: known as HubSpot, pipelines: Known, not read." in said.output
