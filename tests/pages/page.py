"""Reads a page the way a reader does: rows of cells, links, and what could run or load."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

CELLS = ("td", "th")
BLOCKS = (*CELLS, "li", "p", "dd", "dt", "h1", "h2", "tr", "figcaption", "title", "div")
ADDRESSES = ("href", "src", "srcset", "action", "data", "poster", "xlink:href")


class Page(HTMLParser):
    """One parsed page; texts have single spaces."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.source = path.read_text(encoding="utf-8")
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.titles: list[str] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(self.source)
        self.close()

    @property
    def lang(self) -> str:
        return next(
            value for tag, name, value in self.attributes if (tag, name) == ("html", "lang")
        )

    @property
    def addresses(self) -> list[str]:
        return [value for _, name, value in self.attributes if name in ADDRESSES]

    @property
    def ids(self) -> list[str]:
        return [value for _, name, value in self.attributes if name == "id"]

    def row(self, first: str) -> list[str]:
        """The only row whose first cell reads ``first``."""
        found = [row for row in self.rows if row and row[0] == first]
        assert len(found) == 1, f"{len(found)} rows named {first!r} in {self.path}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "tr":
            self.rows.append([])
        if tag in BLOCKS:
            self._open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if tag not in BLOCKS:
            return
        opened, parts = self._open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}> in {self.path}"
        text = " ".join(" ".join(parts).split())
        if tag in CELLS:
            self.rows[-1].append(text)
        elif tag == "title":
            self.titles.append(text)
        self.texts.append(text)

    def handle_data(self, data: str) -> None:
        for _, parts in self._open:
            parts.append(data)
