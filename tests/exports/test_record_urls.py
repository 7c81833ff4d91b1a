"""Where a record is shown: only web addresses that take the id after the host."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from orchestration.exports.mapping_model import Mapping
from orchestration.exports.mapping_problems import PERSON_KINDS, meaning_problems
from orchestration.exports.reader_model import readers

COMPANY = {
    "version": "1", "company": "Acme", "source": "crm", "time_zone": "UTC", "currency": "EUR",
}  # fmt: skip


def mapped(people: Any, system: str = "crm") -> Mapping:
    return Mapping.model_validate({**COMPANY, "record_urls": {system: {"people": people}}})


@pytest.mark.parametrize(
    "template", ["https://crm.example/people/{id}", "http://crm.example:8080/?id={id}#top"]
)
def test_a_web_address_with_a_place_for_the_id_is_taken(template: str):
    assert mapped(template).record_urls == {"crm": {"people": {None: template}}}


@pytest.mark.parametrize(
    ("template", "fact"),
    [
        ("javascript:alert({id})", "is not a web address"),
        ("ftp://crm.example/{id}", "is not a web address"),
        ("https://{id}.example/", "after the host"),
        ("https://crm.example/people", "after the host"),
        ("https://crm.example/{id}/{id}", "after the host"),
        ('https://crm.example/{id}"onclick=', "has a sign"),
        ("https://crm.example/{account}/{id}", "has a sign"),
    ],
)
def test_anything_else_is_refused(template: str, fact: str):
    with pytest.raises(ValidationError, match=fact):
        mapped(template)


LEADS, CONTACTS = "https://sell.example/leads/{id}", "https://sell.example/crm/contacts/{id}"


@pytest.mark.parametrize(
    ("people", "problem"),
    [
        ({"lead": LEADS, "contact": CONTACTS}, None),
        ({"lead": LEADS}, None),
        (LEADS, "record_urls.zendesk_sell.people: a lead and a contact may have the same id there"),
        ({"leads": LEADS}, "record_urls.zendesk_sell.people.leads: no such kind; "),
    ],
)
def test_pages_of_leads_and_contacts_are_told_apart(people: Any, problem: str | None):
    problems = [
        text
        for text in meaning_problems(mapped(people, "zendesk_sell"), ())
        if text.startswith("record_urls")
    ]
    assert [text for text in problems if problem and problem in text] == problems
    assert bool(problems) == (problem is not None)


def test_kinds_of_people_are_those_that_the_readers_say():
    said = {
        (reader.system, spec.kind)
        for reader in readers()
        for shape in reader.shapes
        for entry in shape.entries
        for name, spec in entry.columns.items()
        if name == "person_id" and (spec.kind or reader.system in PERSON_KINDS) and spec.column
    }
    assert said == {(system, kind) for system, kinds in PERSON_KINDS.items() for kind in kinds}


def test_hostile_ids_are_escaped_by_the_engine():
    """What the macro record_url puts into the address."""
    assert duckdb.sql("""select url_encode('a/b?"<>&#')""").fetchone() == (
        "a%2Fb%3F%22%3C%3E%26%23",
    )
