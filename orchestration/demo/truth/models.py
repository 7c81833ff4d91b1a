"""Attribution models: how one conversion is divided among the touches before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orchestration.demo.clock import DAY

Path = tuple[str, ...]
"""Channels in the order of their touches."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The touches before one conversion, in order, and the milestones between them."""

    times: Sequence[int]
    channels: Sequence[str]
    converted_at: int
    lead_at: int | None = None
    deal_at: int | None = None
    closed_at: int | None = None

    def last_before(self, at: int | None) -> int | None:
        """Index of the last touch at or before an instant."""
        if at is None:
            return None
        found = [index for index, time in enumerate(self.times) if time <= at]
        return found[-1] if found else None


def first_touch(journey: Journey) -> list[float]:
    return _one(journey, 0)


def last_touch(journey: Journey) -> list[float]:
    return _one(journey, len(journey.times) - 1)


def last_non_direct(journey: Journey) -> list[float]:
    """The last touch that is not direct; all direct: the last."""
    known = [index for index, channel in enumerate(journey.channels) if channel != "direct"]
    return _one(journey, known[-1] if known else len(journey.times) - 1)


def linear(journey: Journey) -> list[float]:
    return [1 / len(journey.times)] * len(journey.times)


def position_40_20_40(journey: Journey) -> list[float]:
    count = len(journey.times)
    if count <= 2:
        return [1 / count] * count
    return [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4]


def u_shaped_lead(journey: Journey) -> list[float]:
    return _anchored(journey, [(0, 0.4), (journey.last_before(journey.lead_at), 0.4)], 0.2)


def w_shaped(journey: Journey) -> list[float]:
    return _anchored(
        journey,
        [
            (0, 0.3),
            (journey.last_before(journey.lead_at), 0.3),
            (journey.last_before(journey.deal_at), 0.3),
        ],
        0.1,
    )


def full_path(journey: Journey) -> list[float]:
    return _anchored(
        journey,
        [
            (0, 0.225),
            (journey.last_before(journey.lead_at), 0.225),
            (journey.last_before(journey.deal_at), 0.225),
            (journey.last_before(journey.closed_at), 0.225),
        ],
        0.1,
    )


def time_decay(journey: Journey, half_life_days: int) -> list[float]:
    weights = [
        2 ** (-(journey.converted_at - time) / DAY / half_life_days) for time in journey.times
    ]
    total = sum(weights)
    return [weight / total for weight in weights]


PER_DEAL: dict[str, Callable[[Journey], list[float]]] = {
    "first_touch": first_touch,
    "last_touch": last_touch,
    "last_non_direct": last_non_direct,
    "linear": linear,
    "position_40_20_40": position_40_20_40,
    "u_shaped_lead": u_shaped_lead,
    "w_shaped": w_shaped,
    "full_path": full_path,
}
"""Model id -> weights of a journey with at least one touch; time decay needs its half-life too."""


def markov(converted: Mapping[Path, int], lost: Mapping[Path, int]) -> Markov:
    """Order 1, solved exactly; ``converted`` and ``lost`` count paths with at least one touch."""
    moves: dict[str, dict[str, float]] = {}
    for paths, end in ((converted, "(conversion)"), (lost, "(null)")):
        for path, count in paths.items():
            steps = ["(start)", *without_repeats(path), end]
            for before, after in pairwise(steps):
                row = moves.setdefault(before, {})
                row[after] = row.get(after, 0) + count
    chances = {
        before: {after: count / sum(row.values()) for after, count in row.items()}
        for before, row in moves.items()
    }
    channels = sorted({channel for path in (*converted, *lost) for channel in path})
    conversions = sum(converted.values())
    reach = _conversion_chance(chances, channels, "")
    effects = {
        channel: 1 - _conversion_chance(chances, channels, channel) / reach if reach else 0.0
        for channel in channels
    }
    whole = sum(effects.values())
    credits = {
        channel: conversions * effect / whole if whole else 0.0
        for channel, effect in effects.items()
    }
    return Markov(reach, chances, effects, credits)


@dataclass(frozen=True)
class Markov:
    conversion_chance: float
    chances: Mapping[str, Mapping[str, float]]
    """Transition probabilities; each row adds up to 1."""
    removal_effects: Mapping[str, float]
    credits: Mapping[str, float]
    """Conversions by channel."""


def shapley(converted: Mapping[Path, int]) -> dict[str, float]:
    """Sum form: each converting path is divided equally among its distinct channels."""
    credits: dict[str, float] = {}
    for path, count in converted.items():
        distinct = set(path)
        for channel in distinct:
            credits[channel] = credits.get(channel, 0.0) + count / len(distinct)
    return credits


def _one(journey: Journey, index: int) -> list[float]:
    weights = [0.0] * len(journey.times)
    weights[index] = 1.0
    return weights


def _anchored(
    journey: Journey, anchors: list[tuple[int | None, float]], middle: float
) -> list[float]:
    """Anchors share 1 - middle in proportion, the other touches the middle; see the sheet's §9."""
    held = [0.0] * len(journey.times)
    for index, weight in anchors:
        if index is not None:
            held[index] += weight
    total = sum(held)
    others = held.count(0.0)
    if total == 0:
        return linear(journey)
    if others == 0:
        return [weight / total for weight in held]
    return [weight * (1 - middle) / total if weight else middle / others for weight in held]


def _conversion_chance(
    chances: Mapping[str, Mapping[str, float]], channels: Sequence[str], removed: str
) -> float:
    """Chance to convert from the start when every way into ``removed`` leads nowhere."""
    states = ["(start)", *(channel for channel in channels if channel != removed)]
    index = {state: place for place, state in enumerate(states)}
    rows = []
    for state in states:
        row = [0.0] * (len(states) + 1)
        row[index[state]] = 1.0
        for after, chance in chances.get(state, {}).items():
            if after in index:
                row[index[after]] -= chance
            elif after == "(conversion)":
                row[-1] += chance
        rows.append(row)
    return _solved(rows)[0]


def _solved(rows: list[list[float]]) -> list[float]:
    """Unknowns of a linear system whose last column is its right side."""
    size = len(rows)
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda place: abs(rows[place][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        divisor = rows[pivot][pivot]
        rows[pivot] = [value / divisor for value in rows[pivot]]
        for place in range(size):
            factor = rows[place][pivot]
            if place != pivot and factor:
                rows[place] = [
                    value - factor * other
                    for value, other in zip(rows[place], rows[pivot], strict=True)
                ]
    return [row[-1] for row in rows]


def without_repeats(path: Path) -> Path:
    return tuple(
        channel for index, channel in enumerate(path) if not index or path[index - 1] != channel
    )
