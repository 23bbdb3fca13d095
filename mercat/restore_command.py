"""The command `restore FILE`: the store of a backup in place of the one that is here, which is kept beside it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mercat import archive, show, words
from mercat.control import Control
from mercat.refusal import Refusal
from mercat.store import Store


def restore(store: Store, file: Path) -> None:
    """Unpack beside the store, then exchange the two by their names: a crash leaves the one or the other, whole.

    Raises:
        Refusal: a store runs, or the backup does not fit or is damaged; nothing was changed.
    """
    if not file.is_file():
        raise Refusal(f"There is no file {file}.")
    control = Control(store)
    if control.status() is not None:
        raise Refusal(f"The store runs. Stop it first: {words.typed('down')}")
    _undo_half(store)
    store.make_folders()
    control.clear()
    lock = control.lock.take()
    if lock is None:
        raise Refusal("The store was started meanwhile. Nothing was changed.")
    try:
        made = _exchange(store, file)
    finally:
        os.close(lock)
    out = show.console()
    out.print(f"[green]The store is as it was at {made}.[/] Start it: {words.typed('up')}", soft_wrap=True)
    out.print(f"The one before is kept in {before(store)} until the next restore.", soft_wrap=True)


def before(store: Store) -> Path:
    """Where the store is kept that a restore replaced."""
    return store.state.with_name(f"{store.state.name}.before-restore")


def _undo_half(store: Store) -> None:
    """A restore that was killed between its two renames left no store at all: put the old one back."""
    if not store.state.exists() and before(store).exists():
        before(store).rename(store.state)


def _exchange(store: Store, file: Path) -> str:
    draft = store.state.with_name(f"{store.state.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    umask = os.umask(0o077)
    try:
        with show.console().status("Reading"):
            manifest = archive.read(file, draft, store)
        shutil.rmtree(before(store), ignore_errors=True)
        store.state.rename(before(store))
        try:
            draft.rename(store.state)
        except OSError:
            before(store).rename(store.state)
            raise
    except OSError as error:
        raise Refusal(f"{store.state} cannot be replaced: {error.strerror}. Nothing was changed.") from None
    finally:
        os.umask(umask)
        shutil.rmtree(draft, ignore_errors=True)
    return manifest.made_at
