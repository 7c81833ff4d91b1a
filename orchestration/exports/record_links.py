"""The entities in which records say what they are to each other; ``entities`` lists them too."""

from __future__ import annotations

from orchestration.exports.entity_model import Entity, id_column, text_column, word_column

RECORD_TYPES = ("person", "account", "opportunity")

MERGES = Entity(
    "merges",
    (
        word_column("record_type", RECORD_TYPES, required=True),
        # May be in no other file: the system has forgotten the record by now.
        id_column("merged_id", required=True),
        id_column("surviving_id", required=True),
    ),
)

LOOKUPS = Entity(
    "lookups",
    (
        text_column("lookup", required=True),
        id_column("code", required=True),
        text_column("label"),
    ),
    key=("lookup", "code"),
)

RECORD_LINKS = (MERGES, LOOKUPS)
