"""Ctrl-C while Terraform applies: it ends what it is at, and says where it stopped."""

from __future__ import annotations

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


class Slow(Account):
    """Makes a key for as long as nobody asks it to stop, so that the interrupt always comes in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.at_it = threading.Event()

    def remember(self, name, value):
        if name == "aws_kms_key":
            self.at_it.set()
            assert self.stopping.wait(60)
        super().remember(name, value)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_between_resources_and_keeps_the_state(commands, number):
    account = Slow()
    with doubles(account, commands.tree) as environment:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.aws", "apply", "development", "--yes", "--tree", str(commands.tree)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert account.at_it.wait(30)
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "Done: no layer. Not done: 10-foundation, 20-network, 30-data." in said
    assert "Interrupted." in said
    assert "Traceback" not in said
    # What was being made is made, and known: the state is whole and its lock given back.
    assert account.resources == {"aws_kms_key": 1}
    layer = commands.tree / "live" / "development" / "10-foundation"
    assert "aws_kms_key" in (layer / "terraform.tfstate").read_text()
    assert not list(layer.glob("*.lock.info"))
    assert commands("apply", "development", "--yes").status == 0
