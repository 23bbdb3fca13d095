"""What `up` and `down` make of the port offset and the replicas that a store was started with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mercat import up_command, words
from mercat.board import Status
from mercat.refusal import Refusal

RUNNING = Status(pid=1, phase="running", offset=1100, replicas=2)


def test_what_was_not_chosen_is_as_it_runs(store):
    there = up_command._as_it_runs(store, RUNNING, set())
    assert (there.offset, there.replicas) == (1100, 2)
    assert up_command._as_it_runs(there, RUNNING, {"offset", "replicas"}) == there


@pytest.mark.parametrize("chosen", ["offset", "replicas"])
def test_what_was_chosen_and_is_other_is_refused(store, chosen):
    with pytest.raises(Refusal, match="with 2 replicas and port offset 1100"):
        up_command._as_it_runs(store, RUNNING, {chosen})


def test_the_way_back_names_the_options_that_are_not_remembered(store, monkeypatch):
    monkeypatch.setenv(words.TYPED, "make")
    assert up_command._typed_again(store, RUNNING) == ".venv/bin/mercat up --port-offset 1100 --replicas 2"
    assert up_command._typed_again(replace(store, offset=1100, replicas=2), RUNNING) == "make up"
