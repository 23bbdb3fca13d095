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
from mercat import runner as runners
from mercat.runner import DidNotStart, Runner
from mercat.tests.test_runner import FOREVER, end, make, python

__all__ = ["make"]


async def test_five_thousand_crashes_do_not_end_it(make, monkeypatch):
    pauses = []

    async def remember(self, seconds):
        pauses.append(seconds)

    monkeypatch.setattr(Runner, "_pause", remember)
    one = make(["/no/such/program"], tries=5000)
    with pytest.raises(DidNotStart):
        await one.run([])
    assert len(pauses) == 4999
    assert max(pauses) <= 10
    assert min(pauses[100:]) >= 7.5


async def test_every_end_is_recorded_with_its_reason_its_life_and_what_follows(make, monkeypatch, tmp_path):
    monkeypatch.setattr(runners, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(runners, "LONGEST_PAUSE", 0.02)
    said: list[str] = []
    one = make(FOREVER, tries=0, say=said.append)
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
async def test_one_that_ends_by_itself_is_recorded_too(make, monkeypatch, code, words):
    monkeypatch.setattr(runners, "FIRST_PAUSE", 0.01)
    said: list[str] = []
    one = make(python(code), tries=0, say=said.append)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: said)
    await end(one, task)
    assert words in said[0]


async def test_a_restart_is_no_crash_and_takes_what_is_new(make, tmp_path):
    said: list[str] = []
    one = make(FOREVER, say=said.append)
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


async def test_a_restart_ends_the_pause_of_one_that_crashed(make, monkeypatch, tmp_path):
    monkeypatch.setattr(runners, "FIRST_PAUSE", 600)
    monkeypatch.setattr(runners, "LONGEST_PAUSE", 600)
    one = make(python("exit(3)"), tries=0)
    task = asyncio.create_task(one.run([]))
    await eventually(lambda: one.entry.condition == "restarting")
    await one.restart(replace(one.process, argv=FOREVER))
    await eventually(one.ready.is_set)
    await end(one, task)
