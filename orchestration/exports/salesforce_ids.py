"""The two spellings of a Salesforce id: 15 signs, in which case tells records apart, and 18.

Reports show 15, Data Loader, the API and replicas 18. The last three are a checksum of the case of
the first 15: each is the sign at the number whose bits say which of five signs are capitals
(developer.salesforce.com, "ID field type").
"""

from __future__ import annotations

from collections.abc import Collection

from orchestration.exports import sql

SYSTEM = "salesforce"

_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def in_full(text: str) -> str:
    """The SQL text as the id of 18 signs if it is one of 15, else as it is."""
    checksum = " || ".join(
        f"substr('{_SIGNS}', 1 + {_capitals(text, part)}, 1)" for part in (0, 5, 10)
    )
    # A name of 15 letters, which stands where an owner's id may, has no digit.
    is_short = f"regexp_full_match({text}, '[0-9A-Za-z]{{15}}') and regexp_matches({text}, '\\d')"
    return f"case when {is_short} then {text} || {checksum} else {text} end"


def named_in_full(text: str, words: Collection[str]) -> str:
    """The SQL text, such as ``salesforce:001…``, with its id in full if it has one of the words."""
    word = f"regexp_extract(lower({text}), '^([^:]+):', 1)"
    id_ = in_full(f"substr({text}, length({word}) + 2)")
    is_named = sql.one_of(word, sorted(words))
    return f"case when {is_named} then {word} || ':' || {id_} else {text} end"


def _capitals(text: str, start: int) -> str:
    return " + ".join(
        f"{1 << bit} * (substr({text}, {start + bit + 1}, 1) between 'A' and 'Z')::integer"
        for bit in range(5)
    )
