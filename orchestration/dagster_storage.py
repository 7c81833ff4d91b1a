"""Dagster's SQLite files without a wait for the disk at each event."""

from __future__ import annotations

import sqlite3
from typing import Any

_held: dict[str, sqlite3.Connection] = {}
"""A connection to each file, so that Dagster's own is never the last one."""


def spare_disk_waits() -> None:
    """Half of a run's time went there: Dagster connects anew for each event, each commit waits for
    the disk, and the last connection to close moves the journal into the file and waits again.

    A power cut may cost the last events of a run; the files stay whole, and no mart is in them.
    """
    from sqlalchemy import Engine, event

    if not event.contains(Engine, "connect", _on_connect):
        event.listen(Engine, "connect", _on_connect)


def _on_connect(connection: Any, _: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("pragma synchronous = normal")
    path = connection.execute("pragma database_list").fetchone()[2]
    if path:
        if path not in _held:
            _held[path] = sqlite3.connect(path, check_same_thread=False)
        # A connection that has not read since the file got its journal does not count.
        _held[path].execute("select count(*) from sqlite_master").fetchone()
