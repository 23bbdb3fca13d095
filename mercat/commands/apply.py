"""Has the supervisor apply changes of code and settings, and prints its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mercat.installation import Installation
from mercat.stack.control_client import request_apply
from mercat.stack.control_protocol import ApplyRequest

if TYPE_CHECKING:
    from rich.console import Console


def apply_changes(
    installation: Installation,
    out: Console,
    *,
    only: list[str] | None = None,
    force: bool = False,
    dev: dict[str, bool] | None = None,
) -> list[str]:
    """Ask the supervisor to apply all changes; returns the names of the changed processes. See `ApplyRequest`.

    Raises:
        CommandError: the supervisor refused, or a process did not start.
    """
    request = ApplyRequest(
        dict(installation.user_settings), only or [], force, dev or {}, list(installation.dotenv_names)
    )
    changed: list[str] = []
    for event in request_apply(installation, request):
        if event.kind == "progress":
            out.print("[cyan]↻[/] ", end="")
            out.print(event.text, markup=False)
        changed = event.changed
    return changed
