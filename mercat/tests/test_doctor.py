"""`mercat doctor stripe` runs the payment service's own check, with that service's settings."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from mercat.cli.main import app
from mercat.commands import doctor
from mercat.installation import CommandError
from mercat.stack.status_file import StackStatus
from mercat.stack.supervisor_process import SupervisorProcess
from mercat.tests.conftest import add_service


def test_without_payments_service_the_check_is_refused(installation):
    with pytest.raises(CommandError, match="no service payments"):
        doctor.examine_stripe(installation)


def test_failed_check_sets_the_exit_status(installation, capfd):
    """No double runs here, so Stripe cannot be asked."""
    add_service(installation, "payments", 9002)
    assert doctor.examine_stripe(installation) == 2
    assert f"the double of Stripe does not answer at {installation.url('stripe_double')}" in capfd.readouterr().out


def test_check_uses_the_ports_of_the_running_store(installation, monkeypatch):
    add_service(installation, "payments", 9002)
    asked = []
    monkeypatch.setattr("mercat.stack.supervisor_process.locate", lambda: installation)
    monkeypatch.setattr("mercat.commands.doctor.examine_stripe", lambda found: asked.append(found.offset))
    installation.make_folders()
    lock = SupervisorProcess(installation).lock.take()
    assert lock is not None
    SupervisorProcess(installation).status_file.write(
        StackStatus(pid=1, phase="running", offset=installation.offset + 700)
    )
    CliRunner().invoke(app, ["doctor", "stripe"])
    os.close(lock)
    CliRunner().invoke(app, ["doctor", "stripe"])
    assert asked == [installation.offset + 700, installation.offset]


def test_help_lists_the_check():
    answer = CliRunner().invoke(app, ["doctor", "--help"])
    assert answer.exit_code == 0
    assert "stripe" in answer.output
