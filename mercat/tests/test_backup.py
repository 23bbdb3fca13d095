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

from mercat import archive, backup_command, database, restore_command
from mercat.board import Lock
from mercat.control import Control
from mercat.refusal import Refusal
from mercat.tests.conftest import ROOT, add_service


@pytest.fixture
def full(store):
    """A store that stands still, with something of everything."""
    add_service(store, "orders", 8003)
    migrations = store.root / "services" / "orders" / "migrations"
    migrations.mkdir()
    (migrations / "0001_orders.sql").touch()
    for path, text in CONTENT.items():
        (store.state / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (store.state / path).write_text(text)
    (store.state / "postgres" / "PG_VERSION").write_text(f"{database.version()}\n")
    (store.state / "postgres" / "base").mkdir()
    return store


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
    backup_command.backup(full, tmp_path / "kept.tar.gz")
    return tmp_path / "kept.tar.gz"


def test_it_holds_everything_but_logs_for_its_owner_alone(full, file):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archived:
        names = {name.removeprefix("state/") for name in archived.getnames()}
    assert names >= {*CONTENT, "manifest.json", "postgres/base"}
    assert not [name for name in names if name.startswith(("logs", "run"))]
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".kept")] == []


def test_no_moment_leaves_it_open_to_others(full, tmp_path, monkeypatch):
    """Whoever opens it while they may read it goes on reading: to close it afterwards is too late."""
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    umask = os.umask(0)
    try:
        archive.write(full, tmp_path / "kept.tar.gz")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "kept.tar.gz").stat().st_mode) == 0o600


def test_what_was_kept_is_brought_back_and_what_was_there_is_kept_beside(full, file):
    before = {name: text for name, text in content(full.state).items() if not name.startswith("logs")}
    (full.state / "postgres" / "data").write_text("other rows")
    (full.state / "postgres" / "more").write_text("more rows")
    restore_command.restore(full, file)
    assert content(full.state) == before
    assert (full.state / "postgres" / "base").is_dir()
    for path in full.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    old = restore_command.before(full)
    assert (old / "postgres" / "data").read_text() == "other rows"
    restore_command.restore(full, file)
    assert (old / "postgres" / "data").read_text() == "rows"


def test_a_store_that_runs_is_not_replaced(full, file):
    lock = Lock(full.run).take()
    assert lock is not None
    try:
        Control(full).board.path.write_text('{"pid": 1, "phase": "running"}')
        with pytest.raises(Refusal, match="The store runs"):
            restore_command.restore(full, file)
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
def test_what_does_not_fit_is_refused_and_changes_nothing(full, file, changes, told):
    before = content(full.state)
    with pytest.raises(Refusal, match=told):
        restore_command.restore(full, rewritten(file, **changes))
    assert content(full.state) == before
    assert not restore_command.before(full).exists()


@pytest.mark.parametrize("kind", ["cut off", "nonsense", "empty", "climbing", "a link", "no manifest"])
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(full, file, tmp_path, kind):
    before = content(full.state)
    other = tmp_path / "other.tar.gz"
    if kind in {"climbing", "a link", "no manifest"}:
        _hostile(full, other, kind)
    else:
        other.write_bytes({"cut off": file.read_bytes()[:-200], "nonsense": b"x" * 5000, "empty": b""}[kind])
    with pytest.raises(Refusal, match="no whole backup of a store"):
        restore_command.restore(full, other)
    assert content(full.state) == before
    assert not (tmp_path / "escaped").exists()
    assert [path.name for path in full.state.parent.iterdir() if "restor" in path.name] == []


def _hostile(store, path, kind) -> None:
    with tarfile.open(path, "w:gz") as new:
        if kind != "no manifest":
            text = msgspec.json.encode(archive.describe(store))
            first = tarfile.TarInfo("manifest.json")
            first.size = len(text)
            new.addfile(first, BytesIO(text))
        entry = tarfile.TarInfo("state/../../escaped" if kind == "climbing" else "state/link")
        if kind == "a link":
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
        new.addfile(entry)


def test_a_restore_that_was_killed_half_way_is_not_taken_for_a_new_store(full, file):
    full.state.rename(restore_command.before(full))
    with pytest.raises(Refusal, match="A restore was interrupted"):
        Control(full).start(seed=False)
    assert not full.state.exists()
    restore_command.restore(full, file)
    assert (full.state / "postgres" / "data").read_text() == "rows"


@pytest.mark.parametrize("where", ["there already", "no folder", "inside", "nothing to keep", "elsewhere"])
def test_what_cannot_be_kept_is_refused(full, tmp_path, where):
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
        one = replace(full, person={**full.person, "DATABASE_URL_ORDERS": "postgresql://elsewhere"})
    with pytest.raises(Refusal):
        backup_command.backup(one, target)
    assert where == "there already" or not target.exists()


def test_a_file_that_is_not_there_is_named(full, tmp_path):
    with pytest.raises(Refusal, match="There is no file"):
        restore_command.restore(full, tmp_path / "none.tar.gz")


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
def test_git_takes_none_of_the_stores_secrets(name):
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode == 0
