"""What the gate found, in plain values that a manifest, a page and an asset check can hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class CheckResult:
    """One rule's result. The counts are None only when the check itself could not be run."""

    rule_id: str
    table: str
    severity: str
    invariant: str | None
    description_en: str
    description_zh: str
    passed: bool
    observed: float | None
    """The number the rule looked at: rows of the table, or rows that break the rule."""
    unexpected_count: int | None
    element_count: int | None
    detail: str
    """The cause in plain words with keys of a few records, or why the check could not be run."""


@dataclass(frozen=True)
class GateReport:
    """The results of every rule, in the order of the rules."""

    results: tuple[CheckResult, ...]

    @property
    def failed_errors(self) -> tuple[CheckResult, ...]:
        """What blocks publishing."""
        return self._failed("error")

    @property
    def failed_warnings(self) -> tuple[CheckResult, ...]:
        """What is shown and does not block."""
        return self._failed("warning")

    @property
    def passed_count(self) -> int:
        return sum(result.passed for result in self.results)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: ``results`` and the counts ``passed``, ``warned`` and ``failed``."""
        return {
            "results": [asdict(result) for result in self.results],
            "passed": self.passed_count,
            "warned": len(self.failed_warnings),
            "failed": len(self.failed_errors),
        }

    def _failed(self, severity: str) -> tuple[CheckResult, ...]:
        return tuple(
            result for result in self.results if not result.passed and result.severity == severity
        )
