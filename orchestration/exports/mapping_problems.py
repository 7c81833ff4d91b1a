"""What a mapping of the right shape says that cannot be meant, each with its place and a remedy."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import PurePosixPath

from orchestration.exports.custom_fields import custom_column, custom_problems
from orchestration.exports.entities import ENTITIES, UNMAPPED, Column, ColumnType
from orchestration.exports.errors import nearest
from orchestration.exports.mapping_model import (
    SHARED,
    ColumnMapping,
    CustomField,
    CustomFields,
    FileMapping,
    Mapping,
    SourceMapping,
    TotalMapping,
    UnpivotMapping,
)
from orchestration.exports.told_twice import TOLD_BY_SEVERAL

PERSON_KINDS = {"zendesk_sell": ("lead", "contact")}
"""What the ids of people are of, by the reader whose system counts them apart."""

_RESERVED = f"{SHARED} is reserved for columns whose ids all systems share; name the system"


def meaning_problems(mapping: Mapping, readers: tuple[str, ...]) -> list[str]:
    """What is wrong with a mapping of the right shape; ``readers`` are the shipped ones."""
    problems = []
    problems += _repeated("files", "name", [entry.name for entry in mapping.files])
    problems += _repeated("stages", "name", [stage.name.lower() for stage in mapping.stages])
    spelled = [
        word.strip().lower()
        for stage in mapping.stages
        for word in {stage.name.lower(), *(spelling.lower() for spelling in stage.spellings)}
    ]
    problems += _repeated("stages", "spelling", spelled)
    if any(stage.name == UNMAPPED for stage in mapping.stages):
        problems.append(f"stages: {UNMAPPED} is reserved for stages no one mapped")
    if mapping.source == SHARED:
        problems.append(f"source: {_RESERVED}")
    if not mapping.files and not mapping.sources:
        problems.append(
            "files: name your exports here, or under `sources` the systems they come from "
            "(`smarketing sources` lists those that are read without a mapping)"
        )
    for index, entry in enumerate(mapping.files):
        problems += _entry_problems(mapping, entry, f"files[{index}]")
    for index, source in enumerate(mapping.sources):
        problems += _source_problems(mapping, source, readers, f"sources[{index}]")
    return problems + _url_problems(mapping) + _account_problems(mapping.sources)


def _url_problems(mapping: Mapping) -> list[str]:
    """Pages of people that differ by kind, given as if they did not."""
    problems = []
    for reader, kinds in PERSON_KINDS.items():
        for word in sorted(mapping.sources_read_by(reader) & mapping.record_urls.keys()):
            for kind in mapping.record_urls[word].get("people", {}):
                place = f"record_urls.{word}.people"
                if kind is None:
                    each = ", ".join(f'{one}: "https://…/{{id}}"' for one in kinds)
                    problems.append(
                        f"{place}: a {' and a '.join(kinds)} may have the same id there, and each "
                        f"kind has its own page; write {{{each}}}"
                    )
                elif kind not in kinds:
                    problems.append(f"{place}.{kind}: no such kind; {nearest(kind, kinds)}")
    return problems


def _account_problems(sources: list[SourceMapping]) -> list[str]:
    """Accounts of one system whose records nothing tells apart: the newer file would win them.

    An entry that names some files of a folder beside one for all of them is of the same account.
    """
    problems = []
    general = {(one.reader, one.folder) for one in sources if one.pattern == "*"}
    for (at, first), (other, second) in combinations(enumerate(sources), 2):
        is_one_account = (
            first.folder == second.folder
            and (first.pattern, second.pattern) != ("*", "*")
            and (first.reader, first.folder) in general
        )
        if (
            first.reader != second.reader
            or (first.source and second.source)
            or (first.source or first.reader) != (second.source or second.reader)
            or is_one_account
        ):
            continue
        told = second if second.source is None else first
        place = other if told is second else at
        word = re.sub(r"[^a-z0-9]+", "_", f"{told.reader}_{_place_of(told)}".lower()).strip("_")
        problems.append(
            f"sources[{place}].source: sources[{at}] ({_place_of(first) or 'all files'}) and "
            f"sources[{other}] ({_place_of(second) or 'all files'}) are both {first.reader}, and "
            "no word of their own tells their records apart, so that those of one would replace "
            f"those of the other. Two accounts: add `source: {word}` to sources[{place}]. One "
            f"account: add `source: {first.reader}` to both"
        )
    return problems


def _place_of(source: SourceMapping) -> str:
    pattern = "" if source.pattern == "*" else source.pattern
    return str(PurePosixPath(source.folder, pattern)).strip(".")


def _source_problems(
    mapping: Mapping, source: SourceMapping, readers: tuple[str, ...], place: str
) -> list[str]:
    problems = []
    if source.reader not in readers:
        hint = nearest(source.reader, readers)
        problems.append(f"{place}.reader: there is no reader {source.reader!r}; {hint}")
    if source.source == SHARED:
        problems.append(f"{place}.source: {_RESERVED}")
    if (source.decimal or ".") == source.thousands:
        problems.append(f"{place}.thousands: the same sign as decimal, {source.thousands!r}")
    for key, path in (("folder", source.folder), ("pattern", source.pattern)):
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            problems.append(f"{place}.{key}: {path!r} must stay inside the exports folder")
    for entity, columns in source.columns.items():
        if entity not in ENTITIES:
            hint = nearest(entity, ENTITIES)
            problems.append(f"{place}.columns: {entity!r} is not an entity; {hint}")
            continue
        for name, spec in columns.items():
            where = f"{place}.columns.{entity}.{name}"
            column = {column.name: column for column in ENTITIES[entity].columns}.get(name)
            if column is None:
                known = [column.name for column in ENTITIES[entity].columns]
                problems.append(f"{where}: {entity} has no such column; {nearest(name, known)}")
            elif spec is not None:
                problems += _column_problems(mapping, column, spec, where)
                word = spec.source or source.source or source.reader
                problems += _kind_problems(mapping, entity, name, spec, word, where)
            elif column.required:
                problems.append(f"{where}: {entity} needs this column, so it cannot be left empty")
    for entity, custom in source.custom.items():
        if entity not in ENTITIES:
            hint = nearest(entity, ENTITIES)
            problems.append(f"{place}.custom: {entity!r} is not an entity; {hint}")
        else:
            problems += _custom_problems(mapping, entity, custom, f"{place}.custom.{entity}")
    known = {
        f"{entity.name}.{column.name}" for entity in ENTITIES.values() for column in entity.columns
    }
    for name, words in source.values.items():
        found = [word for word in known if name in (word, word.partition(".")[2])]
        if not found:
            names = known if "." in name else {word.partition(".")[2] for word in known}
            problems.append(f"{place}.values: there is no column {name!r}; {nearest(name, names)}")
        for word in found:
            entity, _, column = word.partition(".")
            spec = ColumnMapping(column="any", values=words)
            problems += _column_problems(
                mapping, ENTITIES[entity].column(column), spec, f"{place}.values.{name}"
            )
    for entity, dates in source.stage_dates.items():
        unpivot = UnpivotMapping(value="entered_at", label="stage", columns=dates)
        problems += _label_problems(
            mapping, ENTITIES[entity].column("stage"), unpivot, f"{place}.stage_dates.{entity}"
        )
    return list(dict.fromkeys(problems))


def _repeated(place: str, what: str, words: list[str]) -> list[str]:
    return [
        f"{place}: {what} {word!r} appears more than once"
        for word in sorted({word for word in words if words.count(word) > 1})
    ]


def _entry_problems(mapping: Mapping, entry: FileMapping, place: str) -> list[str]:
    entity = ENTITIES.get(entry.entity)
    if entity is None:
        hint = nearest(entry.entity, ENTITIES)
        return [f"{place}.entity: {entry.entity!r} is not an entity; {hint}"]
    problems = []
    pattern = PurePosixPath(entry.pattern)
    if pattern.is_absolute() or ".." in pattern.parts or not entry.pattern.strip():
        problems.append(f"{place}.pattern: {entry.pattern!r} must stay inside the exports folder")
    if entry.decimal_sign == entry.grouping:
        problems.append(f"{place}.thousands: the same sign as decimal, {entry.grouping!r}")
    if entry.source == SHARED:
        problems.append(f"{place}.source: {_RESERVED}")
    columns = {column.name: column for column in entity.columns}
    unpivoted = (entry.unpivot.value, entry.unpivot.label) if entry.unpivot else ()
    problems += [
        f"{place}.columns.{column.name}: {entity.name} needs this column; map it to a header or to "
        "{constant: ...}"
        for column in entity.columns
        if column.required
        and column.name not in (*entry.columns, *unpivoted)
        # Or the entry states it for all rows; loading refuses a file without any.
        and column.name != "currency"
    ]
    if entry.record and (entity.key or entity.slice):
        named = ", ".join(entity.key or entity.slice)
        problems.append(
            f"{place}.record: rows of {entity.name} are told apart by {named}; take record away"
        )
    if entry.history and (entry.record or not entity.name.endswith("_stage_events")):
        problems.append(f"{place}.history: only of stages entered, and without a record")
    if entry.tells and entity.name not in TOLD_BY_SEVERAL:
        problems.append(f"{place}.tells: only of {', '.join(TOLD_BY_SEVERAL)}")
    problems += _footer_problems(entry, place, heading=entry.heading)
    if entry.total:
        problems += _total_problems(entry, entry.total, columns, f"{place}.total")
    listed = [name for name, spec in entry.columns.items() if spec.each_of]
    if len(listed) > 1 or (listed and entry.unpivot):
        problems.append(
            f"{place}: rows come of one list or one unpivot, not of {' and '.join(listed)}"
            f"{' and unpivot' if entry.unpivot else ''}"
        )
    problems += [
        f"{place}.known.{header}: no row is filtered by that column; add it to where or where_not"
        for header in entry.known
        if header not in entry.where and header not in entry.where_not
    ]
    if entry.unpivot:
        problems += _unpivot_problems(mapping, entry, entry.unpivot, f"{place}.unpivot")
    for name, spec in entry.columns.items():
        where = f"{place}.columns.{name}"
        column = columns.get(name)
        if column is None:
            problems.append(f"{where}: {entity.name} has no such column; {nearest(name, columns)}")
        else:
            problems += _column_problems(mapping, column, spec, where)
            word = spec.source or entry.source or mapping.source
            problems += _kind_problems(mapping, entity.name, name, spec, word, where)
    return problems + _custom_problems(mapping, entity.name, entry.custom, f"{place}.custom")


def _kind_problems(
    mapping: Mapping, entity: str, name: str, spec: ColumnMapping, word: str, where: str
) -> list[str]:
    """Ids of people that would join nobody, since those of their system say a kind."""
    read = [
        kinds for reader, kinds in PERSON_KINDS.items() if word in mapping.sources_read_by(reader)
    ]
    kinds = read[0] if read else ()
    is_person = name == "person_id" or (entity, name) == ("people", "merged_into_id")
    if is_person and kinds and not spec.source_column and spec.kind not in kinds:
        return [
            f"{where}.kind: a {' and a '.join(kinds)} of {word} may have the same id; say which "
            f"this is, `kind: {kinds[0]}` or `kind: {kinds[1]}`"
        ]
    return []


def _custom_problems(mapping: Mapping, entity: str, custom: CustomFields, place: str) -> list[str]:
    problems = []
    for name, spec in custom.items():
        where = f"{place}.{name}"
        problems += custom_problems(ENTITIES[entity], name, spec, where)
        problems += _column_problems(mapping, custom_column(name, spec), spec, where)
    return problems


def _total_problems(
    entry: FileMapping, total: TotalMapping, columns: dict[str, Column], place: str
) -> list[str]:
    problems = []
    column = columns.get(total.column or "")
    spec = entry.columns.get(total.column or "")
    if total.column is None:
        if total.rows is None and total.empty is None:
            problems.append(f"{place}: say the column that it adds up, or how it counts its rows")
    elif column is None or column.type not in (ColumnType.AMOUNT, ColumnType.NUMBER):
        hint = nearest(total.column, columns)
        problems.append(f"{place}.column: {total.column!r} is no amount or number; {hint}")
    elif spec is None or spec.column is None:
        problems.append(f"{place}.column: map {total.column} to a header first")
    if total.rows and re.compile(total.rows).groups != 1:
        problems.append(f"{place}.rows: {total.rows!r} needs one group, the number")
    if (total.row is None) == (total.empty is None):
        problems.append(f"{place}: say by `row` or by `empty` which row it is")
    return problems + _footer_problems(entry, place, row=total.row, part=total.part)


def _footer_problems(entry: FileMapping, place: str, **patterns: str | None) -> list[str]:
    return [
        f"{place}.{key}: {pattern!r} must stand under footer too: it is no data"
        for key, pattern in patterns.items()
        if pattern is not None and pattern not in entry.footer
    ]


def _unpivot_problems(
    mapping: Mapping, entry: FileMapping, unpivot: UnpivotMapping, place: str
) -> list[str]:
    problems = []
    columns = {column.name: column for column in ENTITIES[entry.entity].columns}
    for key, name in (("value", unpivot.value), ("label", unpivot.label)):
        if name not in columns:
            hint = nearest(name, columns)
            problems.append(f"{place}.{key}: {entry.entity} has no column {name!r}; {hint}")
        elif name in entry.columns:
            problems.append(
                f"{place}.{key}: {name} also stands under columns; take it out of one of them"
            )
    if unpivot.value == unpivot.label:
        problems.append(f"{place}.label: the same column as value, {unpivot.value}")
    label = columns.get(unpivot.label)
    if label is not None and label.type is ColumnType.VOCABULARY:
        problems += _label_problems(mapping, label, unpivot, f"{place}.columns")
    return problems


def _label_problems(
    mapping: Mapping, label: Column, unpivot: UnpivotMapping, place: str
) -> list[str]:
    words = [*mapping.vocabulary(label)]
    if not label.vocabulary and label.name == "stage":
        words += [word for stage in mapping.stages for word in stage.spellings]
    known = {word.strip().lower() for word in words}
    return [
        f"{place}.{header}: {word!r} is not one of the words of {label.name}; "
        f"{nearest(word, words)}"
        for header, word in unpivot.columns.items()
        if word.strip().lower() not in known
    ]


def _column_problems(
    mapping: Mapping, column: Column, spec: ColumnMapping, where: str
) -> list[str]:
    problems = []
    if (spec.column is None) == (spec.constant is None):
        problems.append(f"{where}: give either a header (column) or a constant, not both or none")
    if spec.percent and column.type is not ColumnType.SHARE:
        problems.append(f"{where}.percent: only a share can be written as a percentage")
    if spec.micros and column.type is not ColumnType.AMOUNT:
        problems.append(f"{where}.micros: only an amount can be written in millionths")
    if spec.minor and column.type is not ColumnType.AMOUNT:
        problems.append(f"{where}.minor: only an amount has a smallest unit")
    if spec.less and column.type is not ColumnType.AMOUNT:
        problems.append(f"{where}.less: only of an amount can another be taken off")
    if spec.source and column.type is not ColumnType.ID:
        problems.append(
            f"{where}.source: only ids belong to a system, and {column.name} is no id; take "
            "source away here"
        )
    if spec.kind and column.type is not ColumnType.ID:
        problems.append(f"{where}.kind: only an id is of a kind of record; take kind away here")
    if spec.source_column and (spec.source or column.type is not ColumnType.ID):
        problems.append(
            f"{where}.source_column: only an id without a stated source takes its system from a "
            "column"
        )
    if spec.pattern and column.type is not ColumnType.ID:
        problems.append(f"{where}.pattern: {column.name} is no id")
    if spec.count and spec.column is None:
        problems.append(f"{where}.count: a constant is not counted")
    if spec.fallback and spec.column is None:
        problems.append(f"{where}.fallback: a constant is never empty")
    for key, separator in (("first_of", spec.first_of), ("each_of", spec.each_of)):
        if separator and spec.column is None:
            problems.append(f"{where}.{key}: a constant is no list")
    if spec.lookup and (
        spec.column is None
        or column.type
        not in (ColumnType.TEXT, ColumnType.VOCABULARY, ColumnType.BOOLEAN, ColumnType.ID)
    ):
        problems.append(
            f"{where}.lookup: only the exported id of a word, name or record is looked up"
        )
    if spec.unless_listed and (spec.column is None or column.type is not ColumnType.ID):
        problems.append(f"{where}.unless_listed: only an exported id is looked up")
    if spec.optional and column.required:
        problems.append(f"{where}.optional: this column is required")
    if spec.date_format and column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
        problems.append(f"{where}.date_format: {column.name} is not a date")
    repeated = [word.strip().lower() for word in spec.values]
    if column.type is ColumnType.VOCABULARY:
        problems += _repeated(f"{where}.values", "word", repeated)
        words = mapping.vocabulary(column)
        stated = [(f"{where}.values.{word}", target) for word, target in spec.values.items()]
        if spec.constant is not None and spec.constant not in spec.values:
            stated.append((f"{where}.constant", spec.constant))
        known = {word.lower(): word for word in words}
        if not words:
            problems.append(f"{where}: list the deal stages under `stages` first")
        else:
            problems += [
                f"{place}: {target!r} is not one of the words of {column.name}; "
                f"{nearest(target, words)}"
                for place, target in stated
                if target is not None and target.lower() not in known
            ]
    if any(_has_control(word) for word in _words(spec)):
        problems.append(f"{where}: control characters are not allowed")
    return problems


def _words(spec: ColumnMapping) -> list[str]:
    targets = [target for target in spec.values.values() if target is not None]
    own = [*spec.bands.values()] if isinstance(spec, CustomField) else []
    return [*spec.headers, spec.constant or "", *spec.values, *targets, *spec.nulls, *own]


def _has_control(text: str) -> bool:
    return re.search(r"[\x00-\x08\x0e-\x1f]", text) is not None
