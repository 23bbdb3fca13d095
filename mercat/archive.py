"""A store in one file: what a backup holds, and whether it fits this machine and this version.

A gzipped tar: first `manifest.json`, then the state's folder without its logs and what means nothing after a stop. It
is made of a store that stands still, so that all databases, the pictures and the provider's book are of one moment.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tarfile
import time
from io import BytesIO
from pathlib import Path, PurePosixPath

import msgspec

from mercat.refusal import Refusal
from mercat.services import discover
from mercat.store import Store

FORMAT = 1
_MANIFEST = "manifest.json"
# Left out: logs, what a run leaves, and pictures that the seed draws again.
_LEFT_OUT = {"run", "logs", "demo"}
_LARGEST_MANIFEST = 1_000_000


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """What was put away. `migrations`: of each service, the names of those it had."""

    format: int
    made_at: str
    system: str
    postgres: str
    migrations: dict[str, list[str]]


def describe(store: Store) -> Manifest:
    """The store as it is now."""
    version = store.state / "postgres" / "PG_VERSION"
    return Manifest(
        format=FORMAT,
        made_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        system=f"{sys.platform} {platform.machine()}",
        postgres=version.read_text(encoding="ascii").strip() if version.is_file() else "",
        migrations=_migrations(store),
    )


def _migrations(store: Store) -> dict[str, list[str]]:
    found = {}
    for spec in discover(store.root):
        folder = store.root / "services" / spec.name / "migrations"
        found[spec.name] = sorted(path.name for path in folder.glob("*.sql"))
    found["chassis"] = sorted(path.name for path in (store.root / "chassis" / "migrations").glob("*.sql"))
    return found


def write(store: Store, path: Path) -> Manifest:
    """Put the state's folder into a file that is open to its owner alone. Nothing may be running in it.

    Raises:
        OSError: the disk is full, ...
    """
    manifest = describe(store)
    # From its first moment: who opens it while others may read it goes on reading.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
        content = msgspec.json.encode(manifest)
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, BytesIO(content))
        for child in sorted(store.state.iterdir()):
            if child.name not in _LEFT_OUT:
                archive.add(child, arcname=f"state/{child.name}", filter=_plain)
    return manifest


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Files and folders alone, and nobody's names."""
    entry.uname = entry.gname = ""
    return entry if entry.isfile() or entry.isdir() else None


def check(store: Store, manifest: Manifest) -> None:
    """Whether a backup can live here.

    Raises:
        Refusal: it is of another format, system or PostgreSQL, or of newer code.
    """
    here = describe(store)
    if manifest.format != FORMAT:
        raise Refusal(f"This backup has the format {manifest.format}; this version reads {FORMAT}.")
    if manifest.system != here.system:
        raise Refusal(f"This backup was made on {manifest.system}; its databases cannot be read on {here.system}.")
    from mercat import database

    own = database.version()
    if manifest.postgres != own:
        raise Refusal(f"This backup is of PostgreSQL {manifest.postgres or '(none)'}; here is {own}.")
    for service, names in manifest.migrations.items():
        if unknown := sorted(set(names) - set(here.migrations.get(service, []))):
            raise Refusal(
                f"This backup is of a newer version, or of another store: {service} has {unknown[0]}, which is not "
                "here. Restore it with the code that it was made with."
            )


def read(path: Path, into: Path, store: Store) -> Manifest:
    """Unpack a backup into a new folder, once it is known to fit the store.

    Raises:
        Refusal: it is no backup, is damaged, or does not fit.
    """
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            manifest = _manifest(archive)
            check(store, manifest)
            into.mkdir(mode=0o700)
            _unpack(archive, into)
    except (tarfile.TarError, EOFError, OSError, msgspec.MsgspecError) as error:
        raise Refusal(f"{path} cannot be restored: it is no whole backup of a store ({error}).") from None
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != _MANIFEST or first.size > _LARGEST_MANIFEST:
        raise tarfile.ReadError("it has no manifest")
    content = archive.extractfile(first)
    if content is None:
        raise tarfile.ReadError("it has no manifest")
    return msgspec.json.decode(content.read(), type=Manifest)


def _unpack(archive: tarfile.TarFile, into: Path) -> None:
    """Files and folders below `state/` alone, open to their owner alone, whatever the archive says of them."""
    for entry in archive:
        parts = PurePosixPath(entry.name).parts
        if parts == (_MANIFEST,):
            continue
        if len(parts) < 2 or parts[0] != "state" or ".." in parts or not (entry.isfile() or entry.isdir()):
            raise tarfile.ReadError(f"it holds {entry.name}")
        target = into.joinpath(*parts[1:])
        content = archive.extractfile(entry)
        if content is None:
            target.mkdir(mode=0o700)
            continue
        with content, target.open("xb") as file:
            shutil.copyfileobj(content, file)
    os.sync()  # it must be on the disk before it takes the other's place
