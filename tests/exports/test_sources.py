"""Two systems never collide: an entry's source word goes onto every id it brings."""

from __future__ import annotations

import hashlib

from tests.exports.conftest import Company

PEOPLE = """\
files:
  - name: hubspot_contacts
    pattern: contacts.csv
    entity: people
    source: hubspot
    columns:
      person_id: Record ID
      account_id: {column: Companies, first_of: ";"}
      owner_id: Owner
      email: Email
  - name: salesforce_deals
    pattern: deals.csv
    entity: opportunities
    source: salesforce
    columns:
      opportunity_id: Id
      account_id: AccountId
      person_id: {column: HubSpot, source: hubspot}
      owner_id: Owner
      product_id: {column: Code, source: shared, values: {old: P-1}}
      stage: Stage
  - name: sheet_deals
    pattern: sheet.csv
    entity: opportunities
    columns:
      opportunity_id: Id
      person_id: {column: HubSpot, source: hubspot}
      stage: Stage
"""


def _hash(mail: str) -> str:
    return hashlib.sha256(f"salt{mail}".encode()).hexdigest()


def test_ids_carry_the_word_of_their_system_and_rows_say_where_they_come_from(company: Company):
    company.write(
        "contacts.csv",
        "Record ID,Companies,Owner,Email\n1, 9002 ;9999,Ann@Test.example,a@b.example\n2,,,\n"
        "3,;7,rep,\n",
    )
    company.write(
        "deals.csv", "Id,AccountId,HubSpot,Owner,Code,Stage\n1,9002,1,ann@test.example,old,Won\n"
    )
    company.write("sheet.csv", "Id,HubSpot,Stage\n1,2,Won\n")
    company.map(PEOPLE)
    report = company.load()
    ann = _hash("ann@test.example")
    assert company.rows(
        "select person_id, account_id, owner_id, email, _source_system from raw_mapped.people "
        "order by 1"
    ) == [
        ("hubspot:1", "hubspot:9002", f"hubspot:{ann}", "a@b.example", "hubspot"),
        ("hubspot:2", None, None, None, "hubspot"),
        ("hubspot:3", None, "hubspot:rep", None, "hubspot"),
    ]
    assert company.rows(
        "select opportunity_id, account_id, person_id, owner_id, product_id, _source_system "
        "from raw_mapped.opportunities order by 1"
    ) == [
        ("1", None, "hubspot:2", None, None, "test"),
        ("salesforce:1", "salesforce:9002", "hubspot:1", f"salesforce:{ann}", "P-1", "salesforce"),
    ]
    assert [(load.entry, load.source_system) for load in report.file_loads] == [
        ("hubspot_contacts", "hubspot"),
        ("salesforce_deals", "salesforce"),
        ("sheet_deals", "test"),
    ]


def test_one_id_in_files_of_two_systems_is_two_records(company: Company):
    entry = (
        "  - {{name: {0}, pattern: {0}.csv, entity: people, source: {0}, "
        "columns: {{person_id: id}}}}\n"
    )
    company.write("crm.csv", "id\n1\n")
    company.write("mail.csv", "id\n1 \n")
    company.map("files:\n" + entry.format("crm") + entry.format("mail"))
    assert company.load().totals["rows_superseded"] == 0
    assert company.rows("select person_id from raw_mapped.people order by 1") == [
        ("crm:1",),
        ("mail:1",),
    ]
