"""A small warehouse on which every rule passes, and copies of it to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from orchestration.exports.entities import CHANNELS
from orchestration.exports.raw_tables import create_raw_tables
from orchestration.settings import PROJECT_ROOT

DBT_PROJECT = PROJECT_ROOT / "dbt_project"


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The raw tables as a load makes them, and the marts as their dbt contracts say."""
    create_raw_tables(connection)
    connection.executemany(
        "insert into raw_meta.channels values (?)", [[channel] for channel in CHANNELS]
    )
    connection.execute("create schema seeds; create schema marts")
    for name in ("parameter_defaults", "free_mail_domains", "channel_groups"):
        connection.execute(
            f"create table seeds.{name} as from read_csv(?, all_varchar = true)",
            [str(DBT_PROJECT / "seeds" / f"{name}.csv")],
        )
    yaml = YAML(typ="safe", pure=True)
    for path in (DBT_PROJECT / "models" / "marts").glob("**/_*__models.yml"):
        for model in yaml.load(path)["models"]:
            columns = ", ".join(
                f"{column['name']} {column['data_type']}" for column in model["columns"]
            )
            connection.execute(f"create table marts.{model['name']} ({columns})")


@pytest.fixture(scope="session")
def good_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse nobody may write to."""
    path = tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        _create_tables(connection)
        connection.execute(Path(__file__).with_name("warehouse.sql").read_text("utf-8"))
    return path


@pytest.fixture
def warehouse(good_warehouse: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copy(good_warehouse, tmp_path / "warehouse.duckdb"))
