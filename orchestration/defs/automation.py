"""When the main job runs: by hand, every morning, or when the drop folder has changed."""

import time

import dagster as dg

from orchestration import pipeline, warehouse
from orchestration.settings import Settings

SETTLE_SECONDS = 30
"""A file touched more recently than this may still be growing."""

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Exports to published marts: load, build, validate, publish.",
)

daily_refresh = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh,
    cron_schedule="0 6 * * *",
    description="Every morning at 06:00 UTC. Off until switched on.",
)


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=60,
    description="Runs the main job when the exports have changed. Off until switched on.",
)
def drop_folder(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    settings = warehouse.resolve_exports(Settings.load())
    files = warehouse.inventory(settings)
    youngest = max((file.modified_at.timestamp() for file in files), default=0.0)
    if time.time() - youngest < SETTLE_SECONDS:
        return dg.SkipReason("A file changed seconds ago and may still be growing.")
    if pipeline.is_up_to_date(settings):
        return dg.SkipReason("Nothing new since the published version.")
    fingerprint = pipeline.input_fingerprint(settings)
    return dg.RunRequest(run_key=fingerprint, tags={"smarketing/exports": str(len(files))})
