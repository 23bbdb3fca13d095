"""The command `restore FILE`: replace the store by that of a backup; the replaced one is kept."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from mercat.commands import render
from mercat.config.services import discover, with_database
from mercat.data import archive
from mercat.installation import CommandError, Installation, command_line
from mercat.stack.supervisor_process import SupervisorProcess


def restore(installation: Installation, file: Path) -> None:
    """Unpack the backup beside the state folder, then exchange the two by renames: a crash leaves one of them whole.

    Raises:
        CommandError: the store runs, or the backup does not fit or is damaged; nothing was changed.
    """
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    supervisor = SupervisorProcess(installation)
    if supervisor.status() is not None:
        raise CommandError(f"The store runs. Stop it first: {command_line.typed_command('down')}")
    _undo_interrupted(installation)
    installation.make_folders()
    supervisor.end_orphans()
    lock = supervisor.lock.take()
    if lock is None:
        raise CommandError("The store was started meanwhile. Nothing was changed.")
    try:
        made = _replace_state(installation, file)
    finally:
        os.close(lock)
    out = render.console()
    out.print(
        f"[green]The store is as it was at {made}.[/] Start it: {command_line.typed_command('up')}", soft_wrap=True
    )
    out.print(f"The one before is kept in {installation.before_restore} until the next restore.", soft_wrap=True)


def _undo_interrupted(installation: Installation) -> None:
    """Rename the old state back if a restore was killed between its two renames."""
    if not installation.state.exists() and installation.before_restore.exists():
        installation.before_restore.rename(installation.state)


def _replace_state(installation: Installation, file: Path) -> str:
    draft = installation.state.with_name(f"{installation.state.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    umask = os.umask(0o077)
    try:
        with render.console().status("Reading"):
            manifest = archive.read(file, draft, installation)
        for spec in with_database(discover(installation.root)):
            marker = replace(installation, state=draft).restored_marker(spec.name)
            marker.parent.mkdir(exist_ok=True)
            marker.write_text(manifest.made_at, encoding="ascii")
        shutil.rmtree(installation.before_restore, ignore_errors=True)
        installation.state.rename(installation.before_restore)
        try:
            draft.rename(installation.state)
        except OSError:
            installation.before_restore.rename(installation.state)
            raise
    except OSError as error:
        raise CommandError(f"{installation.state} cannot be replaced: {error.strerror}. Nothing was changed.") from None
    finally:
        os.umask(umask)
        shutil.rmtree(draft, ignore_errors=True)
    return manifest.made_at
