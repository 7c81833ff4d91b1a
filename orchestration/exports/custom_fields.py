"""Fields of a company's own, which no entity has: declared in the mapping, carried as JSON text.

A custom field is a column like any other, read, mapped, typed and quarantined by the same rules.
All those of a row stand in its one column ``custom_fields`` as text by name, so that no table
changes its columns with the configuration. The KPIs are sliced by those called dimensions.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from orchestration.exports import sql
from orchestration.exports.entities import ENTITIES, UNMAPPED, Column, ColumnType, Entity
from orchestration.exports.errors import MappingError, PermanentExportError
from orchestration.exports.mapping_model import CustomField, Mapping

DIMENSION_OF = ("people", "opportunities")
"""The entities whose KPIs can be sliced by a custom field."""

MEMBERS_AT_MOST = 200
"""Values of a custom dimension: each is a row in every period of every KPI."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_EMAIL = "[^@ ]@[^@ ]+[.][A-Za-z][A-Za-z]"
_MARKS = {ColumnType.NUMBER, ColumnType.SHARE}


def custom_column(name: str, spec: CustomField) -> Column:
    """The field as a column that can be cast."""
    return Column(f"custom_{name}", spec.column_type)


def custom_problems(entity: Entity, name: str, spec: CustomField, where: str) -> list[str]:
    """What is wrong with a custom field beyond what may be wrong with any column."""
    problems = []
    if not entity.has_custom_fields:
        having = ", ".join(one.name for one in ENTITIES.values() if one.has_custom_fields)
        problems.append(f"{where}: {entity.name} has no custom fields; only {having} have")
    if not _NAME.fullmatch(name):
        problems.append(
            f"{where}: {name!r} is no name: use small letters, digits and _, a letter first, at "
            "most 60. What readers see is its `label`, which may be anything"
        )
    if name in {column.name for column in entity.columns}:
        problems.append(f"{where}: {entity.name} has this column; map it under `columns`")
    if spec.source or spec.source_column:
        problems.append(f"{where}.source: a custom field is no id")
    if spec.bands and spec.type not in ("text", "number"):
        problems.append(f"{where}.bands: only a number falls into a band, and this is {spec.type}")
    if any(_number(start) is None for start in spec.bands):
        starts = ", ".join(repr(start) for start in spec.bands if _number(start) is None)
        problems.append(
            f"{where}.bands: {starts} is no number; write `bands: {{0: small, 10000: large}}`, "
            "each word after the number it begins with"
        )
    elif len({_number(start) for start in spec.bands}) < len(spec.bands):
        problems.append(f"{where}.bands: a number appears more than once")
    if spec.dimension and entity.has_custom_fields and entity.name not in DIMENSION_OF:
        problems.append(
            f"{where}.dimension: no KPI counts {entity.name}; only fields of "
            f"{' and '.join(DIMENSION_OF)} can be dimensions"
        )
    return problems


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def custom_json(custom: dict[str, CustomField], salt: str) -> str:
    """The typed columns ``b_custom_<name>`` of a row as one JSON text, null without any."""
    pairs = (
        f"{sql.text(name)}, {_text_of(f'b_custom_{name}', spec, salt)}"
        for name, spec in custom.items()
    )
    return f"json_object({', '.join(pairs)})::varchar" if custom else "null::varchar"


def _text_of(value: str, spec: CustomField, salt: str) -> str:
    if spec.bands:
        starts = sorted(spec.bands, key=float, reverse=True)
        whens = " ".join(
            f"when {value} >= {float(start)!r}::double then {sql.text(spec.bands[start])}"
            for start in starts
        )
        return f"case {whens} when {value} is not null then {sql.text(UNMAPPED)} end"
    if spec.column_type in _MARKS:
        return f"regexp_replace({value}::varchar, '\\.0$', '')"
    if spec.column_type is ColumnType.TIMESTAMP:
        return f"strftime({value}, '%Y-%m-%dT%H:%M:%SZ')"
    if spec.column_type is ColumnType.TEXT:
        # Custom fields are published, and an address names a person.
        hashed = f"sha256({sql.text(salt)} || lower({value}))"
        return f"case when regexp_matches({value}, '{_EMAIL}') then {hashed} else {value} end"
    return f"{value}::varchar"


def custom_value(name: str) -> str:
    """The text of one field out of ``custom_fields``."""
    return f"cast(custom_fields::json as map(varchar, varchar))[{sql.text(name)}]"


def refuse_taken_names(config: Path, mapping: Mapping, dbt_project: Path) -> None:
    """Raise MappingError for a custom dimension that the registry of KPIs already has."""
    custom = [name for (_, name), spec in mapping.custom_fields.items() if spec.dimension]
    if not custom:
        return
    taken = registry_dimensions(dbt_project) & set(custom)
    if taken:
        raise MappingError(
            config,
            [
                f"custom.{name}: the KPIs already have a dimension {name!r}; give the field "
                "another name, or map the column to the canonical one"
                for name in sorted(taken)
            ],
        )


def registry_dimensions(dbt_project: Path) -> set[str]:
    """The dimensions that ``kpi_values`` has without any configuration, ``all`` included."""
    from ruamel.yaml import YAML

    names = {"all"}
    for path in sorted((dbt_project / "models" / "metrics").glob("*.yml")):
        for model in (YAML(typ="safe").load(path) or {}).get("semantic_models", []):
            names |= {dimension["name"] for dimension in model.get("dimensions", [])}
            names |= {entity.get("expr", entity["name"]) for entity in model.get("entities", [])}
    return names


def refuse_too_many_members(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Raise PermanentExportError when the staged rows hold a dimension with too many values."""
    for (entity, name), spec in mapping.custom_fields.items():
        if not spec.dimension:
            continue
        members = sql.count(
            connection, f"select count(distinct {custom_value(name)}) from stage_{entity}"
        )
        if members > MEMBERS_AT_MOST:
            raise PermanentExportError(
                f"Loading custom field {name} of {entity}: it has {members:,} different values, "
                f"and a dimension may have {MEMBERS_AT_MOST}, as each is a row in every period "
                "of every KPI. A retry will not help. Take `dimension: true` away (the field "
                "stays in the marts), or bring the values together with `values` or `bands`."
            )
