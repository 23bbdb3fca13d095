"""The backup file: writes and reads it, and checks that it fits this machine and version.

A gzipped tar: first `manifest.json`, then the state folder without logs and files of a running store. The store must be
stopped, so that databases, pictures and the double's records are consistent.
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

from mercat.config.services import discover, with_database
from mercat.installation import CommandError, Installation

FORMAT = 1
_MANIFEST = "manifest.json"
# Not in a backup: files of a running store, logs, what was measured, and the drawings of the demo shop.
_EXCLUDED = {"run", "logs", "observe", "demo"}
_MAX_MANIFEST_BYTES = 1_000_000


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """The description of a backup. `migrations` are the names of migration files, by service."""

    format: int
    made_at: str
    system: str
    postgres: str
    migrations: dict[str, list[str]]


def describe(installation: Installation) -> Manifest:
    """The manifest for the store as it is now."""
    version = installation.state / "postgres" / "PG_VERSION"
    return Manifest(
        format=FORMAT,
        made_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        system=f"{sys.platform} {platform.machine()}",
        postgres=version.read_text(encoding="ascii").strip() if version.is_file() else "",
        migrations=_migrations(installation),
    )


def _migrations(installation: Installation) -> dict[str, list[str]]:
    found = {}
    for spec in with_database(discover(installation.root)):
        folder = installation.root / "services" / spec.name / "migrations"
        found[spec.name] = sorted(path.name for path in folder.glob("*.sql"))
    found["chassis"] = sorted(path.name for path in (installation.root / "chassis" / "migrations").glob("*.sql"))
    return found


def write(installation: Installation, path: Path) -> Manifest:
    """Write the state folder into a new file with mode 0600. The store must be stopped.

    Raises:
        OSError: the disk is full, ...
    """
    manifest = describe(installation)
    # With this mode from the start: another user who opened it before a chmod could go on reading.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
        content = msgspec.json.encode(manifest)
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, BytesIO(content))
        for child in sorted(installation.state.iterdir()):
            if child.name not in _EXCLUDED:
                archive.add(child, arcname=f"state/{child.name}", filter=_without_owner)
    return manifest


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Only files and folders, without the names of their owners."""
    entry.uname = entry.gname = ""
    return entry if entry.isfile() or entry.isdir() else None


def check(installation: Installation, manifest: Manifest) -> None:
    """Check that a backup can be restored here.

    Raises:
        CommandError: it has another format, system or PostgreSQL version, or is of newer code.
    """
    here = describe(installation)
    if manifest.format != FORMAT:
        raise CommandError(f"This backup has the format {manifest.format}; this version reads {FORMAT}.")
    if manifest.system != here.system:
        raise CommandError(f"This backup was made on {manifest.system}; its databases cannot be read on {here.system}.")
    from mercat.stack import postgres

    own = postgres.version()
    if manifest.postgres != own:
        raise CommandError(f"This backup is of PostgreSQL {manifest.postgres or '(none)'}; here is {own}.")
    for service, names in manifest.migrations.items():
        if unknown := sorted(set(names) - set(here.migrations.get(service, []))):
            raise CommandError(
                f"This backup is of a newer version, or of another store: {service} has {unknown[0]}, which is not "
                "here. Restore it with the code that it was made with."
            )


def read(path: Path, into: Path, installation: Installation) -> Manifest:
    """Check a backup and unpack it into a new folder.

    Raises:
        CommandError: it is no backup, is damaged, or does not fit.
    """
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            manifest = _manifest(archive)
            check(installation, manifest)
            into.mkdir(mode=0o700)
            _unpack(archive, into)
    except (tarfile.TarError, EOFError, OSError, msgspec.MsgspecError) as error:
        raise CommandError(f"{path} cannot be restored: it is no whole backup of a store ({error}).") from None
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != _MANIFEST or first.size > _MAX_MANIFEST_BYTES:
        raise tarfile.ReadError("it has no manifest")
    content = archive.extractfile(first)
    if content is None:
        raise tarfile.ReadError("it has no manifest")
    return msgspec.json.decode(content.read(), type=Manifest)


def _unpack(archive: tarfile.TarFile, into: Path) -> None:
    """Unpack files and folders below `state/` only, readable by their owner only, whatever modes the archive has."""
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
    os.sync()  # it must be on disk before it replaces the other state
