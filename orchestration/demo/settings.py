"""What a demo company is made from, apart from what makes it: the command line asks only this."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.demo.warts import ALL_WARTS


@dataclass(frozen=True)
class DemoSettings:
    """What a demo company is made from; the same settings give the same bytes.

    The defaults are the company that is read while the drop folder is empty.
    """

    people: int = 6_000
    months: int = 30
    seed: int = 7
    warts: frozenset[str] = ALL_WARTS
