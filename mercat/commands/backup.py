"""The command `backup`: write the whole store to one file; a running store is stopped meanwhile."""

from __future__ import annotations

import os
import shlex
import time
from dataclasses import replace
from pathlib import Path

from mercat.commands import render
from mercat.commands.down import down
from mercat.commands.up import up
from mercat.config import environment
from mercat.config.services import discover
from mercat.data import archive
from mercat.installation import CommandError, Installation, command_line
from mercat.stack.supervisor_process import SupervisorProcess


def backup(installation: Installation, file: Path | None) -> None:
    """Write the backup file in one step.

    Raises:
        CommandError: there is no store, the file exists or cannot be written, or some data are in other databases.
    """
    target = (file or Path(f"mercat-{time.strftime('%Y%m%d-%H%M%S')}.tar.gz")).absolute()
    _check(installation, target)
    supervisor = SupervisorProcess(installation)
    running = supervisor.status()
    if running is not None:
        down(installation)
    try:
        size = _write(installation, supervisor, target)
    finally:
        if running is not None:
            again = replace(installation, offset=running.offset, replicas=running.replicas)
            up(again, attach=False, seed=True)
    out = render.console()
    out.print(f"[green]The store is kept in[/] {target} ({size / 2**20:.0f} MB).", soft_wrap=True)
    out.print("[yellow]![/] It holds the store's keys, passwords and customers: keep it as you keep those.")
    if environment.uses_real_stripe(installation):
        out.print("[yellow]![/] Stripe's own book is not in it.")
    out.print(
        f"To bring it back: {command_line.mercat_command(f'restore {shlex.quote(str(target))}')}",
        markup=False,
        soft_wrap=True,
    )


def _check(installation: Installation, target: Path) -> None:
    if target.exists():
        raise CommandError(f"{target} is there already. Name another file.")
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise CommandError(f"Nothing can be written in {target.parent}. Name another place.")
    if target.is_relative_to(installation.state):
        raise CommandError(f"{target} would be inside of what it keeps. Name another place.")
    if not (installation.state / "postgres" / "PG_VERSION").is_file():
        raise CommandError(
            f"There is no store to keep in {installation.state}. Make one first: {command_line.typed_command('up')}"
        )
    external = [spec.name for spec in discover(installation.root) if environment.user_database_url(installation, spec)]
    if external:
        raise CommandError(
            f"The data of {' and '.join(external)} are in databases of your own (DATABASE_URL_...), which this cannot "
            "keep. Use those databases' own backups."
        )


def _write(installation: Installation, supervisor: SupervisorProcess, target: Path) -> int:
    """Write the file while holding the lock, so that the store cannot start; returns its size in bytes."""
    supervisor.end_orphans()
    lock = supervisor.lock.take()
    if lock is None:
        raise CommandError("The store was started again meanwhile. Nothing was written.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with render.console().status("Writing"):
            archive.write(installation, draft)
        draft.rename(target)
        return target.stat().st_size
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
        os.close(lock)
