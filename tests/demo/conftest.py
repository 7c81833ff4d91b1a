"""The demo companies that several tests look at, written and loaded once each."""

from __future__ import annotations

import pytest

from orchestration.demo.settings import DemoSettings
from orchestration.demo.warts import ALL_WARTS
from tests.demo.demo_company import Demo, load_demo

PEOPLE = 1_500

FILE_WARTS = frozenset(
    {
        "duplicates",
        "cross_system",
        "merges",
        "gb18030",
        "ambiguous_dates",
        "late_files",
        "cut_row",
        "hostile_text",
    }
)
"""Those that CRM files are given; the company itself is the same with and without them."""


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return load_demo(
        tmp_path_factory.mktemp("clean"), DemoSettings(people=PEOPLE, warts=frozenset())
    )


@pytest.fixture(scope="session")
def odd_files(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The same company, whose files have every defect."""
    settings = DemoSettings(people=PEOPLE, warts=FILE_WARTS)
    return load_demo(tmp_path_factory.mktemp("odd"), settings)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    settings = DemoSettings(people=PEOPLE, warts=ALL_WARTS)
    return load_demo(tmp_path_factory.mktemp("everything"), settings)


@pytest.fixture(params=["clean", "everything"])
def demo(request: pytest.FixtureRequest) -> Demo:
    return request.getfixturevalue(request.param)
