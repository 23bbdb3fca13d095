"""`mercat doctor stripe` runs the payment service's own check, with that service's settings."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from mercat import doctor_command
from mercat.cli import app
from mercat.refusal import Refusal
from mercat.tests.conftest import add_service


def test_a_shop_without_payments_has_nothing_to_examine(store):
    with pytest.raises(Refusal, match="no service payments"):
        doctor_command.examine_stripe(store)


def test_it_says_what_is_wrong_and_ends_so(store, capfd):
    """No double runs here, so Stripe cannot be asked."""
    add_service(store, "payments", 9002)
    assert doctor_command.examine_stripe(store) == 2
    assert "Stripe cannot be reached from here" in capfd.readouterr().out


def test_the_words_are_there():
    answer = CliRunner().invoke(app, ["doctor", "--help"])
    assert answer.exit_code == 0
    assert "stripe" in answer.output
