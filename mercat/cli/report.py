"""The command line of `report`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mercat.installation import locate


def report(
    *,
    hours: Annotated[int, typer.Option(min=1, help="Its length, where --from is not given.")] = 168,
    first: Annotated[datetime | None, typer.Option("--from", help="UTC.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", help="UTC; now if not given.")] = None,
    file: Annotated[Path | None, typer.Option(help="Write it there, and not to the screen.")] = None,
) -> None:
    """Print a week of the store as Markdown: what to look at first, sales, errors, what was slow, what it cost."""
    from mercat.commands import report as commands
    from mercat.stack.supervisor_process import running_installation

    installation = locate()
    if not installation.user_settings.get(commands.ADDRESS):
        installation = running_installation()
    text = commands.report(installation, commands.window(hours, first, last))
    if file is None:
        print(text, end="")
    else:
        commands.write(text, file)


def add_to(app: typer.Typer) -> None:
    """Add the command to the `mercat` command."""
    app.command()(report)
