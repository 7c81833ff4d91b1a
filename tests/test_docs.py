"""The documents say what is there."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from orchestration.cli import main
from orchestration.settings import PROJECT_ROOT, SETTINGS

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DECISIONS.md")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_documented_and_has_help(command):
    assert f"smarketing {command}" in README
    assert main.commands[command].help


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_every_setting_is_documented(setting):
    assert f"`{setting.variable}`" in README
    assert setting.variable in (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")


def test_every_make_target_is_documented():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE):
        assert f"`make {target}`" in README or f"make {target}\n" in README, target


def test_every_metric_is_in_the_changelog_of_definitions():
    changelog = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    yaml = YAML(typ="safe", pure=True)
    for path in (PROJECT_ROOT / "dbt_project/models/metrics").glob("*.yml"):
        for metric in (yaml.load(path.read_text(encoding="utf-8")) or {}).get("metrics", []):
            if metric["config"]["meta"].get("version"):
                assert metric["name"] in changelog, metric["name"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_a_document_links_to_exists(document):
    text = (PROJECT_ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (PROJECT_ROOT / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_project_path_in_backticks_exists(document):
    text = (PROJECT_ROOT / document).read_text(encoding="utf-8")
    roots = "orchestration|dbt_project|expectations|tests|examples"
    for target in re.findall(rf"`((?:{roots})/[\w./-]*)`", text):
        assert (PROJECT_ROOT / target).exists(), target
