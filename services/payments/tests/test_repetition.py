"""Work that is done at least once, done twice; and what one failure leaves to the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from chassis.cache import Valkey
from chassis.limits import Limiter
from chassis.resilience import failpoints
from chassis.values import uuid7
from payments.provider import Unknown
from payments.provider.budget import Budget
from payments.provider.stripe_provider import StripeProvider
from payments.store import payments
from payments.tests.double import SECRET_KEY, Double
from payments.tests.shop import CAPTURE_ENTRIES, Shop
from payments.tests.stripe_front import standing_before
from payments.usecases.apply_event import apply_event
from payments.usecases.settle_payment import settle_payment


async def test_jobs_that_run_again_change_nothing(shop: Shop):
    order_id = await shop.authorised()
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    before = await shop.rows("select * from payments"), await shop.rows("select * from provider_events")
    (row,) = await shop.rows("select id from payments")
    await settle_payment(shop.app.ctx, row["id"])
    await settle_payment(shop.app.ctx, uuid7())
    for event in before[1]:
        await apply_event(shop.app.ctx, event["id"])
    await apply_event(shop.app.ctx, "evt_unknown")
    assert (await shop.rows("select * from payments"), await shop.rows("select * from provider_events")) == before
    assert await shop.entries(order_id) == CAPTURE_ENTRIES


async def test_one_payment_that_fails_does_not_hold_up_the_others(shop: Shop):
    orders = [uuid7() for _ in range(3)]
    for order_id in orders:
        await shop.create(order_id)
        shop.double.pay(shop.double.intent(order_id)["id"])
    failpoints.configure("payments.before_stripe=raise*1")
    try:
        await shop.reconciled()
        statuses = [await shop.status(order_id) for order_id in orders]
    finally:
        failpoints.configure("")
    assert sorted(statuses) == ["authorised", "authorised", "requires_payment"]


async def test_a_write_over_somebody_elses_is_refused(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    async with shop.app.ctx.db.write() as tx:
        payment = await payments.of_order(tx, order_id)
        assert payment is not None
        await payments.save(tx, payment, told_by_provider=False)

    async def again() -> None:
        async with shop.app.ctx.db.write() as tx:
            await payments.save(tx, payment, told_by_provider=False)

    with pytest.raises(payments.StaleWrite):
        await again()


def _page(ids: list[int], *, more: bool) -> bytes:
    intents = [
        {
            "id": f"pi_{number}",
            "object": "payment_intent",
            "status": "requires_payment_method",
            "amount": 1,
            "currency": "eur",
            "metadata": {"payment_id": str(UUID(int=number))},
        }
        for number in ids
    ]
    return msgspec.json.encode({"object": "list", "data": intents, "has_more": more, "url": "/v1/payment_intents"})


async def test_an_intent_is_looked_for_page_by_page_and_not_for_ever(double: Double):
    until = datetime.now(UTC)
    since = until - timedelta(hours=1)
    with standing_before(double.url) as front:
        budget = Budget(Limiter(Valkey(None), "payments", secret=b"x" * 32), 0)
        provider = StripeProvider(SECRET_KEY, front.url, budget)
        front.answer = (200, _page([1, 2], more=False))
        found = await provider.find(UUID(int=2), since, until, lane="checkout")
        assert found is not None
        assert found.id == "pi_2"
        assert await provider.find(UUID(int=3), since, until, lane="checkout") is None
        assert len(front.calls) == 2
        front.answer = (200, _page([1, 2], more=True))
        assert await provider.find(UUID(int=3), since, until, lane="checkout") is None
        assert len(front.calls) == 12
        front.answer = (200, b'{"object":"list","data":[{}]}')
        with pytest.raises(Unknown):
            await provider.find(UUID(int=3), since, until, lane="checkout")
        await provider.close()
