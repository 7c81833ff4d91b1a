"""The one entry of the Dagster code location: everything is found in ``defs/``."""

from pathlib import Path

import dagster as dg

from orchestration.dagster_storage import spare_disk_waits

spare_disk_waits()


@dg.definitions
def defs() -> dg.Definitions:
    """Every asset, check, job, schedule, sensor and resource of the product."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
