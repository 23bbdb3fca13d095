"""docs/aws/bring-up.md and docs/guides/aws.md, walked through by their commands alone, in their order, on one double.

.venv/bin/python -m pytest -q -s deploy/tests/test_walk.py      # prints the transcript
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy import TERRAFORM
from deploy.aws.layers import layers
from deploy.tests.double.account import Account
from deploy.tests.double.serve import doubles
from deploy.tests.double.tree import keep_state_beside, offline_copy
from deploy.tests.pages import blocks, commands, programs, spans

ROOT = TERRAFORM.parents[1]
BRING_UP, FIRST_DAY = ROOT / "docs" / "aws" / "bring-up.md", ROOT / "docs" / "guides" / "aws.md"
RUN = {"make", "terraform", "cd", "rm"}
# What the double does not answer, by program, and commands of the others by how they begin.
NOT_RUN = {
    "aws": "asks an account",
    "gh": "asks GitHub",
    "kubectl": "asks a cluster",
    "curl": "asks a store",
    **dict.fromkeys(("cut", "grep"), "reads what the programs above say"),
    **dict.fromkeys(
        ("mktemp", ".venv/bin/python"),
        "makes the store's own secrets, for `aws secretsmanager` only",
    ),
    "export": "a token that only a person has",
}
NOT_RUN_COMMANDS = {
    "make test-terraform": "this test is a part of it",
    "terraform -chdir=deploy/terraform/github": "its state lies in a bucket of S3; tests/test_modules.py plans it",
}
# What the page says to set in settings/organisation.tf by hand, after which command.
BY_HAND = {
    'make aws-apply ENV=development ARGS="--only 10-foundation"': "delegated",
    "make aws-apply ENV=development": "connected",
}
# In running text: commands for staging and production, and for later.
TOLD = [
    "terraform -chdir=deploy/terraform/live/production/10-foundation output layer",
    'make aws-apply ENV=staging ARGS="--release mercat-staging"',
    "terraform state rm module.layer.module.backups",
    'make aws-destroy ENV=staging ARGS="--yes-destroy mercat-staging"',
    "make deploy",
    "make undeploy ENV=development",
]


@dataclass
class Ended:
    """A command of the page, how it ended, and all that it said."""

    command: str
    status: int
    text: str


def left_out(command: str) -> str:
    """Why a command is not run; nothing when it is."""
    reasons = [reason for start, reason in NOT_RUN_COMMANDS.items() if command.startswith(start)]
    return "; ".join(reasons or sorted({NOT_RUN[each] for each in programs(command) & NOT_RUN.keys()}))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the repository with what the commands need; roots keep their state on disk."""
    root = tmp_path_factory.mktemp("walk")
    offline_copy(root)
    settings = root / "deploy" / "terraform" / "settings"
    # Nothing is delegated yet, and development has a domain, as in the page.
    organisation = (TERRAFORM / "settings" / "organisation.tf").read_text()
    named = organisation.replace("domains = { development = null", 'domains = { development = "dev.example.com"')
    (settings / "organisation.tf").write_text(named)
    keep_state_beside(root / "deploy" / "terraform" / "bootstrap")
    for module in (ROOT / "deploy").glob("*.py"):
        shutil.copy(module, root / "deploy")
    for name in ("Makefile", "requirements", "tools", "deploy/aws", "deploy/tests"):
        (root / name).symlink_to(ROOT / name)
    # The environment of this test, which make is told to take as it is.
    (root / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if not path.name.endswith("-ready"):
            (root / ".venv" / path.name).symlink_to(path)
    for stamp in (".dev-ready", ".terraform-ready"):
        (root / ".venv" / stamp).touch()
    return root


@pytest.fixture(scope="module")
def walked(checkout):
    """What every command that can be run said, until one failed. Who is asked says yes."""
    done: list[Ended] = []
    with doubles(Account()) as served:
        # What the make that runs these tests was called with is not for those of the page.
        own = {name: value for name, value in os.environ.items() if not re.match("TF_|MAKE|MFLAGS|(ARGS|ENV)$", name)}
        # As a person has it: each folder keeps its own .terraform, and Terraform asks.
        environment = {**own, **served, "TF_DATA_DIR": ".terraform", "TF_INPUT": "1"}
        for block in blocks(BRING_UP):
            folder = checkout
            for command in block:
                if reason := left_out(command):
                    print(f"# not run, {reason}: {command.splitlines()[0]}")
                elif command.startswith("cd "):
                    folder /= command.removeprefix("cd ")
                else:
                    done.append(run(command, folder, environment))
                    if done[-1].status != 0:
                        return done
                if command in BY_HAND:
                    switch_on(checkout, BY_HAND[command])
    return done


def run(command: str, folder: Path, environment: dict[str, str]) -> Ended:
    ended = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        input="yes\n" * 20,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"$ {command}\n{ended.stdout}-> {ended.returncode}")
    return Ended(command, ended.returncode, ended.stdout)


def switch_on(checkout: Path, row: str) -> None:
    path = checkout / "deploy" / "terraform" / "settings" / "organisation.tf"
    text = path.read_text()
    changed = re.sub(rf"^( +{row} += {{ development = )false", r"\1true", text, flags=re.MULTILINE)
    assert changed != text
    path.write_text(changed)


@pytest.mark.terraform
def test_every_command_of_the_page_ends_well(walked):
    last = walked[-1]
    assert last.status == 0, f"{last.command}\n{last.text}"
    assert last.command == "make aws-destroy ENV=development"
    assert "mercat-development is gone. Its state bucket and what bootstrap made stay." in last.text


@pytest.mark.terraform
def test_the_rehearsal_finds_nothing_wrong(walked):
    said = next(each.text for each in walked if "--offline" in each.command)
    assert said.count("to create") == len(layers(TERRAFORM, "development"))
    for complaint in ("✗", "not priced", "waits for", "holds data"):
        assert complaint not in said
    assert "development: about" in said


@pytest.mark.terraform
def test_what_the_page_says_of_a_command_is_so(walked):
    said: dict[str, list[str]] = {}
    for each in walked:
        said.setdefault(each.command, []).append(each.text)
    first, last = said["make aws-plan ENV=development"]
    assert "20-network: apply 10-foundation first" in first
    assert last.count("nothing to change") == len(layers(TERRAFORM, "development"))
    output = "terraform -chdir=deploy/terraform/live/development/{} output layer"
    assert "name_servers" in said[output.format("10-foundation")][0]
    assert "https://" in said[output.format("50-edge")][0]
    assert "codebuild-mercat-development-runner" in said[output.format("40-cluster")][0]
    backend = (TERRAFORM / "live" / "development" / "backend.hcl").read_text()
    assert backend == said["terraform output -raw backend_hcl"][0]


@pytest.mark.terraform
def test_nothing_of_the_layers_is_left(walked, checkout):
    states = list((checkout / "deploy" / "terraform" / "live" / "development").rglob("offline.tfstate"))
    assert len(states) == len(layers(TERRAFORM, "development"))
    assert [path for path in states if json.loads(path.read_text())["resources"]] == []


def test_every_program_is_run_or_named_with_the_reason_why_not():
    called = {program for block in blocks(BRING_UP) for command in block for program in programs(command)}
    assert called == RUN | NOT_RUN.keys()


def test_the_first_day_has_commands_of_bring_up_in_its_order():
    """So that whoever walks through the one has walked through the other."""
    rest = iter([command for block in blocks(BRING_UP) for command in block])
    steps = [line.split("|")[2] for line in FIRST_DAY.read_text().splitlines() if re.match(r"\| \d+ \|", line)]
    typed = spans("\n".join(steps))
    assert len(typed) == 8
    assert [command for command in typed if command not in rest] == []


def test_every_command_in_running_text_is_known():
    printed = {command for block in blocks(BRING_UP) for command in block}
    assert sorted(set(spans(BRING_UP.read_text())) - printed) == sorted(TOLD)


@pytest.mark.parametrize(
    ("command", "called"),
    [
        ("E=a; K=$(mktemp -d); ls $K", {"mktemp", "ls"}),
        ("for N in $(helm list | cut -f1); do\n  jq . <<< $N\ndone", {"helm", "cut", "jq"}),
        ("echo 'a; b | c' \\\n  --d && e # (f)", {"echo", "e"}),
    ],
)
def test_a_program_is_seen_wherever_the_shell_would_call_it(command, called):
    assert programs(command) == called


def test_a_command_may_have_several_lines():
    block = "a b   # c\nfor N in 1 2; do\n  d $N |\n    e\ndone\n\nf \\\n  'g\nh'\n"
    assert list(commands(block)) == ["a b", "for N in 1 2; do\n  d $N |\n    e\ndone", "f \\\n  'g\nh'"]
