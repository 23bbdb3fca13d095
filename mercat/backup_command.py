"""The command `backup`: a store that stands still, in one file; one that runs is stopped for it and started again."""

from __future__ import annotations

import os
import shlex
import time
from dataclasses import replace
from pathlib import Path

from mercat import archive, environment, show, up_command, words
from mercat.control import Control
from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store


def backup(store: Store, file: Path | None) -> None:
    """Write the file, whole or not at all.

    Raises:
        Refusal: there is nothing to keep, the file is there already or cannot be written, or some of the store's data
            are elsewhere.
    """
    target = (file or Path(f"mercat-{time.strftime('%Y%m%d-%H%M%S')}.tar.gz")).absolute()
    _check(store, target)
    control = Control(store)
    running = control.status()
    if running is not None:
        up_command.down(store)
    try:
        size = _write(store, control, target)
    finally:
        if running is not None:
            again = replace(store, offset=running.offset, replicas=running.replicas)
            up_command.up(again, attach=False, seed=True)
    out = show.console()
    out.print(f"[green]The store is kept in[/] {target} ({size / 2**20:.0f} MB).", soft_wrap=True)
    out.print("[yellow]![/] It holds the store's keys, passwords and customers: keep it as you keep those.")
    if environment.real_stripe(store):
        out.print("[yellow]![/] Stripe's own book is not in it.")
    out.print(f"To bring it back: {words.command(f'restore {shlex.quote(str(target))}')}", markup=False, soft_wrap=True)


def _check(store: Store, target: Path) -> None:
    if target.exists():
        raise Refusal(f"{target} is there already. Name another file.")
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise Refusal(f"Nothing can be written in {target.parent}. Name another place.")
    if target.is_relative_to(store.state):
        raise Refusal(f"{target} would be inside of what it keeps. Name another place.")
    if not (store.state / "postgres" / "PG_VERSION").is_file():
        raise Refusal(f"There is no store to keep in {store.state}. Make one first: {words.typed('up')}")
    elsewhere = [spec.name for spec in discover(store.root) if environment.own_database(store, spec)]
    if elsewhere:
        raise Refusal(
            f"The data of {' and '.join(elsewhere)} are in databases of your own (DATABASE_URL_...), which this cannot "
            "keep. Use those databases' own backups."
        )


def _write(store: Store, control: Control, target: Path) -> int:
    """Its size in bytes. The store's lock is held meanwhile: nobody starts it."""
    control.clear()
    lock = control.lock.take()
    if lock is None:
        raise Refusal("The store was started again meanwhile. Nothing was written.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with show.console().status("Writing"):
            archive.write(store, draft)
        draft.rename(target)
        return target.stat().st_size
    except OSError as error:
        raise Refusal(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
        os.close(lock)
