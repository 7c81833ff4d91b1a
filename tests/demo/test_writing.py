"""`smarketing demo`: the same bytes every time, in little memory, whole or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.demo import DemoSettings, write_demo
from orchestration.demo.warts import WARTS


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file with the hash of its content and its age."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns if folder.joinpath("exports") in path.parents else 0,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_settings_give_the_same_bytes_and_another_seed_does_not(tmp_path: Path):
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        write_demo(DemoSettings(300, 12, seed), tmp_path / name)
    one = tree(tmp_path / "one")
    assert one == tree(tmp_path / "two")
    other = tree(tmp_path / "other")
    assert one.keys() == other.keys()
    assert one["truth/kpi_values.csv"] != other["truth/kpi_values.csv"]


def test_ten_times_the_people_need_no_more_memory(tmp_path: Path):
    def peak(people: int) -> int:
        script = (
            "import resource, sys; from pathlib import Path\n"
            "from orchestration.demo import DemoSettings, write_demo\n"
            "write_demo(DemoSettings(int(sys.argv[1])), Path(sys.argv[2]))\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        folder = str(tmp_path / str(people))
        command = [sys.executable, "-c", script, str(people), folder]
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    assert peak(10_000) < 1.3 * peak(1_000)


def test_the_command_says_what_it_wrote_and_how_to_read_it(tmp_path: Path):
    out = tmp_path / "demo"
    done = CliRunner().invoke(main, ["demo", "--people", "50", "--months", "3", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"smarketing run --exports {out / 'exports'} --home {out / 'home'}" in done.output
    assert (out / "exports" / "exports.yaml").is_file()
    assert (out / "truth" / "kpi_values.csv").is_file()


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path):
    (tmp_path / "precious.txt").write_text("mine")
    done = CliRunner().invoke(main, ["demo", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "the folder is not empty. A retry will not help." in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_defect_nobody_knows_is_told_with_the_nearest(tmp_path: Path):
    done = CliRunner().invoke(
        main, ["demo", "--out", str(tmp_path / "demo"), "--warts", "duplicate"]
    )
    assert done.exit_code == 2
    assert "duplicate: not a defect this company can have; nearest: duplicates" in done.output


@pytest.mark.parametrize("wart", WARTS)
def test_the_help_names_every_defect(wart):
    assert wart in CliRunner().invoke(main, ["demo", "--help"]).output
