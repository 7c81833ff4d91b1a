"""Every real export beside the project, walked whole: a reader takes it, or the reason is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.exports.checking import Check, check_file
from orchestration.exports.mapping import read_yaml
from orchestration.exports.reader_model import reader
from tests.conftest import SHARED_DATA

CRM: dict[str, dict[str, str]] = read_yaml(Path(__file__).with_name("real_exports.yaml"))
"""Reader and shape of each file that one takes, by the folders of the CRMs."""

REASONS = (
    "nearest is ",
    "no reader comes near its header",
    "there are no records at ",
    "it holds no JSON records, one a line or in an array, nor at ",
    "more than one reader takes it: ",
    "sheet ",
)
"""How a reason begins for which no reader takes a file or sheet."""


def _folders() -> list[str]:
    if not SHARED_DATA.is_dir():
        return sorted(CRM)
    files = (path for path in SHARED_DATA.rglob("*") if path.is_file())
    return sorted({path.parent.relative_to(SHARED_DATA).as_posix() for path in files} | set(CRM))


@pytest.mark.parametrize("folder", _folders())
def test_a_reader_takes_each_real_export_or_the_reason_is_said(tmp_path: Path, folder: str):
    path = SHARED_DATA / folder
    if not path.is_dir():
        pytest.skip(f"the real exports {folder} are not beside the project: {path} is absent")
    files = sorted(file for file in path.iterdir() if file.is_file())
    assert set(CRM.get(folder, ())) <= {file.name for file in files}
    for file in files:
        for check in check_file(file, None, file.parent, tmp_path):
            _is_said(check, file.name)
            if folder in CRM:
                claim = check.claim
                taken = f"{claim.reader.system} {claim.shape.name}" if claim else None
                assert taken == CRM[folder].get(file.name), f"{file.name}: {check.reason}"
                for checked in check.entries:
                    assert checked.loaded is not None, f"{file.name}: {checked.error}"
                    assert checked.loaded.rows_quarantined == 0, f"{file.name}: {check.problems}"


def _is_said(check: Check, name: str) -> None:
    if check.claim is None:
        assert check.reason is not None, name
        assert check.reason.startswith(REASONS), f"{name}: {check.reason}"
        return
    shape = check.claim.shape
    assert shape in reader(check.claim.reader.system).shapes
    assert check.entries or check.reason, name
    if check.reason and not check.left_out:
        assert check.reason.endswith(shape.how.en), name
    for checked in check.entries:
        if checked.loaded is None:
            # A reader that must not guess says what to state.
            assert checked.error is not None
            assert "A retry will not help" in checked.error, f"{name}: {checked.error}"
            continue
        loaded = checked.loaded
        assert loaded.rows_read == (
            loaded.rows_loaded
            + loaded.rows_quarantined
            + loaded.rows_superseded
            + loaded.rows_filtered
        ), name
