"""The mapping file: which file holds which canonical entity, and what its words mean.

``load_mapping`` reads and checks it completely before any export is touched, and names every
mistake at once with its place, the nearest valid names and what to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from orchestration.exports.errors import MappingError, nearest
from orchestration.exports.mapping_model import (
    ColumnMapping,
    CustomField,
    FileMapping,
    Mapping,
    SourceMapping,
    StageMapping,
    UnpivotMapping,
)
from orchestration.exports.mapping_problems import meaning_problems

READERS = Path(__file__).parent / "readers"
"""The shipped readers, one file for each system."""


class _TextConstructor(SafeConstructor):
    """Leaves every scalar as written: ``007``, ``no`` and ``true`` are words of an export."""


for _tag in ("int", "float", "bool", "timestamp"):
    _TextConstructor.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda _, node: node.value)


def load_mapping(config: Path) -> Mapping:
    """Read and check the mapping file; MappingError names everything wrong with it."""
    if not config.is_file():
        raise MappingError(
            config,
            [
                "the file does not exist. Write one that names your exports (examples/ holds two), "
                "or point SMARKETING_CONFIG at it"
            ],
        )
    try:
        document = read_yaml(config)
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise MappingError(config, [_yaml_problem(error)]) from error
    if not isinstance(document, dict):
        raise MappingError(config, ["the top level must be a list of `key: value` lines"])
    try:
        mapping = Mapping.model_validate(_spelled_out(document))
    except ValidationError as error:
        raise MappingError(config, _shape_problems(error)) from error
    problems = meaning_problems(mapping, reader_names())
    if problems:
        raise MappingError(config, problems)
    return mapping


def reader_names() -> tuple[str, ...]:
    """The systems whose exports a shipped reader recognises."""
    return tuple(sorted(path.stem for path in READERS.glob("*.yaml")))


def read_yaml(path: Path) -> Any:
    """A YAML 1.2 file with every scalar as the text that is written."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        return _loaded(text, pure=False)
    except YAMLError:
        # libyaml is eight times faster, but refuses some of what others may write.
        return _loaded(text, pure=True)


def _loaded(text: str, *, pure: bool) -> Any:
    yaml = YAML(typ="safe", pure=pure)
    yaml.Constructor = _TextConstructor
    return yaml.load(text)


def _spelled_out(document: dict[Any, Any]) -> dict[Any, Any]:
    """The short form ``canonical: header`` as the long form ``canonical: {column: header}``."""
    parts = {
        "files": _long_form,
        "sources": _long_sources,
    }
    return document | {
        key: [spell(part) for part in document[key]]
        for key, spell in parts.items()
        if isinstance(document.get(key), list)
    }


def _long_form(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    keys = [key for key in ("columns", "custom") if key in entry]
    return entry | {key: _long_columns(entry[key]) for key in keys}


def _long_columns(columns: Any) -> Any:
    if not isinstance(columns, dict):
        return columns
    return {
        name: {"column": spec} if isinstance(spec, str) else spec for name, spec in columns.items()
    }


def _long_sources(source: Any) -> Any:
    if not isinstance(source, dict):
        return source
    keys = [key for key in ("columns", "custom") if isinstance(source.get(key), dict)]
    return source | {
        key: {entity: _long_columns(columns) for entity, columns in source[key].items()}
        for key in keys
    }


def _yaml_problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
    fact = getattr(error, "problem", None) or str(error)
    return f"{place}: {fact.strip()}. It must be YAML 1.2 in UTF-8, each key once"


def _shape_problems(error: ValidationError) -> list[str]:
    problems = []
    for detail in error.errors(include_url=False):
        location = detail["loc"]
        place = _place(location)
        if detail["type"] == "extra_forbidden":
            fact = f"unknown key; {nearest(str(location[-1]), _keys_at(location))}"
        elif detail["type"] == "missing":
            fact = "this key is required"
        else:
            fact = f"{detail['msg'].removeprefix('Value error, ')} (found {detail['input']!r})"
        problems.append(f"{place}: {fact}")
    return problems


def _place(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "top level"


def _keys_at(location: tuple[int | str, ...]) -> tuple[str, ...]:
    model: type[BaseModel] = Mapping
    if len(location) >= 5 and location[2] in ("columns", "custom"):
        model = ColumnMapping if location[2] == "columns" else CustomField
    elif len(location) >= 3 and location[0] == "sources":
        model = SourceMapping
    elif len(location) >= 4 and location[2] == "unpivot":
        model = UnpivotMapping
    elif len(location) >= 3:
        model = {"files": FileMapping, "stages": StageMapping}.get(str(location[0]), Mapping)
    return tuple(model.model_fields)
