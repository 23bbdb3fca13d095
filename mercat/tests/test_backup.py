from __future__ import annotations

import os
import stat
import subprocess
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from mercat.commands import backup, restore
from mercat.data import archive
from mercat.installation import CommandError
from mercat.stack import postgres
from mercat.stack.lock import SupervisorLock
from mercat.stack.supervisor_process import SupervisorProcess
from mercat.tests.conftest import ROOT, add_service


@pytest.fixture
def full(installation):
    """A store that stands still, with something of everything."""
    add_service(installation, "orders", 8003)
    migrations = installation.root / "services" / "orders" / "migrations"
    migrations.mkdir()
    (migrations / "0001_orders.sql").touch()
    for path, text in CONTENT.items():
        (installation.state / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (installation.state / path).write_text(text)
    (installation.state / "postgres" / "PG_VERSION").write_text(f"{postgres.version()}\n")
    (installation.state / "postgres" / "base").mkdir()
    return installation


CONTENT = {
    "postgres/data": "rows",
    "media/ab/picture": "pixels",
    "keys/valkey.password": "secret",
    "certificates/authority.pem": "pem",
    "mail/1.eml": "mail",
    "stripe_double.book": "book",
    "seeded": "",
}


def content(folder) -> dict[str, str]:
    names = [path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] != "run"]
    return {str(path.relative_to(folder)): path.read_text() for path in names}


@pytest.fixture
def file(full, tmp_path):
    (full.logs / "orders.log").write_text("talk")
    backup.backup(full, tmp_path / "kept.tar.gz")
    return tmp_path / "kept.tar.gz"


def test_backup_has_all_data_except_logs_and_is_private(full, file):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archived:
        names = {name.removeprefix("state/") for name in archived.getnames()}
    assert names >= {*CONTENT, "manifest.json", "postgres/base"}
    assert not [name for name in names if name.startswith(("logs", "run"))]
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".kept")] == []


def test_backup_file_is_private_from_its_creation(full, tmp_path, monkeypatch):
    """Whoever opens it while they may read it goes on reading: to close it afterwards is too late."""
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    umask = os.umask(0)
    try:
        archive.write(full, tmp_path / "kept.tar.gz")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "kept.tar.gz").stat().st_mode) == 0o600


def test_restore_replaces_the_state_and_keeps_the_old_one(full, file):
    before = {name: text for name, text in content(full.state).items() if not name.startswith("logs")}
    (full.state / "postgres" / "data").write_text("other rows")
    (full.state / "postgres" / "more").write_text("more rows")
    restore.restore(full, file)
    moment = full.restored_marker("orders").read_text()
    assert content(full.state) == {**before, "restored/orders": moment}
    assert (full.state / "postgres" / "base").is_dir()
    for path in full.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    old = full.before_restore
    assert (old / "postgres" / "data").read_text() == "other rows"
    restore.restore(full, file)
    assert (old / "postgres" / "data").read_text() == "rows"


def test_a_service_without_a_database_is_in_no_manifest_and_has_nothing_to_do_after_a_restore(full, file):
    add_service(full, "pages", 8010, routes="/", database='""')
    assert set(archive.describe(full).migrations) == {"chassis", "orders"}
    restore.restore(full, file)
    assert [path.name for path in full.restored_marker("orders").parent.iterdir()] == ["orders"]


def test_restore_of_a_running_store_is_refused(full, file):
    lock = SupervisorLock(full.run).take()
    assert lock is not None
    try:
        SupervisorProcess(full).status_file.path.write_text('{"pid": 1, "phase": "running"}')
        with pytest.raises(CommandError, match="The store runs"):
            restore.restore(full, file)
    finally:
        os.close(lock)


def rewritten(file, **changes):
    """The backup, with another manifest."""
    other = file.with_name("other.tar.gz")
    with tarfile.open(file) as old, tarfile.open(other, "w:gz") as new:
        for entry in old:
            body = old.extractfile(entry)
            text = body.read() if body else b""
            if entry.name == "manifest.json":
                text = msgspec.json.encode(msgspec.json.decode(text) | changes)
                entry.size = len(text)
            new.addfile(entry, BytesIO(text))
    return other


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 99}, "has the format 99"),
        ({"system": "amiga m68k"}, "was made on amiga m68k"),
        ({"postgres": "9"}, "is of PostgreSQL 9"),
        ({"migrations": {"orders": ["0002_later.sql"]}}, "orders has 0002_later.sql"),
        ({"migrations": {"shipping": ["0001_x.sql"]}}, "shipping has 0001_x.sql"),
        ({"more": 1}, "no whole backup"),
    ],
)
def test_unfit_backup_is_refused_and_changes_nothing(full, file, changes, told):
    before = content(full.state)
    with pytest.raises(CommandError, match=told):
        restore.restore(full, rewritten(file, **changes))
    assert content(full.state) == before
    assert not full.before_restore.exists()


@pytest.mark.parametrize("kind", ["cut off", "nonsense", "empty", "climbing", "a link", "no manifest"])
def test_damaged_backup_is_refused_and_changes_nothing(full, file, tmp_path, kind):
    before = content(full.state)
    other = tmp_path / "other.tar.gz"
    if kind in {"climbing", "a link", "no manifest"}:
        _hostile(full, other, kind)
    else:
        other.write_bytes({"cut off": file.read_bytes()[:-200], "nonsense": b"x" * 5000, "empty": b""}[kind])
    with pytest.raises(CommandError, match="no whole backup of a store"):
        restore.restore(full, other)
    assert content(full.state) == before
    assert not (tmp_path / "escaped").exists()
    assert [path.name for path in full.state.parent.iterdir() if "restor" in path.name] == []


def _hostile(installation, path, kind) -> None:
    with tarfile.open(path, "w:gz") as new:
        if kind != "no manifest":
            text = msgspec.json.encode(archive.describe(installation))
            first = tarfile.TarInfo("manifest.json")
            first.size = len(text)
            new.addfile(first, BytesIO(text))
        entry = tarfile.TarInfo("state/../../escaped" if kind == "climbing" else "state/link")
        if kind == "a link":
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
        new.addfile(entry)


def test_start_after_an_interrupted_restore_is_refused(full, file):
    full.state.rename(full.before_restore)
    with pytest.raises(CommandError, match="A restore was interrupted"):
        SupervisorProcess(full).start(seed=False)
    assert not full.state.exists()
    restore.restore(full, file)
    assert (full.state / "postgres" / "data").read_text() == "rows"


@pytest.mark.parametrize("where", ["there already", "no folder", "inside", "nothing to keep", "elsewhere"])
def test_impossible_backup_is_refused(full, tmp_path, where):
    one, target = full, tmp_path / "kept.tar.gz"
    if where == "there already":
        target.touch()
    elif where == "no folder":
        target = tmp_path / "none" / "kept.tar.gz"
    elif where == "inside":
        target = full.state / "kept.tar.gz"
    elif where == "nothing to keep":
        (full.state / "postgres" / "PG_VERSION").unlink()
    else:
        one = replace(full, user_settings={**full.user_settings, "DATABASE_URL_ORDERS": "postgresql://elsewhere"})
    with pytest.raises(CommandError):
        backup.backup(one, target)
    assert where == "there already" or not target.exists()


def test_missing_file_is_named(full, tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        restore.restore(full, tmp_path / "none.tar.gz")


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".mercat/keys/a",
        ".mercat.before-restore/keys/a",
        ".mercat.restoring/keys/a",
        "mercat-20260101-000000.tar.gz",
    ],
)
def test_git_ignores_all_secrets(name):
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode == 0
