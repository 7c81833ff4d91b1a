"""Turns what GX says about one expectation into a check result: numbers and plain words.

A sample is the key of a record, never another value of it, and an e-mail address in a key is
hidden: results go into manifests, pages and logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from expectations.report import CheckResult
from expectations.suites import Rule

SAMPLES = 5
TEXT_LENGTH = 80
MESSAGE_LENGTH = 300
WITH_AT_SIGN = re.compile(r"\S*@\S*")


def check_result(rule: Rule, result: Any, rows: int | None) -> CheckResult:
    """The result of ``rule``; ``result`` is GX's, or None when GX returned none for it.

    ``rows`` is the number of rows of the rule's table.
    """
    if result is None:
        return unrun_result(rule, "Great Expectations returned no result for this rule")
    if messages := list(_exceptions(result.exception_info)):
        return unrun_result(rule, messages[0])
    found = result.result
    if rule.expectation == "ExpectTableRowCountToBeBetween":
        count = int(found["observed_value"])
        missing = int(not result.success)
        return _result(rule, result.success, count, missing, count, f"{count:,} rows")
    if rule.expectation == "UnexpectedRowsExpectation":
        count = int(found["observed_value"])
        records = found["details"]["unexpected_rows"]
        detail = f"{count:,} found" if count else "none found"
        return _result(rule, result.success, count, count, rows, detail + _examples(records))
    # On an empty table the sum that GX asks for is NULL.
    count, elements = int(found["unexpected_count"] or 0), int(found["element_count"])
    records = found.get("partial_unexpected_index_list") or found["partial_unexpected_list"]
    keys = [{"key": _key_of(rule, record)} for record in records]
    detail = f"{count:,} of {elements:,} rows"
    return _result(rule, result.success, count, count, elements, detail + _examples(keys))


def unrun_result(rule: Rule, message: str) -> CheckResult:
    """A rule that could not be run: failed, and an error whatever the rule's own severity."""
    lines = message.strip().splitlines() or ["no message"]
    return CheckResult(
        rule_id=rule.id,
        table=rule.table,
        severity="error",
        invariant=rule.invariant,
        description_en=rule.description_en,
        description_zh=rule.description_zh,
        passed=False,
        observed=None,
        unexpected_count=None,
        element_count=None,
        detail=f"The check could not be run: {_plain(lines[0], MESSAGE_LENGTH)}",
    )


def _result(
    rule: Rule,
    passed: bool | None,
    observed: int,
    unexpected_count: int,
    element_count: int | None,
    detail: str,
) -> CheckResult:
    return CheckResult(
        rule_id=rule.id,
        table=rule.table,
        severity=rule.severity,
        invariant=rule.invariant,
        description_en=rule.description_en,
        description_zh=rule.description_zh,
        passed=bool(passed),
        observed=float(observed),
        unexpected_count=unexpected_count,
        element_count=element_count,
        detail=detail,
    )


def _exceptions(info: Mapping[str, Any]) -> Iterable[str]:
    """The messages of what GX could not compute; per expectation, or per metric below it."""
    if "raised_exception" in info:
        if info["raised_exception"]:
            yield str(info["exception_message"])
        return
    for nested in info.values():
        if isinstance(nested, Mapping):
            yield from _exceptions(nested)


def _key_of(rule: Rule, record: Any) -> str:
    """The key columns of a record, or for a compound key its values."""
    if not isinstance(record, Mapping):
        return str(record)
    tested = {rule.kwargs.get("column")} if len(record) > 1 else set()
    return " ".join(str(value) for name, value in record.items() if name not in tested)


def _examples(records: Sequence[Mapping[str, Any]]) -> str:
    """``; total_x 5; for example A (3), B (4)`` of rows that name their record ``key``."""
    if not records:
        return ""
    totals = "".join(
        f"; {name.replace('_', ' ')} {_number(value)}"
        for name, value in records[0].items()
        if name.startswith("total_") and _is_number(value)
    )
    samples: dict[str, None] = {}
    for record in records:
        numbers = ", ".join(
            f"{name.replace('_', ' ')} {_number(value)}"
            for name, value in record.items()
            if not name.startswith("total_") and _is_number(value)
        )
        text = _plain(str(record["key"]), TEXT_LENGTH)
        samples.setdefault(f"{text} ({numbers})" if numbers else text)
    return f"{totals}; for example {', '.join(list(samples)[:SAMPLES])}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: float | Decimal) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"


def _plain(text: str, length: int) -> str:
    text = WITH_AT_SIGN.sub("(hidden)", " ".join(text.split()))
    return text if len(text) <= length else f"{text[: length - 1]}…"
