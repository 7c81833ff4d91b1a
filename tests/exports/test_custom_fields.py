"""Fields of a company's own: refused where they cannot be meant, else read like any column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.exports.checking import check_file, describe
from orchestration.exports.errors import LoadFailed, MappingError, PermanentExportError
from orchestration.exports.mapping import load_mapping
from tests.exports.conftest import Company

ENTRY = """\
files:
  - name: deals
    pattern: "deals*"
    entity: opportunities
    columns: {opportunity_id: id, stage: stage}
    custom:
      vertical: {column: Vertical__c, dimension: true}
"""
SOURCE = """\
sources:
  - reader: pipedrive
    custom:
      opportunities:
        vertical: {column: Vertical, values: {mfg: Manufacturing}, dimension: true}
        band: {column: Deal - Value, bands: {0: small, "1000.5": large}}
"""
PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Value,Vertical\n"
    "1,One,In progress,Open,1000,mfg\n"
    '2,Two,In progress,Won,"1000.5",Retail\n'
)


def fields(company: Company) -> dict[str, dict[str, str | None]]:
    return {
        record: json.loads(found)
        for record, found in company.rows(
            "select opportunity_id, custom_fields from raw_mapped.opportunities order by 1"
        )
    }


@pytest.mark.parametrize(
    ("custom", "problem"),
    [
        (
            '"x\'); drop table people; --": Vertical__c',
            "files[0].custom.x'); drop table people; --: \"x'); drop table people; --\" is no "
            "name: use small letters, digits and _, a letter first, at most 60. What readers see "
            "is its `label`, which may be anything",
        ),
        (
            "region: Vertical__c",
            "files[0].custom.region: opportunities has this column; map it under `columns`",
        ),
        ("v: {colum: x}", "files[0].custom.v.colum: unknown key; nearest: column, count"),
        (
            "v: {dimension: true}",
            "files[0].custom.v: give either a header (column) or a constant, not both or none",
        ),
        (
            "v: {column: x, source: crm}",
            "files[0].custom.v.source: a custom field is no id",
        ),
        (
            "v: {column: x, bands: {low: small}}",
            "files[0].custom.v.bands: 'low' is no number; write `bands: {0: small, 10000: large}`, "
            "each word after the number it begins with",
        ),
        (
            'v: {column: x, bands: {"1": a, "1.0": b}}',
            "files[0].custom.v.bands: a number appears more than once",
        ),
        (
            "v: {column: x, type: date, bands: {0: small}}",
            "files[0].custom.v.bands: only a number falls into a band, and this is date",
        ),
        (
            "v: {column: x, percent: true}",
            "files[0].custom.v.percent: only a share can be written as a percentage",
        ),
    ],
)
def test_a_custom_field_that_cannot_be_meant_is_refused(
    company: Company, custom: str, problem: str
):
    company.map(ENTRY.replace("vertical: {column: Vertical__c, dimension: true}", custom))
    with pytest.raises(MappingError) as raised:
        load_mapping(company.settings.config)
    assert problem in raised.value.problems


def test_only_entities_with_a_mart_of_their_records_have_custom_fields(company: Company):
    company.map(
        ENTRY.replace("entity: opportunities", "entity: products").replace(
            "opportunity_id: id, stage: stage", "product_id: id"
        )
        + "  - {name: a, pattern: a, entity: accounts, columns: {account_id: id},\n"
        "     custom: {tier: {column: tier, dimension: true}}}\n"
    )
    with pytest.raises(MappingError) as raised:
        load_mapping(company.settings.config)
    assert raised.value.problems == (
        "files[0].custom.vertical: products has no custom fields; only people, accounts, "
        "opportunities have",
        "files[1].custom.tier.dimension: no KPI counts accounts; only fields of people and "
        "opportunities can be dimensions",
    )


@pytest.mark.parametrize("name", ["channel", "owner", "all", "campaign"])
def test_a_dimension_that_the_kpis_already_have_is_refused(company: Company, name: str):
    company.write("deals.csv", "id,stage,Vertical__c\n1,Won,a\n")
    company.map(ENTRY.replace("vertical:", f"{name}:"))
    with pytest.raises(MappingError) as raised:
        company.load()
    assert raised.value.problems == (
        f"custom.{name}: the KPIs already have a dimension {name!r}; give the field another name, "
        "or map the column to the canonical one",
    )


def test_a_missing_custom_column_is_named_as_any_other_unless_it_may_be_absent(company: Company):
    company.write("deals.csv", "id,stage,Vertical\n1,Won,a\n")
    company.map(ENTRY)
    with pytest.raises(LoadFailed, match="lacks 'Vertical__c' for custom_vertical"):
        company.load()
    company.map(ENTRY.replace("dimension: true", "optional: true"))
    report = company.load()
    assert company.rows("select custom_fields from raw_mapped.opportunities") == [(None,)]
    assert {(drift.column, drift.kind) for drift in report.drift} == {
        ("Vertical__c", "missing_optional_column"),
        ("Vertical", "unknown_column"),
    }


def test_a_declared_column_is_no_drift_and_no_extra(company: Company):
    company.write("deals.csv", "id,stage,Vertical__c\n1,Won,a\n")
    company.map(ENTRY)
    assert company.load().drift == ()
    assert company.rows("select _extra, custom_fields from raw_mapped.opportunities") == [
        (None, '{"vertical":"a"}')
    ]
    assert company.rows("from raw_meta.custom_fields") == [
        ("opportunities", "vertical", None, None, True)
    ]


def test_a_cell_that_is_not_of_the_type_keeps_the_row_back(company: Company):
    company.write("deals.csv", "id,stage,Vertical__c\n1,Won,12\n2,Won,many\n")
    company.map(ENTRY.replace("dimension: true", "type: number"))
    company.load()
    assert fields(company) == {"1": {"vertical": "12"}}
    ((row, column, value, _),) = company.quarantined()
    assert (row, column, value) == (3, "custom_vertical", "many")


def test_values_come_through_as_they_are_however_hostile(company: Company):
    values = ["'; drop table x; --", '"}], "a": {', "x" * 10_000, "\\u0000 $.a", "行业", "=1+1"]
    lines = "".join(
        f'{number},Won,"{value.replace(chr(34), chr(34) * 2)}"\n'
        for number, value in enumerate(values)
    )
    company.write("deals.csv", "id,stage,Vertical__c\n" + lines)
    company.map(ENTRY)
    company.load()
    assert [found["vertical"] for found in fields(company).values()] == values


def test_the_same_key_with_another_custom_value_is_kept_back(company: Company):
    company.write("deals.csv", "id,stage,Vertical__c\n1,Won,a\n1,Won,a\n1,Won,b\n")
    company.map(ENTRY)
    report = company.load()
    assert fields(company) == {"1": {"vertical": "a"}}
    totals = report.totals
    assert (totals["rows_superseded"], totals["rows_quarantined"]) == (1, 1)


def test_a_dimension_with_too_many_members_is_refused_and_the_last_good_data_stays(
    company: Company,
):
    head = "id,stage,Vertical__c\n"
    company.write("deals.csv", head + "".join(f"{n},Won,v{n}\n" for n in range(200)))
    company.map(ENTRY)
    company.load()
    company.write("deals.csv", head + "".join(f"{n},Won,v{n}\n" for n in range(201)))
    with pytest.raises(PermanentExportError, match="it has 201 different values, and a dimension"):
        company.load()
    assert len(fields(company)) == 200
    company.map(ENTRY.replace(", dimension: true", ""))
    company.load()
    assert len(fields(company)) == 201


def test_a_recognised_file_gives_custom_fields_too(company: Company):
    company.write("deals.csv", PIPEDRIVE)
    company.map(SOURCE)
    report = company.load()
    assert fields(company) == {
        "pipedrive:1": {"vertical": "Manufacturing", "band": "small"},
        "pipedrive:2": {"vertical": "Retail", "band": "large"},
    }
    assert "Vertical" not in {drift.column for drift in report.drift}


def test_a_custom_header_that_no_recognised_file_has_is_a_mistake(company: Company):
    company.write("deals.csv", PIPEDRIVE)
    company.map(SOURCE.replace("column: Vertical", "column: Verticl"))
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert (
        "sources[0].custom.opportunities.vertical: no file of opportunities has the header "
        "'Verticl'. A retry will not help."
    ) in str(raised.value)
    company.map(SOURCE.replace("column: Vertical", "column: Verticl, optional: true"))
    company.load()
    assert fields(company)["pipedrive:1"] == {"band": "small"}


def test_sources_check_shows_custom_fields_as_known(company: Company, tmp_path: Path):
    path = company.write("deals.csv", PIPEDRIVE)
    company.map(SOURCE)
    mapping = load_mapping(company.settings.config)
    (check,) = check_file(path, mapping, company.settings.exports, tmp_path)
    lines = [" ".join(line.split()) for line in describe(check)]
    assert "custom_vertical Vertical: 1 of 1 filled" in lines
    assert "custom_band Deal - Value: 1 of 1 filled" in lines
    assert "Vertical" not in check.unmapped_headers
