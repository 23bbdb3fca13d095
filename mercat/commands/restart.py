"""The command `restart`: restart processes one after the other."""

from __future__ import annotations

from mercat.commands import render
from mercat.commands.apply import apply_changes
from mercat.installation import CommandError, Installation


def restart(installation: Installation, service: str | None) -> None:
    """Restart the processes of one service or of all, one after the other.

    Raises:
        CommandError: there is no such service, or it did not start.
    """
    out = render.console()
    changed = apply_changes(installation, out, only=[service] if service else None, force=True)
    if not changed:
        raise CommandError("Nothing was started again; why is told above.")
    out.print(f"[green]Restarted: {', '.join(changed)}.[/]")
