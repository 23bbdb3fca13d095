"""Many at once, over several replicas: never one unit too many, nothing half-done, no deadlock that anybody sees."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from catalog.domain.stock import HoldRequest, Outcome
from catalog.store import reservations as store
from catalog.tests.catalog_state import books
from catalog.tests.shop import Shop, simple
from catalog.usecases.commit_reservation import commit_all
from catalog.usecases.expire_reservations import expire_reservations
from catalog.usecases.release_reservation import release_all
from catalog.usecases.reserve_stock import Reserver, reserve_all
from chassis.db import Database
from chassis.values import uuid7

HOLD = timedelta(minutes=15)


async def test_two_hundred_buyers_for_fifty_units(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("HOT", 50))
    hot = await shop.variant("HOT")
    reservers = [Reserver(db) for db in replicas]
    decisions = await asyncio.gather(
        *(reservers[number % 3].submit(HoldRequest(uuid7(), {hot: 1}, HOLD)) for number in range(200))
    )
    assert Counter(decision.outcome for decision in decisions) == {Outcome.HELD: 50, Outcome.SHORT: 150}
    assert await shop.level("HOT") == (50, 50)
    await books(shop)


async def test_two_hundred_buyers_over_http_for_one_unit(shop: Shop):
    await shop.stock_up(simple("LAST", 1))
    answers = await asyncio.gather(*(shop.reserve(LAST=1) for _ in range(200)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 199}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
    await books(shop)


async def test_one_order_asked_for_by_many_at_once_is_held_once(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("ONE", 10))
    one = await shop.variant("ONE")
    order = uuid7()
    decided = await asyncio.gather(
        *(reserve_all(db, [HoldRequest(order, {one: 2}, HOLD)]) for db in replicas for _ in range(6))
    )
    outcomes = Counter(decisions[0].outcome for decisions in decided)
    assert outcomes == {Outcome.HELD: 1, Outcome.AGAIN: 17}
    assert len({decisions[0].reservation for decisions in decided if decisions[0].reservation is None}) == 0
    assert await shop.level("ONE") == (10, 2)
    await books(shop)


async def test_reservations_of_the_same_variants_in_any_order_do_not_deadlock(shop: Shop, replicas: list[Database]):
    skus = [f"S{number}" for number in range(8)]
    await shop.stock_up(*(simple(sku, 10_000) for sku in skus))
    variants = [await shop.variant(sku) for sku in skus]
    rng = random.Random(4)

    async def buy(db: Database) -> set[Outcome]:
        order = uuid7()
        wanted = dict.fromkeys(rng.sample(variants, 5), 1)
        (decision,) = await reserve_all(db, [HoldRequest(order, wanted, HOLD)])
        if rng.random() < 0.5:
            return {decision.outcome, (await commit_all(db, [order]))[0].outcome}
        return {decision.outcome, *await release_all(db, [order])}

    for _ in range(6):
        outcomes = await asyncio.gather(*(buy(db) for db in replicas for _ in range(8)))
        assert set().union(*outcomes) <= {Outcome.HELD, Outcome.SOLD, Outcome.GIVEN_UP}
    await books(shop)
    async with shop.db.read() as tx:
        assert await tx.value("select deadlocks from pg_stat_database where datname = current_database()") == 0


async def test_commit_release_and_expiry_of_one_order_race_and_one_of_them_wins(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("ONE", 1_000))
    one = await shop.variant("ONE")
    ends: Counter[str] = Counter()
    for _ in range(25):
        order = uuid7()
        await reserve_all(replicas[0], [HoldRequest(order, {one: 1}, HOLD)])
        async with shop.db.write() as tx:
            await tx.execute("update reservations set expires_at = now() where order_id = $1", order)
        (sold,), (released,), _ = await asyncio.gather(
            commit_all(replicas[0], [order]),
            release_all(replicas[1], [order]),
            expire_reservations(shop.app.ctx),
        )
        # Either it is sold and the release is refused, or it is released and the sale is.
        assert (sold.outcome, released) in {
            (Outcome.SOLD, Outcome.COMMITTED),
            (Outcome.SHORT, Outcome.GIVEN_UP),
        }
        ends[sold.outcome] += 1
    assert await shop.level("ONE") == (1_000 - ends[Outcome.SOLD], 0)
    await books(shop)


async def test_a_request_and_the_release_of_its_order_race(shop: Shop, replicas: list[Database]):
    await shop.stock_up(simple("ONE", 1_000))
    one = await shop.variant("ONE")
    for _ in range(25):
        order = uuid7()
        (decision,), (released,) = await asyncio.gather(
            reserve_all(replicas[0], [HoldRequest(order, {one: 1}, HOLD)]), release_all(replicas[1], [order])
        )
        assert decision.outcome in {Outcome.HELD, Outcome.RELEASED}
        assert released is Outcome.GIVEN_UP
    assert await shop.level("ONE") == (1_000, 0)
    await books(shop)


async def test_staff_counts_while_customers_buy(shop: Shop):
    await shop.stock_up(simple("ONE", 30))

    async def count(number: int) -> httpx.Response:
        return await shop.client.put("/api/v1/admin/stock/ONE", json={"on_hand": number}, headers=shop.staff)

    answers = await asyncio.gather(*(shop.reserve(ONE=1) for _ in range(60)), *(count(n) for n in range(10, 30)))
    held = sum(answer.status_code == 200 for answer in answers[:60])
    assert {answer.status_code for answer in answers} <= {200, 409}
    on_hand, reserved = await shop.level("ONE")
    assert reserved == held <= on_hand
    await books(shop)


async def test_a_transaction_is_repeated_after_a_collision(shop: Shop):
    tries: list[int] = []

    async def body(_tx: object) -> int:
        tries.append(len(tries))
        if len(tries) < 4:
            raise store.Collision
        return 7

    assert await store.transact(shop.db, body) == 7
    assert tries == [0, 1, 2, 3]


async def test_the_database_refuses_impossible_stock(shop: Shop):
    """Whatever the code does: the last net."""
    import asyncpg

    await shop.stock_up(simple("ONE", 5))
    one: UUID = await shop.variant("ONE")
    for change in ("reserved = 6", "reserved = -1", "on_hand = -1"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with shop.db.write() as tx:
                await tx.execute(f"update stock set {change} where variant_id = $1", one)
    assert await shop.level("ONE") == (5, 0)
