"""What `up` and `down` make of the port offset and the replicas that a store was started with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mercat.commands import down, up
from mercat.installation import CommandError, command_line
from mercat.stack.status_file import StackStatus

RUNNING = StackStatus(pid=1, phase="running", offset=1100, replicas=2)


def test_options_that_are_not_set_are_those_of_the_running_store(installation):
    there = up._with_running_options(installation, RUNNING, set())
    assert (there.offset, there.replicas) == (1100, 2)
    assert up._with_running_options(there, RUNNING, {"offset", "replicas"}) == there


@pytest.mark.parametrize("chosen", ["offset", "replicas"])
def test_different_options_are_refused(installation, chosen):
    with pytest.raises(CommandError, match="with 2 replicas and port offset 1100"):
        up._with_running_options(installation, RUNNING, {chosen})


def test_start_command_has_the_options_of_the_last_start(installation, monkeypatch):
    monkeypatch.setenv(command_line.TYPED_VARIABLE, "make")
    assert down._start_command(installation, RUNNING) == ".venv/bin/mercat up --port-offset 1100 --replicas 2"
    assert down._start_command(replace(installation, offset=1100, replicas=2), RUNNING) == "make up"
