"""Exports to raw tables: one asset per raw table, landed together in one transaction."""

from collections.abc import Iterator

import dagster as dg

from orchestration import pipeline, transformation
from orchestration.defs.resources import SettingsResource
from orchestration.settings import Settings
from orchestration.warehouse import RawTable, raw_tables


@dg.definitions
def raw() -> dg.Definitions:
    # The dbt sources describe these tables; saying it again here would be a second place.
    sources = {
        (source["schema"], source["name"]): source
        for source in transformation.read_manifest(Settings.load())["sources"].values()
    }
    tables = {(table.schema, table.name): table for table in raw_tables()}

    def spec(table: RawTable) -> dg.AssetSpec:
        source = sources[table.schema, table.name]
        return dg.AssetSpec(
            [table.schema, table.name],
            description=source["description"],
            group_name="raw",
            owners=["team:data-engineering"],
            kinds={"duckdb", "csv"},
            metadata={
                "dagster/table_name": f"{table.schema}.{table.name}",
                "dagster/column_schema": dg.TableSchema(
                    [
                        dg.TableColumn(name, type_, source["columns"][name]["description"])
                        for name, type_ in table.columns.items()
                    ]
                ),
            },
        )

    @dg.multi_asset(
        name="load_exports", specs=[spec(table) for table in tables.values()], can_subset=False
    )
    def load_exports(
        context: dg.AssetExecutionContext, settings: SettingsResource
    ) -> Iterator[dg.MaterializeResult]:
        """Every export file in the drop folder, read whole or refused whole."""
        report = pipeline.load(settings.load(), context.run.run_id)
        for schema, name in tables:
            files = [load for load in report.file_loads if load.entity == name]
            yield dg.MaterializeResult(
                asset_key=[schema, name],
                metadata={
                    "dagster/row_count": report.row_counts[schema, name],
                    "files": len(files),
                    "rows_read": sum(load.rows_read for load in files),
                    "rows_quarantined": sum(load.rows_quarantined for load in files),
                    "rows_superseded": sum(load.rows_superseded for load in files),
                    "rows_filtered": sum(load.rows_filtered for load in files),
                },
            )

    return dg.Definitions(assets=[load_exports])
