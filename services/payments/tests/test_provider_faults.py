"""Stripe fails in every way: what was asked is unknown, never failed, and is resumed to one effect."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chassis.testing import eventually, running_app
from chassis.testing.keys import Bench
from chassis.values import uuid7
from payments.clients import provider_of
from payments.provider import calls
from payments.provider.calls import FAILURES_TO_REST
from payments.tests.conftest import attended, settings
from payments.tests.double import Double, Listener
from payments.tests.shop import CAPTURE_ENTRIES, Shop
from payments.tests.stripe_front import StripeProxy, proxy_before
from payments.usecases import create_payment
from payments.usecases.reconcile import reconcile

FAULTS = ["fail_before_commit", "reset_after_commit"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_creation_is_resumed_by_its_retry(shop: Shop, fault: str):
    order_id = uuid7()
    shop.double.faults(**{fault: 1}, operation="create")
    answer = await shop.create(order_id)
    assert (answer.status_code, answer.json()["type"]) == (503, "payment-provider-unavailable")
    assert answer.headers["Retry-After"] == "5"
    (row,) = await shop.rows("select status, provider_state_known_at, checks from payments")
    assert tuple(row) == ("created", None, 0)
    again = await shop.create(order_id)
    assert again.status_code == 200
    assert again.json()["client_secret"]
    assert len(shop.double.intents(order_id)) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_creation_is_resumed_by_the_reconciler(shop: Shop, fault: str):
    order_id = uuid7()
    shop.double.faults(**{fault: 1}, operation="create")
    await shop.create(order_id)
    await shop.reconciled()
    await shop.becomes(order_id, "requires_payment")
    assert len(shop.double.intents(order_id)) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_capture_is_resumed_and_taken_once(shop: Shop, fault: str):
    order_id = await shop.authorised()
    shop.double.faults(**{fault: 1}, operation="capture")
    await shop.ask(order_id, "capture")

    await eventually(shop.unknown, what="the capture unknown")
    assert await shop.entries(order_id) == []
    await shop.reconciled()
    await shop.becomes(order_id, "captured")
    assert shop.double.intent(order_id)["captures"] == 1
    assert await shop.entries(order_id) == CAPTURE_ENTRIES


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_cancellation_is_resumed(shop: Shop, fault: str):
    order_id = await shop.authorised()
    shop.double.faults(**{fault: 1}, operation="cancel")
    await shop.ask(order_id, "void")
    await eventually(shop.unknown, what="the cancellation unknown")
    await shop.reconciled()
    await shop.becomes(order_id, "cancelled")
    assert shop.double.intent(order_id)["status"] == "canceled"


async def test_payments_settle_when_all_webhooks_are_lost(unattended: Shop):
    shop = unattended
    paid, abandoned = uuid7(), uuid7()
    for order_id in (paid, abandoned):
        await shop.create(order_id)
    shop.double.pay(shop.double.intent(paid)["id"])
    shop.double.act(shop.double.intent(abandoned)["id"], "cancel", cancellation_reason="abandoned")
    await shop.due_now()  # the reconciler comes by itself
    await shop.becomes(paid, "authorised")
    await shop.becomes(abandoned, "cancelled")
    assert (await shop.facts(abandoned))[-1][1]["reason"] == "abandoned"
    shop.double.act(shop.double.intent(paid)["id"], "capture")
    await shop.reconciled()
    await shop.becomes(paid, "captured")
    assert await shop.entries(paid) == CAPTURE_ENTRIES
    assert await shop.rows("select from provider_events") == []


async def test_the_reconciler_asks_later_each_time_and_at_last_every_four_minutes(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    pauses = []
    for _ in range(8):
        await shop.reconciled()
        (row,) = await shop.rows("select next_check_at - updated_at as pause from payments")
        pauses.append(row["pause"])
    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(seconds=5)
    assert pauses[-1] == timedelta(minutes=4)


async def test_a_shopper_does_not_wait_for_a_slow_stripe(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(create_payment, "PATIENCE_SECONDS", 0.2)
    order_id = uuid7()
    shop.double.faults(latency_ms=1500, operation="create")
    answers = await asyncio.gather(*(shop.create(order_id) for _ in range(5)))
    # The second finds the first's key in use.
    assert {answer.json()["type"] for answer in answers} <= {"payment-provider-unavailable", "payment-not-ready"}
    shop.double.faults()
    monkeypatch.setattr(create_payment, "PATIENCE_SECONDS", 60)

    async def resumed() -> bool:
        return (await shop.create(order_id)).status_code == 200

    await eventually(resumed, what="the creation resumed")
    assert len(shop.double.intents(order_id)) == 1


async def test_during_an_outage_of_stripe_the_breaker_opens_and_closes_again(
    bench: Bench, double: Double, listener: Listener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(calls, "REST_SECONDS", 600)
    with proxy_before(double.url) as front:
        front.answer = (503, b"upstream is gone")
        async with running_app("payments", bench, **settings(front.url)) as app:
            shop = await attended(Shop(app, double, listener))
            front.calls.clear()
            orders = [uuid7() for _ in range(FAILURES_TO_REST + 5)]
            answers = [await shop.create(order_id) for order_id in orders]
            assert {answer.json()["type"] for answer in answers} == {"payment-provider-unavailable"}
            assert provider_of(app.ctx).health("checkout") == "open"
            assert len(front.calls) == FAILURES_TO_REST
            assert (await app.client.get("/api/v1/payments/configuration")).status_code == 200
            assert (await shop.ask(uuid7(), "void")).status_code == 202
            # What nobody waits for has a breaker of its own, and finds out for itself.
            assert provider_of(app.ctx).health("background") == "closed"
            await shop.reconciled()
            assert provider_of(app.ctx).health("background") == "open"
            tried = len(front.calls)
            await reconcile(app.ctx)
            assert len(front.calls) == tried
            front.answer = None
            provider: Any = provider_of(app.ctx)
            provider._calls._breakers["background"]._until = 0.0  # as if it had rested
            assert provider_of(app.ctx).health("background") == "half-open"
            await shop.reconciled()
            await shop.reconciled()
            for order_id in orders:
                await shop.becomes(order_id, "requires_payment")
                assert len(double.intents(order_id)) == 1


@pytest.mark.parametrize("after", [True, False])
async def test_a_creation_after_a_stored_500_of_stripe_uses_a_new_key(
    fronted: tuple[Shop, StripeProxy], *, after: bool
):
    shop, front = fronted
    order_id = uuid7()
    front.breaks, front.after = "create", after
    assert [(await shop.create(order_id)).status_code for _ in range(3)] == [503, 503, 200]
    assert len(shop.double.intents(order_id)) == 1
    # The search may be repeated: it changes nothing at Stripe.
    assert [call for call in front.calls if call != "list"] == ["create"] * (2 if after else 3)
    assert front.calls[2] == "list"
    (row,) = await shop.rows("select create_key from payments")
    assert row["create_key"].endswith(".2")


@pytest.mark.parametrize("after", [True, False])
async def test_a_capture_after_a_stored_500_of_stripe_uses_a_new_key(fronted: tuple[Shop, StripeProxy], *, after: bool):
    shop, front = fronted
    order_id = await shop.authorised()
    front.breaks, front.after = "capture", after
    await shop.ask(order_id, "capture")

    async def captured() -> bool:
        await shop.reconciled()
        return await shop.status(order_id) == "captured"

    await eventually(captured, timeout=60)
    assert shop.double.intent(order_id)["captures"] == 1
    assert await shop.entries(order_id) == CAPTURE_ENTRIES


async def test_a_key_that_stripe_has_forgotten_is_not_used_again(shop: Shop):
    order_id = uuid7()
    shop.double.faults(reset_after_commit=1, operation="create")
    await shop.create(order_id)
    await shop.rows("update payments set create_key_at = now() - interval '24 hours', version = version + 1")
    assert [(await shop.create(order_id)).status_code for _ in range(2)] == [503, 200]
    assert len(shop.double.intents(order_id)) == 1
