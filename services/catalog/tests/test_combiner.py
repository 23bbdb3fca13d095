from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from catalog.combiner import Combiner


class Doubler:
    """Answers with twice the number, once it may; keeps the batches. `begun`: the first batch is being worked."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun = asyncio.Event()
        self.may = asyncio.Event()

    async def __call__(self, asks: Sequence[int]) -> list[int]:
        self.batches.append(list(asks))
        self.begun.set()
        await self.may.wait()
        if -1 in asks:
            raise ValueError("unlucky")
        return [2 * ask for ask in asks]


async def test_what_comes_while_a_batch_runs_makes_the_next_and_each_gets_its_own_answer():
    work = Doubler()
    combiner = Combiner(work, limit=10)
    tasks = [asyncio.create_task(combiner.submit(1))]
    await work.begun.wait()
    tasks += [asyncio.create_task(combiner.submit(number)) for number in range(2, 27)]
    await asyncio.sleep(0)
    work.may.set()
    assert await asyncio.gather(*tasks) == [2 * number for number in range(1, 27)]
    assert [len(batch) for batch in work.batches] == [1, 10, 10, 5]


async def test_what_goes_wrong_reaches_all_of_the_batch_and_the_next_one_works():
    work = Doubler()
    work.may.set()
    combiner = Combiner(work)
    answers = await asyncio.gather(*(combiner.submit(number) for number in (12, -1)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError]
    assert await combiner.submit(4) == 8


async def test_who_goes_away_disturbs_nobody():
    work = Doubler()
    combiner = Combiner(work)
    leaving, staying = (asyncio.create_task(combiner.submit(number)) for number in (1, 2))
    await work.begun.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    work.may.set()
    assert await staying == 4
    assert work.batches == [[1, 2]]


async def test_an_error_finds_nobody_when_all_have_gone():
    work = Doubler()
    combiner = Combiner(work)
    leaving = asyncio.create_task(combiner.submit(-1))
    await work.begun.wait()
    leaving.cancel()
    work.may.set()
    assert await combiner.submit(3) == 6
