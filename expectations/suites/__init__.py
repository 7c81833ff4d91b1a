"""What must hold for every mart, as plain rules: YAML per mart, no import of Great Expectations."""

from expectations.suites.loading import Rule, Suite, SuiteError, load_suites

__all__ = ["Rule", "Suite", "SuiteError", "load_suites"]
