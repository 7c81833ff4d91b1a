"""Errors of formulas in a workbook, whose cells calamine hands out as empty ones."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

_CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>.*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')


def formula_errors(path: Path, sheet: str) -> dict[int, dict[int, str]]:
    """The text of each error, such as ``#REF!``, by row and column, both from 1."""
    errors: dict[int, dict[int, str]] = {}
    with ZipFile(path) as book:
        for attributes, text in _CELL.findall(book.read(_part(book, sheet))):
            if place := _PLACE.search(attributes):
                row = errors.setdefault(int(place[2]), {})
                row[_column(place[1])] = text.decode()
    return errors


def _part(book: ZipFile, sheet: str) -> str:
    """The file inside the workbook that holds a sheet."""
    workbook = ElementTree.fromstring(book.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in workbook.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            ids = (value for key, value in element.attrib.items() if key.endswith("}id"))
            target = targets[next(ids)]
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
