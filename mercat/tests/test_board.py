from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys

from chassis.testing.waiting import wait_until
from mercat.board import Board, Entry, Lock, Status


def test_what_is_written_is_read(tmp_path):
    board = Board(tmp_path)
    assert board.read() is None
    status = Status(pid=7, phase="running", addresses={"Store": "x"}, entries=[Entry("catalog", condition="ready")])
    board.write(status)
    assert board.read() == status
    assert stat.S_IMODE(board.path.stat().st_mode) == 0o600


def test_what_is_no_board_is_none(tmp_path):
    (tmp_path / "status.json").write_text('{"pid": "?"')
    assert Board(tmp_path).read() is None
    (tmp_path / "status.json").write_text('{"pid": "?"}')
    assert Board(tmp_path).read() is None


def test_one_has_the_lock_at_a_time(tmp_path):
    lock = Lock(tmp_path)
    assert not lock.is_held()
    mine = lock.take()
    assert mine is not None
    assert lock.is_held()
    assert lock.take() is None
    os.close(mine)
    assert not lock.is_held()


def test_a_killed_holder_gives_it_back(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from mercat.board import Lock;"
        "held = Lock(Path(sys.argv[1])).take(); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert Lock(tmp_path).is_held()
        other.send_signal(signal.SIGKILL)
    wait_until(lambda: not Lock(tmp_path).is_held())


def test_it_can_be_handed_to_a_child_that_outlives_its_parent(tmp_path):
    descriptor = Lock(tmp_path).take()
    assert descriptor is not None
    argv = [sys.executable, "-c", "input()"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, pass_fds=[descriptor]) as child:
        os.close(descriptor)
        assert Lock(tmp_path).is_held()
        child.communicate(b"\n", timeout=60)
    assert not Lock(tmp_path).is_held()
