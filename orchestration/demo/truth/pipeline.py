"""Open pipeline: what it is worth at ``as_of``, how it moved in each period, who brought it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from orchestration.demo.clock import DAY, month_start, moved_by_months, zone
from orchestration.demo.company import Company
from orchestration.demo.plan import ORIGINS
from orchestration.demo.truth.deals import amount_on
from orchestration.demo.truth.ledger import OPEN_STAGES, QUALIFIED_STAGES, Facts
from orchestration.demo.truth.slices import DEAL, UNATTRIBUTED, Slices
from orchestration.demo.truth.stages import Steps
from orchestration.demo.truth.tally import GRAINS, Metric, Tally, period_start
from orchestration.demo.world import Deal, Person

PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}
SOURCING_DAYS = 365
_RECENT = ("decided", "won", "valued", "amount")
_PRIORITY = {"marketing": 0, "partner": 1, "sales": 2}

OPEN = Metric("open_pipeline_amount", "open_pipeline", dimensions=DEAL)
METRICS = (
    Metric("weighted_pipeline_amount", "weighted_pipeline", dimensions=DEAL),
    Metric("push_count_avg", "pushes", "open_deals", "ratio", DEAL),
    Metric("sales_velocity", "sales_velocity", dimensions=DEAL),
    Metric("slippage_rate", "slipped", "due_at_opening", "ratio", DEAL),
    Metric("slippage_rate_amount", "slipped_amount", "due_at_opening_amount", "ratio", DEAL),
    Metric("pipeline_bridge", "bridge", dimensions=("component",), has_total=False),
    Metric("opening_set", "opening_set", dimensions=("fate",)),
    Metric("opp_stage_conversion_rate", "stage_passed", "stage_entered", "ratio", ("stage",),
           has_total=False),
    Metric("sourced_pipeline_share", "pipeline_sourced", "pipeline_created", "ratio", ("origin",),
           share_dimensions=("origin",)),
    Metric("influenced_pipeline_amount", "pipeline_influenced", dimensions=DEAL),
)  # fmt: skip


class Pipeline:
    """Follows every deal that is not excluded through the snapshots it is part of."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self._zone = zone(company.zone_name)
        self._midnights: dict[int, int] = {}
        # An instant at midnight shows nothing yet of the day it begins.
        self.as_of_day = slices.day(company.as_of - 1)
        # Whole months up to the one under way, or the one that has just ended.
        self._two_quarters_ago = moved_by_months(self.as_of_day + 1, -6)
        self._year_ago = moved_by_months(self.as_of_day + 1, -12)
        # stage -> [decided, won] of deals closed in the last four quarters that were ever in it
        self._stages: dict[str, list[int]] = {}

    def add(self, facts: Facts, people: list[tuple[Person, list[Steps]]]) -> None:
        """One deal, with the countable people of its account."""
        if facts.outcome == "excluded":
            return
        self._now(facts)
        self._recently(facts)
        self._stages_of(facts)
        for grain in PERIOD_MONTHS:
            for first, end in self._periods(facts, grain):
                self._follow(facts, grain, first, end)
        if facts.qualified_day is not None:
            self._credit(facts, facts.qualified_day, people)

    def _now(self, facts: Facts) -> None:
        """The snapshot at ``as_of``."""
        deal, day, tally = facts.deal, self.as_of_day, self.tally
        if facts.outcome != "open" or deal.stage not in QUALIFIED_STAGES:
            return
        members = self.slices.deal(deal, day)
        tally.add("open_pipeline", day, members, facts.amount)
        tally.add(f"open_pipeline {deal.stage}", day, members, facts.amount)
        tally.add("open_deals", day, members)
        tally.add("pushes", day, members, pushes(deal))
        if deal.order_type != "renewal":
            tally.add("open_new_deals", day, members)

    def _recently(self, facts: Facts) -> None:
        """What weights and velocity are taken from."""
        day, tally = facts.close_day, self.tally
        if not facts.is_decided or day is None:
            return
        is_won = facts.outcome == "won"
        if day >= self._year_ago:
            ever = {move.stage for move in facts.deal.moves}
            for stage in (stage for stage in OPEN_STAGES if stage in ever):
                counts = self._stages.setdefault(stage, [0, 0])
                counts[0] += 1
                counts[1] += is_won
        if day < self._two_quarters_ago:
            return
        members = self.slices.deal(facts.deal, day)
        tally.add("recent_decided", day, members)
        if not is_won:
            return
        tally.add("recent_won", day, members)
        tally.value("recent_cycle", day, members, day - facts.created_day)
        if facts.amount is not None and facts.amount > 0:
            tally.add("recent_valued", day, members)
            tally.add("recent_amount", day, members, facts.amount)

    def _stages_of(self, facts: Facts) -> None:
        """First entry to each open stage, and whether any later stage was ever reached."""
        if not facts.deal.account.leg.has_history:
            return
        order = (*OPEN_STAGES, "Won")
        first: dict[str, int] = {}
        for move in facts.deal.moves:
            first.setdefault(move.stage, move.at)
        reached = [order.index(stage) for stage in first if stage in order]
        for index, stage in enumerate(OPEN_STAGES):
            at = first.get(stage)
            if at is not None:
                day, member = self.slices.day(at), self.slices.only("stage", stage)
                self.tally.add("stage_entered", day, member)
                if max(reached) > index:
                    self.tally.add("stage_passed", day, member)

    def _periods(self, facts: Facts, grain: str) -> Iterator[tuple[int, int]]:
        """[first day, end day) of every whole period in which the deal was open for a while."""
        last_day = facts.close_day if facts.close_day is not None else self.as_of_day
        first = period_start(facts.created_day, grain)
        while first <= last_day:
            end = moved_by_months(first, PERIOD_MONTHS[grain])
            if self._midnight(end) > self.company.as_of:
                return
            yield first, end
            first = end

    def _follow(self, facts: Facts, grain: str, first: int, end: int) -> None:
        """One deal in one period: due at its opening or not, and what became of it."""
        deal, tally = facts.deal, self.tally
        opening, closing = self._midnight(first), self._midnight(end)
        before, after = stage_at(deal, opening), stage_at(deal, closing)
        was_open = before in QUALIFIED_STAGES
        is_open = after in QUALIFIED_STAGES
        was_due = was_open and _expected(deal, opening) < end
        is_due = is_open and _expected(deal, closing) < end
        closed_now = after in ("Won", "Lost") and not (
            before == after and not _moved(deal, opening, closing)
        )
        amount = amount_on(self.company, facts, first)
        if was_due:
            members = self.slices.deal(deal, first)
            fate = {"Won": "won", "Lost": "lost"}.get(after, "slipped")
            tally.put("due_at_opening", grain, first, members)
            tally.put("due_at_opening_amount", grain, first, members, amount)
            tally.put("opening_set", grain, first, self.slices.with_all("fate", fate))
            if fate == "slipped":
                tally.put("slipped", grain, first, members)
                tally.put("slipped_amount", grain, first, members, amount)
        if amount is None or not (was_due or is_due or closed_now):
            return
        parts: list[tuple[str, int]] = []
        if was_due:
            parts.append(("opening", 1))
        elif closed_now or is_due:
            was_closed = before in ("Won", "Lost")
            came = "pulled_in" if was_open else "reopened" if was_closed else "created"
            parts.append((came, 1))
        if closed_now:
            parts.append((after.lower(), -1))
        elif is_due:
            parts.append(("closing", 1))
        elif is_open:
            parts.append(("pushed_out", -1))
        else:
            parts.append(("removed", -1))
        for component, sign in parts:
            member = self.slices.only("component", component)
            tally.put("bridge", grain, first, member, sign * amount)

    def _credit(self, facts: Facts, day: int, people: list[tuple[Person, list[Steps]]]) -> None:
        """Who sourced the pipeline, once each, and whether marketing touched it at all."""
        amount = amount_on(self.company, facts, day)
        origin = sourced_by(facts.deal, people)
        members = self.slices.with_all("origin", origin)
        self.tally.add("pipeline_sourced", day, members, amount)
        until = facts.closed_at if facts.closed_at is not None else self.company.as_of
        if any(
            touch.at <= until and touch.channel not in ORIGINS
            for person, _ in people
            for touch in person.touches
        ):
            members = self.slices.deal(facts.deal, day)
            self.tally.add("pipeline_influenced", day, members, amount)

    def close(self) -> None:
        """Weighted pipeline and velocity, whose parts are complete only now."""
        tally, day = self.tally, self.as_of_day
        for stage, (decided, won) in self._stages.items():
            for member, amount in tally.total(f"open_pipeline {stage}").items():
                weighted = None if amount is None else amount * won / decided
                tally.add("weighted_pipeline", day, (member,), weighted)
        parts = {name: tally.total(f"recent_{name}") for name in _RECENT}
        for member, count in tally.total("open_new_deals").items():
            recent = {name: part.get(member) for name, part in parts.items()}
            cycle = tally.middle("recent_cycle", member)
            value = None
            if recent["decided"] and recent["valued"] and recent["amount"] and cycle:
                won = (recent["won"] or 0) / recent["decided"]
                value = (count or 0) * won * recent["amount"] / recent["valued"] / cycle
            for grain in GRAINS:
                tally.put("sales_velocity", grain, period_start(day, grain), (member,), value)

    def _midnight(self, day: int) -> int:
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = self._zone.utc(day * DAY)
        return found


def stage_at(deal: Deal, at: int) -> str:
    """The deal's stage just before an instant; empty before it existed."""
    stage = ""
    for move in deal.moves:
        if move.at >= at:
            break
        stage = move.stage
    return stage


def pushes(deal: Deal) -> int:
    """How often the expected close moved to a later fiscal month."""
    days = [month_start(day) for _, day in deal.close_day_changes]
    return sum(after > before for before, after in pairwise(days))


def sourced_by(deal: Deal, people: list[tuple[Person, list[Steps]]]) -> str:
    """Origin of the account's earliest qualified cycle in the year before the deal."""
    found = [
        (steps.sql_at, _PRIORITY.get(steps.cycle.origin, 3), steps.cycle.origin)
        for _, cycles in people
        for steps in cycles
        if steps.is_counted
        and steps.sql_at is not None
        and 0 <= deal.created_at - steps.sql_at <= SOURCING_DAYS * DAY
    ]
    return min(found)[2] if found else UNATTRIBUTED


def _expected(deal: Deal, at: int) -> int:
    """The close day that stood in the record just before an instant."""
    expected = deal.close_day_changes[0][1]
    for changed_at, day in deal.close_day_changes:
        if changed_at >= at:
            break
        expected = day
    return expected


def _moved(deal: Deal, start: int, end: int) -> bool:
    return any(start <= move.at < end for move in deal.moves)
