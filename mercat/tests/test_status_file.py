from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys

from chassis.testing.waiting import wait_until
from mercat.stack.lock import SupervisorLock
from mercat.stack.status_file import ProcessStatus, StackStatus, StatusFile


def test_written_status_is_read(tmp_path):
    status_file = StatusFile(tmp_path)
    assert status_file.read() is None
    status = StackStatus(
        pid=7, phase="running", addresses={"Store": "x"}, entries=[ProcessStatus("catalog", condition="ready")]
    )
    status_file.write(status)
    assert status_file.read() == status
    assert stat.S_IMODE(status_file.path.stat().st_mode) == 0o600


def test_invalid_status_file_is_none(tmp_path):
    (tmp_path / "status.json").write_text('{"pid": "?"')
    assert StatusFile(tmp_path).read() is None
    (tmp_path / "status.json").write_text('{"pid": "?"}')
    assert StatusFile(tmp_path).read() is None


def test_lock_has_one_holder(tmp_path):
    lock = SupervisorLock(tmp_path)
    assert not lock.is_held()
    mine = lock.take()
    assert mine is not None
    assert lock.is_held()
    assert lock.take() is None
    os.close(mine)
    assert not lock.is_held()


def test_lock_of_a_killed_process_is_released(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from mercat.stack.lock import SupervisorLock;"
        "held = SupervisorLock(Path(sys.argv[1])).take(); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert SupervisorLock(tmp_path).is_held()
        other.send_signal(signal.SIGKILL)
    wait_until(lambda: not SupervisorLock(tmp_path).is_held())


def test_inherited_lock_is_held_by_the_child(tmp_path):
    descriptor = SupervisorLock(tmp_path).take()
    assert descriptor is not None
    argv = [sys.executable, "-c", "input()"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, pass_fds=[descriptor]) as child:
        os.close(descriptor)
        assert SupervisorLock(tmp_path).is_held()
        child.communicate(b"\n", timeout=60)
    assert not SupervisorLock(tmp_path).is_held()
