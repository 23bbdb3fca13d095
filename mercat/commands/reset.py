"""The command `reset`: stop the store and remove its data."""

from __future__ import annotations

import os
import shutil
import sys

from mercat.commands import render
from mercat.commands.down import down
from mercat.installation import CommandError, Installation, command_line
from mercat.stack.supervisor_process import SupervisorProcess


def reset(installation: Installation, *, yes: bool) -> None:
    """Stop the store and remove its data: databases, orders, mails, pictures, logs. Keys and certificates stay."""
    out = render.console()
    if not yes:
        if not sys.stdin.isatty():
            raise CommandError(
                f"This removes all data of the store. Say so: {command_line.mercat_command('reset --yes')}"
            )
        answer = out.input(f"This removes all data in {installation.state}. Type [bold]reset[/] to go on: ")
        if answer.strip() != "reset":
            raise CommandError("Nothing was changed.")
    supervisor = SupervisorProcess(installation)
    if supervisor.status() is not None:
        down(installation)
    supervisor.end_orphans()
    _remove_data(installation, supervisor)
    out.print(f"All data are gone. A fresh store: {command_line.typed_command('up')}", soft_wrap=True)
    if installation.before_restore.exists():
        out.print(
            f"What a restore replaced is still there, with its data: {installation.before_restore}", soft_wrap=True
        )


def _remove_data(installation: Installation, supervisor: SupervisorProcess) -> None:
    if not installation.state.exists():
        return
    installation.make_folders()
    lock = supervisor.lock.take()
    if lock is None:
        raise CommandError("The store was started again meanwhile. Nothing was removed.")
    try:
        kept = {installation.keys, installation.certificates, installation.run}
        for path in set(installation.state.iterdir()) - kept:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        supervisor.status_file.path.unlink(missing_ok=True)
    finally:
        os.close(lock)
