from __future__ import annotations

import asyncio

import pytest

from chassis.problems import Unavailable
from orders.checkout import turns
from orders.checkout.turns import Turns


async def test_work_of_one_key_runs_one_at_a_time_and_the_queue_is_removed() -> None:
    queue, inside, most = Turns(), 0, 0

    async def take(key: bytes) -> None:
        nonlocal inside, most
        async with queue.of(key):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(take(b"one") for _ in range(5)))
    assert most == 1
    await asyncio.gather(*(take(bytes([number])) for number in range(5)))
    assert most == 5
    assert (queue._locks, queue._users) == ({}, {})


async def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_AT_ONCE", 2)
    queue = Turns()

    async def take() -> None:
        async with queue.of(b"one"):
            pass

    async with queue.of(b"one"):
        waiting = asyncio.create_task(take())
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="Try again"):
            async with queue.of(b"one"):
                pass
        async with queue.of(b"another"):
            pass
    await waiting
