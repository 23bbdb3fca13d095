"""Too many declines of an order, or from an address, end the tries: each decline counts once, however it is told."""

from __future__ import annotations

import asyncio
from contextvars import Context
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.testing import eventually, running_app
from chassis.testing.databases import database_name
from chassis.testing.keys import Bench
from chassis.testing.statements import counted
from chassis.values import uuid7
from payments import metrics
from payments.declines import limit_declines, store
from payments.domain.intent import Decline
from payments.jobs import delete_old_declines
from payments.store import payments
from payments.tests.conftest import attended, settings
from payments.tests.double import DECLINED, PAYS, Double, Listener
from payments.tests.shop import BY_ITSELF, Shop

HERE, THERE = "a1" * 16, "b2" * 16


@pytest.fixture
async def strict(bench: Bench, double: Double, listener: Listener) -> Any:
    """A shop that takes three declines of an order and five of an address."""
    limits: dict[str, Any] = {"declines_per_order": 3, "declines_per_address": 5}
    async with running_app("payments", bench, **settings(double.url), **limits) as app:
        yield await attended(Shop(app, double, listener))


async def begin(shop: Shop, address: str | None = HERE, order_id: UUID | None = None) -> httpx.Response:
    body = {"order_id": str(order_id or uuid7()), "amount": 4200, "currency": "EUR", "address": address}
    return await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))


async def made(shop: Shop, address: str | None = HERE) -> UUID:
    answer = await begin(shop, address)
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["order_id"])


async def declined(shop: Shop, order_id: UUID, times: int = 1) -> None:
    """The shopper tries a card so often; each decline is told twice."""
    intent_id = shop.double.intent(order_id)["id"]
    for _ in range(times):
        before = len(shop.listener.of(order_id, "payment_failed"))
        shop.double.pay(intent_id, DECLINED)
        sent = await eventually(lambda: shop.listener.of(order_id, "payment_failed")[before:], what="a decline")  # noqa: B023 -- asked at once
        for _ in range(2):
            assert (await shop.deliver(sent[0])).status_code == 200
    await dealt_with(shop)


async def dealt_with(shop: Shop) -> None:
    async def done() -> bool:
        return not await shop.rows("select from provider_events where applied_at is null")

    await eventually(done, timeout=60, what="all events dealt with")


async def count(shop: Shop) -> int:
    return len(await shop.rows("select from payment_declines"))


async def test_the_last_decline_that_is_allowed_cancels_the_intent(strict: Shop):
    order_id = await made(strict)
    await declined(strict, order_id, 2)
    assert (await strict.status(order_id), await count(strict)) == ("requires_payment", 2)
    limited = metrics.declines_limited.value("order")
    await declined(strict, order_id)
    await strict.becomes(order_id, "cancelled")
    assert metrics.declines_limited.value("order") == limited + 1
    assert strict.double.intent(order_id)["status"] == "canceled"
    facts = await strict.facts(order_id)
    assert (facts[-1][0], facts[-1][1]["reason"]) == ("payment.cancelled", "too_many_declines")
    again = await begin(strict, order_id=order_id)
    assert (again.status_code, again.json()["type"]) == (409, "too-many-declines")
    (row,) = await strict.rows("select address from payments where order_id = $1", order_id)
    assert row["address"] is None


async def test_a_payment_that_succeeds_in_time_is_taken(strict: Shop):
    order_id = await made(strict)
    await declined(strict, order_id, 2)
    strict.double.pay(strict.double.intent(order_id)["id"], PAYS)
    await strict.reconciled()
    await strict.becomes(order_id, "authorised")
    # A decline that is told late does not undo it.
    for sent in strict.listener.of(order_id, "payment_failed"):
        await strict.deliver(sent)
    async with strict.app.ctx.db.read() as tx:
        payment = await payments.of_order(tx, order_id)
    assert payment is not None
    for number in range(4):
        await limit_declines(strict.app.ctx, payment, Decline(reference=f"late {number}", code="x", message="x"))
    assert await strict.status(order_id) == "authorised"


async def test_an_address_with_too_many_declines_gets_no_payment_for_an_hour(strict: Shop):
    orders = [await made(strict) for _ in range(3)]
    for order_id in orders[:2]:
        await declined(strict, order_id, 2)
    limited = metrics.declines_limited.value("address"), metrics.declines_limited.value("creation")
    await declined(strict, orders[2])
    await strict.becomes(orders[2], "cancelled")
    new = uuid7()
    refused = await begin(strict, order_id=new)
    assert (refused.status_code, refused.json()["type"]) == (409, "too-many-declines")
    assert await strict.rows("select from payments where order_id = $1", new) == []
    assert strict.double.intents(new) == []
    now = metrics.declines_limited.value("address"), metrics.declines_limited.value("creation")
    assert now == (limited[0] + 1, limited[1] + 1)
    assert (await begin(strict, order_id=orders[0])).status_code == 200  # it is there, and may be tried once more
    for address in (THERE, None):
        assert (await begin(strict, address)).status_code == 200
    await strict.rows("update payment_declines set declined_at = now() - interval '61 minutes'")
    assert (await begin(strict, order_id=new)).status_code == 200


@pytest.mark.parametrize("round_", range(2))
async def test_declines_at_once_are_counted_each_once_and_end_the_payment_once(strict: Shop, round_: int):
    orders = [await made(strict) for _ in range(2)]
    async with strict.app.ctx.db.read() as tx:
        found = [await payments.of_order(tx, order_id) for order_id in orders]
    tries = [
        limit_declines(strict.app.ctx, payment, Decline(reference=f"ch_{number}", code="x", message="x"))
        for number in range(3)
        for payment in found
        if payment is not None
        for _ in range(2 + round_)
    ]
    await asyncio.gather(*tries)
    assert await count(strict) == 6
    for order_id in orders:
        await strict.becomes(order_id, "cancelled")
        assert [kind for kind, _ in await strict.facts(order_id)] == ["payment.cancelled"]
    assert (await begin(strict)).json()["type"] == "too-many-declines"


async def test_of_declines_of_two_orders_at_once_the_second_sees_the_first(strict: Shop):
    found = []
    for order_id in [await made(strict) for _ in range(5)]:
        async with strict.app.ctx.db.read() as tx:
            found.append(await payments.of_order(tx, order_id))
    first, last, *others = [payment for payment in found if payment is not None]
    for payment in others:
        await limit_declines(strict.app.ctx, payment, Decline(reference="ch", code="x", message="x"))
    await limit_declines(strict.app.ctx, last, Decline(reference="earlier", code="x", message="x"))
    async with strict.app.ctx.db.write() as tx:
        await store.note(tx, first.id, "ch")  # the fourth, not committed yet
        decline = Decline(reference="later", code="x", message="x")
        second = asyncio.create_task(limit_declines(strict.app.ctx, last, decline), context=Context())
        waits = "select from pg_locks where locktype = 'advisory' and not granted"
        await eventually(lambda: strict.rows(waits), what="the second decline waiting for the first")
    await second
    await strict.becomes(last.order_id, "cancelled")


async def test_a_payment_without_declines_costs_what_it_did(shop: Shop):
    await made(shop)
    async with counted(shop.app.bench.postgres, database_name("payments")) as cost:
        assert (await begin(shop)).status_code == 200
    mine = cost.work("payments", *BY_ITSELF)
    # The payment inserted, and its intent written.
    assert (mine.statements, mine.begun) == (2, 0), mine.told()


async def test_an_address_that_is_no_hash_is_refused(shop: Shop):
    wrong: list[Any] = ["", "zz" * 16, "a1" * 7, "a1" * 33, "a1" * 8 + "a", "A1" * 16, 7, ["a1" * 16]]
    for each in wrong:
        answer = await begin(shop, each)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "address")
    assert await shop.rows("select from payments") == []


async def test_declines_are_deleted_after_a_month(shop: Shop):
    order_id = await made(shop)
    insert = (
        "insert into payment_declines (payment_id, reference, declined_at)"
        " select id, $1 || n, now() - $2::interval from payments, generate_series(1, 3) n where order_id = $3"
    )
    await shop.rows(insert, "old", timedelta(days=31), order_id)
    await shop.rows(insert, "new", timedelta(days=29), order_id)
    await delete_old_declines(shop.app.ctx)
    rows = await shop.rows("select reference from payment_declines order by 1")
    assert [row["reference"] for row in rows] == ["new1", "new2", "new3"]
