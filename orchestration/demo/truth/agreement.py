"""What marketing promised and what of its deliveries counts towards it."""

from __future__ import annotations

from collections import Counter

from orchestration.demo.clock import month_start
from orchestration.demo.company import Company
from orchestration.demo.promises import promised_mqls
from orchestration.demo.truth.slices import Slices, segment_of
from orchestration.demo.truth.stages import Steps
from orchestration.demo.truth.tally import Metric, Tally
from orchestration.demo.world import Person

RECYCLED_IN_TEN = 1
"""Recycled MQLs that count, of ten delivered."""

METRICS = (
    Metric("mql_volume_attainment", "sla_credited", "sla_promised", "ratio", ("region", "segment")),
)


class Agreement:
    """Follows the promised volume; which recycled MQLs count is known when a month is whole."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self._promised: set[tuple[int, str, str]] = set()
        self._delivered: Counter[int] = Counter()
        self._recycled: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        for month, region, segment, count in promised_mqls(company):
            if count > 0:
                self._promised.add((month, region, segment))
            members = slices.members
            for member in (
                0, members.id("region", region), members.id("segment", segment),
            ):  # fmt: skip
                tally.add("sla_promised", month, (member,), count)

    def delivered(
        self, person: Person, steps: Steps, mql_at: int, members: tuple[int, ...]
    ) -> None:
        """One MQL that fits and was not declined for want of fit."""
        day = self.slices.day(mql_at)
        month = month_start(day)
        if (month, person.region, segment_of(person.account)) not in self._promised:
            return
        self._delivered[month] += 1
        if steps.is_first:
            self.tally.add("sla_credited", day, members)
        else:
            self._recycled.setdefault(month, []).append((mql_at, members))

    def close(self) -> None:
        for month, recycled in self._recycled.items():
            allowed = self._delivered[month] * RECYCLED_IN_TEN // 10
            for _, members in sorted(recycled)[:allowed]:
                self.tally.add("sla_credited", month, members)
