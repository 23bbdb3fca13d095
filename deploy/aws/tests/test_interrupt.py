"""What ends a command while Terraform applies: what was being made is tainted, and the way back is printed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy.tests.double.account import Account
from deploy.tests.double.serve import doubles

pytestmark = pytest.mark.terraform
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 300  # only what never comes takes as long
# `python -m deploy.aws`, by somebody who did not say nohup, whoever started the tests.
APPLY = """
import runpy, signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
runpy.run_module("deploy.aws", run_name="__main__")
"""


class Slow(Account):
    """Makes a database until it is released or Terraform asks to stop, so that whatever comes, comes in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.at_it = threading.Event()
        self.released = threading.Event()

    def waited(self, name):
        if name == "aws_db_instance":
            self.at_it.set()
            while not self.stopping.wait(0.05) and not self.released.is_set():
                pass
        return super().waited(name)


class SlowToPlan(Slow):
    """Takes as long over a plan."""

    def waited(self, name):
        return True

    def answer(self, *asked):
        super().waited("aws_db_instance")
        return super().answer(*asked)


@pytest.fixture
def account(request):
    return getattr(request, "param", Slow)()


@pytest.fixture
def applying(commands, account, monkeypatch):
    """An apply of development, in the middle of making its database."""
    with doubles(account, commands.tree) as environment:
        commands.environment = environment
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        process = subprocess.Popen(
            [sys.executable, "-c", APPLY, "apply", "development", "--yes", "--tree", str(commands.tree)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert account.at_it.wait(PATIENCE)
            yield process
        finally:
            account.released.set()
            process.wait(PATIENCE)


def state(commands) -> dict[str, bool]:
    """{type: whether it is tainted} of what the last layer's state knows; its lock must have been given back."""
    layer = commands.tree / "live" / "development" / "30-data"
    assert not list(layer.glob("*.lock.info"))
    found = json.loads((layer / "terraform.tfstate").read_text())["resources"]
    return {
        each["type"]: instance.get("status") == "tainted"
        for each in found
        for instance in each["instances"]
        if each["mode"] == "managed"
    }


def terraform(commands, *words: str) -> None:
    """A command that a person types in the last layer's folder."""
    folder = f"-chdir={commands.tree / 'live' / 'development' / '30-data'}"
    environment = {**os.environ, **commands.environment}
    subprocess.run(["terraform", folder, "init", "-reconfigure"], env=environment, capture_output=True, check=True)
    subprocess.run(["terraform", folder, *words], env=environment, capture_output=True, check=True)


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGTERM)],
    ids=["Ctrl-C", "a cancelled pipeline", "a closed terminal", "an impatient pipeline"],
)
def test_an_interrupt_leaves_a_tainted_database_and_prints_how_to_keep_it(commands, applying, numbers):
    for number in numbers:
        applying.send_signal(number)
    said = applying.communicate(timeout=PATIENCE)[0]
    assert applying.returncode == 130, said
    assert "stands as half made" in said
    assert "Done: 10-foundation, 20-network. Not done: 30-data." in said
    assert "half made: aws_db_instance.this" in said
    untaint = "terraform -chdir=deploy/terraform/live/development/30-data untaint 'aws_db_instance.this'"
    assert untaint in said
    assert "Interrupted." in said
    assert "Traceback" not in said
    assert state(commands)["aws_db_instance"]


@pytest.mark.parametrize("account", [SlowToPlan], indirect=True)
def test_an_interrupt_of_a_plan_says_that_nothing_is_changed(commands, applying):
    applying.send_signal(signal.SIGINT)
    said = applying.communicate(timeout=PATIENCE)[0]
    assert applying.returncode == 130, said
    assert "nothing was being changed" in said
    assert "Done: no layer." in said
    assert "half made" not in said
    assert commands.account.resources == {}


def test_a_tainted_database_is_not_replaced_and_untaint_keeps_it(commands, account, applying):
    applying.send_signal(signal.SIGINT)
    applying.communicate(timeout=PATIENCE)
    account.released.set()
    refused = commands("apply", "development", "--yes")
    assert refused.status == 3
    assert "aws_db_instance.this (replace)" in refused.text
    assert "untaint 'aws_db_instance.this'" in refused.text
    # A secret that was made at the same moment is tainted too.
    for address in re.findall(r" untaint '(.+)'", refused.text):
        terraform(commands, "untaint", address)
    assert commands("apply", "development", "--yes").status == 0
    assert not any(state(commands).values())
    assert account.resources["aws_db_instance"] == 1


def test_what_the_state_does_not_know_is_imported(commands):
    assert commands("apply", "development", "--yes").status == 0
    terraform(commands, "state", "rm", "aws_db_instance.this")
    assert "aws_db_instance" not in state(commands)
    terraform(commands, "import", "aws_db_instance.this", "mercat-development")
    assert "nothing to change" in commands("plan", "development", "--only", "30-data").text
    assert commands.made("aws_db_instance") == 1


def test_when_nobody_listens_any_more_the_layer_is_finished(commands, account, applying):
    applying.stdout.close()
    account.released.set()
    assert applying.wait(PATIENCE) != 0
    assert not any(state(commands).values())
    assert "aws_secretsmanager_secret" in state(commands)
