"""What ends a command while Terraform applies: Terraform ends what it is at, and its state is whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy.double.account import Account
from deploy.double.serve import doubles

pytestmark = pytest.mark.terraform
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30
# `python -m deploy.aws`, by somebody who did not say nohup, whoever started the tests.
APPLY = """
import runpy, signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
runpy.run_module("deploy.aws", run_name="__main__")
"""


class Slow(Account):
    """Makes a key for as long as it is not released, so that whatever comes, comes in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.at_it = threading.Event()
        self.released = threading.Event()

    def remember(self, name, value):
        if name == "aws_kms_key":
            self.at_it.set()
            assert self.released.wait(2 * PATIENCE)
        super().remember(name, value)


@pytest.fixture
def account():
    return Slow()


@pytest.fixture
def applying(commands, account):
    """An apply of development, in the middle of its first layer."""
    with doubles(account, commands.tree) as environment:
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


def heard(process: subprocess.Popen[str], text: str) -> str:
    """What it says until a line has `text`."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(said)


def state(commands) -> list[str]:
    """Types of what the first layer's state knows; its lock must have been given back."""
    layer = commands.tree / "live" / "development" / "10-foundation"
    assert not list(layer.glob("*.lock.info"))
    return [resource["type"] for resource in json.loads((layer / "terraform.tfstate").read_text())["resources"]]


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGTERM)],
    ids=["Ctrl-C", "a cancelled pipeline", "a closed terminal", "an impatient pipeline"],
)
def test_an_interrupt_ends_between_resources_and_keeps_the_state(commands, account, applying, numbers):
    said = ""
    for number, answer in zip(numbers, ("Ending what is at hand", "Still ending"), strict=False):
        applying.send_signal(number)
        said += heard(applying, answer)
    assert account.stopping.wait(PATIENCE)
    account.released.set()
    said += applying.communicate(timeout=PATIENCE)[0]
    assert applying.returncode == 130, said
    assert "Done: no layer. Not done: 10-foundation, 20-network, 30-data." in said
    assert "Interrupted." in said
    assert "Traceback" not in said
    # What was being made is made, and known: the state is whole.
    assert account.resources == {"aws_kms_key": 1}
    assert "aws_kms_key" in state(commands)
    assert commands("apply", "development", "--yes").status == 0


def test_when_nobody_listens_any_more_the_layer_is_finished(commands, account, applying):
    applying.stdout.close()
    account.released.set()
    assert applying.wait(PATIENCE) != 0
    made = sum(account.resources.values())
    assert made > 1
    assert len([kind for kind in state(commands) if kind in account.resources]) == made
    assert "nothing to change" in commands("plan", "development", "--only", "10-foundation").text
