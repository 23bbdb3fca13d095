"""Is the Stripe account set up as this shop needs it? By the payment service's own check, with its settings."""

from __future__ import annotations

import subprocess
import sys

from mercat import environment
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store


def examine_stripe(store: Store) -> int:
    """Run the payment service's own check with its settings; how it ended.

    Raises:
        Refusal: there is no payment service, or its settings are not complete.
    """
    specs = discover(store.root)
    payments = next((spec for spec in specs if spec.name == "payments"), None)
    if payments is None:
        raise Refusal("There is no service payments.")
    command = [sys.executable, "-m", "payments.doctor"]
    given = environment.service(store, specs, payments)
    return subprocess.run(command, env=given, cwd=store.root, check=False).returncode
