"""What the bytes of a text could be written in that is neither Unicode nor said to be anything.

A guess holds only where one reading is far more likely than all others: charset-normalizer says
which are no gibberish, and of these the characters must be the common ones of their script. What
two encodings read alike is the same to us.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

NAMES = {
    "cp1252": "windows-1252",
    "cp1250": "windows-1250",
    "cp1254": "windows-1254",
    "cp1251": "windows-1251",
    "cp1253": "windows-1253",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
}
"""The encodings that are tried, by the name this program knows, as people state them."""

_COMMON_LEADS = {
    "gb18030": (0xA1, 0xA3, 0xB0, 0xD7),
    "big5": (0xA1, 0xA1, 0xA4, 0xC6),
    "cp932": (0x81, 0x83, 0x88, 0x97),
    "cp949": (0xA1, 0xA3, 0xB0, 0xC8),
}
"""First bytes of punctuation, and of the characters that each standard calls its common ones."""

_PUNCTUATION = "‘’“”„–—…€™©®«»°·\xa0"
_WHOLE_WORDS = ("cp1251", "cp1253")
_LETTER = r"[^\W\d_a-zA-Z]"
_MIXED = re.compile(rf"[A-Za-z]{_LETTER}|{_LETTER}[A-Za-z]")
_RUN = re.compile(rf"{_LETTER}{{3,}}")
_CLEAR = 0.3
"""How much more of a reading must be common characters, for the others to be out."""
_COHERENT = 0.1


@dataclass(frozen=True)
class Reading:
    encoding: str
    text: str

    @property
    def share(self) -> float:
        """Which part of its characters beyond ASCII are common ones."""
        odd = _MIXED if self.encoding in _WHOLE_WORDS else _RUN
        if self.encoding not in _COMMON_LEADS and odd.search(self.text):
            return 0.0
        signs = [sign for sign in self.text if not sign.isascii()]
        return sum(map(self._is_common, signs)) / max(len(signs), 1)

    def _is_common(self, sign: str) -> bool:
        lead = sign.encode(self.encoding)[0]
        if self.encoding in _COMMON_LEADS:
            first, last, common, rare = _COMMON_LEADS[self.encoding]
            return first <= lead <= last or common <= lead <= rare
        return lead >= 0xC0 or sign in _PUNCTUATION


def readings(sample: bytes, words: Collection[str]) -> list[Reading]:
    """The readings of ``sample`` that are equally likely, each another text, the likeliest first.

    One that shows headers with signs beyond ASCII that the mapping names (``words``) is the one.
    """
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=list(NAMES))
    plausible = {name for match in found for name in match.could_be_from_charset}
    coherence = {name: match.coherence for match in found for name in match.could_be_from_charset}
    every = [Reading(name, text) for name, text in _decoded(sample)]
    telling = [word for word in words if len(word) > 1 and not word.isascii()]
    shown = {reading: sum(word in reading.text for word in telling) for reading in every}
    if most := max(shown.values(), default=0):
        return _distinct(reading for reading in every if shown[reading] == most)
    likely = [reading for reading in every if reading.encoding in plausible] or every
    best = max((reading.share for reading in likely), default=0.0)
    likely = [reading for reading in likely if reading.share > best - _CLEAR]
    likely.sort(key=lambda reading: -coherence.get(reading.encoding, 0.0))
    distinct = _distinct(likely)
    if len(distinct) > 1:
        first, second = (coherence.get(reading.encoding, 0.0) for reading in distinct[:2])
        if first - second >= _COHERENT:
            return distinct[:1]
    return distinct


def _decoded(sample: bytes) -> Iterable[tuple[str, str]]:
    for name in NAMES:
        try:
            # The last character may be cut off.
            yield name, codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeDecodeError:
            continue


def _distinct(found: Iterable[Reading]) -> list[Reading]:
    by_text: dict[str, Reading] = {}
    for reading in found:
        by_text.setdefault(reading.text, reading)
    return list(by_text.values())
