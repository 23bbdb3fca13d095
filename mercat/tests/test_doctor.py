"""`mercat doctor stripe` runs the payment service's own check, with that service's settings."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from mercat import doctor_command
from mercat.board import Status
from mercat.cli import app
from mercat.control import Control
from mercat.refusal import Refusal
from mercat.tests.conftest import add_service


def test_a_shop_without_payments_has_nothing_to_examine(store):
    with pytest.raises(Refusal, match="no service payments"):
        doctor_command.examine_stripe(store)


def test_it_says_what_is_wrong_and_ends_so(store, capfd):
    """No double runs here, so Stripe cannot be asked."""
    add_service(store, "payments", 9002)
    assert doctor_command.examine_stripe(store) == 2
    assert f"the double of Stripe does not answer at {store.url('stripe_double')}" in capfd.readouterr().out


def test_it_asks_the_store_that_runs_at_the_ports_it_was_started_with(store, monkeypatch):
    add_service(store, "payments", 9002)
    asked = []
    monkeypatch.setattr("mercat.control.locate", lambda: store)
    monkeypatch.setattr("mercat.doctor_command.examine_stripe", lambda found: asked.append(found.offset))
    store.make_folders()
    lock = Control(store).lock.take()
    assert lock is not None
    Control(store).board.write(Status(pid=1, phase="running", offset=store.offset + 700))
    CliRunner().invoke(app, ["doctor", "stripe"])
    os.close(lock)
    CliRunner().invoke(app, ["doctor", "stripe"])
    assert asked == [store.offset + 700, store.offset]


def test_the_words_are_there():
    answer = CliRunner().invoke(app, ["doctor", "--help"])
    assert answer.exit_code == 0
    assert "stripe" in answer.output
