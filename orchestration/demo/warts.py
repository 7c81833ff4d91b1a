"""The defects of real exports that the demo company can be given, each on its own."""

from __future__ import annotations

WARTS: dict[str, str] = {
    # In the company itself: the truth knows of them.
    "test_records": "test records, some of them with a whole funnel",
    "internal_records": "own staff in the CRM",
    "spam": "bots, and records without any means of contact",
    "not_a_prospect": "job seekers, suppliers, press, competitors",
    "deleted_records": "records the CRM marks as deleted",
    "missing_owner": "people and deals that nobody owns",
    "free_mail": "people of a company who write from a private address",
    "zero_amount": "deals whose amount is zero or was never filled in",
    "reopened": "deals that come back after they were won or lost",
    # In the files only: they must change no number.
    "duplicates": "the same person twice in one CRM, spelled differently",
    "cross_system": "a person of one CRM who also stands in the acquired company's",
    "merges": "records merged into others, in chains",
    "gb18030": "Chinese files in GB18030",
    "utf16": "an ad report as UTF-16 with tabs",
    "ambiguous_dates": "dates whose day and month could be swapped",
    "late_files": "an older export and a corrected one of the same records",
    "truncated_file": "an export that ends in the middle of a row, followed by a whole one",
    "hostile_text": "HTML, formulas, quotes, line breaks and very long text in names and notes",
}

ALL_WARTS = frozenset(WARTS)
