"""The demo company: an openly made-up business, its exports as vendors write them, its truth."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from orchestration.demo.settings import DemoSettings

if TYPE_CHECKING:
    from orchestration.demo.world import Group

__all__ = ["DemoSettings", "kept_demo", "write_demo"]

log = logging.getLogger("smarketing")


class Recorder(Protocol):
    """Something that follows the event log, one group at a time, and finishes at its end."""

    def add(self, group: Group) -> None: ...

    def close(self) -> None: ...


def write_demo(settings: DemoSettings, out: Path) -> dict[str, Any]:
    """Write ``exports/`` and ``truth/`` of a demo company into ``out``; what was written.

    The folder appears complete or not at all: everything is written beside it and renamed.
    Raises FileExistsError when ``out`` holds anything.
    """
    from orchestration.demo.company import Company
    from orchestration.demo.files import Exports, Planted
    from orchestration.demo.simulation import simulate
    from orchestration.demo.truth import Truth
    from orchestration.demo.vendors import vendors
    from orchestration.demo.warts import DefectsOfLife

    if out.exists() and any(out.iterdir()):
        raise FileExistsError(
            f"Writing a demo company into {out}: the folder is not empty. A retry will not help. "
            "Name an empty or new folder."
        )
    partial = out.parent / f".{out.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "truth").mkdir(parents=True)
    company = Company(settings)
    exports = Exports(company, partial / "exports")
    planted = Planted(partial / "truth")
    recorders: list[Recorder] = [
        *vendors(company, exports, planted),
        DefectsOfLife(planted),
        Truth(company, partial / "truth"),
    ]
    for group in simulate(company):
        for recorder in recorders:
            recorder.add(group)
    for recorder in recorders:
        recorder.close()
    exports.close()
    planted.close()
    about = asdict(settings) | {"warts": sorted(settings.warts), "planted": planted.counts}
    (partial / "truth" / "settings.json").write_text(
        json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    if out.exists():
        out.rmdir()
    partial.rename(out)
    return about


def kept_demo(home: Path) -> Path:
    """The exports of the default demo company, kept in ``home``; written when they are not there.

    The folder carries the fingerprint of this package, so that another release writes its own.
    """
    from filelock import FileLock

    from orchestration.transformation import code_fingerprint

    root = home / "demo"
    wanted = root / code_fingerprint(Path(__file__).parent)[:12]
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "demo.lock"):
        if not wanted.exists():
            log.info("Writing the exports of a made-up company into %s", wanted)
            write_demo(DemoSettings(), wanted)
        for other in root.iterdir():
            if other != wanted:
                shutil.rmtree(other)
    return wanted / "exports"
