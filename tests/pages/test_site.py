"""The site as a whole: offline, escaped, the same in both languages, and without dead ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from orchestration.pages.texts import LANGUAGES, TEXTS, VOCABULARY
from orchestration.settings import Settings
from tests.pages.conftest import DEFINITIONS, HOSTILE
from tests.pages.page import Page

RECORD = "https://crm.example/people/2"
"""The one address outside: a reader may follow it to a record, nothing is loaded from it."""


def test_both_languages_have_a_page_for_everything(pages: dict[str, Page]) -> None:
    expected = {"index.html", "agreement.html", "campaigns.html", "checks.html", "data.html"}
    expected |= {"red_flags.html"}
    expected |= {f"kpi/{definition[0]}.html" for definition in DEFINITIONS}
    assert set(pages) == {"index.html"} | {
        f"{one}/{name}" for one in LANGUAGES for name in expected
    }


def test_every_page_names_its_language(pages: dict[str, Page]) -> None:
    languages = {"index.html": "en", "en": "en", "zh": "zh-CN"}
    assert {name: page.lang for name, page in pages.items()} == {
        name: languages[name.split("/")[0]] for name in pages
    }


def test_every_page_offers_itself_in_the_other_language(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        language, _, rest = name.partition("/")
        if rest:
            other = "zh" if language == "en" else "en"
            targets = {os.path.normpath(Path(name).parent / one) for one in page.addresses}
            assert f"{other}/{rest}" in targets


def test_every_phrase_exists_in_both_languages_with_the_same_parts() -> None:
    phrases = dict(TEXTS)
    for dimension, words in VOCABULARY.items():
        phrases |= {f"{dimension}_{word}": phrase for word, phrase in words.items()}
    for key, phrase in phrases.items():
        assert all(words.strip() or key == "list_separator" for words in phrase), key
        assert _placeholders(phrase.en) == _placeholders(phrase.zh), key


def _placeholders(phrase: str) -> set[str]:
    return {part.split("}")[0] for part in phrase.split("{")[1:]}


def test_nothing_comes_from_the_network_and_nothing_runs(
    pages: dict[str, Page], version_dir: Path
) -> None:
    for name, page in pages.items():
        assert "script" not in page.tags, name
        assert not [one for _, one, _ in page.attributes if one.startswith("on")], name
        outside = [one for one in page.addresses if ":" in one and one != "data:,"]
        records = [RECORD] if name.endswith("agreement.html") else []
        assert outside == records, name
        assert not [one for one in page.addresses if one.startswith("//")], name
    css = (version_dir / "docs" / "style.css").read_text(encoding="utf-8")
    assert "@import" not in css
    assert not [part for part in css.split("url(")[1:] if not part.startswith('"data:')]


def test_every_link_leads_somewhere(version_dir: Path, pages: dict[str, Page]) -> None:
    _assert_links_resolve(version_dir, pages.values())


def test_every_link_of_a_real_version_leads_somewhere(worked_examples_home: Settings) -> None:
    version = (worked_examples_home.published / "current").resolve()
    docs = version / "docs"
    written = [docs / "index.html", *docs.glob("en/**/*.html"), *docs.glob("zh/**/*.html")]
    assert len(written) > 20
    _assert_links_resolve(version, [Page(path) for path in written])


def _assert_links_resolve(version: Path, pages: Iterable[Page]) -> None:
    for page in pages:
        for address in page.addresses:
            if address in ("data:,", RECORD):
                continue
            path, _, anchor = unquote(address).partition("#")
            target = (page.path.parent / path).resolve() if path else page.path
            assert target.is_file(), f"{address} in {page.path}"
            assert target.is_relative_to(version), f"{address} in {page.path}"
            if anchor:
                assert anchor in _ids(target), f"{address} in {page.path}"


@cache
def _ids(path: Path) -> frozenset[str]:
    return frozenset(Page(path).ids)


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("en/index.html", 1),
        ("en/data.html", 2),
        ("en/checks.html", 1),
        ("en/kpi/sales_revenue.html", 2),
    ],
)
def test_hostile_words_of_the_exports_are_shown_as_text(
    page: Callable[[str], Page], name: str, times: int
) -> None:
    """The company stands in every page; files, words, members and examples where they belong."""
    seen = page(name)
    assert "img" not in seen.tags
    assert HOSTILE not in seen.source
    assert sum(HOSTILE in text for text in seen.texts) > times


def test_hostile_words_stay_text_inside_a_chart(page: Callable[[str], Page]) -> None:
    drawing = page("en/kpi/sales_revenue.html").source.split("<svg")[1].split("</svg>")[0]
    assert "<title>Jun 2026: EUR 1,150</title>" in drawing
    assert "<script" not in drawing
