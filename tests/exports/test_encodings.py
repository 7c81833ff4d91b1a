"""An encoding is certain or it is said: a guess is named, an open question refused."""

from __future__ import annotations

import logging

import pytest

from orchestration import pipeline
from orchestration.exports.checking import check_file, describe
from orchestration.exports.errors import LoadFailed
from tests.exports.conftest import Company

ACCOUNTS = """\
files:
  - name: accounts
    pattern: accounts.csv
    entity: accounts
    {stated}columns: {{account_id: id, account_name: {name}}}
"""
TEXTS = {
    "gb18030": ["北京客户", "上海贸易有限公司", "张伟"],
    "big5": ["台北大同股份有限公司", "陳小明"],
    "cp932": ["東京株式会社サンプル", "山田太郎", "ソニー"],
    "cp1251": ["ООО Ромашка", "Общество с ограниченной ответственностью", "Сбербанк России"],
    "cp1253": ["Ελληνική Εταιρεία", "Παπαδόπουλος και Υιοί", "Ανώνυμη Εταιρεία"],
    "cp1252": ["Müller GmbH", "Café Orléans", "O’Brien – “ok” 100 €"],
    "cp949": ["삼성전자", "현대자동차 서울", "한국전력공사"],
    "utf-16": ["Łódź", "北京"],
    "utf-16-le": ["北京客户上海贸易有限公司上海贸易有限公司", "一上"],
    "utf-16-be": ["北京客户上海贸易有限公司上海贸易有限公司", "一上"],
}


def _write(company: Company, encoding: str, names: list[str], header: str = "name") -> None:
    lines = [f"id,{header}", *(f"a{number},{name}" for number, name in enumerate(names)), ""]
    company.write("accounts.csv", "\n".join(lines).encode(encoding))


def _names(company: Company) -> list[str]:
    return [
        name
        for (name,) in company.rows(
            "select account_name from raw_mapped.accounts order by account_id"
        )
    ]


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_text_is_read_as_it_was_written_and_a_guess_is_said(company: Company, encoding: str):
    names = TEXTS[encoding]
    _write(company, encoding, names)
    company.map(ACCOUNTS.format(stated="", name="name"))
    is_certain = encoding.startswith("utf")
    try:
        report = company.load()
    except LoadFailed as refused:
        # Never another text: what could be two is not loaded.
        assert encoding == "cp949"
        (error,) = refused.errors
        assert f"euc-kr ({f'a0,{names[0]}'!r})" in str(error)
    else:
        assert _names(company) == names
        assert set(report.guessed_encodings) == (set() if is_certain else {"accounts.csv"})
    company.map(ACCOUNTS.format(stated=f"encoding: {encoding}\n    ", name="name"))
    assert company.load().guessed_encodings == {}
    assert _names(company) == names


def test_a_stated_name_stands_for_what_windows_writes_under_it(company: Company):
    _write(company, "cp932", ["①㈱東京"])
    company.map(ACCOUNTS.format(stated="encoding: Shift_JIS\n    ", name="name"))
    company.load()
    assert _names(company) == ["①㈱東京"]


@pytest.mark.parametrize(
    ("encoding", "names", "shown"),
    [
        ("cp1251", ["Иванов"], "windows-1251 ('a0,Иванов'), windows-1253 ('a0,Θβΰνξβ')"),
        ("cp1252", ["Malmö", "Åre"], "windows-1252 ('a1,Åre'), windows-1250 ('a1,Ĺre')"),
        ("cp1250", ["Příbram"], "windows-1252 ('a0,Pøíbram'), windows-1250 ('a0,Příbram')"),
    ],
)
def test_what_could_be_two_things_is_refused_with_both_and_what_to_state(
    company: Company, encoding: str, names: list[str], shown: str
):
    _write(company, encoding, names)
    company.map(ACCOUNTS.format(stated="", name="name"))
    with pytest.raises(LoadFailed) as raised:
        company.load()
    (error,) = raised.value.errors
    first = shown.partition(" ")[0]
    assert str(error) == (
        f"Reading accounts.csv: nothing says its encoding, and its bytes could be {shown}. A retry "
        f"will not help. State the right one, such as `encoding: {first}`, for its entry or source "
        "in the mapping, or export it as UTF-8."
    )


@pytest.mark.parametrize("encoding", ["cp949", "gb18030"])
def test_a_header_that_the_mapping_names_tells_the_encoding(company: Company, encoding: str):
    header, names = {"cp949": ("이름", ["삼성전자"]), "gb18030": ("名称", ["张"])}[encoding]
    _write(company, encoding, names, header)
    company.map(ACCOUNTS.format(stated="", name=header))
    assert company.load().guessed_encodings == {"accounts.csv": encoding}
    assert _names(company) == names


def test_a_bad_byte_among_utf8_is_no_other_encoding(company: Company):
    company.write("accounts.csv", "id,name\n1,北京\n".encode() + b"2,\xff\xfe\x98\x81\n")
    company.map(ACCOUNTS.format(stated="", name="name"))
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert "accounts.csv" in str(raised.value)


def test_a_file_of_a_source_is_told_by_its_header_or_refused(company: Company, tmp_path):
    path = company.write("交易.csv", "记录 ID,交易名称,交易阶段\n1,张,Won\n".encode("gb18030"))
    company.map("sources:\n  - {reader: hubspot}\n")
    assert company.load().guessed_encodings == {"交易.csv": "gb18030"}
    (check,) = check_file(path, None, path.parent, tmp_path)
    assert any(line.startswith("  encoding gb18030 (a guess), ") for line in describe(check))
    path.write_bytes("Record ID,Deal Name,Deal Stage\n1,Åre,Won\n".encode("cp1252"))
    with pytest.raises(LoadFailed) as raised:
        company.load()
    assert "windows-1252 ('1,Åre,Won'), windows-1250" in str(raised.value)
    company.map("sources:\n  - {reader: hubspot, encoding: windows-1252}\n")
    assert company.load().guessed_encodings == {}
    # What is nobody's export stops nothing.
    company.write("notes.csv", "a,b\n1,Åre\n".encode("cp1252"))
    company.map("sources:\n  - {reader: hubspot, pattern: 交易.csv, encoding: windows-1252}\n"
                "  - {reader: salesforce}\n")  # fmt: skip
    assert [(left.file, left.reason) for left in company.load().unmatched_files] == [
        ("notes.csv", "no reader takes it in any encoding it could be in")
    ]


def test_the_log_names_a_guess(company: Company, caplog: pytest.LogCaptureFixture):
    _write(company, "gb18030", TEXTS["gb18030"])
    company.map(ACCOUNTS.format(stated="", name="name"))
    with caplog.at_level(logging.INFO):
        pipeline.load(company.settings, "run-1")
    assert (
        "  accounts.csv: read as gb18030, which is a guess; state its `encoding` if names look "
        "wrong"
    ) in [record.getMessage() for record in caplog.records]
