"""What a person types to have looked at what the store depends on: `doctor stripe`."""

from __future__ import annotations

import typer

app = typer.Typer(help="Look at what the store depends on.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _words() -> None:
    """With it, a single command keeps its name."""


@app.command()
def stripe() -> None:
    """Compare the Stripe account with what this shop needs: a line for each thing. Ends with 1 where one is wrong."""
    from mercat import doctor_command
    from mercat.control import as_it_runs

    raise typer.Exit(doctor_command.examine_stripe(as_it_runs()))
