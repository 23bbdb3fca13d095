"""Reservations of many orders together: each gets its own answer, and they take few transactions."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from catalog.domain.stock import Ask, Outcome
from catalog.store import holds
from catalog.tests.catalog_state import books
from catalog.tests.shop import Shop, simple
from catalog.usecases.commit_reservation import Committer, commit_all
from catalog.usecases.release_reservation import Releaser, release_all
from catalog.usecases.reserve_stock import Reserver, reserve_all
from chassis.db import Database
from chassis.values import uuid7

HOLD = timedelta(minutes=15)


async def test_in_one_batch_each_order_gets_its_own_answer(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("FEW", 3), simple("MANY", 100))
    few, many = [await shop.variant(sku) for sku in ("FEW", "MANY")]
    gone, known = uuid7(), uuid7()
    await release_all(replicas[0], [gone])
    await reserve_all(replicas[0], [Ask(known, {many: 1}, HOLD)])
    asks = [
        Ask(uuid7(), {few: 2}, HOLD),
        Ask(uuid7(), dict(sorted({few: 2, many: 5}.items())), HOLD),
        Ask(uuid7(), {few: 1, many: 1}, HOLD),
        Ask(gone, {many: 1}, HOLD),
        Ask(known, {many: 1}, HOLD),
        Ask(known, {many: 2}, HOLD),
        Ask(uuid7(), {uuid7(): 1}, HOLD),
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
    (decision,) = await reserve_all(replicas[0], [Ask(uuid7(), wanted, HOLD)])
    assert (decision.outcome, [short.sku for short in decision.shortages]) == (Outcome.SHORT, [""])
    assert await shop.level("ONE") == (5, 0)
    await books(shop)


@pytest.mark.parametrize("lost", [asyncpg.DeadlockDetectedError, asyncpg.CheckViolationError])
async def test_what_the_database_refuses_in_one_statement_is_left_to_the_one_that_decides(
    replicas: list[Database], lost: type[Exception]
):
    async def work(_tx: object) -> dict[UUID, datetime]:
        raise lost

    assert await holds.at_once(replicas[0], work) == {}


async def test_who_goes_away_leaves_the_others_of_the_batch_their_answers(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("HOT", 5))
    hot = await shop.variant("HOT")
    reserver = Reserver(replicas[0])
    asking = [asyncio.create_task(reserver.submit(Ask(uuid7(), {hot: 1}, HOLD))) for _ in range(8)]
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
    first, second = await reserve_all(shop.db, [Ask(order, {one: 1}, HOLD)] * 2)
    assert (first.outcome, second.outcome) == (Outcome.HELD, Outcome.AGAIN)
    assert [d.outcome for d in await commit_all(shop.db, [order, order])] == [Outcome.SOLD] * 2
    assert await release_all(shop.db, [order, order]) == [Outcome.COMMITTED] * 2
    await books(shop)


async def test_what_many_do_at_once_is_done_in_few_transactions(shop: Shop):
    """The reason for the batches: on a hot row, transactions are what costs."""
    await shop.stock_up(simple("HOT", 500))
    hot = await shop.variant("HOT")
    orders = [uuid7() for _ in range(300)]
    reserver, committer, releaser = Reserver(shop.db), Committer(shop.db), Releaser(shop.db)
    await asyncio.gather(*(reserver.submit(Ask(order, {hot: 1}, HOLD)) for order in orders))
    await asyncio.gather(*(committer.submit(order) for order in orders[:200]))
    await asyncio.gather(*(releaser.submit(order) for order in orders[200:]))
    assert await shop.level("HOT") == (300, 0)
    async with shop.db.read() as tx:
        version = await tx.value("select version from stock where variant_id = $1", hot)
    assert version < 30
    await books(shop)
