"""The command `doctor stripe`: runs the payment service's check of its Stripe account."""

from __future__ import annotations

import subprocess
import sys

from mercat.config import environment
from mercat.config.services import discover
from mercat.installation import CommandError, Installation


def examine_stripe(installation: Installation) -> int:
    """Run the check with the payment service's settings; returns its exit status.

    Raises:
        CommandError: there is no payment service, or its settings are not complete.
    """
    specs = discover(installation.root)
    payments = next((spec for spec in specs if spec.name == "payments"), None)
    if payments is None:
        raise CommandError("There is no service payments.")
    command = [sys.executable, "-m", "payments.doctor"]
    given = environment.service(installation, specs, payments)
    return subprocess.run(command, env=given, cwd=installation.root, check=False).returncode
