"""Every module and every root of deploy/terraform: in form, valid, and green by its own tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy import TERRAFORM
from deploy.tests.double.run import offline

pytestmark = pytest.mark.terraform

MODULES = sorted(path for path in (TERRAFORM / "modules").iterdir() if path.is_dir())
ROOTS = [TERRAFORM / "settings", TERRAFORM / "bootstrap", TERRAFORM / "github"]


@pytest.fixture(scope="module")
def terraform():
    with offline() as program:
        yield program


def name_of(path: Path) -> str:
    return str(path.relative_to(TERRAFORM))


def test_all_of_it_has_terraforms_own_form():
    command = ["terraform", "fmt", "-check", "-recursive", "-diff", str(TERRAFORM)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull}
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", [*MODULES, *ROOTS], ids=name_of)
def test_it_is_valid_and_its_own_tests_pass(terraform, folder):
    for words in (["init", "-backend=false"], ["validate"], ["test"]):
        done = terraform(folder, *words)
        assert done.status == 0, f"terraform {words[0]}:\n{done.text}"
    passed = int(done.text.rsplit("Success! ", 1)[1].split(" passed", 1)[0])
    assert passed > 0, "it has no test"


@pytest.mark.parametrize("folder", [*MODULES, *ROOTS], ids=name_of)
def test_it_is_documented(folder):
    assert (folder / "README.md").is_file()
    assert len((folder / "README.md").read_text().splitlines()[0]) > 20
