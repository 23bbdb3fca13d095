from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from dataclasses import replace
from functools import partial

import pytest

from chassis.testing import eventually
from mercat.stack import supervisor as supervisors
from mercat.stack.desired_state import DesiredState
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.runner import ProcessRunner, StartFailed
from mercat.stack.status_file import StackStatus, StatusFile
from mercat.stack.supervisor import Supervisor
from mercat.stack.supervisor_process import SupervisorProcess
from mercat.tests.test_runner import FOREVER, python

# Says in a shared file when it starts and when it is asked to stop.
DIARY = """
import pathlib, signal, sys, time
name = sys.argv[1]
def say(what):
    with open("diary", "a") as diary:
        diary.write(f"{name} {what}\\n")
def stop(*_):
    say("stops"); sys.exit(0)
signal.signal(signal.SIGTERM, stop)
say("starts")
while True:
    time.sleep(0.05)
"""


def process(installation, name, argv=None, **options) -> ProcessSpec:
    async def ready() -> bool:
        return f"{name} starts\n" in diary(installation)

    chosen = argv or [sys.executable, "-c", DIARY, name]
    return ProcessSpec(name, chosen, dict(os.environ), ready=None if argv else ready, **options)


def diary(installation) -> str:
    path = installation.root / "diary"
    return path.read_text() if path.exists() else ""


@pytest.fixture
def status_file(installation) -> StatusFile:
    return StatusFile(installation.run)


async def test_processes_start_in_order_and_stop_by_layer(installation, status_file):
    plan = DesiredState(
        [
            process(installation, "door", depends_on=("shop",), layer=3),
            process(installation, "shop", depends_on=("cellar",), layer=2),
            process(installation, "cellar", layer=1),
        ]
    )
    supervisor = Supervisor(plan, installation, status_file)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    supervisor.stop()
    await asyncio.wait_for(task, 60)
    started = ["cellar starts", "shop starts", "door starts"]
    assert diary(installation).splitlines() == [*started, "door stops", "shop stops", "cellar stops"]
    assert status_file.read().phase == "stopped"


async def test_status_file_shows_the_progress(installation, status_file):
    supervisor = Supervisor(
        DesiredState([process(installation, "shop", port=4711)], {"Store": "http://x/"}), installation, status_file
    )
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: (told := status_file.read()) and told.phase == "running")
    told = status_file.read()
    assert told.pid == os.getpid()
    assert told.addresses == {"Store": "http://x/"}
    (entry,) = told.entries
    assert (entry.name, entry.condition, entry.port) == ("shop", "ready", 4711)
    supervisor.stop()
    await asyncio.wait_for(task, 60)


async def test_phase_is_running_after_the_final_probes(installation, status_file):
    gate = installation.root / "gate"

    async def usable() -> bool:
        return gate.exists()

    supervisor = Supervisor(
        DesiredState([process(installation, "shop")], final_probes=[usable]), installation, status_file
    )
    task = asyncio.create_task(supervisor.run())
    await eventually(supervisor.runners["shop"].ready.is_set)
    assert supervisor.status.phase == "starting"
    gate.touch()
    await eventually(lambda: supervisor.status.phase == "running")
    supervisor.stop()
    await asyncio.wait_for(task, 60)


async def test_failed_start_stops_all_processes(installation, status_file):
    plan = DesiredState(
        [process(installation, "shop"), process(installation, "broken", python("raise SystemExit(9)"), once=True)]
    )
    supervisor = Supervisor(plan, installation, status_file)
    with pytest.raises(StartFailed, match="broken ended with status 9"):
        await asyncio.wait_for(supervisor.run(), 60)
    assert supervisor.runners["shop"].entry.pid is None


async def test_killed_process_is_restarted(installation, status_file):
    supervisor = Supervisor(DesiredState([process(installation, "shop", FOREVER)]), installation, status_file)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    entry = supervisor.runners["shop"].entry
    for _ in range(4):
        pid = entry.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await eventually(partial(is_back, entry, pid))
    assert entry.restarts == 4
    supervisor.stop()
    await asyncio.wait_for(task, 60)


def is_back(entry, pid) -> bool:
    return entry.condition == "ready" and entry.pid not in {pid, None}


async def test_error_in_a_runner_is_logged_and_its_process_is_restarted(installation, status_file, capsys, monkeypatch):
    supervisor = Supervisor(
        DesiredState([process(installation, "shop", FOREVER), process(installation, "other", FOREVER)]),
        installation,
        status_file,
    )
    real, fails = ProcessRunner._watch, [True]

    async def broken(self, child, began):
        if self.process.name == "shop" and fails:
            fails.clear()
            raise ZeroDivisionError("a mistake of ours")
        return await real(self, child, began)

    monkeypatch.setattr(ProcessRunner, "_watch", broken)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    assert "the runner of shop failed:" in capsys.readouterr().err
    assert supervisor.runners["shop"].entry.condition == "ready"
    supervisor.stop()
    await asyncio.wait_for(task, 60)


async def test_loop_that_ends_is_logged_and_run_again(capsys):
    runs = []

    async def body():
        runs.append(1)
        if len(runs) == 1:
            raise OSError("the disk is gone")
        if len(runs) == 3:
            await asyncio.Event().wait()

    task = asyncio.create_task(supervisors.run_forever("a loop", body))
    await eventually(lambda: len(runs) == 3)
    told = capsys.readouterr().err
    assert "the loop 'a loop' failed:" in told
    assert "the disk is gone" in told
    assert "the loop 'a loop' ended by itself" in told
    task.cancel()
    await asyncio.wait([task])


async def test_unexpected_exit_is_logged_with_the_time(installation, status_file, capsys):
    supervisor = Supervisor(DesiredState([process(installation, "shop", FOREVER)]), installation, status_file)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    os.kill(supervisor.runners["shop"].entry.pid or 0, signal.SIGKILL)
    await eventually(lambda: supervisor.runners["shop"].entry.restarts == 1)
    supervisor.stop()
    await asyncio.wait_for(task, 60)
    told = capsys.readouterr().err
    assert re.search(
        r"^\d{4}-\d\d-\d\dT[\d:]+[+-]\d{4} shop was ended by SIGKILL .* restart 1 in 0\.\d\d s$", told, re.MULTILINE
    )


def test_killed_supervisor_is_reported(installation, status_file):
    status_file.write(StackStatus(pid=4711, phase="running"))
    assert "(process 4711) ended without a word" in SupervisorProcess(installation).unexpected_end()
    status_file.write(StackStatus(pid=4711, phase="stopped"))
    assert SupervisorProcess(installation).unexpected_end() == ""


async def test_stop_works_before_any_process_is_ready(installation, status_file):
    async def never() -> bool:
        return False

    slow = ProcessSpec("slow", FOREVER, dict(os.environ), ready=never)
    supervisor = Supervisor(
        DesiredState([slow, process(installation, "shop", depends_on=("slow",))]), installation, status_file
    )
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.runners["slow"].entry.condition == "starting")
    supervisor.stop()
    await asyncio.wait_for(task, 60)
    assert diary(installation) == ""


def test_processes_are_restarted_after_the_pause_of_the_installation(installation, status_file):
    slow = replace(installation, restart_seconds=0.5)
    supervisor = Supervisor(DesiredState([process(slow, "shop", FOREVER)]), slow, status_file)
    assert [runner.max_delay for runner in supervisor.runners.values()] == [0.5]
