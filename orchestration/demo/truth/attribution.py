"""Which channels were present before deals were won: paths, credits, customers by channel."""

from __future__ import annotations

import csv
from array import array
from pathlib import Path

from orchestration.demo.clock import DAY, MINUTE, iso_day
from orchestration.demo.company import Company
from orchestration.demo.truth import models
from orchestration.demo.truth.ledger import Entry, Facts
from orchestration.demo.truth.slices import PAID_CHANNELS, UNATTRIBUTED, Slices
from orchestration.demo.truth.stages import Steps
from orchestration.demo.truth.tally import GRAINS, Metric, Tally, median, number
from orchestration.demo.world import Person, Touch

LOOKBACK_DAYS = 365
SAME_TOUCH_MINUTES = 30
DEFAULT_MODEL = "w_shaped"
HALF_LIVES = (7, 30)
LONG_CYCLE_DAYS = 90
"""A longer median sales cycle makes the longer half-life the one in force."""

_MEASURES = (
    *(f"credit {model}" for model in models.PER_DEAL),
    *(f"credit time_decay {half_life}" for half_life in HALF_LIVES),
)

METRICS = (
    Metric("attributed_conversions", f"credit {DEFAULT_MODEL}", dimensions=("channel",)),
    Metric("attributed_revenue", f"credit_value {DEFAULT_MODEL}", dimensions=("channel",)),
    Metric("unattributed_share", "unattributed", "conversions", "ratio"),
    Metric("model_spread", "model_spread", dimensions=("channel",), has_total=False),
)

People = list[tuple[Person, list[Steps]]]


class Attribution:
    """Follows won new-business deals and the touches of each account's countable people."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        self.paths: dict[models.Path, list[int]] = {}
        """Channels without repeats -> [conversions, paths without one]."""
        self.value = 0.0
        """Of every conversion, with or without a touch."""
        self._cycles = array("d")

    def convert(self, won: Facts, people: People) -> None:
        """A won new-business deal that stands."""
        assert won.closed_at is not None
        assert won.close_day is not None
        day, journey = won.close_day, journey_of(won, won.closed_at, people)
        self._cycles.append(day - won.created_day)
        self.value += won.amount or 0.0
        self.tally.add("conversions", day, (0,))
        self._path(tuple(journey.channels), 0)
        if not journey.times:
            self.tally.add("unattributed", day, (0,))
        credits = self._credits(journey)
        for channel, shares in credits.items():
            members = self.slices.with_all("channel", channel)
            self.tally.add_all(shares, day, members)
            if won.amount is None:
                for measure in shares:
                    self.tally.add(_value(measure), day, members, None)
                self.tally.add("attributed_net", day, members, None)
                continue
            values = {_value(measure): share * won.amount for measure, share in shares.items()}
            values["attributed_net"] = values[_value(f"credit {DEFAULT_MODEL}")]
            self.tally.add_all(values, day, members)

    def lose(self, people: People) -> None:
        """People of one account, or one person without, behind whom no deal was won."""
        touches = path_of([person for person, _ in people], None, self.company.as_of)
        if touches:
            self._path(tuple(touch.channel for touch in touches), 1)

    def _path(self, channels: models.Path, kind: int) -> None:
        path = models.without_repeats(channels)
        if path:
            self.paths.setdefault(path, [0, 0])[kind] += 1

    def _credits(self, journey: models.Journey) -> dict[str, dict[str, float]]:
        """Channel -> measure of each model -> its share of one conversion."""
        if not journey.times:
            return {UNATTRIBUTED: dict.fromkeys(_MEASURES, 1.0)}
        found = {channel: dict.fromkeys(_MEASURES, 0.0) for channel in journey.channels}
        weights = [rule(journey) for rule in models.PER_DEAL.values()]
        weights += [models.time_decay(journey, half_life) for half_life in HALF_LIVES]
        for measure, shares in zip(_MEASURES, weights, strict=True):
            for channel, share in zip(journey.channels, shares, strict=True):
                found[channel][measure] += share
        return found

    def customer(self, entry: Entry, people: People) -> None:
        """A new customer, or one taken back, under the last channel that was not direct."""
        journey = journey_of(entry.facts, entry.facts.deal.moves[-1].at, people)
        channel = UNATTRIBUTED
        if journey.times:
            channel = journey.channels[models.last_non_direct(journey).index(1.0)]
        members = self.slices.with_all("channel", channel)
        self.tally.add("new_customers_attributed", entry.day, members, entry.new_customers)
        if channel in PAID_CHANNELS:
            self.tally.add("new_customers_paid", entry.day, members, entry.new_customers)

    @property
    def half_life(self) -> int:
        """Days in force: by the median cycle of what was won."""
        cycle = median(self._cycles) or 0.0
        return HALF_LIVES[1] if cycle > LONG_CYCLE_DAYS else HALF_LIVES[0]

    def markov(self) -> models.Markov:
        return models.markov(*self._counted())

    def shapley(self) -> dict[str, float]:
        return models.shapley(self._counted()[0])

    def close(self, folder: Path) -> None:
        """``attribution_paths.csv``, ``attribution_credits.csv`` and the spread of the models."""
        measures = {model: model for model in models.PER_DEAL}
        measures["time_decay"] = f"time_decay {self.half_life}"
        self._spread(measures)
        with (folder / "attribution_paths.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["path", "conversions", "non_conversions"])
            for path, counts in sorted(self.paths.items()):
                rows.writerow([" > ".join(path), *counts])
        with (folder / "attribution_credits.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow([
                "model", "period_grain", "period_start_date", "channel", "conversions", "revenue",
            ])  # fmt: skip
            for model, measure in measures.items():
                self._write_credits(rows, model, measure)
            diagnostics = {"markov_1": self.markov().credits, "shapley_sum": self.shapley()}
            for model, credits in diagnostics.items():
                for channel, credit in sorted(credits.items()):
                    rows.writerow([model, "all", "", channel, number(credit), ""])

    def _write_credits(self, rows, model: str, measure: str) -> None:
        names = self.slices.members.names
        found = self.tally.sums(f"credit {measure}")
        worth = self.tally.sums(f"credit_value {measure}")
        for grain, start in sorted(found, key=lambda key: (GRAINS.index(key[0]), key[1])):
            credits, values = found[grain, start], worth.get((grain, start), {})
            for member in sorted(credits, key=lambda member: names[member]):
                if names[member][0] == "channel":
                    rows.writerow([
                        model, grain, "" if grain == "all" else iso_day(start), names[member][1],
                        number(credits[member]), number(values.get(member)),
                    ])  # fmt: skip

    def _spread(self, measures: dict[str, str]) -> None:
        """How far the models' shares of a channel lie apart, in each period."""
        credits = [self.tally.sums(f"credit {measure}") for measure in measures.values()]
        for grain, start in self.tally.sums("conversions"):
            totals = [credit.get((grain, start), {}) for credit in credits]
            for member in {member for total in totals for member in total} - {0}:
                shares = [(total.get(member) or 0.0) / (total[0] or 1.0) for total in totals]
                spread = max(shares) - min(shares)
                self.tally.put("model_spread", grain, start, (member,), spread)

    def _counted(self) -> tuple[dict[models.Path, int], dict[models.Path, int]]:
        converted = {path: counts[0] for path, counts in self.paths.items() if counts[0]}
        lost = {path: counts[1] for path, counts in self.paths.items() if counts[1]}
        return converted, lost


def path_of(people: list[Person], start: int | None, end: int) -> list[Touch]:
    """Touches in [start, end] in order, those of one person and source within 30 minutes once.

    Without a start: the look-back ends with the last touch.
    """
    touches = [
        (touch.at, touch.touch_id, person.number, touch)
        for person in people
        for touch in person.touches
        if touch.at <= end and (start is None or touch.at >= start)
    ]
    touches.sort(key=lambda found: found[:2])
    if start is None and touches:
        start = touches[-1][0] - LOOKBACK_DAYS * DAY
        touches = [found for found in touches if found[0] >= start]
    kept: list[Touch] = []
    seen: dict[tuple, int] = {}
    for at, _, number_, touch in touches:
        key = number_, touch.channel, touch.campaign and touch.campaign.number
        before = seen.get(key)
        if before is None or at - before > SAME_TOUCH_MINUTES * MINUTE:
            seen[key] = at
            kept.append(touch)
    return kept


def journey_of(won: Facts, converted_at: int, people: People) -> models.Journey:
    """The touches of the account's countable people in the year before a deal was won."""
    touches = path_of(
        [person for person, _ in people], converted_at - LOOKBACK_DAYS * DAY, converted_at
    )
    lead_at = next(
        (steps.lead_at for _, cycles in people for steps in cycles if steps.cycle.deal is won.deal),
        None,
    )
    return models.Journey(
        [touch.at for touch in touches], [touch.channel for touch in touches], converted_at,
        lead_at, won.deal.created_at, converted_at,
    )  # fmt: skip


def _value(measure: str) -> str:
    return measure.replace("credit ", "credit_value ", 1)
