"""The security guide says how to rotate each secret that there is, and the playbook what each attack shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from deploy import service_secrets
from proofs.attack import ATTACKS
from tools.evidence import tables
from tools.gates.tree import ROOT

GUIDE = ROOT / "docs/guides/security.md"
PLAYBOOK = ROOT / "docs/compliance/penetration-test.md"
# Values of a chart's secrets.files by their full name, and in lists of a template of secrets.
_FILES = re.compile(r"secrets\.files\.\w+\.(\w+)")
_LISTS = re.compile(r'range list ((?:"\w+" ?)+)')


def told(text: str) -> set[str]:
    """The names in the table of secrets."""
    rows = [row.cells for row in tables.rows(text) if {"secret", "rotate"} <= row.cells.keys()]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row["secret"])}


def of_services(folder: Path) -> set[str]:
    """What the command that makes secrets makes, and the keys that each service.yaml declares."""
    given = {service: dict.fromkeys(names, "x") for service, names in service_secrets.GIVEN.items()}
    made = [*service_secrets.made(folder, given).values(), *service_secrets.in_cluster(folder).values()]
    specs = [yaml.safe_load(path.read_text()) for path in ROOT.glob("services/*/service.yaml")]
    return {name for each in made for name in each} | {key.upper() for spec in specs for key in spec.get("keys", ())}


def of_charts() -> set[str]:
    """What the charts read beside these."""
    found = set()
    for path in (ROOT / "deploy/charts").glob("*/templates/*.*"):
        text = path.read_text(encoding="utf-8")
        found |= set(_FILES.findall(text)) - {"callers"}
        if path.name in {"secrets.yaml", "probe.yaml"}:
            found |= {name for names in _LISTS.findall(text) for name in re.findall(r"\w+", names)}
    return found


def of_workflows() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")]
    return {name for text in texts for name in re.findall(r"secrets\.([A-Z_]+)", text)} - {"GITHUB_TOKEN"}


def test_the_guide_has_every_secret_and_no_other(tmp_path: Path):
    there = of_services(tmp_path) | of_charts() | of_workflows()
    assert told(GUIDE.read_text(encoding="utf-8")) == there
    assert {"KEY_ENCRYPTION_KEY", "archive_secret_key", "slack_api_url", "password", "SLACK_WEBHOOK_URL"} <= there


@pytest.mark.parametrize("name", ["ORDER_TOKEN_KEY", "SLACK_WEBHOOK_URL", "dead_man_url"])
def test_a_secret_that_is_left_out_is_found(tmp_path: Path, name: str):
    text = GUIDE.read_text(encoding="utf-8").replace(f"`{name}`", "`gone`")
    there = of_services(tmp_path) | of_charts() | of_workflows()
    assert told(text) ^ there == {name, "gone"}


def attacks(text: str) -> list[str]:
    return [row.cells["attack"].strip("`") for row in tables.rows(text) if "shows that" in row.cells]


def test_the_playbook_has_every_attack_in_its_order():
    assert attacks(PLAYBOOK.read_text(encoding="utf-8")) == list(ATTACKS)
