"""Trees of Terraform to work on, served by the double; and the commands, called as a person calls them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.aws.cli import app
from deploy.refusal import Refusal
from deploy.tests.double.account import Account
from deploy.tests.double.run import offline
from deploy.tests.double.serve import doubles

FIXTURES = Path(__file__).parent / "fixtures"
HEAD = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region = "eu-central-1"
}
"""


@dataclass
class Ended:
    """How a call ended, and all that it said."""

    status: int
    text: str


@dataclass
class Commands:
    """The commands on a tree of its own: layers 10-foundation, 20-network, 30-data in development and production."""

    tree: Path
    account: Account
    environment: dict

    def __call__(self, *words: str, answers: str = "") -> Ended:
        done = CliRunner().invoke(app, [*words, "--tree", str(self.tree)], input=answers)
        if isinstance(done.exception, Refusal):
            return Ended(done.exception.status, f"{done.output}\n{done.exception}")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ended(done.exit_code, done.output)

    def edit(self, layer: str, before: str, after: str, environment: str = "development") -> None:
        path = self.tree / "live" / environment / layer / "main.tf"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def made(self, kind: str) -> int:
        """How often a resource of that type was made or changed."""
        return self.account.resources.get(kind, 0)


def make_tree(destination: Path) -> Path:
    tree = destination / "deploy" / "terraform"
    shutil.copytree(FIXTURES / "tree", tree)
    shutil.copytree(tree / "live" / "development", tree / "live" / "production")
    for path in (tree / "live" / "production").rglob("environment.tf"):
        path.write_text(path.read_text().replace('stage = "development"', 'stage = "production"'))
    return tree


@pytest.fixture
def commands(tmp_path, monkeypatch):
    account = Account()
    tree = make_tree(tmp_path)
    with doubles(account, FIXTURES) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield Commands(tree, account, environment)


@pytest.fixture(scope="module")
def terraform():
    with offline(FIXTURES) as program:
        yield program


@pytest.fixture
def plan_of(terraform, tmp_path):
    """Plans a text of Terraform, or a fixture's; answers Terraform's own JSON."""

    def plan(text: str) -> dict:
        fixture = FIXTURES / f"{text}.tf"
        (tmp_path / "main.tf").write_text(HEAD + (fixture.read_text() if "\n" not in text else text))
        return terraform.plan(tmp_path)

    return plan
