"""What kinds of file can be read, told by the name, and what to do about any other."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson", ".xlsx")
"""What an export may be called; each also with .gz."""

TEXT = (".csv", ".tsv", ".txt")
JSON = (".json", ".jsonl", ".ndjson")

_REMEDIES = {
    (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst"): "unpack it into this folder",
    (".xls", ".xlsm", ".xlsb", ".ods", ".numbers"): "save it as .xlsx",
    (".tab",): "rename it to .tsv",
    (".psv", ".dat", ".asc"): "rename it to .txt, if it is text with one row a line",
    (".part", ".partial", ".crdownload", ".download", ".tmp", ".opdownload"): (
        "wait until its download has ended, or download it again"
    ),
    ("",): "end its name in what it holds, such as .csv or .csv.gz",
}


def kind_of(path: Path) -> str:
    """The file's suffix without .gz, lower case."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def not_read(path: Path) -> str | None:
    """Why a file of this name cannot be read and what to do; None when it can."""
    kind = kind_of(path)
    if kind in SUFFIXES:
        return None
    remedy = next(
        (remedy for kinds, remedy in _REMEDIES.items() if kind in kinds),
        f"export it as one of {', '.join(SUFFIXES)} (also .gz)",
    )
    return f"{kind or 'a name without an ending'} is not a kind of export this can read; {remedy}"
