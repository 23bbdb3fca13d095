"""`mercat doctor stripe`: is the Stripe account set up as this shop needs it?"""

from __future__ import annotations

import subprocess
import sys

import typer

from mercat import environment
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store

app = typer.Typer(help="Look at what the store depends on.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _words() -> None:
    """With it, a single command keeps its name."""


@app.command()
def stripe() -> None:
    """Compare the Stripe account with what this shop needs: a line for each thing. Ends with 1 where one is wrong."""
    from mercat.store import locate

    raise typer.Exit(examine_stripe(locate()))


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
