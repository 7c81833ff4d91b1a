"""Where a record is shown: only web addresses that take the id after the host."""

from __future__ import annotations

import duckdb
import pytest
from pydantic import ValidationError

from orchestration.exports.mapping_model import Mapping

COMPANY = {
    "version": "1", "company": "Acme", "source": "crm", "time_zone": "UTC", "currency": "EUR",
}  # fmt: skip


def mapped(template: str) -> Mapping:
    return Mapping.model_validate({**COMPANY, "record_urls": {"crm": {"people": template}}})


@pytest.mark.parametrize(
    "template", ["https://crm.example/people/{id}", "http://crm.example:8080/?id={id}#top"]
)
def test_a_web_address_with_a_place_for_the_id_is_taken(template: str):
    assert mapped(template).record_urls == {"crm": {"people": template}}


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


def test_hostile_ids_are_escaped_by_the_engine():
    """What the macro record_url puts into the address."""
    assert duckdb.sql("""select url_encode('a/b?"<>&#')""").fetchone() == (
        "a%2Fb%3F%22%3C%3E%26%23",
    )
