"""GX's data docs as pages that can be read offline: no script, no font, no request to anywhere."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.report import CheckResult

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )
    from great_expectations.data_context.types.base import DataContextConfig

SITE = "checks"
VIEW = {"module_name": "expectations.data_docs.views", "class_name": "OfflineView"}


class DataDocsError(Exception):
    """The pages of the checks are incomplete; GX only logs when it cannot render one."""


def context_configuration(docs_dir: Path) -> DataContextConfig:
    """A GX project that lives in memory and writes its pages to ``docs_dir``."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites={
            SITE: {
                "class_name": "SiteBuilder",
                "site_name": SITE,
                "show_how_to_buttons": False,
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(docs_dir),
                },
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "view": VIEW},
                "site_section_builders": {
                    "expectations": {"view": VIEW},
                    "validations": {"view": VIEW},
                    "profiling": "None",
                },
            }
        },
        progress_bars=ProgressBarsConfig(globally=False),
    )


def build(context: EphemeralDataContext, docs_dir: Path, results: tuple[CheckResult, ...]) -> None:
    """Write a page per validation that was run, and the index over ``results``.

    Raises DataDocsError.
    """
    from expectations.data_docs.views import index_page

    context.build_data_docs()
    # Fonts and pictures of GX's own theme, four megabytes that no page of ours refers to.
    shutil.rmtree(docs_dir / "static", ignore_errors=True)
    pages = {path.parents[2].name: path for path in docs_dir.glob("validations/*/*/*/*.html")}
    missing = {result.table for result in results} - pages.keys()
    if missing:
        raise DataDocsError(
            f"Writing the pages of the checks to {docs_dir}: no page for "
            f"{', '.join(sorted(missing))}. A retry may help when the disk was full; "
            "otherwise read the log of Great Expectations above."
        )
    links = {table: path.relative_to(docs_dir).as_posix() for table, path in pages.items()}
    # GX's index is drawn by a script and cannot tell a warning from an error.
    (docs_dir / "index.html").write_text(index_page(results, links), encoding="utf-8")
