from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from chassis.resilience import failpoints


@pytest.fixture(autouse=True)
def _clean():
    yield
    failpoints.configure("")


async def test_without_a_failpoint_nothing_happens():
    await failpoints.point("checkout.after_reserve")


async def test_a_failpoint_raises_the_given_number_of_times():
    failpoints.configure("a.b=raise*2, c.d=sleep:0.001")
    for _ in range(2):
        with pytest.raises(failpoints.InjectedFault, match=r"a\.b"):
            await failpoints.point("a.b")
    await failpoints.point("a.b")
    await failpoints.point("c.d")


@pytest.mark.parametrize("text", ["a", "a=explode", "A.B=kill", "a=sleep:x", "a=kill*x"])
def test_an_invalid_failpoint_is_named(text):
    with pytest.raises(ValueError, match="is not of the form"):
        failpoints.configure(text)


async def test_kill_sends_sigkill_to_its_own_process(monkeypatch):
    sent = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    failpoints.configure("a.b=kill*1")
    await failpoints.point("a.b")
    assert sent == [(os.getpid(), signal.SIGKILL)]


async def test_a_failpoint_file_kills_one_process_at_the_passage_that_it_counts(monkeypatch, tmp_path):
    sent = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    failpoints.configure(f"folder:{tmp_path}")
    await failpoints.point("a.b")
    for _ in range(2):
        (tmp_path / "a.b").write_text("3")
        await failpoints.point("a.b")
        await failpoints.point("c.d")
        await failpoints.point("a.b")
        assert sent == []
        await failpoints.point("a.b")
        assert sent == [(os.getpid(), signal.SIGKILL)]
        assert not (tmp_path / "a.b").exists()
        await failpoints.point("a.b")
        assert len(sent) == 1
        sent.clear()


async def test_kill_ends_the_process_at_once():
    script = (
        "import asyncio; from chassis.resilience import failpoints; failpoints.configure('x=kill');"
        "asyncio.run(failpoints.point('x')); print('survived')"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert (process.returncode, output) == (-signal.SIGKILL, b"")
