"""The command line of `doctor stripe`."""

from __future__ import annotations

import typer

app = typer.Typer(help="Look at what the store depends on.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _words() -> None:
    """Without a callback, Typer would drop the name of a single command."""


@app.command()
def stripe() -> None:
    """Compare the Stripe account with what this shop needs: a line for each thing. Ends with 1 where one is wrong."""
    from mercat.commands import doctor
    from mercat.stack.supervisor_process import current_installation

    raise typer.Exit(doctor.examine_stripe(current_installation()))
