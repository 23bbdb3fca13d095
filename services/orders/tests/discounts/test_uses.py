"""Uses are counted with the order that takes them, under its limits, and come back with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.testing import eventually
from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from orders.pricing.discounts import DiscountUsedUp, give_back, look_up, take_uses
from orders.tests.discounts.desk import Desk, write_order

ME, YOU = b"m" * 16, b"y" * 16


async def tried(desk: Desk, *uses: Any, **who: Any) -> UUID | str:
    """The order, or why it was not placed."""
    try:
        return await desk.use(*uses, **who)
    except DiscountUsedUp as refused:
        return str(refused.extensions["reason"])


async def test_the_last_use_of_a_code_goes_to_one_of_100_shoppers(desk: Desk) -> None:
    last = await desk.make("LAST", max_uses=1)
    outcomes = await asyncio.gather(*(tried(desk, (last, "LAST")) for _ in range(100)))
    assert outcomes.count("used-up") == 99
    assert await desk.value("select count(*) from orders") == 1
    figures = await desk.figures(last)
    assert (figures["used"], figures["taken"], figures["customers"]) == (1, 1, 1)
    await desk.right()


async def test_a_use_that_came_back_is_there_for_another_once(desk: Desk) -> None:
    last = await desk.make("LAST", max_uses=1)
    order_id = await desk.use((last, "LAST"))
    assert await tried(desk, (last, "LAST")) == "used-up"
    await asyncio.gather(*(desk.cancel(order_id) for _ in range(5)))
    assert (await desk.figures(last))["used"] == 0
    outcomes = await asyncio.gather(*(tried(desk, (last, "LAST")) for _ in range(10)))
    assert outcomes.count("used-up") == 9
    await desk.cancel(order_id)
    figures = await desk.figures(last)
    assert (figures["used"], figures["taken"], figures["given_back"]) == (1, 1, 1)
    await desk.right()


async def test_the_same_order_twice_counts_once(desk: Desk) -> None:
    save = await desk.make("SAVE", max_uses=5, max_uses_per_customer=1)
    order_id = uuid4()
    await desk.use((save, "SAVE"), customer=ME, order_id=order_id)
    again = [desk.use((save, "SAVE"), customer=ME, order_id=order_id, written=True) for _ in range(10)]
    await asyncio.gather(*again)
    figures = await desk.figures(save)
    assert (figures["used"], figures["taken"]) == (1, 1)
    await desk.right()


async def test_a_customers_limit_holds_for_orders_at_once_and_for_nobody_else(desk: Desk) -> None:
    two = await desk.make("TWO", max_uses_per_customer=2)
    outcomes = await asyncio.gather(*(tried(desk, (two, "TWO"), customer=ME) for _ in range(20)))
    assert outcomes.count("used-by-you") == 18
    assert isinstance(await tried(desk, (two, "TWO"), customer=YOU), UUID)
    mine = next(each for each in outcomes if isinstance(each, UUID))
    await desk.cancel(mine)
    assert isinstance(await tried(desk, (two, "TWO"), customer=ME), UUID)
    assert await tried(desk, (two, "TWO"), customer=ME) == "used-by-you"
    await desk.right()


async def test_a_drawn_code_is_good_for_one_order_of_many_at_once(desk: Desk) -> None:
    gift = await desk.make("GIFT1", "GIFT2", once=True)
    outcomes = await asyncio.gather(*(tried(desk, (gift, "GIFT1")) for _ in range(20)))
    assert outcomes.count("used-up") == 19
    assert isinstance(await tried(desk, (gift, "GIFT2")), UUID)
    await desk.cancel(next(each for each in outcomes if isinstance(each, UUID)))
    assert isinstance(await tried(desk, (gift, "GIFT1")), UUID)
    assert await tried(desk, (gift, "GIFT1")) == "used-up"
    await desk.right()


async def test_one_refused_use_undoes_the_whole_order(desk: Desk) -> None:
    many, last = await desk.make("MANY", max_uses=9), await desk.make("LAST", max_uses=1)
    await desk.use((last, "LAST"))
    with pytest.raises(DiscountUsedUp) as refused:
        await desk.use((many, "MANY"), (last, "LAST"))
    assert refused.value.extensions["code"] == "LAST"
    assert refused.value.extensions["discount_id"] == UUID(last["id"])
    assert (await desk.figures(many))["used"] == 0
    assert await desk.value("select count(*) from orders") == 1
    await desk.right()


async def test_orders_that_use_the_same_discounts_in_any_order_do_not_lock_each_other_out(desk: Desk) -> None:
    made = [await desk.make(f"CODE{number}", max_uses=100, max_uses_per_customer=50) for number in range(4)]
    uses = [(each, f"CODE{number}") for number, each in enumerate(made)]

    async def place_and_cancel(number: int) -> None:
        order_id = await desk.use(*(uses if number % 2 else uses[::-1]), customer=ME if number % 3 else YOU)
        if number % 4 == 0:
            await desk.cancel(order_id)

    await asyncio.gather(*(place_and_cancel(number) for number in range(40)))
    assert [(await desk.figures(each))["used"] for each in made] == [30] * 4
    await desk.right()


async def test_a_limit_that_comes_later_counts_what_was_used_before(desk: Desk) -> None:
    save = await desk.make("SAVE")
    orders = [await desk.use((save, "SAVE"), customer=ME) for _ in range(3)]
    assert (await desk.figures(save))["used"] is None
    few = await desk.change(save, max_uses=2)
    assert few.status_code == 422
    assert few.json()["errors"][0]["field"] == "max_uses"
    limited = (await desk.change(save, max_uses=4, max_uses_per_customer=4)).json()
    assert limited["used"] == 3
    await desk.cancel(orders[0])
    for _ in range(2):
        await desk.use((save, "SAVE"), customer=ME)
    assert await tried(desk, (save, "SAVE"), customer=YOU) == "used-up"
    unlimited = (await desk.change(limited, max_uses=None)).json()
    assert unlimited["used"] is None
    await desk.cancel(orders[1])
    assert (await desk.change(unlimited, max_uses=10)).json()["used"] == 3
    await desk.right()


async def test_a_limit_that_comes_while_orders_are_placed_misses_none(desk: Desk) -> None:
    save = await desk.make("SAVE")
    early = [await desk.use((save, "SAVE")) for _ in range(10)]
    placing = [tried(desk, (save, "SAVE")) for _ in range(20)]
    cancelling = [desk.cancel(each) for each in early]
    changed, *_ = await asyncio.gather(desk.change(save, max_uses=25), *placing, *cancelling, return_exceptions=True)
    assert getattr(changed, "status_code", changed) == 200
    await desk.right()
    assert (await desk.figures(save))["used"] <= 25


@asynccontextmanager
async def setting_a_limit(desk: Desk, discount: dict[str, Any]) -> AsyncIterator[None]:
    """A limit of two, of which one is used: its row is locked first, and the limit written at the block's end."""
    connection = await asyncpg.connect(desk.service.db_owner_url)
    try:
        async with connection.transaction():
            await connection.execute("select from discounts where id = $1 for update", UUID(discount["id"]))
            yield
            await connection.execute("update discounts set max_uses = 2, used = 1 where id = $1", UUID(discount["id"]))
    finally:
        await connection.close()


async def blocked(desk: Desk, count: int) -> None:
    """Until so many transactions wait for a lock."""
    sql = "select count(*) >= $1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    await eventually(lambda: desk.value(sql, count), 20, "transactions that wait")


async def test_an_order_waits_for_a_limit_that_is_being_set(desk: Desk) -> None:
    """The order's statement began before the limit was there; it is counted all the same, and refused beyond it."""
    save = await desk.make("SAVE")
    await desk.use((save, "SAVE"))
    async with setting_a_limit(desk, save):
        waiting = [asyncio.create_task(tried(desk, (save, "SAVE"))) for _ in range(2)]
        await blocked(desk, 2)
    assert sorted(map(type, await asyncio.gather(*waiting)), key=str) == [str, UUID]
    assert (await desk.figures(save))["used"] == 2
    await desk.right()


async def test_a_cancellation_waits_for_a_limit_that_is_being_set(desk: Desk) -> None:
    save = await desk.make("SAVE")
    order_id = await desk.use((save, "SAVE"))
    async with setting_a_limit(desk, save):
        waiting = asyncio.create_task(desk.cancel(order_id))
        await blocked(desk, 1)
    await waiting
    assert (await desk.figures(save))["used"] == 0
    await desk.right()


async def test_an_order_with_one_code_costs_two_statements_more_and_without_none(desk: Desk) -> None:
    """One looks the code up, one counts it. No limit, no code: none."""
    save = await desk.make("SAVE", max_uses=1000, max_uses_per_customer=3)
    ctx, order_id = desk.service.ctx, uuid4()
    await desk.use((save, "SAVE"))
    async with ctx.db.write() as tx:
        await write_order(tx, order_id)
    database = database_name("orders")
    async with counted(desk.service.bench.postgres, database) as cost:
        assert (await look_up(ctx, (), (), ME)).discounts == ()
        found = await look_up(ctx, ("save",), (), ME)
        async with ctx.db.write() as tx:
            await take_uses(tx, order_id, [], ME)
            await desk.take(tx, order_id, (save, "SAVE"), customer=ME)
    assert [each.id for each in found.discounts] == [UUID(save["id"])]
    ours = [each.sql for each in cost.of("orders").ran if "discount" in each.sql]
    assert len(ours) == 2, cost.told()
    async with counted(desk.service.bench.postgres, database) as cost, ctx.db.write() as tx:
        await give_back(tx, order_id)
    assert len([each for each in cost.of("orders").ran if "discount" in each.sql]) == 1, cost.told()
