from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from mercat.installation.installation import PORTS
from mercat.stack import lock, orphans
from mercat.stack.ports import free_offset
from mercat.tests.conftest import ROOT


@pytest.fixture(scope="module")
def offset() -> int:
    return free_offset()


@pytest.fixture
def mercat(tmp_path, offset):
    """Runs the command for a store of its own folder, with its ports far from everybody's."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"MERCAT_STATE": str(tmp_path / "a store"), "MERCAT_PORT_OFFSET": str(offset), "NO_COLOR": "1"}

    def mercat(*argv: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mercat", *argv],
            env=env | more,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    yield mercat
    orphans.end(tmp_path / "a store")


def test_without_arguments_the_commands_are_listed(mercat):
    done = mercat()
    for word in "up down status restart dev logs reset seed import admin backup restore trust".split():
        assert f"  {word} " in done.stdout + done.stderr


def test_status_without_a_store_says_it_does_not_run(mercat):
    done = mercat("status")
    assert (done.returncode, done.stdout) == (1, "The store is not running. Start it with: .venv/bin/mercat up\n")
    # For who typed `make status` it is no error, and the way out is make's.
    done = mercat("status", MERCAT_TYPED="make")
    assert (done.returncode, done.stdout) == (0, "The store is not running. Start it with: make up\n")
    assert json.loads(mercat("status", "--json").stdout) == {"phase": "stopped"}
    done = mercat("down")
    assert (done.returncode, done.stdout) == (0, "The store was not running.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("import", "x.csv"),
        ("admin", "create", "--email", "ada@example.com"),
        ("admin", "reset-password", "--email", "ada@example.com"),
        ("admin", "list"),
        ("seed",),
        ("restart",),
    ],
)
def test_commands_that_need_a_running_store_say_so(mercat, words):
    done = mercat(*words)
    assert done.returncode == 1
    assert "The store is not running. Start it first: .venv/bin/mercat up" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("up", "--replicas", "0"), "--replicas must be between 1 and 8"),
        (("up", "--port-offset", "99999"), "The port offset must be between 0 and"),
        (("logs", "nobody"), "There is no log of 'nobody'. There are: none yet"),
        (("reset",), "Say so: .venv/bin/mercat reset --yes"),
        (("audit",), "Say what to look for: --account"),
        (("admin", "sign-out", "--everybody"), "Everybody has to sign in again. If you mean it, say --yes"),
        (("admin", "erase-again", "ids.txt"), "If you mean it, say --yes"),
    ],
)
def test_invalid_options_are_refused_with_a_solution(mercat, words, told):
    done = mercat(*words)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_state_folder_that_cannot_be_created_is_named(mercat, tmp_path):
    (tmp_path / "file").touch()
    done = mercat("up", MERCAT_STATE=str(tmp_path / "file" / "x"))
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert "MERCAT_STATE" in done.stderr


def test_taken_port_is_named_with_its_process_and_nothing_stays_running(mercat, offset, tmp_path):
    holder = occupy(PORTS["portal"] + offset)
    try:
        done = mercat("up", "--port-offset", str(offset))
    finally:
        holder.close()
    assert done.returncode == 1
    assert f"Port {PORTS['portal'] + offset} (portal) is taken by" in done.stderr
    assert f"process {os.getpid()}" in done.stderr
    assert "--port-offset" in done.stderr
    assert orphans.find(tmp_path / "a store") == []
    assert not lock.SupervisorLock(tmp_path / "a store" / "run").is_held()
    assert mercat("status").returncode == 1


def occupy(port: int):
    import socket

    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", port))
    holder.listen()
    return holder


def test_incomplete_stripe_keys_are_refused_before_the_start(mercat, tmp_path):
    done = mercat("up", STRIPE_SECRET_KEY="sk_test_x")
    assert done.returncode == 1
    assert "STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET" in done.stderr
    assert not (tmp_path / "a store" / "postgres").exists()


def test_reset_keeps_only_keys_and_certificates(mercat, tmp_path):
    state = tmp_path / "a store"
    for path in ("keys/a.password", "certificates/authority.pem", "postgres/PG_VERSION", "mail/1.eml", "seeded"):
        (state / path).parent.mkdir(parents=True, exist_ok=True)
        (state / path).write_text("x")
    (tmp_path / "precious").write_text("x")
    (tmp_path / "a store.before-restore").mkdir()
    (state / "link").symlink_to(tmp_path / "precious")
    done = mercat("reset", "--yes")
    assert done.returncode == 0, done.stderr
    left = {str(path.relative_to(state)) for path in state.rglob("*") if path.is_file()}
    assert left <= {"keys/a.password", "certificates/authority.pem", "run/lock"}
    assert {"keys/a.password", "certificates/authority.pem"} <= left
    assert (tmp_path / "precious").exists()
    assert f"still there, with its data: {tmp_path / 'a store.before-restore'}" in done.stdout


def test_command_line_imports_no_slow_libraries():
    code = (
        "import sys, mercat.cli.main;"
        "print([name for name in ('cryptography', 'pydantic', 'asyncpg', 'psutil', 'fastapi', 'asyncio', 'yaml')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
