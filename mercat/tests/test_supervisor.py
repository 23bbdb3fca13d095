from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from functools import partial

import pytest

from chassis.testing import eventually
from mercat import supervisor as supervisors
from mercat.board import Board, Lock, Status
from mercat.control import Control
from mercat.plan import Plan
from mercat.process import Process
from mercat.runner import DidNotStart, Runner
from mercat.supervisor import Supervisor
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


def process(store, name, argv=None, **options) -> Process:
    async def ready() -> bool:
        return f"{name} starts\n" in diary(store)

    chosen = argv or [sys.executable, "-c", DIARY, name]
    return Process(name, chosen, dict(os.environ), ready=None if argv else ready, **options)


def diary(store) -> str:
    path = store.root / "diary"
    return path.read_text() if path.exists() else ""


@pytest.fixture
def board(store) -> Board:
    return Board(store.run)


async def test_it_starts_in_order_and_stops_in_layers(store, board):
    plan = Plan(
        [
            process(store, "door", needs=("shop",), layer=3),
            process(store, "shop", needs=("cellar",), layer=2),
            process(store, "cellar", layer=1),
        ]
    )
    supervisor = Supervisor(plan, store, board)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    supervisor.stop()
    await asyncio.wait_for(task, 20)
    started = ["cellar starts", "shop starts", "door starts"]
    assert diary(store).splitlines() == [*started, "door stops", "shop stops", "cellar stops"]
    assert board.read().phase == "stopped"


async def test_the_board_tells_how_it_goes(store, board):
    supervisor = Supervisor(Plan([process(store, "shop", port=4711)], {"Store": "http://x/"}), store, board)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: (told := board.read()) and told.phase == "running")
    told = board.read()
    assert told.pid == os.getpid()
    assert told.addresses == {"Store": "http://x/"}
    (entry,) = told.entries
    assert (entry.name, entry.condition, entry.port) == ("shop", "ready", 4711)
    supervisor.stop()
    await asyncio.wait_for(task, 20)


async def test_it_is_running_only_when_it_can_be_used(store, board):
    gate = store.root / "gate"

    async def usable() -> bool:
        return gate.exists()

    supervisor = Supervisor(Plan([process(store, "shop")], usable=[usable]), store, board)
    task = asyncio.create_task(supervisor.run())
    await eventually(supervisor.runners["shop"].ready.is_set)
    assert supervisor.status.phase == "starting"
    gate.touch()
    await eventually(lambda: supervisor.status.phase == "running")
    supervisor.stop()
    await asyncio.wait_for(task, 20)


async def test_one_that_does_not_start_stops_all(store, board):
    plan = Plan([process(store, "shop"), process(store, "broken", python("raise SystemExit(9)"), once=True)])
    supervisor = Supervisor(plan, store, board)
    with pytest.raises(DidNotStart, match="broken ended with status 9"):
        await asyncio.wait_for(supervisor.run(), 20)
    assert supervisor.runners["shop"].entry.pid is None


async def test_one_killed_while_it_runs_comes_back(store, board):
    supervisor = Supervisor(Plan([process(store, "shop", FOREVER)]), store, board)
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
    await asyncio.wait_for(task, 20)


def is_back(entry, pid) -> bool:
    return entry.condition == "ready" and entry.pid not in {pid, None}


async def test_a_mistake_in_one_runner_is_told_and_its_process_is_kept(store, board, capsys, monkeypatch):
    supervisor = Supervisor(Plan([process(store, "shop", FOREVER), process(store, "other", FOREVER)]), store, board)
    real, fails = Runner._watch, [True]

    async def broken(self, child, began):
        if self.process.name == "shop" and fails:
            fails.clear()
            raise ZeroDivisionError("a mistake of ours")
        return await real(self, child, began)

    monkeypatch.setattr(Runner, "_watch", broken)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    assert "the runner of shop failed:" in capsys.readouterr().err
    assert supervisor.runners["shop"].entry.condition == "ready"
    supervisor.stop()
    await asyncio.wait_for(task, 20)


async def test_a_loop_that_ends_is_told_and_run_again(capsys):
    runs = []

    async def body():
        runs.append(1)
        if len(runs) == 1:
            raise OSError("the disk is gone")
        if len(runs) == 3:
            await asyncio.Event().wait()

    task = asyncio.create_task(supervisors.unending("a loop", body))
    await eventually(lambda: len(runs) == 3)
    told = capsys.readouterr().err
    assert "the loop 'a loop' failed:" in told
    assert "the disk is gone" in told
    assert "the loop 'a loop' ended by itself" in told
    task.cancel()
    await asyncio.wait([task])


async def test_it_logs_every_end_with_its_time(store, board, capsys):
    supervisor = Supervisor(Plan([process(store, "shop", FOREVER)]), store, board)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.status.phase == "running")
    os.kill(supervisor.runners["shop"].entry.pid or 0, signal.SIGKILL)
    await eventually(lambda: supervisor.runners["shop"].entry.restarts == 1)
    supervisor.stop()
    await asyncio.wait_for(task, 20)
    told = capsys.readouterr().err
    assert re.search(
        r"^\d{4}-\d\d-\d\dT[\d:]+[+-]\d{4} shop was ended by SIGKILL .* restart 1 in 0\.\d\d s$", told, re.MULTILINE
    )


def test_a_supervisor_that_was_killed_is_told_of(store, board):
    board.write(Status(pid=4711, phase="running"))
    assert "(process 4711) ended without a word" in Control(store).how_it_was_lost()
    board.write(Status(pid=4711, phase="stopped"))
    assert Control(store).how_it_was_lost() == ""


async def test_it_can_be_stopped_before_anything_is_ready(store, board):
    async def never() -> bool:
        return False

    slow = Process("slow", FOREVER, dict(os.environ), ready=never)
    supervisor = Supervisor(Plan([slow, process(store, "shop", needs=("slow",))]), store, board)
    task = asyncio.create_task(supervisor.run())
    await eventually(lambda: supervisor.runners["slow"].entry.condition == "starting")
    supervisor.stop()
    await asyncio.wait_for(task, 20)
    assert diary(store) == ""


@pytest.fixture
def as_started(store, monkeypatch):
    """What `mercat up` hands to the supervisor: the store's lock, and where it is."""
    before = os.umask(0o022)
    monkeypatch.setenv("MERCAT_STATE", str(store.state))
    lock = Lock(store.run).take()
    assert lock is not None
    yield ["--lock", str(lock), "--offset", "1200", "--replicas", "1"]
    os.close(lock)
    os.umask(before)


def test_a_refusal_is_put_on_the_board(store, board, as_started, monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_x")
    monkeypatch.delenv("STRIPE_PUBLISHABLE_KEY", raising=False)
    with pytest.raises(SystemExit, match="1"):
        supervisors.main(as_started)
    told = board.read()
    assert told is not None
    assert (told.phase, told.pid) == ("failed", os.getpid())
    assert "STRIPE_PUBLISHABLE_KEY" in told.problem


def test_a_mistake_of_ours_is_put_on_the_board_too(board, as_started, monkeypatch):
    monkeypatch.setattr(supervisors, "prepare", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        supervisors.main(as_started)
    told = board.read()
    assert told is not None
    assert told.phase == "failed"
    assert "ZeroDivisionError" in told.problem


def test_what_did_not_start_is_explained_by_its_last_words(store, board, as_started, monkeypatch):
    broken = process(store, "broken", python("print('I cannot'); raise SystemExit(9)"), once=True)
    monkeypatch.setattr(supervisors, "prepare", lambda *_, **__: Plan([broken]))
    with pytest.raises(SystemExit, match="1"):
        supervisors.main(as_started)
    told = board.read()
    assert told is not None
    assert told.phase == "failed"
    assert "broken ended with status 9" in told.problem
    assert "I cannot" in told.problem
