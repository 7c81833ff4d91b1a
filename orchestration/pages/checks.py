"""What was checked in one version, and what a reader should know before using its numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orchestration.pages.formats import Formatter
from orchestration.pages.kpis import Numbers
from orchestration.pages.texts import Language, known_text, text

# Marts that every KPI passes through, so their checks guard each of them.
SHARED_MARTS = ("kpi_values", "metric_definitions")

# Rules whose breach the load reports itself, with the file or the word.
TOLD_BY_THE_LOAD = (
    "no_row_is_in_quarantine",
    "person_channels_are_mapped",
    "deal_stages_are_mapped",
    "deal_order_types_are_mapped",
    "factor_types_are_mapped",
)

# The gate ends a finding with the records it found.
EXAMPLES = "for example "


class Notice(NamedTuple):
    """Something to know first: the fact, what it means, and the page with the rest."""

    fact: str
    meaning: str
    link: str


@dataclass(frozen=True)
class Check:
    """One check result of the manifest, with the word for its outcome."""

    result: Mapping[str, Any]

    @property
    def outcome(self) -> str:
        """passed, warned or failed."""
        if self.result["passed"]:
            return "passed"
        return "warned" if self.result["severity"] == "warning" else "failed"

    def guards(self, metric_id: str, metric_ids: Collection[str]) -> bool:
        """Whether this check looks at the KPI: by its name, or at all KPIs alike."""
        if self.result["table"] not in SHARED_MARTS:
            return False
        named = [one for one in metric_ids if one in self.result["rule_id"]]
        # win_rate is also a part of the name win_rate_amount.
        return not named or max(named, key=len) == metric_id

    def description(self, language: Language) -> str:
        return self.result[f"description_{language}"]

    def finding(self, language: Language) -> str:
        """What was found, with examples; the gate's own words where it found no cases."""
        count, detail = self.result["unexpected_count"], self.result["detail"]
        if not count:
            return detail
        _, _, examples = detail.partition(EXAMPLES)
        found = counted("cases_found", count, language)
        return found + (text("for_example", language, examples=examples) if examples else "")


def read_checks(manifest: Mapping[str, Any]) -> list[Check]:
    """The checks of a version, those that ask for attention first."""
    return sorted(
        (Check(result) for result in manifest["checks"]),
        key=lambda check: (check.result["passed"], check.result["table"]),
    )


def counted(key: str, count: int, language: Language, **values: object) -> str:
    """A phrase about ``count`` things, in the singular for one."""
    form = f"{key}_one" if count == 1 else key
    return text(form, language, count=f"{count:,}", **values)


def notices(
    manifest: Mapping[str, Any], checks: Sequence[Check], numbers: Numbers, fmt: Formatter
) -> list[Notice]:
    """What a reader should know before using the numbers, most important first."""
    language = fmt.language
    return [
        *_not_loaded(manifest, language),
        *_ends_early(numbers, fmt),
        *_unmapped(manifest, language),
        *(
            Notice(
                counted("not_met", check.result["unexpected_count"] or 0, language),
                check.description(language),
                f"checks.html#{check.result['rule_id']}",
            )
            for check in checks
            if check.outcome != "passed" and check.result["rule_id"] not in TOLD_BY_THE_LOAD
        ),
    ]


def _not_loaded(manifest: Mapping[str, Any], language: Language) -> list[Notice]:
    count = manifest["totals"]["rows_quarantined"]
    if not count:
        return []
    files = [
        f"{source['file']} ({source['rows_quarantined']:,})"
        for source in manifest["sources"]
        if source["rows_quarantined"]
    ]
    separator = text("list_separator", language)
    return [
        Notice(
            counted("not_loaded", count, language, total=f"{manifest['totals']['rows_read']:,}"),
            text("not_loaded_meaning", language, files=separator.join(files)),
            "data.html#sources",
        )
    ]


def _ends_early(numbers: Numbers, fmt: Formatter) -> list[Notice]:
    """Leads, deals or costs that stop before the latest complete month begins."""
    return [
        Notice(
            text(f"{kind}_end", fmt.language, day=fmt.day(newest)),
            text("end_meaning", fmt.language, period=fmt.period(numbers.latest["month"])),
            "data.html#sources",
        )
        for kind, newest in numbers.newest.items()
        if newest is not None and newest < numbers.latest["month"].start
    ]


def _unmapped(manifest: Mapping[str, Any], language: Language) -> list[Notice]:
    return [
        Notice(
            text("unmapped_word", language, word=word["source_value"]),
            counted(
                "unmapped_meaning",
                word["row_count"],
                language,
                entity=known_text(f"entity_{word['entity']}", language, word["entity"]),
                column=word["column"],
            ),
            "data.html#unmapped",
        )
        for word in sorted(manifest["unmapped"], key=lambda word: -word["row_count"])
    ]
