"""The shared definitions as the gate reads them: the bounds of each KPI, from the dbt registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


class RegistryError(ValueError):
    """The registry of definitions cannot be read; the message names the file and the metric."""


@dataclass(frozen=True)
class Metric:
    """One governed metric: what a value of it may be at all, in the metric's own unit."""

    metric_id: str
    name_en: str
    name_zh: str
    lower_bound: float | None
    upper_bound: float | None


def load_metrics(dbt_project: Path) -> tuple[Metric, ...]:
    """Every metric of ``models/metrics/*.yml`` that carries a definition, sorted by id.

    A metric without ``config.meta.version`` is an input of others and is not published.
    Raises RegistryError.
    """
    folder = dbt_project / "models" / "metrics"
    yaml = YAML(typ="safe")
    metrics: dict[str, Metric] = {}
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.load(path).get("metrics", []):
            meta = entry.get("config", {}).get("meta", {})
            if "version" not in meta:
                continue
            metric = _metric(path, entry, meta)
            if metric.metric_id in metrics:
                raise RegistryError(
                    f"Reading {path}: the metric {metric.metric_id!r} is defined twice. "
                    "A retry will not help. Remove one of the two definitions."
                )
            metrics[metric.metric_id] = metric
    if not metrics:
        raise RegistryError(
            f"Reading the definitions in {folder}: no metric with config.meta.version there. "
            "A retry will not help. Check the path of the dbt project."
        )
    return tuple(metrics[metric_id] for metric_id in sorted(metrics))


def _metric(path: Path, entry: dict[str, Any], meta: dict[str, Any]) -> Metric:
    try:
        lower, upper = meta["bounds"]
        return Metric(
            metric_id=entry["name"],
            name_en=entry["label"],
            name_zh=meta["zh"]["name"],
            lower_bound=None if lower is None else float(lower),
            upper_bound=None if upper is None else float(upper),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegistryError(
            f"Reading {path}: the metric {entry.get('name')!r} lacks a label, meta.zh.name or "
            f"meta.bounds of two numbers or nulls ({error!r}). A retry will not help. "
            "Complete its config.meta."
        ) from error
