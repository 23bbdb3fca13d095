"""The live roots: the same in each environment, and bound to the right state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy import TERRAFORM
from deploy.aws.layers import layers
from deploy.documents.rehearsal import ENVIRONMENTS
from deploy.documents.settings_table import settings
from deploy.tests.double.run import offline
from deploy.tests.double.tree import offline_copy

ROOTS = [root.folder for environment in ENVIRONMENTS for root in layers(TERRAFORM, environment)]


def name_of(path: Path) -> str:
    return str(path.relative_to(TERRAFORM / "live"))


def test_each_environment_has_the_same_layers():
    names = [[root.name for root in layers(TERRAFORM, environment)] for environment in ENVIRONMENTS]
    assert names[0] == names[1] == names[2]
    assert names[0] == ["10-foundation", "20-network", "30-data", "40-cluster", "50-edge"]


@pytest.mark.parametrize("root", ROOTS, ids=name_of)
def test_nothing_but_the_environments_name_differs(root):
    environment = root.parent.name
    for path in sorted(root.glob("*.tf")):
        other = TERRAFORM / "live" / "production" / root.name / path.name
        expected = other.read_text()
        if path.name == "main.tf":
            expected = expected.replace('"production"', f'"{environment}"')
        assert path.read_text() == expected, f"{path.name} differs from production's"
    assert len(list(root.glob("*.tf"))) == len(list((TERRAFORM / "live" / "production" / root.name).glob("*.tf")))


@pytest.mark.parametrize("root", ROOTS, ids=name_of)
def test_its_state_is_its_own_and_locked(root):
    backend = (root / "backend.tf").read_text()
    assert re.search(rf'key\s+= "{root.name}\.tfstate"', backend)
    assert re.search(r"use_lockfile = true", backend)
    assert "encrypt " not in re.sub(r"#.*", "", backend), "it would ask for another key than the bucket's"


def test_every_pin_stands_in_one_file():
    copies = [
        path
        for path in TERRAFORM.rglob("versions.tf")
        if path.parent.name != "github" and path != TERRAFORM / "versions.tf"
    ]
    assert len(copies) > len(ROOTS)
    for path in copies:
        assert path.is_symlink(), f"{path} is a copy of its own"
        assert path.resolve() == TERRAFORM / "versions.tf"
    others = [path for path in TERRAFORM.rglob("*.tf") if path.name != "versions.tf"]
    assert not [path for path in others if "required_providers" in path.read_text()]


def test_every_root_is_bound_to_its_account_by_the_same_file():
    shared = TERRAFORM / "live" / "provider.tf"
    assert {(root / "provider.tf").resolve() for root in ROOTS} == {shared}
    assert "\n  allowed_account_ids = [module.settings.environment.account_id]\n" in shared.read_text()


def test_every_layer_takes_its_column_by_the_same_file():
    found = list(TERRAFORM.glob("layers/*/settings.tf"))
    assert len(found) == len(layers(TERRAFORM, "production"))
    assert len({path.resolve() for path in found}) == 1


@pytest.mark.parametrize("path", [TERRAFORM / "versions.tf", TERRAFORM / "github" / "versions.tf"], ids=str)
def test_every_pin_has_an_upper_bound(path):
    constraints = re.findall(r'version\s+= "([^"]+)"', path.read_text())
    assert constraints
    for constraint in constraints:
        assert "<" in constraint or "~>" in constraint, constraint


@pytest.mark.terraform
def test_the_bucket_of_the_state_is_the_one_that_bootstrap_makes(tmp_path):
    tree = offline_copy(tmp_path)
    with offline(tree) as terraform:
        for name in ENVIRONMENTS:
            known = settings(terraform, tree, name)
            written = (TERRAFORM / "live" / name / "backend.hcl").read_text()
            assert f'bucket = "{known["environment"]["state_bucket"]}"' in written
            assert f'region = "{known["organisation"]["region"]}"' in written


def test_nothing_reads_the_kubernetes_api():
    """A destroy must never wait for what lives inside the cluster."""
    text = "\n".join(path.read_text() for path in TERRAFORM.rglob("*.tf"))
    assert not re.search(r'provider "(kubernetes|helm|kubectl)"', text)


def test_files_are_short():
    long = [path for path in Path(TERRAFORM).rglob("*.tf") if len(path.read_text().splitlines()) > 250]
    assert not long
