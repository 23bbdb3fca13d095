"""Each promise of the Terraform, broken on purpose in a copy: something must say so before anything is applied.

A seed (seeds.py) is one edit that a hurried person could make. Who must catch it is the name of a rule over the plan
(deploy/aws/rules), or a sentence of Terraform's own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.aws import rules
from deploy.aws.guards import dropped, stateful_losses
from deploy.aws.plan import read
from deploy.documents.rehearsal import bring_up
from deploy.tests.double.run import Terraform, offline
from deploy.tests.double.tree import offline_copy
from deploy.tests.seeds import SEEDS

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    """Both environments that the seeds are planted in, up: production whole, development as far as it is needed."""
    tree = offline_copy(tmp_path_factory.mktemp("violations"))
    with offline(tree) as production, offline(tree) as development:
        bring_up(production, tree, "production")
        bring_up(development, tree, "development", last="10-foundation")
        yield tree, {"production": production, "development": development}


def plan(terraform: Terraform, layer: Path) -> str:
    """What is said of a layer: by Terraform when it refuses, else by the rules."""
    try:
        shown = terraform.plan(layer)
    except AssertionError as refused:
        return " ".join(str(refused).split())
    planned = read(shown, layer.parent.name, layer.name)
    lost = [f"[loss {', '.join(dropped(change)) or change.kind}]" for change in stateful_losses(planned)]
    return " ".join([f"[{finding.rule}]" for finding in rules.check(planned)] + lost)


@pytest.mark.parametrize("what", SEEDS)
def test_a_seeded_violation_is_reported(up, what):
    tree, terraforms = up
    seed = SEEDS[what]
    layer = tree / "live" / seed.environment / seed.layer
    path = tree / seed.file
    sound = path.read_text()
    assert sound.count(seed.old) >= 1, "there is nothing to break: the code has changed, the seed must follow"
    path.write_text(sound.replace(seed.old, seed.new, 1))
    try:
        said = plan(terraforms[seed.environment], layer)
    finally:
        path.write_text(sound)
    assert seed.caught in said


def test_without_a_seed_nothing_is_reported(up):
    tree, terraforms = up
    assert plan(terraforms["production"], tree / "live" / "production" / "30-data") == ""
