"""Reservations of many orders together: each gets its own answer, and they take few transactions."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextvars import Context
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from catalog.domain.stock import HoldRequest, Outcome
from catalog.store.batches import one_statement
from catalog.tests.catalog_state import books
from catalog.tests.shop import Shop, simple
from catalog.usecases.commit_reservation import Committer, commit_all
from catalog.usecases.expire_reservations import expire_reservations
from catalog.usecases.release_reservation import Releaser, release_all
from catalog.usecases.reserve_stock import Reserver, reserve_all
from chassis.db import Database
from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.values import uuid7

HOLD = timedelta(minutes=15)


async def test_in_one_batch_each_order_gets_its_own_answer(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("FEW", 3), simple("MANY", 100))
    few, many = [await shop.variant(sku) for sku in ("FEW", "MANY")]
    gone, known = uuid7(), uuid7()
    await release_all(replicas[0], [gone])
    await reserve_all(replicas[0], [HoldRequest(known, {many: 1}, HOLD)])
    asks = [
        HoldRequest(uuid7(), {few: 2}, HOLD),
        HoldRequest(uuid7(), dict(sorted({few: 2, many: 5}.items())), HOLD),
        HoldRequest(uuid7(), {few: 1, many: 1}, HOLD),
        HoldRequest(gone, {many: 1}, HOLD),
        HoldRequest(known, {many: 1}, HOLD),
        HoldRequest(known, {many: 2}, HOLD),
        HoldRequest(uuid7(), {uuid7(): 1}, HOLD),
    ]
    decided = [decision.outcome for decision in await reserve_all(replicas[1], asks)]
    assert decided == ["held", "short", "held", "released", "again", "mismatch", "short"]
    assert (await shop.level("FEW"), await shop.level("MANY")) == ((3, 3), (100, 2))
    await books(shop)


async def test_an_order_of_a_known_and_an_unknown_variant_is_refused_and_holds_nothing(
    shop: Shop, replicas: list[Database]
):
    await shop.stock_up(simple("ONE", 5))
    wanted = dict(sorted({await shop.variant("ONE"): 1, uuid7(): 1}.items()))
    (decision,) = await reserve_all(replicas[0], [HoldRequest(uuid7(), wanted, HOLD)])
    assert (decision.outcome, [short.sku for short in decision.shortages]) == (Outcome.SHORT, [""])
    assert await shop.level("ONE") == (5, 0)
    await books(shop)


@pytest.mark.parametrize("lost", [asyncpg.DeadlockDetectedError, asyncpg.CheckViolationError])
async def test_lock_and_conflict_errors_of_the_batch_statement_decide_nothing(
    replicas: list[Database], lost: type[Exception]
):
    async def work(_tx: object) -> dict[UUID, datetime]:
        raise lost

    assert await one_statement(replicas[0], work) == {}


async def test_a_cancelled_order_does_not_affect_the_others_of_its_batch(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("HOT", 5))
    hot = await shop.variant("HOT")
    reserver = Reserver(replicas[0])
    asking = [asyncio.create_task(reserver.submit(HoldRequest(uuid7(), {hot: 1}, HOLD))) for _ in range(8)]
    await asyncio.sleep(0)
    for task in asking[1:3]:
        task.cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [False, True, True, *[False] * 5]
    # What they asked for is decided all the same: whoever asked again would get its answer.
    assert Counter(str(getattr(answer, "outcome", "gone")) for answer in answers) == {"held": 3, "gone": 2, "short": 3}
    assert await shop.level("HOT") == (5, 5)
    await books(shop)


async def test_a_batch_with_the_same_order_twice_answers_both_alike(shop: Shop):
    await shop.stock_up(simple("ONE", 10))
    one = await shop.variant("ONE")
    order = uuid7()
    first, second = await reserve_all(shop.db, [HoldRequest(order, {one: 1}, HOLD)] * 2)
    assert (first.outcome, second.outcome) == (Outcome.HELD, Outcome.AGAIN)
    assert [d.outcome for d in await commit_all(shop.db, [order, order])] == [Outcome.SOLD] * 2
    assert await release_all(shop.db, [order, order]) == [Outcome.COMMITTED] * 2
    await books(shop)


async def test_an_expired_order_that_is_committed_twice_in_one_batch_is_sold_and_takes_its_units_once(shop: Shop):
    await shop.stop_sweeping()
    await shop.stock_up(simple("ONE", 2))
    one = await shop.variant("ONE")
    first, second = uuid7(), uuid7()
    await reserve_all(shop.db, [HoldRequest(order, {one: 1}, timedelta(0)) for order in (first, second)])
    assert await expire_reservations(shop.app.ctx) == 2
    decided = await commit_all(shop.db, [first, first, second])
    assert [decision.outcome for decision in decided] == [Outcome.SOLD] * 3
    assert await shop.level("ONE") == (0, 0)
    await books(shop)


async def test_many_concurrent_requests_take_few_transactions(shop: Shop):
    """The reason for the batches: on a hot row, transactions are what costs."""
    await shop.stock_up(simple("HOT", 500))
    hot = await shop.variant("HOT")
    orders = [uuid7() for _ in range(300)]
    reserver, committer, releaser = Reserver(shop.db), Committer(shop.db), Releaser(shop.db)
    await asyncio.gather(*(reserver.submit(HoldRequest(order, {hot: 1}, HOLD)) for order in orders))
    await asyncio.gather(*(committer.submit(order) for order in orders[:200]))
    await asyncio.gather(*(releaser.submit(order) for order in orders[200:]))
    assert await shop.level("HOT") == (300, 0)
    async with shop.db.read() as tx:
        version = await tx.value("select version from stock where variant_id = $1", hot)
    assert version < 30
    await books(shop)


@pytest.fixture
async def impatient(bench: Bench, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that waits for a locked row for 0.3 seconds."""
    async with running_app("catalog", bench, media_dir=tmp_path / "media", database_lock_seconds=0.3) as app:
        yield Shop(app)


LOCK_STOCK = "select from stock join variants on id = variant_id where sku = 'HOT' for update of stock"
LOCK_PRICE = (
    "select from product_prices join products on id = product_id where slug = 'hot' for update of product_prices"
)


@pytest.mark.parametrize(
    ("lock", "outcomes"),
    [
        (LOCK_STOCK, ["held", "locked", "locked", "held", "short"]),
        # Prices are written by the order that takes the last unit alone.
        (LOCK_PRICE, ["held", "locked", "held", "held", "short"]),
    ],
    ids=["stock", "price"],
)
async def test_orders_that_need_a_locked_row_fail_and_the_others_of_the_batch_are_reserved(
    impatient: Shop, lock: str, outcomes: list[str]
):
    await impatient.stock_up(simple("HOT", 3), simple("COLD", 5))
    hot, cold = [await impatient.variant(sku) for sku in ("HOT", "COLD")]
    wishes = [{cold: 1}, {hot: 3}, {hot: 1}, {cold: 2}, {cold: 9}]
    asks = [HoldRequest(uuid7(), wish, HOLD) for wish in wishes]
    holder = await asyncpg.connect(impatient.app.db_owner_url)
    async with holder.transaction():
        await holder.execute(lock)
        assert [decision.outcome for decision in await reserve_all(impatient.db, asks)] == outcomes
    await holder.close()
    assert [d.outcome for d in await reserve_all(impatient.db, asks[:1])] == ["again"]
    assert await impatient.level("HOT") == (3, outcomes[2:3].count("held"))
    assert await impatient.level("COLD") == (5, 3)
    await books(impatient)


async def test_sales_and_releases_that_need_a_locked_row_fail_and_the_others_of_the_batch_are_done(
    impatient: Shop,
):
    await impatient.stock_up(simple("HOT", 9), simple("COLD", 9))
    hot, cold = [await impatient.variant(sku) for sku in ("HOT", "COLD")]
    orders = [uuid7() for _ in range(4)]
    await reserve_all(
        impatient.db, [HoldRequest(o, {v: 1}, HOLD) for o, v in zip(orders, [hot, cold] * 2, strict=True)]
    )
    holder = await asyncpg.connect(impatient.app.db_owner_url)
    async with holder.transaction():
        await holder.execute(LOCK_STOCK)
        assert [d.outcome for d in await commit_all(impatient.db, orders[:2])] == ["locked", "sold"]
        assert await release_all(impatient.db, orders[2:]) == ["locked", "given_up"]
    await holder.close()
    assert [d.outcome for d in await commit_all(impatient.db, orders[:2])] == ["sold", "again"]
    assert await release_all(impatient.db, orders[2:]) == ["given_up", "again"]
    await books(impatient)


async def test_an_order_that_needs_a_locked_row_is_answered_503_and_may_ask_again(impatient: Shop):
    await impatient.stock_up(simple("HOT", 3))
    async with impatient.db.write() as tx:
        await tx.execute(LOCK_STOCK)
        refused, order = await asyncio.create_task(impatient.reserve(HOT=1), context=Context()), uuid7()
        assert (refused.status_code, refused.json()["type"]) == (503, "dependency-unavailable")
    assert (await impatient.reserve(order, HOT=1)).status_code == 200
