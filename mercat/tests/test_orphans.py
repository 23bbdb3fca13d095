from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

from mercat.config.environment import SUPERVISED_VARIABLE
from mercat.stack import orphans

SLEEP = "print('up', flush=True); import time; time.sleep(600)"


@pytest.fixture
def start(tmp_path):
    started = []

    def start(argv, *, mark=None, cwd=None) -> subprocess.Popen:
        env = {**os.environ, **({SUPERVISED_VARIABLE: str(mark)} if mark else {})}
        one = subprocess.Popen(argv, env=env, cwd=cwd, stdout=subprocess.PIPE)
        started.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        return one

    yield start
    for one in started:
        one.kill()
        one.communicate()


def test_only_processes_with_this_stores_variable_are_ended(start, tmp_path):
    ours = start([sys.executable, "-c", SLEEP], mark=tmp_path / "state")
    others = start([sys.executable, "-c", SLEEP], mark=tmp_path / "state2")
    nobodys = start([sys.executable, "-c", SLEEP])
    assert orphans.end(tmp_path / "state") == 1
    assert ours.wait(60) == -signal.SIGKILL
    assert others.poll() is None
    assert nobodys.poll() is None
    assert orphans.end(tmp_path / "state") == 0


def test_postgresql_is_found_by_its_working_directory(start, tmp_path):
    """It writes its titles over its environment; a process of that name in that folder is one of it."""
    data = tmp_path / "state" / "postgres"
    data.mkdir(parents=True)
    impostor = tmp_path / "postgres"
    shutil.copy("/bin/sh", impostor)
    script = "echo up; while :; do read -r _ < fifo; done"
    os.mkfifo(data / "fifo")
    ours = start([str(impostor), "-c", script], cwd=data)
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    os.mkfifo(elsewhere / "fifo")
    others = start([str(impostor), "-c", script], cwd=elsewhere)
    assert [one.pid for one in orphans.find(tmp_path / "state")] == [ours.pid]
    assert orphans.end(tmp_path / "state") == 1
    assert ours.wait(60) == -signal.SIGQUIT
    assert others.poll() is None


def test_own_process_and_its_parents_are_excluded(tmp_path):
    code = (
        "import sys; from pathlib import Path; from mercat.stack import orphans;"
        "print([one.pid for one in orphans.find(Path(sys.argv[1]))])"
    )
    env = {**os.environ, SUPERVISED_VARIABLE: str(tmp_path)}
    # The shell carries the mark too, and is the parent of who asks.
    argv = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_pid_and_socket_files_of_postgresql_are_removed(installation):
    """A dead PostgreSQL that its parent has not taken note of would keep the next one from starting."""
    (installation.state / "postgres").mkdir()
    notes = [installation.state / "postgres" / "postmaster.pid", installation.sockets / ".s.PGSQL.15432.lock"]
    for note in notes:
        note.write_text(f"{os.getpid()}\n")
    assert orphans.clean_up(installation) == 0
    assert not [note for note in notes if note.exists()]


def test_zombie_is_no_orphan(start, tmp_path):
    one = start([sys.executable, "-c", SLEEP], mark=tmp_path)
    one.kill()
    os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)
    assert orphans.find(tmp_path) == []
