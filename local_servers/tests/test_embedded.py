from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from chassis.testing.servers import answers, child_process, free_port, postgres_server, valkey_server
from chassis.testing.waiting import wait_until
from local_servers import child, embedded


def permissions(path: Path) -> list[int]:
    return [folder.stat().st_mode for folder in (path, *path.parents)]


async def test_postgres_runs_in_a_closed_folder_and_leaves_every_permission_as_it_is():
    binary = Path(embedded.postgres_binary("postgres"))
    before = permissions(binary)
    with postgres_server() as server:
        closed = server.data.parent
        assert closed.stat().st_mode & 0o077 == 0
        connection = await asyncpg.connect(server.url("postgres"))
        assert (await connection.fetchval("show server_version")).startswith("18")
        await connection.close()
        owner = server.data.stat().st_uid
    assert owner == os.getuid()
    assert permissions(binary) == before
    assert not closed.exists()


async def test_with_a_password_a_connection_without_it_is_refused(tmp_path):
    server = embedded.Postgres(tmp_path / "data", Path("/tmp"), free_port())
    server.initialise(password="a secret", durable=False)
    server.initialise(password="another")  # does nothing: the cluster stands
    with child_process(server.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        ready = [embedded.postgres_binary("pg_isready"), "-q", "-h", "/tmp", "-p", str(server.port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url("postgres", password="wrong"))
        await (await asyncpg.connect(server.url("postgres", password="a secret"))).close()


def test_a_failed_initialisation_raises_and_leaves_no_cluster(tmp_path, monkeypatch):
    monkeypatch.setenv("TZDIR", "/nowhere")
    server = embedded.Postgres(tmp_path / "data", tmp_path, 5432)
    monkeypatch.setattr(embedded, "postgres_binary", lambda _name: "/bin/false")
    with pytest.raises(RuntimeError, match="could not be made"):
        server.initialise()
    assert not server.data.exists()


def test_valkey_starts_answers_and_stops():
    with valkey_server() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        assert answers(port)
    assert not answers(port)


def test_valkey_can_listen_on_a_socket(tmp_path):
    argv = embedded.valkey_command(7, folder=tmp_path, socket=tmp_path / "vk")
    assert argv[argv.index("--unixsocket") + 1] == str(tmp_path / "vk")


def test_the_binary_on_path_serves_where_a_wheel_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "_package_folder", lambda _package: None)
    own = tmp_path / "initdb"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded.postgres_binary("initdb") == str(own)
    with pytest.raises(embedded.MissingBinary, match="valkey-server was not found"):
        embedded.valkey_binary()


def test_the_servers_get_no_client_settings_from_the_environment(monkeypatch):
    monkeypatch.setenv("PGHOST", "elsewhere")
    assert "PGHOST" not in embedded.environment()


def test_a_child_ends_with_its_parent():
    """The parent starts a child through local_servers.child, tells its id and waits; then the parent is killed."""
    script = (
        "import subprocess, sys, time; from local_servers import child;"
        "p = subprocess.Popen(child.command(['sleep', '60'])); print(p.pid, flush=True); p.wait()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    command = Path(f"/proc/{pid}/cmdline")
    wait_until(lambda: command.read_bytes().startswith(b"sleep"), what="the child to become `sleep`")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not command.exists() or not command.read_bytes(), what="the child's end")


def test_a_child_without_a_parent_does_not_start(monkeypatch):
    parents = iter([100, 1])
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    monkeypatch.setattr(child, "die_with_parent", lambda _signal: None)
    monkeypatch.setattr(sys, "argv", ["child", "--", "true"])
    with pytest.raises(SystemExit, match="the parent ended"):
        child.main()


def test_without_user_namespaces_root_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "argv", ["child", "--not-root", "--", "true"])
    with pytest.raises(SystemExit, match="as an ordinary user"):
        child.main()


def test_root_enters_a_user_namespace(monkeypatch):
    entered: list[int] = []
    taken: list[Path] = []

    def unshare(flags: int) -> int:
        entered.append(flags)
        return 0

    monkeypatch.setattr("ctypes.CDLL", lambda *_arguments, **_options: SimpleNamespace(unshare=unshare))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(child, "_take_alias", taken.append)
    child.leave_root()
    assert (entered, taken) == ([child.CLONE_NEWUSER], [Path("/proc/self")])


def test_other_users_enter_no_user_namespace(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    child.leave_root()


def test_root_runs_the_server_as_an_existing_user(tmp_path):
    child._take_alias(tmp_path)
    alias, outside, count = (tmp_path / "uid_map").read_text().split()
    assert pwd.getpwuid(int(alias)).pw_name != "root"
    assert (outside, count) == ("0", "1")
    assert (tmp_path / "gid_map").read_text().split()[1:] == ["0", "1"]
    assert (tmp_path / "setgroups").read_text() == "deny"


def test_the_server_does_not_run_as_root():
    script = (
        "from local_servers import child; child.leave_root(); import os, pwd; print(pwd.getpwuid(os.geteuid()).pw_name)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() != "root"


def test_the_child_is_replaced_in_this_process(monkeypatch):
    became = []
    monkeypatch.setattr(os, "execvp", lambda name, argv: became.append((name, argv)))
    monkeypatch.setattr(sys, "argv", child.command(["true", "--signal"], signal_number=signal.SIGQUIT)[2:])
    monkeypatch.setattr(child, "die_with_parent", became.append)
    child.main()
    assert became == [signal.SIGQUIT, ("true", ["true", "--signal"])]
