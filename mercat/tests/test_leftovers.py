from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

from mercat import leftovers
from mercat.environment import MARK

SLEEP = "print('up', flush=True); import time; time.sleep(600)"


@pytest.fixture
def start(tmp_path):
    started = []

    def start(argv, *, mark=None, cwd=None) -> subprocess.Popen:
        env = {**os.environ, **({MARK: str(mark)} if mark else {})}
        one = subprocess.Popen(argv, env=env, cwd=cwd, stdout=subprocess.PIPE)
        started.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        return one

    yield start
    for one in started:
        one.kill()
        one.communicate()


def test_only_what_carries_this_stores_mark_is_ended(start, tmp_path):
    ours = start([sys.executable, "-c", SLEEP], mark=tmp_path / "state")
    others = start([sys.executable, "-c", SLEEP], mark=tmp_path / "state2")
    nobodys = start([sys.executable, "-c", SLEEP])
    assert leftovers.end(tmp_path / "state") == 1
    assert ours.wait(20) == -signal.SIGKILL
    assert others.poll() is None
    assert nobodys.poll() is None
    assert leftovers.end(tmp_path / "state") == 0


def test_postgresql_is_known_by_its_folder(start, tmp_path):
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
    assert [one.pid for one in leftovers.find(tmp_path / "state")] == [ours.pid]
    assert leftovers.end(tmp_path / "state") == 1
    assert ours.wait(20) == -signal.SIGQUIT
    assert others.poll() is None


def test_the_one_who_asks_and_its_parents_are_spared(tmp_path):
    code = (
        "import sys; from pathlib import Path; from mercat import leftovers;"
        "print([one.pid for one in leftovers.find(Path(sys.argv[1]))])"
    )
    env = {**os.environ, MARK: str(tmp_path)}
    # The shell carries the mark too, and is the parent of who asks.
    argv = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_dead_servers_notes_of_itself_go(store):
    """A dead PostgreSQL that its parent has not taken note of would keep the next one from starting."""
    (store.state / "postgres").mkdir()
    notes = [store.state / "postgres" / "postmaster.pid", store.sockets / ".s.PGSQL.15432.lock"]
    for note in notes:
        note.write_text(f"{os.getpid()}\n")
    assert leftovers.clear(store) == 0
    assert not [note for note in notes if note.exists()]


def test_a_dead_process_nobody_took_note_of_is_no_leftover(start, tmp_path):
    one = start([sys.executable, "-c", SLEEP], mark=tmp_path)
    one.kill()
    os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)
    assert leftovers.find(tmp_path) == []
