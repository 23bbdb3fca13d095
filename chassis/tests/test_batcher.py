from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import Context

import pytest

from chassis import telemetry
from chassis.cache import Batcher
from chassis.problems import Unavailable
from chassis.testing import eventually


class Doubler:
    """Answers with twice the number, once it may; keeps the batches. `begun`: the first batch is being worked."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.traces: list[telemetry.Trace] = []
        self.left: list[float | None] = []
        self.begun = asyncio.Event()
        self.may = asyncio.Event()

    async def __call__(self, asks: Sequence[int]) -> list[int]:
        self.batches.append(list(asks))
        self.traces.append(telemetry.current_trace())
        self.left.append(telemetry.remaining())
        self.begun.set()
        await self.may.wait()
        if -1 in asks:
            raise ValueError("unlucky")
        return [2 * ask for ask in asks]


async def test_calls_during_a_batch_form_the_next_one_and_each_gets_its_answer():
    work = Doubler()
    batches = Batcher(work, limit=10)
    tasks = [asyncio.create_task(batches.submit(1))]
    await work.begun.wait()
    tasks += [asyncio.create_task(batches.submit(number)) for number in range(2, 27)]
    await asyncio.sleep(0)
    work.may.set()
    assert await asyncio.gather(*tasks) == [2 * number for number in range(1, 27)]
    assert [len(batch) for batch in work.batches] == [1, 10, 10, 5]


async def test_an_error_is_raised_in_all_calls_of_the_batch_and_the_next_batch_works():
    work = Doubler()
    work.may.set()
    batches = Batcher(work)
    answers = await asyncio.gather(*(batches.submit(number) for number in (12, -1)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError]
    assert await batches.submit(4) == 8


async def test_a_cancelled_call_does_not_affect_the_others():
    work = Doubler()
    batches = Batcher(work)
    leaving, staying = (asyncio.create_task(batches.submit(number)) for number in (1, 2))
    await work.begun.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    work.may.set()
    assert await staying == 4
    assert work.batches == [[1, 2]]


async def test_an_error_of_a_batch_without_callers_is_ignored():
    work = Doubler()
    batches = Batcher(work)
    leaving = asyncio.create_task(batches.submit(-1))
    await work.begun.wait()
    leaving.cancel()
    work.may.set()
    assert await batches.submit(3) == 6


async def test_a_wrong_number_of_answers_is_raised_in_every_call():
    async def short(asks: Sequence[int]) -> list[int]:
        return [] if 1 in asks else [2 * ask for ask in asks]

    batches = Batcher(short)
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(batches.submit(number) for number in (1, 2)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ValueError, ValueError]
        assert await batches.submit(4) == 8


@pytest.mark.parametrize("when", ["before it began", "while it runs"])
async def test_a_cancelled_batch_leaves_no_call_waiting(when: str):
    work = Doubler()
    batches = Batcher(work, limit=1)
    waiting = [asyncio.create_task(batches.submit(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    if when == "while it runs":
        await work.begun.wait()
    (running,) = (task for task in asyncio.all_tasks() if task.get_name() == "batches")
    running.cancel()
    work.may.set()
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
        assert await batches.submit(4) == 8


async def test_a_cancellation_inside_the_work_leaves_no_call_waiting():
    async def cancelled(asks: Sequence[int]) -> list[int]:
        if 1 in asks:
            raise asyncio.CancelledError
        return [2 * ask for ask in asks]

    batches = Batcher(cancelled)
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable):
            await batches.submit(1)
        assert await batches.submit(4) == 8


async def ask_as_a_request(batches: Batcher[int, int], number: int) -> telemetry.Trace:
    trace = telemetry.begin(None, f"request-{number}")
    telemetry.set_deadline("1")
    assert await batches.submit(number) == 2 * number
    assert telemetry.current_trace() == trace
    return trace


async def test_a_batch_has_no_deadline_and_no_trace_but_that_of_its_only_caller():
    work = Doubler()
    batches = Batcher(work)
    telemetry.begin(None, "request-0")
    asking = [asyncio.create_task(ask_as_a_request(batches, 1))]
    await work.begun.wait()
    asking += [asyncio.create_task(ask_as_a_request(batches, number)) for number in (2, 3)]
    await eventually(lambda: len(batches._waiting) == 2)
    work.may.set()
    traces = await asyncio.gather(*asking)
    traces.append(await asyncio.create_task(ask_as_a_request(batches, 4)))
    assert work.batches == [[1], [2, 3], [4]]
    assert work.left == [None, None, None]
    alone, shared, alone_again = work.traces
    assert (alone.request_id, alone.trace_id) == (traces[0].request_id, traces[0].trace_id)
    assert (alone_again.request_id, alone_again.trace_id) == (traces[3].request_id, traces[3].trace_id)
    assert shared.trace_id not in {trace.trace_id for trace in traces}
    assert shared.request_id not in {trace.request_id for trace in traces}


async def test_a_batch_of_a_caller_without_a_trace_has_one_of_its_own():
    work = Doubler()
    work.may.set()
    batches = Batcher(work)
    assert await asyncio.create_task(batches.submit(1), context=Context()) == 2
    assert len(work.traces[0].trace_id) == 32
    assert len(work.traces[0].request_id) == 32
