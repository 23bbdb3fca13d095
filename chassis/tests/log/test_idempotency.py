from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from chassis.problems import Conflict, IdempotencyKeyReused, IdempotencyKeyRunning
from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.testing.databases import empty_database
from chassis.tests.log.support import one, opened
from chassis.web import REPLAYED, IdempotentResponse, idempotency, idempotent


class Placed(msgspec.Struct):
    number: int


class OutOfStock(Conflict):
    type, title = "out-of-stock", "Not enough stock"
    final = True


class Work:
    """Places an order: its effect is one row in greetings per operation id, whatever else happens."""

    def __init__(self, ctx) -> None:
        self._ctx = ctx
        self.runs: list[Any] = []
        self.raises: BaseException | None = None
        self.status = 201
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, operation_id):
        self.runs.append(operation_id)
        async with self._ctx.db.write() as tx:
            await tx.execute("insert into greetings (name) values ($1) on conflict do nothing", str(operation_id))
        await self.gate.wait()
        if self.raises is not None:
            raise self.raises
        return IdempotentResponse(self.status, Placed(len(self.runs)), {"Location": "/orders/1"})


@pytest.fixture
async def ctx(postgres):
    async with opened(await empty_database(postgres, "hello", "idempotency"), size=20) as ctx:
        yield ctx
    failpoints.configure("")


@pytest.fixture
def work(ctx):
    return Work(ctx)


async def send(ctx, work, key="k", request: object = None, scope="orders.place:alice"):
    return await idempotent(ctx, scope=scope, key=key, request={"a": 1} if request is None else request, work=work)


async def effects(ctx):
    return await one(ctx.db, "select count(*) from greetings")


async def lapse(ctx):
    async with ctx.db.write() as tx:
        await tx.execute("update idempotency set claimed_until = now() where status is null")


async def test_a_finished_request_is_replayed_byte_for_byte(ctx, work):
    first = await send(ctx, work)
    assert (first.status_code, first.body, first.headers["location"]) == (201, b'{"number":1}', "/orders/1")
    assert REPLAYED not in first.headers
    for _ in range(3):
        again = await send(ctx, work, request={"a": 1})
        assert (again.status_code, again.body) == (first.status_code, first.body)
        assert dict(again.headers) == {**dict(first.headers), "idempotent-replayed": "true"}
    assert len(work.runs) == 1


async def test_another_request_with_the_key_is_refused(ctx, work):
    await send(ctx, work)
    with pytest.raises(IdempotencyKeyReused):
        await send(ctx, work, request={"a": 2})
    assert (await send(ctx, work, key="other", request={"a": 2})).status_code == 201
    assert (await send(ctx, work, scope="orders.place:bob", request={"a": 2})).status_code == 201
    assert await effects(ctx) == 3


async def test_of_many_at_once_one_takes_effect(ctx, work):
    work.gate.clear()
    tries = [asyncio.create_task(send(ctx, work)) for _ in range(50)]
    await eventually(lambda: sum(task.done() for task in tries) == 49)
    refusals = [task.exception() for task in tries if task.done()]
    assert {type(refusal) for refusal in refusals} == {IdempotencyKeyRunning}
    assert isinstance(refusals[0], IdempotencyKeyRunning)
    assert 1 <= int(refusals[0].headers["Retry-After"]) <= 30
    work.gate.set()
    (winner,) = [task for task in tries if not (task.done() and task.exception())]
    assert (await winner).status_code == 201
    assert (await send(ctx, work)).headers[REPLAYED] == "true"
    assert len(work.runs) == 1
    assert await effects(ctx) == 1


async def test_concurrent_requests_with_different_keys_all_take_effect(ctx, work):
    answers = await asyncio.gather(*(send(ctx, work, key=str(number % 25)) for number in range(25)))
    assert all(answer.status_code == 201 for answer in answers)
    assert await effects(ctx) == 25


@pytest.mark.parametrize("error", [Conflict("not now"), RuntimeError("a bug"), asyncio.CancelledError()])
async def test_an_error_that_is_not_final_frees_the_key_for_the_same_operation(ctx, work, error):
    work.raises = error
    with pytest.raises(type(error)):
        await send(ctx, work)
    work.raises = None
    answer = await send(ctx, work)
    assert answer.status_code == 201
    assert REPLAYED not in answer.headers
    assert len(set(work.runs)) == 1
    assert await effects(ctx) == 1


async def test_a_freed_key_still_belongs_to_its_request(ctx, work):
    work.raises = Conflict("not now")
    with pytest.raises(Conflict):
        await send(ctx, work)
    with pytest.raises(IdempotencyKeyReused):
        await send(ctx, work, request={"a": 2})
    assert len(work.runs) == 1


async def test_a_server_error_is_never_stored(ctx, work):
    work.status = 500
    assert (await send(ctx, work)).status_code == 500
    work.status = 202
    assert (await send(ctx, work)).status_code == 202
    assert len(set(work.runs)) == 1


async def test_a_final_problem_is_stored(ctx, work):
    work.raises = OutOfStock("Only 2 left.", available=2)
    first = await send(ctx, work)
    work.raises = None
    again = await send(ctx, work)
    assert first.status_code == again.status_code == 409
    assert first.body == again.body
    assert msgspec.json.decode(again.body)["available"] == 2
    assert again.headers["content-type"] == "application/problem+json"
    assert len(work.runs) == 1


async def test_an_answer_may_be_empty(ctx):
    async def nothing(_operation_id):
        return IdempotentResponse(204)

    for _ in range(2):
        answer = await send(ctx, nothing)
        assert (answer.status_code, answer.body) == (204, b"")
        assert "content-type" not in answer.headers


async def test_after_a_crash_the_retry_finishes_the_same_operation(ctx, work):
    for place in ("claimed", "worked", "stored"):
        work.runs.clear()
        # A killed process releases nothing: so does a task that is dropped where it stands.
        failpoints.configure(f"idempotency.{place}=sleep:600*1")
        doomed = asyncio.create_task(send(ctx, work, key=place))
        await eventually(lambda: failpoints._active[f"idempotency.{place}"].left == 0)  # noqa: B023 -- awaited at once
        if place != "stored":
            with pytest.raises(IdempotencyKeyRunning):
                await send(ctx, work, key=place)
            await lapse(ctx)
        answer = await send(ctx, work, key=place)
        assert answer.status_code == 201
        assert (REPLAYED in answer.headers) == (place == "stored")
        assert len(set(work.runs)) == 1
        doomed.cancel()
        await asyncio.wait([doomed])
    assert await effects(ctx) == 3


async def test_a_late_try_returns_the_stored_answer(ctx, work):
    work.gate.clear()
    zombie = asyncio.create_task(send(ctx, work))
    await eventually(lambda: len(work.runs) == 1)
    await lapse(ctx)
    heir = Work(ctx)
    heir.status = 202
    kept = await send(ctx, heir)
    work.gate.set()
    late = await zombie
    assert (kept.status_code, REPLAYED in kept.headers) == (202, False)
    assert (late.status_code, late.body, REPLAYED in late.headers) == (202, kept.body, True)
    assert heir.runs == work.runs
    assert await effects(ctx) == 1


async def test_a_late_try_neither_stores_nor_frees_a_key_claimed_by_another(ctx, work):
    failpoints.configure("idempotency.worked=sleep:600*1")
    slow = asyncio.create_task(send(ctx, work))
    await eventually(lambda: failpoints._active["idempotency.worked"].left == 0)
    await lapse(ctx)
    heir = Work(ctx)
    heir.gate.clear()
    second = asyncio.create_task(send(ctx, heir))
    await eventually(lambda: len(heir.runs) == 1)
    slow.cancel()
    await asyncio.wait([slow])
    with pytest.raises(IdempotencyKeyRunning):
        await send(ctx, work)
    heir.gate.set()
    assert (await second).status_code == 201

    zombie = Work(ctx)
    zombie.gate.clear()
    late = asyncio.create_task(send(ctx, zombie, key="z"))
    await eventually(lambda: len(zombie.runs) == 1)
    await lapse(ctx)
    third = Work(ctx)
    third.gate.clear()
    running = asyncio.create_task(send(ctx, third, key="z"))
    await eventually(lambda: len(third.runs) == 1)
    zombie.gate.set()
    with pytest.raises(IdempotencyKeyRunning):
        await late
    third.gate.set()
    assert (await running).status_code == 201


async def test_a_key_that_is_gone_at_each_read_is_refused_as_running(ctx, work, monkeypatch):
    await send(ctx, work)
    monkeypatch.setattr(idempotency, "_LOOK", idempotency._LOOK + " and false")
    with pytest.raises(IdempotencyKeyRunning) as refused:
        await send(ctx, work)
    assert refused.value.headers["Retry-After"] == "1"


async def test_the_lookup_of_a_key_is_limited_to_its_scope(ctx, work):
    work.raises = Conflict("not now")
    with pytest.raises(Conflict):
        await send(ctx, work, key="k", scope="orders.place:guest")
    assert await idempotency.was_sent(ctx, "orders.place:guest", "k")
    assert not await idempotency.was_sent(ctx, "orders.place:guest", "other")
    assert not await idempotency.was_sent(ctx, "orders.place:alice", "k")
