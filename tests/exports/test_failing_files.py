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
