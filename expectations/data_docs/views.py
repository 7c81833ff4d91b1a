"""The view class that GX's site builder calls for each page, and our own index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Template
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from expectations.report import CheckResult

STATUS_WORDS = {"✅": "passed 通过", "❌": "failed 未通过", "❗": "not run 未能运行"}


class OfflineView:
    """Renders the document GX hands over with our own template; every value is escaped.

    GX's own templates put values of the data into the page as they are, so a company name could
    bring a script along.
    """

    def __init__(self, **_: Any) -> None:
        self._environment = _environment()

    def render(self, document: Any, **_: Any) -> str:
        """One HTML page of GX's rendered document; nothing for the index, which is ours."""
        page = document.to_json_dict()
        kind = page["renderer_type"]
        if kind == "SiteIndexPageRenderer":
            return ""
        root = "../" * (1 if kind == "ExpectationSuitePageRenderer" else 4)
        return self._environment.get_template("page.html").render(page=page, root=root)


def index_page(results: Iterable[CheckResult], links: Mapping[str, str]) -> str:
    """The page over all checks: what failed first, then each table with a link to its page."""
    by_table: dict[str, list[CheckResult]] = {}
    for result in results:
        by_table.setdefault(result.table, []).append(result)
    failed = [result for table in by_table.values() for result in table if not result.passed]
    return (
        _environment()
        .get_template("index.html")
        .render(
            root="",
            links=links,
            tables=by_table,
            failed=sorted(failed, key=lambda result: result.severity),
        )
    )


def filled(block: Mapping[str, Any]) -> str | Markup:
    """The text of a GX string template with its parameters filled in."""
    params = {**block.get("params", {}), "html_success_icon": ""}
    if "markdown_status_icon" in params:
        words = STATUS_WORDS[params["markdown_status_icon"]]
        return Markup('<span class="{}">{}</span>').format(words.split()[0], words)
    return Template(block["template"]).safe_substitute(params).strip()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("expectations.data_docs", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["filled"] = filled
    return environment
