"""The files of Dagster's event log, as Dagster opens them: a connection for each event."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy
from sqlalchemy.pool import NullPool

from orchestration.dagster_storage import spare_disk_waits


def _synchronous(url: str, journal: Path) -> tuple[int, bool]:
    """The setting of a connection, and whether the journal is there when it has closed."""
    engine = sqlalchemy.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("pragma journal_mode = wal"))
        connection.execute(sqlalchemy.text("create table if not exists events (id int)"))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("insert into events values (1)"))
        synchronous = connection.execute(sqlalchemy.text("pragma synchronous")).scalar_one()
    return synchronous, journal.exists()


def test_no_event_waits_for_the_disk_and_none_is_lost(tmp_path: Path):
    spare_disk_waits()
    spare_disk_waits()
    path = tmp_path / "run.db"
    normal, is_journal_kept = 1, True
    assert _synchronous(f"sqlite:///{path}", tmp_path / "run.db-wal") == (normal, is_journal_kept)
    with sqlite3.connect(path) as other:
        assert other.execute("select count(*) from events").fetchone() == (1,)
