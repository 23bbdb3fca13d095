from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

import psutil
import pytest

from chassis.testing import eventually
from mercat.stack import runner as runners
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.runner import ProcessRunner, StartFailed


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


FOREVER = python("import time; time.sleep(600)")
STUBBORN = python(
    "import signal, time, pathlib, os; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path('armed').touch(); time.sleep(600)"
)


@pytest.fixture
def make(tmp_path):
    made = []

    def changed() -> None:
        pass

    def make(argv, **options) -> ProcessRunner:
        max_failures = options.pop("max_failures", 3)
        log_line = options.pop("log_line", runners._ignore)
        process = ProcessSpec(options.pop("name", "one"), argv, dict(os.environ), **options)
        one = ProcessRunner(process, tmp_path / f"{process.name}.log", tmp_path, changed, max_failures, log_line)
        made.append(one)
        return one

    yield make
    for one in made:
        if one.entry.pid and psutil.pid_exists(one.entry.pid):
            os.killpg(one.entry.pid, signal.SIGKILL)


async def end(one: ProcessRunner, task: asyncio.Task) -> None:
    await one.stop()
    await asyncio.wait_for(task, 60)


async def test_process_is_ready_when_its_probe_succeeds(make, tmp_path):
    gate = tmp_path / "gate"

    async def ready() -> bool:
        return gate.exists()

    one = make(FOREVER, ready=ready)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: one.entry.condition == "starting")
    assert not one.ready.is_set()
    gate.touch()
    await eventually(one.ready.is_set)
    assert one.entry.condition == "ready"
    assert one.entry.took is not None
    await end(one, task)
    assert one.entry.condition == "stopped"


async def test_process_waits_for_its_dependencies(make):
    first, second = make(FOREVER, name="first"), make(FOREVER, name="second")
    task = asyncio.create_task(second.run([first]))
    other = asyncio.create_task(first.run([]))
    await eventually(second.ready.is_set)
    assert first.ready.is_set()
    await end(second, task)
    await end(first, other)


async def test_finished_task_stays_ready(make):
    one = make(python("pass"), once=True)
    await one.run([])
    assert one.entry.condition == "done"
    assert one.ready.is_set()


async def test_failed_task_raises_with_its_exit_status(make):
    one = make(python("raise SystemExit(7)"), once=True)
    with pytest.raises(StartFailed, match="one ended with status 7"):
        await one.run([])
    assert one.entry.condition == "failed"


async def test_failed_optional_task_does_not_raise(make):
    one = make(python("raise SystemExit(7)"), once=True, optional=True)
    await one.run([])
    assert one.entry.condition == "failed"
    assert one.ready.is_set()


async def test_missing_program_raises(make):
    one = make(["/no/such/program"], once=True)
    with pytest.raises(StartFailed, match="could not be started"):
        await one.run([])


async def test_killed_process_is_restarted(make):
    one = make(FOREVER)
    task = asyncio.create_task(one.run([]))
    await eventually(one.ready.is_set)
    first = one.entry.pid
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: one.ready.is_set() and one.entry.pid not in {first, None})
    assert one.entry.restarts == 1
    await end(one, task)


async def test_child_processes_end_with_their_parent(make, tmp_path):
    code = (
        "import subprocess, sys, pathlib, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "pathlib.Path('child').write_text(str(child.pid)); time.sleep(600)"
    )
    one = make(python(code))
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text())
    grandchild = psutil.Process(int((tmp_path / "child").read_text()))
    os.kill(one.entry.pid, signal.SIGKILL)
    await eventually(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)
    await end(one, task)


async def test_start_fails_after_three_failures(make, monkeypatch):
    monkeypatch.setattr(runners, "FIRST_DELAY", 0.01)
    one = make(python("raise SystemExit(3)"), ready=None)
    with pytest.raises(StartFailed):
        await one.run([])
    assert one.entry.restarts == 2


async def test_without_max_failures_restarts_are_unlimited(make, monkeypatch):
    monkeypatch.setattr(runners, "FIRST_DELAY", 0.01)
    one = make(python("raise SystemExit(3)"), max_failures=0)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: one.entry.restarts >= 5)
    await end(one, task)


async def test_delays_between_restarts_grow_up_to_a_maximum(make, monkeypatch):
    pauses = []

    async def remember(self, seconds):
        pauses.append(seconds)

    monkeypatch.setattr(ProcessRunner, "_pause", remember)
    one = make(["/no/such/program"], max_failures=9)
    with pytest.raises(StartFailed):
        await one.run([])
    longest = [0.25, 0.5, 1, 2, 4, 8, 10, 10]
    assert [0.75 * most <= pause <= most for pause, most in zip(pauses, longest, strict=True)] == [True] * 8


async def test_process_that_is_not_ready_in_time_is_ended(make):
    async def never() -> bool:
        return False

    one = make(FOREVER, ready=never, ready_timeout=0.2, max_failures=1)
    with pytest.raises(StartFailed, match="one was not ready after 0 seconds"):
        await one.run([])
    assert one.entry.pid is None


async def test_process_that_ignores_sigterm_is_killed(make, tmp_path):
    one = make(STUBBORN, stop_timeout=0.2)
    task = asyncio.create_task(one.run([]))
    await eventually((tmp_path / "armed").exists)
    pid = one.entry.pid
    await end(one, task)
    assert not psutil.pid_exists(pid)
    assert one.entry.message == "had to be killed"


async def test_stop_ends_the_delay_before_a_restart(make, monkeypatch):
    monkeypatch.setattr(runners, "FIRST_DELAY", 600)
    one = make(python("raise SystemExit(3)"), max_failures=0)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: one.entry.condition == "restarting")
    await end(one, task)


async def test_stop_during_a_start_ends_the_process(make):
    one = make(FOREVER)
    task = asyncio.create_task(one.run([]))
    await asyncio.sleep(0)
    await end(one, task)
    assert one.entry.pid is None


async def test_output_is_written_to_the_log(make, tmp_path):
    one = make(python("import sys; print('out'); print('err', file=sys.stderr)"), once=True)
    before = time.time()
    await one.run([])
    lines = (tmp_path / "one.log").read_text().splitlines()
    assert lines[0].endswith("one starts")
    assert sorted(lines[1:]) == ["err", "out"]
    assert one.entry.since >= before
    assert (tmp_path / "one.log").stat().st_size > 0
