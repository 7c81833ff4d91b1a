"""The dbt project as assets, built in this process."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import pipeline, transformation
from orchestration.defs.resources import SettingsResource
from orchestration.settings import Settings


class Translator(DagsterDbtTranslator):
    """Groups are the project's folders; descriptions are ours alone, without the raw SQL."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return (
            dbt_resource_props["fqn"][1]
            if dbt_resource_props["resource_type"] == "model"
            else ("raw" if dbt_resource_props["resource_type"] == "source" else "seeds")
        )

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props["description"]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        owner = dbt_resource_props["config"].get("meta", {}).get("owner", "data-engineering")
        return [f"team:{owner}"]


TRANSLATOR = Translator()


@dg.definitions
def marts() -> dg.Definitions:
    # Read here, not at import: which home it is shows only when definitions are asked for.
    manifest = transformation.read_manifest(Settings.load())

    @dbt_assets(manifest=manifest, dagster_dbt_translator=TRANSLATOR, name="build_marts")
    def build_marts(
        context: dg.AssetExecutionContext, settings: SettingsResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """`dbt build` over the raw tables."""
        home = settings.load()
        result = pipeline.build(home)
        yield from _events(manifest, result, transformation.describe_tables(home))
        result.raise_for_status()

    return dg.Definitions(assets=[build_marts])


def _events(
    manifest: Mapping[str, Any],
    result: transformation.BuildResult,
    tables: Mapping[tuple[str, str], transformation.TableFacts],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """What dbt did, in Dagster's words; a skipped node is not an event."""
    for node in result.nodes:
        if node.status == "skipped":
            continue
        if node.kind == "test":
            key = get_asset_check_key_for_test(manifest, TRANSLATOR, node.unique_id, None)
            if key:
                yield dg.AssetCheckResult(
                    asset_key=key.asset_key,
                    check_name=key.name,
                    passed=node.status == "pass",
                    severity=dg.AssetCheckSeverity.WARN
                    if node.status == "warn"
                    else dg.AssetCheckSeverity.ERROR,
                    metadata={"failures": node.failures or 0, "seconds": node.seconds},
                )
        elif node.is_good:
            spec = TRANSLATOR.get_asset_spec(manifest, node.unique_id, None)
            props = manifest["nodes"][node.unique_id]
            facts = tables[props["schema"], props["alias"]]
            metadata: dict[str, Any] = {
                "seconds": node.seconds,
                "dagster/column_schema": dg.TableSchema(
                    [
                        dg.TableColumn(
                            name, type_, props["columns"].get(name, {}).get("description")
                        )
                        for name, type_ in facts.columns
                    ]
                ),
            }
            if facts.row_count is not None:
                metadata["dagster/row_count"] = facts.row_count
            yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)
