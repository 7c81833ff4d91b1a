"""A recognised file is read as what it is; one that is not recognised is named with the reason."""

from __future__ import annotations

import os

import pytest

from orchestration.exports.checking import STAND_IN
from orchestration.exports.errors import LoadFailed, MappingError
from orchestration.exports.expansion import expand
from orchestration.exports.mapping_model import SourceMapping
from orchestration.exports.reader_model import Reader, readers
from orchestration.exports.recognition import Candidate, claims, nearest_shape
from orchestration.exports.report import LoadReport
from tests.exports.conftest import Company

DEALS = (
    'Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Associated Company IDs,"Date '
    'entered ""Open (Sales)""","Date entered ""Won (Sales)"""\n'
)
SOURCES = "sources:\n  - {reader: hubspot}\n"


def test_a_file_is_recognised_by_its_header_whatever_its_name(company: Company):
    company.write(
        "a/b.csv", DEALS + "1,x,Won,12,ann,2025-02-03,9;8,2025-01-01 09:00,2025-02-03 10:00\n"
    )
    company.map(SOURCES)
    report = company.load()
    assert company.rows(
        "select opportunity_id, account_id, owner_id, stage, amount::double, currency, "
        "close_date::varchar, _source_system from raw_mapped.opportunities"
    ) == [("hubspot:1", "hubspot:9", "hubspot:ann", "Won", 12.0, "EUR", "2025-02-03", "hubspot")]
    assert company.rows(
        "select opportunity_id, stage, entered_at::varchar from "
        "raw_mapped.opportunity_stage_events order by 3"
    ) == [
        ("hubspot:1", "Open", "2025-01-01 08:00:00"),
        ("hubspot:1", "Won", "2025-02-03 09:00:00"),
    ]
    assert report.unmatched_files == ()


def test_the_same_header_in_chinese_and_another_case_means_the_same(company: Company):
    company.write("交易.csv", "记录 ID,交易名称,DEAL STAGE,金额\n1,x,Won,1\n".encode("gb18030"))
    company.map(SOURCES)
    company.load()
    assert company.rows(
        "select opportunity_id, stage, amount::int from raw_mapped.opportunities"
    ) == [("hubspot:1", "Won", 1)]


def test_a_column_pattern_takes_the_companys_word_and_counts_one_it_does_not_know(
    company: Company,
):
    company.write(
        "deals.csv",
        "Record ID,Deal Name,Deal Stage,Date entered “In progress (EMEA)”,Date entered “Odd”\n"
        "1,x,,2025-01-01,2025-01-02\n",
    )
    company.map(SOURCES)
    report = company.load()
    assert company.rows(
        "select stage, stage_source_value, entered_at::varchar from "
        "raw_mapped.opportunity_stage_events order by 3"
    ) == [
        ("Open", "In progress", "2024-12-31 23:00:00"),
        ("__unmapped__", "Odd", "2025-01-01 23:00:00"),
    ]
    assert [
        (use.entity, use.column, use.source_value, use.row_count) for use in report.unmapped
    ] == [
        ("opportunities", "stage", "(no stage)", 1),
        ("opportunity_stage_events", "stage", "Odd", 1),
    ]


def test_a_file_of_no_reader_is_named_with_the_nearest_and_what_is_missing(company: Company):
    company.write("deals.csv", DEALS + "1,x,Won,1,,,,,\n")
    company.write("old.csv", "Record ID,Deal Name,Amount\n1,x,1\n")
    company.write("notes.csv", "a,b\n1,2\n")
    company.map(SOURCES)
    report = company.load()
    assert {(file.file, file.reason) for file in report.unmatched_files} == {
        (
            "old.csv",
            "nearest is HubSpot, deals (UI export, CSV or XLSX), which would "
            "need 'Deal Stage' or '交易阶段' or 'dealstage'",
        ),
        ("notes.csv", "no reader comes near its header"),
    }
    assert report.totals["rows_read"] == 1


@pytest.mark.parametrize(
    ("header", "nearest"),
    [
        # As the tables of ads are that no reader knows: an id, a name and a day tell nothing.
        ("id,name,state,start_date,end_date,profile_id,portfolio_id,budget,targeting_type", None),
        ("campaign_id,date,campaign_budget_type,clicks,cost,impressions,purchases_30_d", None),
        ("campaign_id,stat_time_day,spend,impressions,clicks,cpc,cpm,ctr,conversion", None),
        ("id,created_time,advertiser_id,name,status,updated_time,_fivetran_synced", None),
        ("campaign_id,date,impressions,spend,swipes", "Microsoft Advertising, campaign_perf"),
        ("Date,Campaign,Impressions,Clicks,Cost", "Google Ads, campaigns "),
        ("Id,Name,CloseDate,Amount,IsClosed,AccountId,Stage", "Salesforce, opportunities "),
        ("Record ID,Deal Name," + ",".join(map(str, range(30))), "HubSpot, deals "),
        ("Date,Session default channel group,Views", "Google Analytics 4, channels "),
    ],
)
def test_the_nearest_shape_is_one_that_says_something_of_the_file(header: str, nearest: str | None):
    """Wrong: Salesforce users, because they have an id and a name too."""
    found = [Candidate(tuple(header.split(",")))]
    assert claims(readers(), found) == []
    said = nearest_shape(readers(), found)
    assert said.startswith(f"nearest is {nearest}") if nearest else said.startswith("no reader")


def test_a_file_that_an_entry_names_is_read_by_it_alone(company: Company):
    company.write("deals.csv", DEALS + "1,x,Won,1,,,,2025-01-01,\n")
    company.map(
        SOURCES + "files:\n  - {name: mine, pattern: deals.csv, entity: opportunities, columns: "
        "{opportunity_id: Record ID, stage: Deal Stage}}\n"
    )
    report = company.load()
    assert [(load.entry, load.rows_loaded) for load in report.file_loads] == [("mine", 1)]


def test_two_accounts_of_one_system_have_a_word_and_a_folder_each(company: Company):
    company.write("deals.csv", DEALS + "1,x,Won,1,,,,,\n")
    company.write("emea/deals.csv", DEALS + "1,x,Won,2,,01.02.2025,,,\n")
    company.map(
        "sources:\n  - {reader: hubspot}\n  - {reader: hubspot, source: hubspot_emea, folder: emea,"
        ' currency: GBP, date_format: "%d.%m.%Y"}\n'
    )
    company.load()
    assert company.rows(
        "select opportunity_id, amount::int, currency, close_date::varchar, _source_system "
        "from raw_mapped.opportunities order by 1"
    ) == [
        ("hubspot:1", 1, "EUR", None, "hubspot"),
        ("hubspot_emea:1", 2, "GBP", "2025-02-01", "hubspot_emea"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "where", "word"),
    [
        ("", ", folder: emea", "sources[0] (all files) and sources[1] (emea)", "hubspot_emea"),
        (
            ", folder: us",
            ", folder: eu/new",
            "sources[0] (us) and sources[1] (eu/new)",
            "hubspot_eu_new",
        ),
        (
            ', folder: crm, pattern: "us_*.csv"',
            ', folder: crm, pattern: "eu_*.csv"',
            "sources[0] (crm/us_*.csv) and sources[1] (crm/eu_*.csv)",
            "hubspot_crm_eu_csv",
        ),
    ],
)
def test_two_accounts_that_nothing_tells_apart_are_refused(
    company: Company, first: str, second: str, where: str, word: str
):
    """Record 1 of the one would be taken for a version of record 1 of the other."""
    company.map(f"sources:\n  - {{reader: hubspot{first}}}\n  - {{reader: hubspot{second}}}\n")
    with pytest.raises(MappingError) as raised:
        company.load()
    assert raised.value.problems == (
        f"sources[1].source: {where} are both hubspot, and no word of their own tells their "
        "records apart, so that those of one would replace those of the other. Two accounts: add "
        f"`source: {word}` to sources[1]. One account: add `source: hubspot` to both",
    )


@pytest.mark.parametrize(
    "sources",
    [
        "{reader: hubspot}, {reader: hubspot, pattern: deals.csv, currency: GBP}",
        "{reader: hubspot}, {reader: hubspot, pattern: a.csv}, {reader: hubspot, pattern: b.csv}",
        "{reader: hubspot, source: hubspot}, {reader: hubspot, source: hubspot, folder: old}",
        "{reader: hubspot}, {reader: hubspot, source: other, folder: old}",
        "{reader: hubspot, folder: a}, {reader: salesforce, folder: b}",
    ],
)
def test_one_account_may_be_named_in_parts(company: Company, sources: str):
    company.map(f"sources: [{sources}]\n")
    company.load()


def test_a_file_that_two_sources_or_two_readers_take_is_left_alone(company: Company):
    company.write("deals.csv", DEALS + "1,x,Won,1,,,,,\n")
    company.write("two.csv", "Record ID,Deal Name,Deal Stage,Deal - ID,Deal - Status\n")
    company.map(
        "sources:\n  - {reader: hubspot}\n  - {reader: hubspot, source: other}\n"
        "  - {reader: pipedrive}\n"
    )
    report = company.load()
    assert {file.file: file.reason for file in report.unmatched_files} == {
        "deals.csv": "more than one source takes it: hubspot, other; give "
        "each its own folder or pattern",
        "two.csv": "more than one reader takes it: HubSpot deals, Pipedrive deals",
    }


def test_custom_fields_and_words_are_said_beside_the_reader(company: Company):
    company.write(
        "deals.csv", "Record ID,Deal Name,Deal Stage,Deal Type,Region X\n1,x,Won,Upsell,North\n"
    )
    company.map(
        "sources:\n  - reader: hubspot\n"
        "    columns: {opportunities: {region: region x, segment: {constant: smb}}}\n"
        "    values: {order_type: {upsell: expansion}, opportunities.region: {North: N}}\n"
    )
    company.load()
    assert company.rows(
        "select opportunity_id, order_type, region, segment from raw_mapped.opportunities"
    ) == [("hubspot:1", "expansion", "N", "smb")]


def test_date_columns_stand_for_stages_where_no_history_is_kept(company: Company):
    company.write(
        "people.csv",
        "Person - ID,Person - Name,MQL on,Turned down on,Why\n1,x,2025-01-02,2025-01-03,budget\n"
        "2,y,2025-01-04,,\n",
    )
    company.write(
        "deals.csv", "Deal - ID,Deal - Status,Deal - Stage,In talks\n7,Open,Open,2025-01-05\n"
    )
    company.map(
        "sources:\n  - reader: pipedrive\n    time_zone: UTC\n"
        "    stage_dates:\n      lead_stage_events: {MQL on: mql, Turned down on: rejected}\n"
        "      opportunity_stage_events: {In talks: in progress}\n"
        "    columns: {lead_stage_events: {reject_reason: Why}}\n"
    )
    company.load()
    assert company.rows(
        "select person_id, stage, entered_at::varchar, reject_reason "
        "from raw_mapped.lead_stage_events order by 1, 3"
    ) == [
        ("pipedrive:1", "mql", "2025-01-01 23:00:00", "budget"),
        ("pipedrive:1", "rejected", "2025-01-02 23:00:00", "budget"),
        ("pipedrive:2", "mql", "2025-01-03 23:00:00", None),
    ]
    assert company.rows(
        "select opportunity_id, stage from raw_mapped.opportunity_stage_events"
    ) == [("pipedrive:7", "Open")]
    assert company.rows("select count(*) from raw_mapped.people") == [(2,)]


def test_a_header_may_state_the_currency_of_its_amounts():
    shape = {
        "name": "spend",
        "shape": "CSV",
        "how": {"en": "x", "zh": "x"},
        "recognise": ["/Spend .*/"],
        "entries": [
            {
                "entity": "opportunities",
                "columns": {
                    "opportunity_id": {"column": "id"},
                    "stage": {"constant": "Won"},
                    "amount": {"column": r"/Spend \([A-Z]{3}\)/"},
                },
            }
        ],
    }
    made = Reader.model_validate({"system": "made", "title": "Made", "shapes": [shape]})
    (claim,) = claims([made], [Candidate(("ID", "Spend (GBP)"))])
    (entry,) = expand(claim, SourceMapping(reader="made"), STAND_IN, "a.csv").entries
    assert (entry.header_currency, entry.columns["amount"].column) == ("GBP", "Spend (GBP)")


def test_a_custom_field_that_no_file_has_stops_the_load(company: Company):
    company.write("deals.csv", DEALS + "1,x,Won,1,,,,,\n")
    company.map(
        "sources:\n  - {reader: hubspot, columns: {opportunities: {region: Regio, segment: "
        "{column: Seg, optional: true}}}}\n"
    )
    with pytest.raises(LoadFailed, match=r"opportunities\.region: no file .* header 'Regio'"):
        company.load()


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "{reader: hubspott}",
            "sources[0].reader: there is no reader 'hubspott'; nearest: hubspot",
        ),
        ("{reader: hubspot, source: shared}", "sources[0].source: shared is reserved"),
        ("{reader: hubspot, folder: ../x}", "sources[0].folder: '../x' must stay inside"),
        ("{reader: hubspot, foldr: x}", "sources[0].foldr: unknown key; nearest: folder"),
        (
            "{reader: hubspot, columns: {opportunitys: {}}}",
            "sources[0].columns: 'opportunitys' is not an entity; nearest: opportunities",
        ),
        (
            "{reader: hubspot, columns: {people: {emial: E}}}",
            "sources[0].columns.people.emial: people has no such column; nearest: email",
        ),
        (
            "{reader: hubspot, values: {order_type: {x: newish}}}",
            "sources[0].values.order_type.values.x: 'newish' is not one of the words of "
            "order_type; nearest: new",
        ),
        (
            "{reader: hubspot, stage_dates: {lead_stage_events: {x: mqll}}}",
            "sources[0].stage_dates.lead_stage_events.x: 'mqll' is not one of the words of stage; "
            "nearest: mql",
        ),
        (
            "{reader: hubspot, values: {regoin: {x: y}}}",
            "sources[0].values: there is no column 'regoin'; nearest: region",
        ),
    ],
)
def test_a_wrong_source_is_refused_with_its_place(company: Company, source: str, problem: str):
    company.map(f"sources:\n  - {source}\n")
    with pytest.raises(MappingError) as raised:
        company.load()
    assert len(raised.value.problems) == 1
    assert raised.value.problems[0].startswith(problem)


def test_a_mapping_without_files_and_sources_is_refused(company: Company):
    company.map("")
    with pytest.raises(MappingError, match="name your exports here, or under `sources`"):
        company.load()


def test_a_damaged_file_stops_the_load_and_an_empty_page_does_not(company: Company):
    company.write("deals.csv", DEALS + "1,x,Won,1,,,,,\n")
    company.write("last_page.json", '{"results": []}')
    company.map(SOURCES)
    company.write("odd.json", '{"a":\n{"results": [{"id": 1}]}}')
    assert [(file.file, file.reason) for file in company.load().unmatched_files] == [
        ("last_page.json", "there are no records at 'results'"),
        ("odd.json", "it holds no JSON records, one a line or in an array, nor at 'results'"),
    ]
    company.write("page.json", '{"results": [{"id": "1", "properties": {"dealst')
    with pytest.raises(LoadFailed, match=r"page\.json as JSON documents: .* cut off or damaged"):
        company.load()


def test_records_of_an_array_are_rows_beside_the_values_of_their_record(company: Company):
    """The language of readers is that of the mapping file."""
    company.write(
        "deals.json",
        '[{"id": 1, "moves": [{"to": "Open", "at": "2025-01-01T00:00:00Z"}, {"to": "Won", "at": '
        '"2025-02-01T00:00:00Z"}]}, {"id": 2, "moves": []}, {"id": 3}, {"id": 4, "moves": [{"to": '
        '"Lost", "at": "soon"}]}]',
    )
    entry = (
        "files:\n  - name: moves\n    pattern: deals.json\n    entity: opportunity_stage_events\n"
        '    columns: {opportunity_id: id, stage: "moves[].to", entered_at: "moves[].at"}\n'
    )
    company.map(entry)
    report = company.load()
    moves = (
        "select opportunity_id, stage, entered_at::varchar from "
        "raw_mapped.opportunity_stage_events order by 3"
    )
    assert company.rows(moves) == [
        ("1", "Open", "2025-01-01 00:00:00"), ("1", "Won", "2025-02-01 00:00:00"),
    ]  # fmt: skip
    # Records whose array is empty or absent are read as well: a row each, of nothing.
    assert _counts(report) == [(5, 2, 1, 0, 2)]
    assert company.quarantined() == [(3, "entered_at", "soon", "not a time in ISO form")]
    newer = company.write("newer.json", '[{"id": 1, "moves": []}, {"id": 5, "moves": [{"to": '
                          '"Won", "at": "2025-03-01T00:00:00Z"}]}]')  # fmt: skip
    os.utime(newer, (2_000_000_000, 2_000_000_000))
    company.map(entry.replace("deals.json", '"*.json"'))
    report = company.load()
    assert company.rows(moves) == [("5", "Won", "2025-03-01 00:00:00")]
    assert _counts(report) == [(5, 0, 1, 2, 2), (2, 1, 0, 0, 1)]


def _counts(report: LoadReport) -> list[tuple[int, ...]]:
    """What was read of each file, loaded, quarantined, superseded and filtered."""
    return [
        (load.rows_read, load.rows_loaded, load.rows_quarantined, load.rows_superseded,
         load.rows_filtered)
        for load in report.file_loads
    ]  # fmt: skip


def test_the_first_item_of_an_array_and_the_word_of_an_empty_cell(company: Company):
    company.write(
        "people.jsonl",
        '{"id": 1, "mail": [{"value": "a@b.example"}, {"value": "c@d.example"}], "x": ""}\n'
        '{"id": 2, "mail": [], "x": "Web"}\n{"id": 3, "x": "Spam"}\n',
    )
    company.map(
        "files:\n  - name: people\n    pattern: people.jsonl\n    entity: people\n"
        '    where_not: {x: [spam]}\n    columns: {person_id: id, email: "mail[0].value", channel: '
        "{column: x, default: nothing said, values: {web: direct}}}\n"
    )
    report = company.load()
    assert company.rows("select person_id, email, channel from raw_mapped.people order by 1") == [
        ("1", "a@b.example", "__unmapped__"),
        ("2", None, "direct"),
    ]
    assert [use.source_value for use in report.unmapped] == ["nothing said"]
    assert report.totals["rows_filtered"] == 1
    assert {(item.column, item.kind) for item in report.drift} == set()
