"""What can go wrong between a file in the drop folder and a raw table.

Two kinds: a permanent error needs a person (a wrong mapping, a damaged file), a transient one goes
away by itself (a file still being written, another run holding the warehouse). Every message says
what was being done, the fact, whether a retry helps and the next step.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class ExportError(Exception):
    """Base of every error of the rooms that read exports."""

    is_transient = False


class PermanentExportError(ExportError):
    """Stays until a person changes the mapping or the file."""


class TransientExportError(ExportError):
    """May be gone at the next try, with nothing changed."""

    is_transient = True


class MappingError(PermanentExportError):
    """The mapping file cannot be used; ``problems`` holds every mistake found, with its place."""

    def __init__(self, config: object, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(
            f"Reading the mapping file {config}: {_count(len(problems), 'mistake')}.\n{listed}\n"
            "A retry will not help. Correct the places named and run again."
        )


class FileError(PermanentExportError):
    """One export file cannot be loaded as the mapping describes it."""


class DamagedFile(FileError):
    """A file that is cut off or was never what its name says."""


class Unrecognised(FileError):
    """No shipped reader takes a file, or more than one does; the message is the reason alone."""


class EmptyPage(Unrecognised):
    """A JSON document of an API whose records are none: sound, and of no shape."""


class QuarantineOverflow(PermanentExportError):
    """More rows of a file failed than ``max_quarantine_rate`` allows."""


class FileChanging(TransientExportError):
    """A file grew, changed or vanished while it was read."""


class WarehouseBusy(TransientExportError):
    """Another process holds the working warehouse."""


class LoadFailed(ExportError):
    """No export was loaded because at least one file failed; the last good raw data stays.

    ``errors`` holds one error for each failing file; transient only when all of them are.
    """

    def __init__(self, errors: Sequence[ExportError]) -> None:
        self.errors = tuple(errors)
        self.is_transient = all(error.is_transient for error in errors)
        listed = "\n".join(f"  - {error}" for error in errors)
        super().__init__(
            f"Loading exports: {_count(len(errors), 'file')} failed, so nothing was loaded and the "
            f"last good raw data stays.\n{listed}"
        )


def cut_off(reading: str, fact: str) -> DamagedFile:
    """Of a file that ends before its end: ``reading`` says what was read, ``fact`` where it ends.

    What is missing may be any number of rows, so that not even the sound ones are loaded.
    """
    return DamagedFile(
        f"Reading {reading}: it is cut off {fact}. Nothing of it is loaded. A retry helps only "
        "while it is still being written. Export or copy it again, whole; docs/sources.md says "
        "how each system exports."
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """``known`` words close to ``word`` as text for a message; all of them when none is close."""
    words = sorted(set(known))
    lowered = {name.lower(): name for name in words}
    close = difflib.get_close_matches(word.lower(), lowered, n=3, cutoff=0.6)
    shown = [lowered[name] for name in close] or words[:40]
    label = "nearest" if close else "known"
    return f"{label}: {', '.join(shown)}" if shown else "there are none"


def first_line(error: Exception) -> str:
    """What an error of a library says, without the lines that explain it."""
    return str(error).strip().splitlines()[0]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
