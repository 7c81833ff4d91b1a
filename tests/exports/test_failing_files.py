"""A file that cannot be what it was: nothing of it is loaded, the last good data stays."""

from __future__ import annotations

import os

import pytest

from orchestration.exports import planning
from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import Company

ADS = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n2025-01-02,One,GBP,10,2,1.50\n"
SOURCES = "sources:\n  - {reader: google_ads, folder: ads}\n  - {reader: ga4, folder: web}\n"
DEALS = "Record ID,Deal Name,Deal Stage,Amount\n1,x,Won,5\n"


def _good(company: Company) -> None:
    company.write("ads/campaigns.csv", ADS)
    company.map(SOURCES)
    company.load()


def _fails(company: Company) -> str:
    """What a load says that fails for one file; what was loaded before is still there."""
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert company.rows("select campaign, amount::double from raw_mapped.costs") == [("One", 1.5)]
    (error,) = raised.value.errors
    assert raised.value.is_transient is error.is_transient
    return str(error)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (DEALS, "no reader comes near its header"),
        ("Datum;Betrag\n2025-01-02;1\n", "no reader comes near its header"),
        (
            ADS.replace("Campaign", "Campagna"),
            "nearest is Google Ads, campaigns (campaign report, CSV or Excel CSV), which would "
            "need 'Campaign' or 'Kampagne' or 'Campagne' or '广告系列'",
        ),
    ],
    ids=["of another system", "of nobody", "with a header renamed"],
)
def test_another_file_under_a_known_name_is_not_taken_for_it(
    company: Company, content: str, reason: str
):
    _good(company)
    company.write("ads/campaigns.csv", content)
    assert _fails(company) == (
        "Reading ads/campaigns.csv: the last load took rows from it, and now no reader takes it: "
        f"{reason}. A retry will not help. Export it again as docs/sources.md says, or take it out "
        "of the folder if it is no longer wanted."
    )


CONTACTS = "Record ID,First Name,Last Name,Email,Lifecycle Stage\n1,A,B,a@b.example,Lead\n"
BOTH = "sources:\n  - {reader: hubspot}\n  - {reader: salesforce}\n"
OPPORTUNITIES = "Id,Name,StageName,CloseDate,AccountId,Amount\n1,x,Won,2025-01-02,2,5\n"


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [(DEALS, "HubSpot, deals"), (OPPORTUNITIES, "Salesforce, opportunities")],
    ids=["of another entity", "of another system"],
)
def test_a_wrong_file_under_a_known_name_is_refused_though_a_reader_takes_it(
    company: Company, content: str, looks_like: str
):
    """Else the people of before would be gone, and nobody told."""
    company.write("export.csv", CONTACTS)
    company.map(BOTH)
    company.load()
    company.write("export.csv", content)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert not raised.value.is_transient
    assert [str(error) for error in raised.value.errors] == [
        "Reading export.csv: wrong file under a known name: the last load read it as HubSpot, "
        f"contacts, and now it looks like {looks_like}. Nothing of it is loaded. A retry will not "
        "help. Export the right one under this name again (docs/sources.md says how); if both are "
        "wanted, give this one a name of its own."
    ]
    people, deals = "raw_mapped.people", "raw_mapped.opportunities"
    count = f"select (select count(*) from {people}), (select count(*) from {deals})"
    assert company.rows(count) == [(1, 0)]
    company.write("export.csv", CONTACTS + "2,C,D,c@d.example,Lead\n")
    company.write("another.csv", content)
    company.load()
    assert company.rows(count) == [(2, 1)]


def test_the_same_file_may_be_told_better_than_before(company: Company):
    """By a later version of the readers, or when the mapping names other systems for it."""
    company.write("export.csv", CONTACTS)
    company.map(BOTH)
    company.load()
    company.rows("update raw_meta.file_loads set reader_shape = 'hubspot.companies'")
    company.load()
    # A warehouse of an earlier version does not know what its files were taken for.
    company.rows("alter table raw_meta.file_loads drop column reader_shape")
    company.load()
    company.write("export.csv", OPPORTUNITIES)
    company.map("sources:\n  - {reader: salesforce}\n")
    company.load()
    assert company.rows("select reader_shape from raw_meta.file_loads") == [
        ("salesforce.opportunities",)
    ]


def test_a_source_that_is_no_longer_named_takes_its_files_along(company: Company):
    _good(company)
    company.map("sources:\n  - {reader: ga4, folder: web}\n")
    company.write("web/days.csv", "Date,Sessions\n20250101,1\n")
    report = company.load()
    assert [file.reason for file in report.unmatched_files] == ["no entry names it"]
    assert company.rows("select count(*) from raw_mapped.costs") == [(0,)]


@pytest.mark.parametrize(
    ("name", "content", "fact", "remedy"),
    [
        ("web/events.parquet", b"PAR1 and no more", "as Parquet: ", "Export it again."),
        ("web/report.xlsx", b"PK\x03\x04 and no more", "as XLSX: ", "Save it again as .xlsx."),
        (
            "web/events.json",
            b'[{"event_date": "20250101", "event_name": "a", "event_timestamp": 1}, {"ev',
            "it does not end with ]. The file is cut off",
            "Export or copy it again.",
        ),
    ],
)
def test_a_damaged_file_stops_the_load_and_says_what_to_do(
    company: Company, name: str, content: bytes, fact: str, remedy: str
):
    _good(company)
    company.write(name, content)
    said = _fails(company)
    assert said.startswith(f"Reading {name.rpartition('/')[2]}")
    assert fact in said
    assert said.endswith(remedy)
    assert "retry will not help" in said


def test_a_file_that_still_grows_is_worth_a_retry_and_nothing_of_it_is_loaded(
    company: Company, monkeypatch: pytest.MonkeyPatch
):
    _good(company)
    recognise = planning.recognise

    def written_meanwhile(connection, path, *arguments):
        found = recognise(connection, path, *arguments)
        with path.open("a", encoding="utf-8") as file:
            file.write("2025-01-03,Two,GBP,1,1,9.00\n")
        os.utime(path, (2_000_000_000, 2_000_000_000))
        return found

    monkeypatch.setattr(planning, "recognise", written_meanwhile)
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert raised.value.is_transient
    assert company.rows("select campaign from raw_mapped.costs") == [("One",)]
    monkeypatch.undo()
    company.load()
    assert company.rows("select campaign from raw_mapped.costs order by 1") == [("One",), ("Two",)]
