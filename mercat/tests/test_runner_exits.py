"""What a runner does when its process ends, and what it leaves of it in the logs."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from dataclasses import replace
from functools import partial

import psutil
import pytest

from chassis.testing import eventually
from mercat.stack import runner as runners
from mercat.stack.runner import ProcessRunner, StartFailed
from mercat.tests.test_runner import FOREVER, end, make, python

__all__ = ["make"]


async def test_five_thousand_crashes_do_not_stop_the_runner(make, monkeypatch):
    pauses = []

    async def remember(self, seconds):
        pauses.append(seconds)

    monkeypatch.setattr(ProcessRunner, "_pause", remember)
    one = make(["/no/such/program"], max_failures=5000)
    with pytest.raises(StartFailed):
        await one.run([])
    assert len(pauses) == 4999
    assert max(pauses) <= 10
    assert min(pauses[100:]) >= 7.5


async def test_each_exit_is_logged_with_reason_duration_and_restart(make, monkeypatch, tmp_path):
    monkeypatch.setattr(runners, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(runners, "MAX_DELAY", 0.02)
    said: list[str] = []
    one = make(FOREVER, max_failures=0, log_line=said.append)
    task = asyncio.create_task(one.run([]))
    for _ in range(5):
        await eventually(one.ready.is_set)
        pid = one.entry.pid
        os.kill(pid, signal.SIGKILL)
        await eventually(partial(is_another, one, pid))
    await end(one, task)
    assert len(said) == 5
    for number, line in enumerate(said, 1):
        assert re.fullmatch(rf"one was ended by SIGKILL \(.*\) after \d+\.\d s; restart {number} in 0\.\d\d s", line)
    log = (tmp_path / "one.log").read_text()
    assert re.findall(r"^--- \d{4}-\d\d-\d\dT\S+ one was ended by SIGKILL", log, re.MULTILINE) != []
    assert log.count("was ended by SIGKILL") == 5
    assert one.entry.restarts == 5
    assert one.entry.ended.startswith("was ended by SIGKILL")
    assert 0 <= time.time() - one.entry.ended_at < 60


def is_another(one, pid) -> bool:
    return one.entry.pid not in {pid, None}


@pytest.mark.parametrize(("code", "words"), [("pass", "ended by itself, with status 0"), ("exit(7)", "with status 7")])
async def test_exit_with_status_0_is_logged(make, monkeypatch, code, words):
    monkeypatch.setattr(runners, "FIRST_DELAY", 0.01)
    said: list[str] = []
    one = make(python(code), max_failures=0, log_line=said.append)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: said)
    await end(one, task)
    assert words in said[0]


async def test_restart_uses_the_new_specification_and_is_no_failure(make, tmp_path):
    said: list[str] = []
    one = make(FOREVER, log_line=said.append)
    task = asyncio.create_task(one.run([]))
    await eventually(one.ready.is_set)
    first = one.entry.pid
    other = replace(one.process, argv=python("open('new', 'w').close(); import time; time.sleep(600)"))
    await one.restart(other)
    assert not psutil.pid_exists(first)
    await eventually((tmp_path / "new").exists)
    await eventually(one.ready.is_set)
    assert (said, one.entry.restarts) == ([], 0)
    await end(one, task)


async def test_restart_ends_the_delay_after_a_crash(make, monkeypatch, tmp_path):
    monkeypatch.setattr(runners, "FIRST_DELAY", 600)
    monkeypatch.setattr(runners, "MAX_DELAY", 600)
    one = make(python("exit(3)"), max_failures=0)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: one.entry.condition == "restarting")
    await one.restart(replace(one.process, argv=FOREVER))
    await eventually(one.ready.is_set)
    await end(one, task)
