"""What a person types about pictures of an import: the word `pictures`."""

from __future__ import annotations

import typer

pictures = typer.Typer(
    help="Pictures of imports that could not be fetched.", invoke_without_command=True, rich_markup_mode=None
)


@pictures.callback()
def listed(context: typer.Context) -> None:
    """Show which pictures could not be fetched, and why."""
    if context.invoked_subcommand is None:
        _tell(retry=False)


@pictures.command()
def retry() -> None:
    """Fetch them again."""
    _tell(retry=True)


def _tell(*, retry: bool) -> None:
    from mercat import pictures_command
    from mercat.control import running

    pictures_command.tell(running(), retry=retry)
