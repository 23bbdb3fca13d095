"""The command `down`: stop the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mercat.commands import render
from mercat.installation import Installation, command_line
from mercat.stack.status_file import StackStatus
from mercat.stack.supervisor_process import SupervisorProcess

if TYPE_CHECKING:
    from rich.console import Console


def down(installation: Installation) -> None:
    """Stop the store in order. If its supervisor was killed, end its orphans."""
    supervisor = SupervisorProcess(installation)
    out = render.console()
    running = supervisor.status()
    if running is not None and supervisor.request_stop():
        _wait_for_end(supervisor, out)
        again = _start_command(installation, running)
        out.print(f"The store has stopped. Its data stay; start it again with: {again}", soft_wrap=True)
    else:
        ended = supervisor.end_orphans()
        out.print(f"The store was not running{f'; {ended} processes it left are gone now' if ended else ''}.")


def _start_command(installation: Installation, status: StackStatus) -> str:
    """The command that starts the store with the same options: they are not stored."""
    options = f" --port-offset {status.offset}" if status.offset != installation.offset else ""
    options += f" --replicas {status.replicas}" if status.replicas != installation.replicas else ""
    return command_line.mercat_command(f"up{options}") if options else command_line.typed_command("up")


def _wait_for_end(supervisor: SupervisorProcess, out: Console) -> None:
    if out.is_terminal:
        with out.status("Stopping"):
            supervisor.wait_for_end()
    else:
        supervisor.wait_for_end()
