"""A company's own words for stages, channels, owners and order types, by configuration alone.

The same four maps for a file the mapping names and for one a shipped reader recognises. A word
that no map knows is shown and counted, and its row stays.
"""

from __future__ import annotations

import pytest

from tests.exports.conftest import Company

FILES = """\
files:
  - name: deals
    pattern: "deals*"
    entity: opportunities
    columns:
      opportunity_id: Deal - ID
      stage: {column: Deal - Stage, values: {Verhandlung: Open, Gewonnen: Won}}
      owner_id: {column: Deal - Owner, values: {Ann B.: ann, B. Ann: ann}}
      order_type: {column: Type, values: {Neu: new, Ausbau: expansion}}
  - name: people
    pattern: "people*"
    entity: people
    columns:
      person_id: Person - ID
      owner_id: {column: Person - Owner, values: {Ann B.: ann}}
      channel: {column: Quelle, values: {Messe: event, Google: paid_search}}
"""
SOURCES = """\
sources:
  - reader: pipedrive
    source: crm
    columns:
      opportunities: {order_type: Type}
      people: {channel: Quelle}
    values:
      opportunities.stage: {Verhandlung: Open, Gewonnen: Won}
      owner_id: {Ann B.: ann, B. Ann: ann}
      order_type: {Neu: new, Ausbau: expansion}
      people.channel: {Messe: event, Google: paid_search}
"""
DEALS = (
    "Deal - ID,Deal - Title,Deal - Status,Deal - Stage,Deal - Owner,Type\n"
    "1,A,Open,Verhandlung,Ann B.,Neu\n"
    "2,B,Open,verhandlung,B. Ann,Ausbau\n"
    "3,C,Open,Geparkt,Carl,Tausch\n"
)
PEOPLE = (
    "Person - ID,Person - Name,Person - Person created,Person - Owner,Quelle\n"
    "7,Eva,2025-05-01,Ann B.,Messe\n"
    "8,Fay,2025-05-02,Carl,google\n"
    "9,Gil,2025-05-03,,Plakat\n"
)


@pytest.mark.parametrize(("config", "word"), [(FILES, ""), (SOURCES, "crm:")])
def test_each_map_is_configuration_and_an_unknown_word_is_kept_and_counted(
    company: Company, config: str, word: str
):
    company.write("deals.csv", DEALS)
    company.write("people.csv", PEOPLE)
    company.map(config)
    report = company.load()
    assert company.rows(
        "select opportunity_id, stage, stage_source_value, owner_id, order_type, "
        "order_type_source_value from raw_mapped.opportunities order by 1"
    ) == [
        (f"{word}1", "Open", "Verhandlung", f"{word}ann", "new", "Neu"),
        (f"{word}2", "Open", "verhandlung", f"{word}ann", "expansion", "Ausbau"),
        (f"{word}3", "__unmapped__", "Geparkt", f"{word}Carl", "__unmapped__", "Tausch"),
    ]
    assert company.rows(
        "select person_id, owner_id, channel, channel_source_value "
        "from raw_mapped.people order by 1"
    ) == [
        (f"{word}7", f"{word}ann", "event", "Messe"),
        (f"{word}8", f"{word}Carl", "paid_search", "google"),
        (f"{word}9", None, "__unmapped__", "Plakat"),
    ]
    assert sorted(
        (use.entity, use.column, use.source_value, use.row_count) for use in report.unmapped
    ) == [
        ("opportunities", "order_type", "Tausch", 1),
        ("opportunities", "stage", "Geparkt", 1),
        ("people", "channel", "Plakat", 1),
    ]
    assert report.totals["rows_quarantined"] == 0
