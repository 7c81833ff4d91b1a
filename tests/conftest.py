"""Published homes that several rooms read: built once, through the real chain."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from orchestration import pipeline
from orchestration.settings import PROJECT_ROOT, Settings

SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"


STARTED_FIRST = (
    "test_against_truth.py",
    "test_cli.py",
    "test_rules.py",
    "test_crm_readers.py",
    "test_dbt_unit_tests.py",
)
"""Files of some minutes: started last, one would keep a single worker busy at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in STARTED_FIRST)


def published(home: Path, exports: Path, config: Path) -> Settings:
    """A home with one published version of ``exports``."""
    settings = Settings.load({}, home=home, exports=exports, config=config)
    settings.home.mkdir(parents=True, exist_ok=True)
    pipeline.load(settings, "test-run")
    pipeline.build(settings).raise_for_status()
    pipeline.publish(settings, "test-run")
    return settings


def _published_once(
    tmp_path_factory: pytest.TempPathFactory, exports: Path, config: Path
) -> Settings:
    """A published home that nobody writes to, of the first worker that asks for it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    home = folder / f"published-{exports.name}"
    with FileLock(home.with_suffix(".lock")):
        if not home.is_dir():
            published(home.with_suffix(".partial"), exports, config)
            home.with_suffix(".partial").rename(home)
    return Settings.load({}, home=home, exports=exports, config=config)


def _real(tmp_path_factory: pytest.TempPathFactory, name: str) -> Settings:
    exports = SHARED_DATA / name
    if not exports.is_dir():
        pytest.skip(f"the real exports {name} are not beside the project: {exports} is absent")
    return _published_once(
        tmp_path_factory, exports, PROJECT_ROOT / "examples" / name / "exports.yaml"
    )


@pytest.fixture(scope="session")
def maven_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _real(tmp_path_factory, "maven_crm")


@pytest.fixture(scope="session")
def olist_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _real(tmp_path_factory, "olist_funnel")


def _worked(tmp_path_factory: pytest.TempPathFactory, folder: str) -> Settings:
    exports = Path(__file__).parent / "worked_examples" / folder
    return _published_once(tmp_path_factory, exports, exports / "exports.yaml")


@pytest.fixture(scope="session")
def worked_examples_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _worked(tmp_path_factory, "exports")


@pytest.fixture(scope="session")
def handoffs_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _worked(tmp_path_factory, "handoffs")


@pytest.fixture(scope="session")
def funnel_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _worked(tmp_path_factory, "funnel")


@pytest.fixture(scope="session")
def accounts_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _worked(tmp_path_factory, "accounts")


@pytest.fixture(scope="session")
def website_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _worked(tmp_path_factory, "website")


@pytest.fixture(scope="session")
def worked_examples(worked_examples_home: Settings) -> duckdb.DuckDBPyConnection:
    return open_published(worked_examples_home)


def open_published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what readers of this home see."""
    return duckdb.connect(str(settings.published / "current" / "analytics.duckdb"), read_only=True)
