"""A wrong mapping is refused before any export is read, with the place and the nearest names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.exports.errors import MappingError
from orchestration.exports.mapping import load_mapping
from orchestration.exports.mapping_model import Mapping
from tests.exports.conftest import DEALS, HEAD


def _load(tmp_path: Path, text: str) -> Mapping:
    config = tmp_path / "exports.yaml"
    config.write_text(text, encoding="utf-8")
    return load_mapping(config)


def _problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(MappingError) as raised:
        _load(tmp_path, text)
    assert not raised.value.is_transient
    return raised.value.problems


def test_a_whole_mapping_is_read(tmp_path: Path):
    mapping = _load(tmp_path, HEAD + DEALS)
    assert mapping.as_of == datetime(2026, 1, 1, tzinfo=UTC)
    assert mapping.reporting_zone == "Europe/Berlin"
    assert [stage.is_qualified for stage in mapping.stages] == [True, True, False]
    assert {name: spec.column for name, spec in mapping.files[0].columns.items()} == {
        "opportunity_id": "id",
        "stage": "stage",
        "amount": "amount",
        "close_date": "closed",
    }


def test_words_stay_as_written_whatever_yaml_would_make_of_them(tmp_path: Path):
    files = (
        "files:\n  - name: accounts\n    pattern: a.csv\n    entity: accounts\n    columns:\n"
        "      account_id: id\n"
        "      country: {column: c, values: {no: NO, 007: 1e3, true: 'yes', 2025-01-01: ~}}\n"
    )
    mapping = _load(tmp_path, HEAD + files)
    assert mapping.files[0].columns["country"].values == {
        "no": "NO",
        "007": "1e3",
        "true": "yes",
        "2025-01-01": None,
    }


def test_a_missing_mapping_says_where_to_find_one(tmp_path: Path):
    with pytest.raises(MappingError, match="does not exist"):
        load_mapping(tmp_path / "exports.yaml")


def test_every_mistake_is_named_at_once(tmp_path: Path):
    text = HEAD + (
        "files:\n"
        "  - name: deals\n    pattern: /etc/passwd\n    entity: opportunities\n"
        "    columns: {opportunity_id: id, ammount: value, order_type: {constant: newish}}\n"
        "  - name: deals\n    pattern: x.csv\n    entity: acounts\n    columns: {account_id: id}\n"
    )
    assert _problems(tmp_path, text) == (
        "files: name 'deals' appears more than once",
        "files[0].pattern: '/etc/passwd' must stay inside the exports folder",
        "files[0].columns.stage: opportunities needs this column; map it to a header or to "
        "{constant: ...}",
        "files[0].columns.ammount: opportunities has no such column; nearest: amount",
        "files[0].columns.order_type.constant: 'newish' is not one of the words of order_type; "
        "nearest: new",
        "files[1].entity: 'acounts' is not an entity; nearest: accounts, costs",
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("company:", "compny:", "compny: unknown key; nearest: company"),
        ("as_of:", "asof:", "asof: unknown key; nearest: as_of"),
        ("outcome: won", "outcom: won", "stages[1].outcom: unknown key; nearest: outcome"),
        ("    pattern:", "    patern:", "files[0].patern: unknown key; nearest: pattern"),
        (
            "amount: amount",
            "amount: {colum: x}",
            "files[0].columns.amount.colum: unknown key; nearest: column, count",
        ),
        (
            "Europe/Berlin",
            "Berlin",
            "time_zone: 'Berlin' is not a time zone name such as Europe/Berlin or UTC "
            "(found 'Berlin')",
        ),
        (
            "amount: amount",
            "amount: {column: x, constant: y}",
            "files[0].columns.amount: give either a header (column) or a constant, "
            "not both or none",
        ),
        (
            "stage: stage",
            "stage: {column: stage, values: {done: Wonn}}",
            "files[0].columns.stage.values.done: 'Wonn' is not one of the words of stage; "
            "nearest: Won",
        ),
        (
            "close_date: closed",
            "close_date: {column: closed, date_format: DD.MM.YYYY}",
            "files[0].columns.close_date.date_format: 'DD.MM.YYYY' is not a date format such as "
            "%d.%m.%Y, nor epoch or epoch_ms or epoch_us (found 'DD.MM.YYYY')",
        ),
        (
            "entity: opportunities",
            "entity: opportunities\n    encoding: klingon",
            "files[0].encoding: 'klingon' is not an encoding; use one such as utf-8, "
            "utf-16, gb18030, big5, shift_jis or windows-1252 (found 'klingon')",
        ),
        (
            "entity: opportunities",
            "entity: opportunities\n    thousands: '.'",
            "files[0].thousands: the same sign as decimal, '.'",
        ),
        (
            "entity: opportunities",
            "entity: opportunities\n    source: Big CRM",
            "files[0].source: String should match pattern '^[a-z0-9_]+$' (found 'Big CRM')",
        ),
        (
            "entity: opportunities",
            "entity: opportunities\n    source: shared",
            "files[0].source: shared is reserved for columns whose ids all systems share; name "
            "the system",
        ),
        (
            "source: test",
            "source: shared",
            "source: shared is reserved for columns whose ids all systems share; name the system",
        ),
        (
            "amount: amount",
            "amount: {column: amount, source: hubspot}",
            "files[0].columns.amount.source: only ids belong to a system, and amount is no id; "
            "take source away here",
        ),
        (
            "amount: amount",
            'region: {constant: x, first_of: ";"}',
            "files[0].columns.region.first_of: a constant is no list",
        ),
        (
            "spellings: [in progress]",
            "spellings: [WON]",
            "stages: spelling 'won' appears more than once",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, problem: str):
    text = HEAD + DEALS
    assert old in text
    assert problem in _problems(tmp_path, text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("version: 1\nversion: 1\n", 'found duplicate key "version"'),
        ("files: [1\nb: 2\n", "expected ',' or ']'"),
        ("a: !!python/object:os.system x\n", "could not determine a constructor"),
        ("- 1\n", "the top level must be"),
        ("", "the top level must be"),
    ],
)
def test_broken_or_hostile_yaml_is_refused(tmp_path: Path, text: str, fact: str):
    assert fact in _problems(tmp_path, text)[0]


def test_the_message_names_the_file_and_the_next_step(tmp_path: Path):
    with pytest.raises(MappingError) as raised:
        _load(tmp_path, (HEAD + DEALS).replace("company:", "compny:"))
    assert str(raised.value) == (
        f"Reading the mapping file {tmp_path / 'exports.yaml'}: 2 mistakes.\n"
        "  - company: this key is required\n"
        "  - compny: unknown key; nearest: company\n"
        "A retry will not help. Correct the places named and run again."
    )
