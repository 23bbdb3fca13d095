"""The command line of `pictures`, for pictures of imports."""

from __future__ import annotations

import typer

pictures = typer.Typer(
    help="Pictures of imports that could not be fetched.", invoke_without_command=True, rich_markup_mode=None
)


@pictures.callback()
def list_missing(context: typer.Context) -> None:
    """Show which pictures could not be fetched, and why."""
    if context.invoked_subcommand is None:
        _show(retry=False)


@pictures.command()
def retry() -> None:
    """Fetch them again."""
    _show(retry=True)


def _show(*, retry: bool) -> None:
    from mercat.commands import pictures
    from mercat.stack.supervisor_process import running_installation

    pictures.show_pictures(running_installation(), retry=retry)
