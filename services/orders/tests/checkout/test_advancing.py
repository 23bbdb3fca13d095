"""Going on with orders in the process that learns of something, and what becomes of them when it cannot."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from chassis.problems import Unavailable
from chassis.resilience import loops
from chassis.testing import eventually
from orders.checkout import advancing
from orders.checkout.advancing import Advancer
from orders.checkout.domain.order_state import State
from orders.checkout.domain.order_values import OrderStatus, Payment, Stock
from orders.tests.shop import Shop

PAID = State(OrderStatus.AUTHORISED, Payment.AUTHORISED, Stock.HELD)
DUE = "select coalesce(bool_and(next_attempt_at <= now()), false) from orders where id = any($1)"


async def authorised(shop: Shop, count: int) -> list[UUID]:
    """Orders with a good card whose lease has just begun."""
    article = shop.shelves.article(stock=count)
    placed = [UUID((await shop.place((article, 1))).id) for _ in range(count)]
    await shop.hold_sweep()
    async with shop.service.ctx.db.write() as tx:
        sql = """
        update orders set status = 'authorised', payment = 'authorised', stock = 'held',
            next_attempt_at = now() + interval '1 hour' where id = any($1)
        """
        await tx.execute(sql, placed)
    return placed


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("a bug")])
async def test_an_order_that_cannot_go_on_is_left_to_the_sweep_at_once(shop: Shop, error: Exception) -> None:
    bad, good = await authorised(shop, 2)
    seen: list[UUID] = []

    async def advance(_ctx: object, order_id: UUID, _state: State) -> None:
        if order_id == bad:
            raise error
        seen.append(order_id)

    advancer = Advancer(shop.service.ctx, advance)
    async with advancer.running():
        advancer.begin(bad, PAID)
        advancer.begin(good, PAID)
        await eventually(lambda: shop.value(DUE, [bad]), 60, "the order to be due")
    assert seen == [good]
    assert not await shop.value(DUE, [good])


async def test_the_number_of_concurrent_orders_is_limited_and_each_is_done(shop: Shop) -> None:
    running = most = 0
    done: list[UUID] = []

    async def advance(_ctx: object, order_id: UUID, _state: State) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done.append(order_id)

    advancer, orders = Advancer(shop.service.ctx, advance), [uuid4() for _ in range(100)]
    async with advancer.running():
        for order_id in orders:
            advancer.begin(order_id, PAID)
        await eventually(lambda: len(done) == len(orders), 60, "all of them")
    assert sorted(done) == sorted(orders)
    assert most == advancing.AT_ONCE


async def test_orders_above_the_queue_limit_are_left_to_the_sweep(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "MOST_WAITING", 2)
    done: list[UUID] = []

    async def advance(_ctx: object, order_id: UUID, _state: State) -> None:
        done.append(order_id)

    advancer, orders = Advancer(shop.service.ctx, advance), await authorised(shop, 3)
    for order_id in orders:
        advancer.begin(order_id, PAID)
    async with advancer.running():
        await eventually(lambda: shop.value(DUE, orders[2:]), 60, "the third to be due")
        await eventually(lambda: len(done) == 2, 60, "those that waited")
    assert done == orders[:2]


async def test_shutdown_waits_for_running_orders_and_makes_the_rest_due(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "STOP_SECONDS", 0.5)
    monkeypatch.setattr(advancing, "AT_ONCE", 2)
    quick, slow, waiting = await authorised(shop, 3)
    ending, done = asyncio.Event(), list[UUID]()

    async def advance(_ctx: object, order_id: UUID, _state: State) -> None:
        if order_id == slow:
            await asyncio.Event().wait()
        await ending.wait()
        done.append(order_id)

    advancer = Advancer(shop.service.ctx, advance)
    async with advancer.running():
        for order_id in (quick, slow, waiting):
            advancer.begin(order_id, PAID)
        await eventually(lambda: len(advancer._running) == 2, 60, "two to be begun")
        asyncio.get_running_loop().call_soon(ending.set)
    assert done == [quick]
    assert await shop.value(DUE, [slow, waiting])
    assert not await shop.value(DUE, [quick])
