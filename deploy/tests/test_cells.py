"""A further cell, added as docs/aws/capacity.md says: it comes up, and is held to all that production is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from deploy.aws import rules
from deploy.aws.guards import refuse_protected
from deploy.aws.layers import environments, guarded
from deploy.aws.organisation import organisation
from deploy.aws.plan import Resource, read
from deploy.documents.rehearsal import bring_up
from deploy.refusal import Refusal
from deploy.tests.double.run import offline
from deploy.tests.double.tree import offline_copy

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
    text = text.replace("production  = []", f"production = []\n      {CELL} = []")
    organisation.write_text(re.sub(r"production  = (\{ developers.*\})", rf"production = \1\n      {CELL} = \1", text))
    shutil.copytree(tree / "live" / "production", tree / "live" / CELL)
    for path in (tree / "live" / CELL).rglob("*.tf"):
        path.write_text(
            path.read_text().replace('"production"', f'"{CELL}"').replace("/live/production/", f"/live/{CELL}/")
        )


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """With a cell, and in it a slip that only production's rules would find."""
    copy = offline_copy(tmp_path_factory.mktemp("cells"))
    add_cell(copy)
    table = copy / "settings" / "environments.tf"
    text = table.read_text()
    table.write_text(text.replace(f"{CELL} = 3 }}", f"{CELL} = 1 }}", 1))
    assert table.read_text() != text
    return copy


def test_a_cell_is_a_production_in_an_account_of_its_own(tree):
    assert environments(tree) == ["development", "staging", "production", CELL]
    assert guarded(CELL)
    budgets = organisation(tree).budgets
    assert budgets[CELL] == budgets["production"]
    with offline(tree) as terraform:
        shown = bring_up(terraform, tree, CELL, last="20-network")
    plans = {layer: read(plan, CELL, layer) for layer, plan in shown.items()}
    assert not rules.check(plans["10-foundation"])
    messages = {finding.message for finding in rules.check(plans["20-network"])}
    assert messages
    assert all("NAT gateway" in message for message in messages), messages
    text = str([resource.values for plan in plans.values() for resource in plan.resources])
    assert "444444444444" in text
    assert "333333333333" not in text


def test_a_cell_that_is_protected_is_named_whole():
    balancer = Resource("aws_lb.this", "aws_lb", "this", "", {"enable_deletion_protection": True})
    with pytest.raises(Refusal, match=rf"false for {CELL} in .*\n.*apply {CELL} --release mercat-{CELL}"):
        refuse_protected(CELL, f"mercat-{CELL}", [balancer])
