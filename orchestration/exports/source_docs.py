"""The list of readers as text: for the console and as ``docs/sources.md``."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.exports.entities import ENTITIES
from orchestration.exports.reader_model import ReaderEntry, Shape, readers

_INTRO = """\
# Exports that are read as they come

Generated from `orchestration/exports/readers/` by `smarketing sources --markdown`; do not edit.

Name the systems under `sources` in `exports.yaml` and put their exports anywhere below the drop
folder. A file is told by its header, never by its name; `smarketing sources check FILE` says which
reader takes it, what it maps and what it could not read. Upper and lower case of a header say
nothing. A header between slashes is a regular expression.

把系统写在 `exports.yaml` 的 `sources` 下,并把导出文件放进数据文件夹。文件靠表头识别,与文件名无关。
"""


def listed() -> Iterator[str]:
    """One line for each shape: system, shape and the entities it fills."""
    for reader in readers():
        yield f"{reader.system}  {reader.title}"
        for shape in reader.shapes:
            yield f"  {shape.name:<22} {shape.shape:<44} {', '.join(_entities(shape)) or '-'}"


def markdown() -> str:
    """``docs/sources.md``: every reader with what it accepts and how to export it."""
    return "\n".join([_INTRO, *_sections()]).rstrip() + "\n"


def _sections() -> Iterator[str]:
    for reader in readers():
        yield f"## {reader.title} (`reader: {reader.system}`)\n"
        for shape in reader.shapes:
            yield f"### {reader.title}: {shape.name}\n"
            yield f"{shape.shape}. {shape.how.en}\n"
            yield f"{shape.how.zh}\n"
            groups = " and ".join(_one_of(group) for group in shape.recognise)
            unless = f"; never {_one_of(shape.unless)}" if shape.unless else ""
            yield f"- told by: {groups}{unless}"
            places = [f"`{place}`" for place in shape.records if place]
            if places:
                yield f"- records in JSON at: {' or '.join(places)}"
            if shape.modified:
                yield f"- last changed (the newest version counts): {_one_of(shape.modified)}"
            if shape.time_zone:
                yield f"- times without an offset: {shape.time_zone}"
            if any(_states_currency(entry) for entry in shape.entries):
                yield (
                    "- currency: as the file states it, else `currency` of the source; a row "
                    "without any is kept back"
                )
            totals = [entry.total for entry in shape.entries if entry.total]
            compared = [total for total in totals if total.column or total.rows]
            if compared:
                row = compared[0].row
                which = f"`/{row}/`" if row else f"the one without {_one_of(compared[0].empty)}"
                yield f"- its total row is compared with the rows loaded: {which}".replace(
                    "|", "\\|"
                )
            yield ""
            if shape.entries:
                yield "| entity | column | header |\n| --- | --- | --- |"
                for entry in shape.entries:
                    yield from _rows(entry)
                yield ""


def _rows(entry: ReaderEntry) -> Iterator[str]:
    condition = "".join(
        f" where {_one_of(only.column)} is {_one_of(tuple(only.words))}" for only in entry.where
    )
    key = ENTITIES[entry.entity].key
    for name, spec in entry.columns.items():
        origin = ", else ".join(map(_one_of, (spec.column, *spec.fallback)))
        if spec.constant is not None:
            origin = f"{origin}, else `{spec.constant}`" if origin else f"always `{spec.constant}`"
        if spec.kind:
            origin += f", as `{spec.kind}:…`"
        if spec.count:
            origin = f"{_one_of(spec.count)} before {origin}"
        if spec.source_column:
            origin += f", of the system in {_one_of(spec.source_column)}"
        if spec.each_of:
            origin += f", each item between `{spec.each_of}`"
        if spec.lookup:
            origin += f", named by the list `{spec.lookup}`"
        if spec.unless_listed:
            origin += f", unless the list `{spec.unless_listed}` has it"
        origin += "".join(f", `{total}` less `{tax}`" for total, tax in spec.less.items())
        if spec.minor:
            origin += ", in the smallest unit of its currency"
        mark = " (id)" if name in key else ""
        yield f"| {entry.entity}{condition} | {name}{mark} | {origin} |"
        condition = ""
    if entry.unpivot:
        headers = (*entry.unpivot.columns, *(f"/{text}/" for text in entry.unpivot.patterns))
        yield (
            f"| {entry.entity} | {entry.unpivot.value}, {entry.unpivot.label} | a row for each of "
            f"{_one_of(headers)} |"
        )


def _states_currency(entry: ReaderEntry) -> bool:
    return any(
        column.name == "currency" and column.required for column in ENTITIES[entry.entity].columns
    )


def _one_of(aliases: tuple[str, ...]) -> str:
    return " or ".join(f"`{alias}`".replace("|", "\\|") for alias in aliases)


def _entities(shape: Shape) -> list[str]:
    return list(dict.fromkeys(entry.entity for entry in shape.entries))
