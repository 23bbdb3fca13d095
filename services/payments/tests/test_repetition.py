"""Work that is done at least once, done twice; and what one failure leaves to the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from chassis.cache import Valkey
from chassis.limits import Limiter
from chassis.resilience import failpoints
from chassis.values import Money, uuid7
from payments import events
from payments.domain.ledger import of_capture
from payments.provider import Unknown
from payments.provider.budget import Budget
from payments.provider.stripe_provider import StripeProvider
from payments.store import changes, payments
from payments.store.provider_events import Webhook
from payments.tests.double import SECRET_KEY, Double
from payments.tests.shop import CAPTURE_ENTRIES, Shop
from payments.tests.stripe_front import proxy_before
from payments.usecases.apply_event import apply_event
from payments.usecases.settle_payment import settle_payment


async def test_settling_and_events_that_are_applied_again_change_nothing(shop: Shop):
    order_id = await shop.authorised()
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    before = await shop.rows("select * from payments"), await shop.rows("select * from provider_events")
    async with shop.app.ctx.db.read() as tx:
        payment = await payments.of_order(tx, order_id)
    assert payment is not None
    await settle_payment(shop.app.ctx, payment)
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


async def test_a_write_over_a_newer_version_is_refused(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    async with shop.app.ctx.db.write() as tx:
        payment = await payments.of_order(tx, order_id)
        assert payment is not None
        assert await changes.save(tx, payment, from_provider=False) is not None
    before = await shop.rows("select * from payments")
    entries = of_capture(Money(payment.amount, payment.currency))
    webhook = Webhook("evt_1", "payment_intent.succeeded", payment.id, payment.intent_id, {})
    async with shop.app.ctx.db.write_one() as tx:
        late = replace(payment, status="captured", facts=1)
        told = events.about(late, "captured")
        assert await changes.save(tx, late, from_provider=True, events=[told], entries=entries, webhook=webhook) is None
    assert await shop.rows("select * from payments") == before
    for table in ("provider_events", "ledger_transactions", "ledger_entries", "outbox"):
        assert await shop.rows(f"select from {table}") == []


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


async def test_an_intent_is_searched_in_a_limited_number_of_pages(double: Double):
    until = datetime.now(UTC)
    since = until - timedelta(hours=1)
    with proxy_before(double.url) as front:
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
