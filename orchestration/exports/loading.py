"""One export file into the temporary table of its entity, or into quarantine, every row counted.

``load_file`` stages the text, casts it in one statement, keeps back what cannot be used and proves
that no row was lost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.exports import quarantine, sql
from orchestration.exports.ambiguity import refuse_ambiguous, refuse_overlap
from orchestration.exports.casting import (
    LABELS,
    MODIFIED,
    Cast,
    Caster,
    trimmed_text,
    within_bounds,
)
from orchestration.exports.cross_rates import turn_rates
from orchestration.exports.custom_fields import custom_column, custom_json
from orchestration.exports.entities import (
    DUCKDB_TYPES,
    ENTITIES,
    UNMAPPED,
    ColumnType,
    Entity,
    entity_columns,
)
from orchestration.exports.errors import FileError, nearest
from orchestration.exports.file_totals import stated_totals
from orchestration.exports.inventory import ExportFile
from orchestration.exports.json_pages import create_stage_pages, note_pages
from orchestration.exports.mapping_model import ColumnMapping, FileMapping
from orchestration.exports.reading import Staged, stage
from orchestration.exports.report import FileTotal
from orchestration.exports.restated import name_records
from orchestration.exports.shaping import Shaped, shape
from orchestration.exports.told_twice import told_to
from orchestration.exports.versions import (
    create_versions,
    modified_of,
    note_versions,
    record_of,
)


@dataclass(frozen=True)
class Loaded:
    """What one file brought for one entry, before it is compared with other files."""

    encoding: str | None
    is_encoding_guessed: bool
    missing: tuple[str, ...]
    """Headers the entry calls optional that the file does not have."""
    unknown: tuple[str, ...]
    """Headers no entry of the file maps."""
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_superseded: int
    rows_filtered: int
    rows_footer: int
    totals: tuple[FileTotal, ...]
    records_cut: int
    """Records that say that they do not hold all of their items."""


def create_stages(connection: duckdb.DuckDBPyConnection) -> None:
    """The temporary tables that rows and quarantine are collected in until all files are read."""
    for entity in ENTITIES.values():
        columns = "".join(f"{name} {type_}, " for name, type_ in entity_columns(entity).items())
        words = "".join(f"from_{column.name} varchar, " for column in entity.columns)
        connection.execute(
            f"create or replace temp table stage_{entity.name} "
            f"({columns} {words} _modified timestamp, _load_no integer, _source varchar, "
            "_record varchar, _tells varchar, _told_by varchar, _told_to integer, "
            "_source_row bigint, _extra varchar)"
        )
    create_versions(connection)
    create_stage_pages(connection)
    connection.execute(
        f"""
        create or replace temp view {LABELS} as
        select lookup, code, label from stage_lookups
        where label is not null
        qualify row_number() over (partition by lookup, code order by _modified desc, _load_no desc)
            = 1
        """
    )
    connection.execute(
        """
        create or replace temp table stage_quarantine (
            _load_no integer, source_row bigint, column_name varchar, value varchar,
            reason varchar, row_json varchar
        )
        """
    )


def load_file(
    connection: duckdb.DuckDBPyConnection,
    caster: Caster,
    file: ExportFile,
    load_no: int,
    mapped_headers: Collection[str],
    scratch: Path,
) -> Loaded:
    """Read one file for one entry; ``mapped_headers`` are those any entry of the file maps.

    Raises FileError when its header, encoding or dates do not fit the mapping, QuarantineOverflow
    when too many of its rows do not, FileChanging when it changed meanwhile.
    """
    entry = caster.entry
    entity = ENTITIES[entry.entity]
    _refuse_two_currencies(caster, file)
    file.check_unchanged()
    try:
        staged = stage(connection, file.path, entry, entry.headers, scratch)
    except OSError as error:
        file.check_unchanged()
        raise FileError(
            f"Reading {file.name} as {entry.name}: {error}. A retry will not help while that "
            "stands. Make the file readable for this user."
        ) from error
    file.check_unchanged()
    if entry.records:
        note_pages(connection, entry.name, file.modified_at, load_no)
    missing = _missing_headers(file, entry, staged)
    unknown = tuple(name for name in staged.header if name not in mapped_headers)
    fields = {header: f"f{index}" for index, header in enumerate(staged.header)}
    note_versions(connection, caster, entity, fields, staged.table, file, load_no)
    shaped = shape(connection, entry, staged)
    if shaped.left_out:
        # A change may have been corrected to a word that is not asked for.
        left_out = replace(shaped, table=shaped.left_out)
        _type_rows(connection, caster, entity, left_out, (), file)
        name_records(connection, caster, entity, file, load_no)
    casts = _type_rows(connection, caster, entity, shaped, unknown, file)
    casts = turn_rates(connection, caster, file, casts)
    refuse_ambiguous(connection, file, entry, shaped, casts)
    refuse_overlap(connection, file, entry, entity, staged.repeats)
    undecided = quarantine.keep_back_undecided(connection, load_no, shaped, entry.sheet)
    quarantine.keep_back_failed(connection, load_no, staged.malformed, shaped, casts, entry.sheet)
    totals = stated_totals(connection, caster, entity, staged)
    superseded = quarantine.settle_repeats(connection, load_no, entity, shaped, entry.sheet)
    superseded += name_records(connection, caster, entity, file, load_no)
    loaded = sql.count(connection, "select count(*) from typed")
    quarantined = sql.count(
        connection, f"select count(*) from stage_quarantine where _load_no = {load_no}"
    )
    if loaded + quarantined + superseded + shaped.rows_filtered != shaped.rows_read:
        raise FileError(
            f"Loading {file.name} as {entry.name}: {shaped.rows_read} rows were read but "
            f"{loaded} loaded, {quarantined} quarantined, {superseded} superseded and "
            f"{shaped.rows_filtered} filtered. This is a defect of the loader and a retry will not "
            "help. Report it with the file's first rows."
        )
    # Of a row in doubt nobody knows which entry would want it: it is one of the whole file's.
    wanted = shaped.rows_read - shaped.rows_filtered - undecided
    quarantine.check_rate(connection, caster, file, load_no, quarantined - undecided, wanted)
    quarantine.check_rate(connection, caster, file, load_no, undecided, shaped.rows_read)
    connection.execute(
        f"insert into stage_{entity.name} by name "
        f"select * exclude (_failed, _row_id), {load_no} as _load_no, "
        f"{sql.text(entry.source)} as _source, {sql.text(entry.tells)} as _tells, "
        f"{sql.text(entry.name)} as _told_by from typed"
    )
    return Loaded(
        encoding=staged.encoding,
        is_encoding_guessed=staged.is_encoding_guessed,
        missing=missing,
        unknown=unknown,
        rows_read=shaped.rows_read,
        rows_loaded=loaded,
        rows_quarantined=quarantined,
        rows_superseded=superseded,
        rows_filtered=shaped.rows_filtered,
        rows_footer=staged.rows_footer,
        totals=totals,
        records_cut=staged.records_cut,
    )


def _refuse_two_currencies(caster: Caster, file: ExportFile) -> None:
    """The headers of amounts and the mapping must name one currency."""
    entry = caster.entry
    stated = [
        f"the header {header!r} states {code}" for header, code in entry.currency_headers.items()
    ]
    codes = set(entry.currency_headers.values())
    has_own = any(column.name == "currency" for column in ENTITIES[entry.entity].columns)
    configured = entry.currency or (None if has_own else caster.mapping.currency)
    if codes and configured:
        codes.add(configured)
        stated.append(f"the mapping {configured}")
    if len(codes) > 1:
        raise FileError(
            f"Reading {file.name} as {entry.name}: {' and '.join(stated)}. A retry will not help. "
            "Correct `currency` in the mapping, or take it away where the header is right, or "
            "export the amounts in one currency."
        )


def _missing_headers(file: ExportFile, entry: FileMapping, staged: Staged) -> tuple[str, ...]:
    named = [
        (spec.column, name, spec.optional)
        for name, spec in entry.specs.items()
        if spec.column is not None
    ]
    named += [
        (spec.source_column, f"the system of {name}", False)
        for name, spec in entry.columns.items()
        if spec.source_column is not None
    ]
    named += [
        (header, f"the fallback of {name}", spec.optional)
        for name, spec in entry.specs.items()
        for header in spec.fallback
    ]
    named += [
        (spec.less, f"what is taken off {name}", False)
        for name, spec in entry.columns.items()
        if spec.less is not None
    ]
    named += [
        (spec.count, f"the count of {name}", False)
        for name, spec in entry.specs.items()
        if spec.count is not None
    ]
    named += [(header, "filled", False) for group in entry.filled for header in group]
    named += [(header, "where", False) for header in entry.where]
    named += [(header, "where_not", False) for header in entry.where_not]
    named += [(entry.modified, "modified", False)] if entry.modified else []
    named += [(entry.record, "record", False)] if entry.record else []
    named += [(entry.total.empty, "total", False)] if entry.total and entry.total.empty else []
    if entry.unpivot:
        named += [(header, "unpivot", entry.unpivot.optional) for header in entry.unpivot.columns]
    absent = [item for item in named if item[0] not in staged.header]
    hints = "; ".join(
        f"{header!r} for {purpose} ({nearest(header, staged.header)})"
        for header, purpose, is_optional in absent
        if not is_optional
    )
    if hints:
        raise FileError(
            f"Reading {file.name} as {entry.name}: its header is "
            f"{', '.join(map(repr, staged.header))[:600]} and lacks {hints}. A retry will not "
            "help. Correct the mapping, export the column again, or say `optional: true` if it "
            "may be absent."
        )
    return tuple(header for header, _, _ in absent)


def _type_rows(
    connection: duckdb.DuckDBPyConnection,
    caster: Caster,
    entity: Entity,
    shaped: Shaped,
    unknown: tuple[str, ...],
    file: ExportFile,
) -> list[Cast]:
    """Fill the temporary table ``typed`` from the shaped text; ``_failed`` says what is wrong."""
    fields = shaped.fields
    specs = {
        name: spec
        for name, spec in caster.entry.specs.items()
        if spec.column is None or spec.column in fields
    }
    specs |= {name: ColumnMapping() for name in shaped.unpivoted}
    unpivot = caster.entry.unpivot
    if unpivot:
        specs[unpivot.label] = ColumnMapping(lookup=unpivot.lookup)
    if any(column.name == "currency" for column in entity.columns):
        # Where nothing states it, each row lacks it as it may lack any other value.
        specs.setdefault("currency", ColumnMapping(constant=caster.currency or ""))
    custom = {name: spec for name, spec in caster.entry.custom.items() if f"custom_{name}" in specs}
    columns = [column for column in entity.columns if column.name in specs]
    columns += [custom_column(name, spec) for name, spec in custom.items()]
    if caster.entry.modified:
        columns.append(MODIFIED)
        specs[MODIFIED.name] = ColumnMapping(column=caster.entry.modified)
    names = {column.name: f"m_{column.name}" for column in columns}
    casts = []
    for column in columns:
        spec = specs[column.name]
        field = shaped.unpivoted.get(column.name) or (
            sql.text(spec.constant) if spec.column is None else _filled(caster.entry, spec, fields)
        )
        beside = spec.source_column or spec.less
        casts.append(caster.cast(column, spec, field, names, fields[beside] if beside else None))
    steps = {
        "trimmed": [f"{cast.trimmed} as r_{cast.column.name}" for cast in casts],
        "texts": [f"{cast.text} as t_{cast.column.name}" for cast in casts],
        "looked_up": [
            f"{caster.label(specs[cast.column.name], f't_{cast.column.name}')} "
            f"as l_{cast.column.name}"
            for cast in casts
            if specs[cast.column.name].lookup
        ],
        "mapped": [
            f"{caster.mapped(cast.column, specs[cast.column.name])} as m_{cast.column.name}"
            for cast in casts
        ],
        "valued": [f"{cast.value} as v_{cast.column.name}" for cast in casts],
        "bounded": [
            f"{within_bounds(cast.column, f'v_{cast.column.name}')} as b_{cast.column.name}"
            for cast in casts
        ],
    }
    extra = "null::varchar"
    if unknown:
        pairs = ", ".join(f"{sql.text(header)}, {fields[header]}" for header in unknown)
        extra = f"json_object({pairs})::varchar"
    source = shaped.table
    ctes = []
    for step, expressions in steps.items():
        if not expressions:
            continue
        ctes.append(f"{step} as (select *, {', '.join(expressions)} from {source})")
        source = step
    outputs = _outputs(entity, {cast.column.name: specs[cast.column.name] for cast in casts})
    if entity.has_custom_fields:
        outputs.append(f"{custom_json(custom, caster.salt)} as custom_fields")
    outputs += [
        f"{modified_of(caster.entry, file, f'b_{MODIFIED.name}')} as _modified",
        f"{record_of(caster, entity, fields) or 'null::varchar'} as _record",
        f"{told_to(caster.entry, file.path)} as _told_to",
        "_source_row",
        f"{shaped.row_id} as _row_id",
        f"{extra} as _extra",
        f"{_failure(casts)} as _failed",
    ]
    connection.execute(
        f"create or replace temp table typed as with {', '.join(ctes)} "
        f"select {', '.join(outputs)} from {source}"
    )
    return casts


def _filled(entry: FileMapping, spec: ColumnMapping, fields: dict[str, str]) -> str:
    """The cell of the column, of an empty one the first of its fallbacks that is filled."""
    assert spec.column is not None
    cells = [fields[header] for header in (spec.column, *spec.fallback) if header in fields]
    if spec.count is not None:
        cells = [f"{fields[spec.count]} || ' ' || {cell}" for cell in cells]
    if len(cells) == 1:
        return cells[0]
    filled = (
        f"case when not {sql.one_of(trimmed_text(cell), entry.nulls_of(spec))} then {cell} end"
        for cell in cells
    )
    return f"coalesce({', '.join(filled)}, {cells[0]})"


def _outputs(entity: Entity, specs: dict[str, ColumnMapping]) -> list[str]:
    outputs = []
    for column in entity.columns:
        name, spec = column.name, specs.get(column.name)
        is_word = column.type is ColumnType.VOCABULARY
        word = f"t_{name}"
        if spec is None:
            outputs.append(f"null::{DUCKDB_TYPES[column.type]} as {name}")
            outputs.append(f"null::varchar as from_{name}")
        else:
            outputs.append(f"b_{name} as {name}")
            changed = "null::varchar"
            if spec.lookup and is_word:
                word = f"coalesce(l_{name}, t_{name})"
            is_link = bool(spec.lookup) and column.type is ColumnType.ID
            if (is_word or spec.values or spec.lookup) and not is_link:
                changed = f"case when {word} is distinct from m_{name} then {word} end"
            if column.is_told_by_words:
                # A word that is known to say nothing is none that the map changed.
                said = f"coalesce(l_{name}, t_{name})" if spec.lookup else word
                changed = f"case when lower({said}) <> m_{name} then {said} end"
            elif spec.lookup and not is_word and not is_link:
                # An id that no list knows is counted as itself.
                changed = f"case when l_{name} is null then t_{name} else {changed} end"
            outputs.append(f"{changed} as from_{name}")
        if is_word:
            outputs.append(f"{word if spec else 'null::varchar'} as {name}_source_value")
    if entity.name == "people":
        means = [f"b_{name} is not null" for name in ("email", "phone") if name in specs]
        outputs.append(f"{' or '.join(means) or 'null::boolean'} as has_contact_means")
    return outputs


def _failure(casts: list[Cast]) -> str:
    """Twice the position of the first column at fault, plus one when its text is unreadable."""
    whens = []
    for position, cast in enumerate(casts):
        name = cast.column.name
        if cast.column.required:
            whens.append(f"when m_{name} is null then {2 * position}")
        known = f" and m_{name} <> {sql.text(UNMAPPED)}" if cast.column.is_told_by_words else ""
        whens.append(
            f"when m_{name} is not null and b_{name} is null{known} then {2 * position + 1}"
        )
    return f"case {' '.join(whens)} end::integer" if whens else "null::integer"
