"""A further cell, added as docs/aws/capacity.md says: it comes up, and is held to all that production is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from deploy.aws import rules
from deploy.aws.layers import environments, guarded, layers
from deploy.aws.plan import read
from deploy.documents.rehearsal import bring_up
from deploy.double.run import offline
from deploy.double.tree import offline_copy

pytestmark = pytest.mark.terraform
CELL = "production-2"


def add_cell(tree: Path) -> None:
    """A column in the table, an entry in each map of the organisation, production's roots under its name."""
    for name, row in (
        ("environments.tf", r"^( .* = \{ development = .*\bproduction = (.+)) \}$"),
        ("organisation.tf", r"^( .* = \{ development = .*\bproduction = (.+)) \}$"),
    ):
        path = tree / "settings" / name
        path.write_text(re.sub(row, rf"\1, {CELL} = \2 }}", path.read_text(), flags=re.MULTILINE))
    organisation = tree / "settings" / "organisation.tf"
    text = organisation.read_text()
    text = text.replace('production  = "333333333333"', f'production = "333333333333"\n      {CELL} = "444444444444"')
    organisation.write_text(text.replace("production  = []", f"production = []\n      {CELL} = []"))
    shutil.copytree(tree / "live" / "production", tree / "live" / CELL)
    for path in (tree / "live" / CELL).rglob("*.tf"):
        path.write_text(
            path.read_text().replace('"production"', f'"{CELL}"').replace("/live/production/", f"/live/{CELL}/")
        )


def test_a_cell_is_a_production_in_an_account_of_its_own(tmp_path):
    tree = offline_copy(tmp_path)
    add_cell(tree)
    assert environments(tree) == ["development", "staging", "production", CELL]
    assert guarded(CELL)
    with offline(tree) as terraform:
        plans = {layer: read(shown, CELL, layer) for layer, shown in bring_up(terraform, tree, CELL).items()}
    assert list(plans) == [layer.name for layer in layers(tree, "production")]
    assert not [str(finding) for plan in plans.values() for finding in rules.check(plan)]
    text = str([resource.values for plan in plans.values() for resource in plan.resources])
    assert "444444444444" in text
    assert "333333333333" not in text


def test_a_cell_keeps_productions_promises(tmp_path):
    tree = offline_copy(tmp_path)
    add_cell(tree)
    table = tree / "settings" / "environments.tf"
    table.write_text(table.read_text().replace(f"{CELL} = 3 ", f"{CELL} = 1 "))
    with offline(tree) as terraform:
        plan = read(bring_up(terraform, tree, CELL, last="20-network")["20-network"], CELL, "20-network")
    assert [finding for finding in rules.check(plan) if "shares its NAT gateway" in finding.message]
