"""The gate and the published marts in one step, so that nothing is published unvalidated."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from expectations.suites import load_suites
from orchestration import pipeline, publication, transformation
from orchestration.defs.resources import SettingsResource
from orchestration.defs.transformation import TRANSLATOR
from orchestration.settings import Settings

DATA_DOCS = dg.AssetKey(["published", "data_docs"])


@dg.definitions
def published() -> dg.Definitions:
    settings = Settings.load()
    manifest = transformation.read_manifest(settings)
    marts = {
        node["name"]: TRANSLATOR.get_asset_spec(manifest, node["unique_id"], None)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    rules = [rule for suite in load_suites(settings.dbt_project) for rule in suite.rules]

    @dg.multi_asset(
        name="publish_marts",
        specs=[
            *(_mart_spec(name, mart) for name, mart in marts.items()),
            dg.AssetSpec(
                DATA_DOCS,
                deps=[_key(name) for name in marts],
                description="The stakeholder pages, the gate's data docs and the dbt docs.",
                group_name="published",
                owners=["team:revenue-operations"],
                kinds={"html", "greatexpectations"},
            ),
        ],
        check_specs=[
            dg.AssetCheckSpec(
                rule.id,
                asset=_key(rule.table),
                description=rule.description_en,
                blocking=rule.severity == "error",
                metadata={"invariant": rule.invariant or "", "severity": rule.severity},
            )
            for rule in rules
        ],
        can_subset=False,
    )
    def publish_marts(
        context: dg.AssetExecutionContext, settings: SettingsResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Validates, then publishes a complete new version and switches readers to it."""
        try:
            version = pipeline.publish(settings.load(), context.run.run_id)
        except publication.GateFailed as refused:
            yield from map(_check_result, refused.report.as_dict()["results"])
            raise
        yield from map(_check_result, version.manifest["checks"])
        folder = {"version": version.version_id, "path": dg.MetadataValue.path(str(version.path))}
        for name in marts:
            yield dg.MaterializeResult(
                asset_key=_key(name),
                metadata={"dagster/row_count": version.manifest["marts"][name], **folder},
            )
        yield dg.MaterializeResult(
            asset_key=DATA_DOCS,
            metadata={
                "version": version.version_id,
                "open": dg.MetadataValue.path(str(version.path / "docs" / "index.html")),
                **version.manifest["check_totals"],
            },
        )

    return dg.Definitions(assets=[publish_marts])


def _key(mart: str) -> dg.AssetKey:
    return dg.AssetKey(["published", mart])


def _mart_spec(name: str, mart: dg.AssetSpec) -> dg.AssetSpec:
    return dg.AssetSpec(
        _key(name),
        deps=[mart.key],
        description=mart.description,
        group_name="published",
        owners=["team:revenue-operations"],
        kinds={"duckdb", "parquet", "csv"},
        metadata={
            "dagster/table_name": f"analytics.marts.{name}",
            "dagster/column_schema": mart.metadata["dagster/column_schema"],
        },
    )


def _check_result(check: Mapping[str, Any]) -> dg.AssetCheckResult:
    """One rule's result with its numbers, which the UI plots over time."""
    numbers = {
        name: check[name]
        for name in ("observed", "unexpected_count", "element_count")
        if check[name] is not None
    }
    return dg.AssetCheckResult(
        check_name=check["rule_id"],
        asset_key=_key(check["table"]),
        passed=check["passed"],
        severity=dg.AssetCheckSeverity.ERROR
        if check["severity"] == "error"
        else dg.AssetCheckSeverity.WARN,
        metadata={**numbers, "detail": check["detail"]},
    )
