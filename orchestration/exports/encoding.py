"""From the bytes of a text export to plain UTF-8, which is what DuckDB reads.

An encoding that the mapping states is used as stated. Otherwise it is found: a byte order mark,
UTF-16 by its zero bytes, UTF-8 if all bytes obey it, and only then a guess, which is said with the
load; where two are as likely the file is refused.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestration.exports.encoding_guess import NAMES, Reading, readings
from orchestration.exports.errors import DamagedFile, FileError, cut_off

_CHUNK = 1 << 20
_UTF8 = ("utf-8", "utf_8", "utf-8-sig", "utf_8_sig")


@dataclass(frozen=True)
class Text:
    """A text export as UTF-8: the file itself, or a copy where it was unpacked or rewritten."""

    path: Path
    encoding: str
    """What the export was in; a byte order mark is part of the name (utf-8-sig)."""
    lines: int
    """Physical lines; the last counts without a line end too."""
    has_last_line_end: bool
    has_mixed_line_ends: bool
    is_guessed: bool
    """Whether the encoding is only the likeliest one."""


class AmbiguousEncoding(FileError):
    """Two encodings are as likely, and read different texts."""

    def __init__(self, name: str, found: list[Reading]) -> None:
        self.encodings = [reading.encoding for reading in found]
        lines = [reading.text.split("\n") for reading in found]
        differing = next(texts for texts in zip(*lines, strict=False) if len(set(texts)) > 1)
        shown = ", ".join(
            f"{NAMES[reading.encoding]} ({text.strip()[:60]!r})"
            for reading, text in zip(found, differing, strict=True)
        )
        super().__init__(
            f"Reading {name}: nothing says its encoding, and its bytes could be {shown}. A retry "
            f"will not help. State the right one, such as `encoding: {NAMES[self.encodings[0]]}`, "
            "for its entry or source in the mapping, or export it as UTF-8."
        )


def as_utf8(path: Path, stated: str | None, scratch: Path, words: Collection[str] = ()) -> Text:
    """Make ``path`` readable as UTF-8, rewriting it under ``scratch`` only when it is not.

    ``words`` are headers it may have, by which an encoding is told. Raises FileError for an empty
    or damaged file, for bytes its encoding does not know and for one that could be of several.
    """
    sample = _head(path)
    if not sample:
        raise FileError(
            f"Reading {path.name}: the file is empty. A retry will not help. Export it again, or "
            "remove it from the drop folder."
        )
    encoding = stated or _by_bytes(sample)
    bad_byte = _first_bad_byte(path, encoding or "utf-8")
    is_guessed = False
    if encoding is None:
        # The last letter of a plain text may be of any encoding; after other UTF-8 it is half.
        is_utf8 = bad_byte is None or (bad_byte.is_half and bad_byte.follows_others)
        guess = None if is_utf8 else _guess(path, words)
        encoding, is_guessed = guess or "utf-8", guess is not None
        bad_byte = _first_bad_byte(path, encoding) if is_guessed else bad_byte
    if bad_byte is not None and bad_byte.is_half:
        raise cut_off(
            f"{path.name} as {encoding}", f"inside its last character, in line {bad_byte.line}"
        )
    if bad_byte is not None:
        raise FileError(
            f"Reading {path.name} as {encoding}: byte {bad_byte.offset} (line {bad_byte.line}) "
            "does not exist in that encoding. A retry will not help. State the export's encoding "
            "in its entry or source of the mapping, such as utf-8, utf-16, gb18030, big5, "
            "shift_jis or windows-1252."
        )
    if encoding in _UTF8:
        encoding = "utf-8-sig" if sample.startswith(codecs.BOM_UTF8) else "utf-8"
    readable = path
    if path.suffix.lower() == ".gz" or encoding not in ("utf-8", "utf-8-sig"):
        readable = scratch / "text"
        _rewrite(path, encoding, readable)
    return _text(readable, encoding, is_guessed)


def open_bytes(path: Path) -> IO[bytes]:
    """The unpacked bytes of a file that may be gzipped."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def chunks(path: Path) -> Iterator[bytes]:
    """The unpacked bytes piece by piece; FileError when the compressed data is damaged."""
    try:
        with open_bytes(path) as file:
            while piece := file.read(_CHUNK):
                yield piece
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DamagedFile(
            f"Unpacking {path.name}: {error}. The file is cut off or damaged; a retry will not "
            "help. Copy or export it again."
        ) from error


def _head(path: Path) -> bytes:
    for piece in chunks(path):
        return piece[: 1 << 16]
    return b""


def _by_bytes(sample: bytes) -> str | None:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        # Half the bytes of Latin text are zero, of Chinese only those of marks and line ends.
        if zeros.count(0) > len(zeros) * 0.05 and _is_text(sample, encoding):
            return encoding
    return None


def _is_text(sample: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return "\0" not in text and any(mark in text for mark in "\n,;\t")


@dataclass(frozen=True)
class BadByte:
    """Where a file stops being text of an encoding."""

    offset: int
    line: int
    is_half: bool
    """Whether the file ends before the character does."""
    follows_others: bool
    """Whether characters beyond ASCII stand before it."""


def _first_bad_byte(path: Path, encoding: str) -> BadByte | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = lines = 0
    piece = b""
    is_ascii = True
    try:
        for piece in chunks(path):
            decoded = decoder.decode(piece)
            is_ascii &= decoded.isascii()
            offset += len(piece)
            lines += decoded.count("\n")
        piece = b""
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        sound = error.object[: error.start]
        line = lines + sound.decode(encoding, "ignore").count("\n") + 1
        held_back = len(error.object) - len(piece)
        return BadByte(offset - held_back + error.start, line, not piece, not is_ascii)
    except UnicodeError:
        return BadByte(offset, lines + 1, False, not is_ascii)
    return None


def _guess(path: Path, words: Collection[str]) -> str | None:
    """The likeliest encoding of the lines that tell; none when there is none that knows them.

    Raises AmbiguousEncoding where several are as likely.
    """
    telling = bytearray()
    rest = b""
    for piece in chunks(path):
        *whole, rest = (rest + piece).split(b"\n")
        telling += b"".join(line + b"\n" for line in whole if not line.isascii())
        if len(telling) > 1 << 16:
            break
        rest = rest[-_CHUNK:]
    sample = bytes(telling + (b"" if rest.isascii() else rest))
    if len(sample) > 1 << 16:
        sample = sample[: 1 << 16].rpartition(b"\n")[0] or sample[: 1 << 16]
    found = readings(sample, words)
    if len(found) > 1:
        raise AmbiguousEncoding(path.name, found)
    return found[0].encoding if found else None


def _rewrite(path: Path, encoding: str, target: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with target.open("wb") as file:
        for piece in chunks(path):
            file.write(decoder.decode(piece).encode("utf-8"))
        file.write(decoder.decode(b"", final=True).encode("utf-8"))


def _text(path: Path, encoding: str, is_guessed: bool) -> Text:
    line_feeds = returns = both = 0
    last = b""
    for piece in chunks(path):
        line_feeds += piece.count(b"\n")
        returns += piece.count(b"\r")
        both += (last[-1:] + piece if last[-1:] == b"\r" else piece).count(b"\r\n")
        last = piece
    has_last_line_end = last[-1:] in (b"\n", b"\r")
    lines = line_feeds + returns - both + (not has_last_line_end)
    kinds = (both > 0) + (line_feeds > both) + (returns > both)
    return Text(path, encoding, lines, has_last_line_end, kinds > 1, is_guessed)
