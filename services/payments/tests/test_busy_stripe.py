"""Stripe is busy, or an object of it is: that is waited for, soon again, and never taken for an outage."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from chassis.cache import Valkey
from chassis.limits import Limiter
from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.testing.limits import at_one_moment
from chassis.values import uuid7
from payments.clients import provider_of
from payments.provider import Busy, calls
from payments.provider.budget import Budget
from payments.provider.calls import FAILURES_TO_REST
from payments.provider.endings import pause
from payments.tests.conftest import attended, settings
from payments.tests.double import Double, Listener
from payments.tests.shop import Shop
from payments.tests.stripe_front import StripeProxy
from payments.usecases import create_payment


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Busy calls are tried again for long enough on a busy machine too."""
    monkeypatch.setattr(create_payment, "PATIENCE_SECONDS", 60)


@pytest.mark.parametrize("fault", ["rate_limit", "lock_timeout"])
async def test_a_checkout_succeeds_while_stripe_is_busy(shop: Shop, fault: str):
    shop.double.faults(**{fault: 2}, operation="create")
    order_id = uuid7()
    answer = await shop.create(order_id)
    assert answer.status_code == 200
    assert len(shop.double.intents(order_id)) == 1


async def test_an_object_in_use_costs_a_capture_tens_of_milliseconds(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    order_id = await shop.authorised()
    shop.double.faults(lock_timeout=2, operation="capture")
    waits: list[float] = []

    def noted(busy: Busy, tries: int) -> float:
        waits.append(pause(busy, tries))
        return waits[-1]

    monkeypatch.setattr(calls, "pause", noted)
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    assert len(waits) == 2
    assert sum(waits) < 0.1
    (row,) = await shop.rows("select operation_key, checks from payments")
    assert (row["operation_key"], row["checks"]) == (f"capture-{(await shop.find(order_id))['payment_id']}", 0)


async def test_a_key_in_use_is_asked_again_and_not_replaced(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = uuid7()
    front.answers = [
        (409, b'{"error":{"type":"idempotency_error","code":"idempotency_key_in_use","message":"In use"}}'),
        (409, b'{"error":{"type":"invalid_request_error","code":"idempotency_key_in_use","message":"In use"}}'),
    ]
    assert (await shop.create(order_id)).status_code == 200
    (row,) = await shop.rows("select create_key from payments")
    assert "." not in row["create_key"]
    assert front.calls == ["create"] * 3


async def test_busy_calls_open_no_breaker_and_are_no_outage(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    # Given up while there is time for a try: one that is cut off would be an outage.
    monkeypatch.setattr(calls, "SHORTEST_SECONDS", 59)
    shop.double.faults(rate_limit=1000, operation="create")
    orders = [uuid7() for _ in range(FAILURES_TO_REST + 5)]
    answers = await asyncio.gather(*(shop.create(order_id) for order_id in orders))
    assert {(answer.status_code, answer.json()["type"]) for answer in answers} == {(424, "payment-not-ready")}
    assert provider_of(shop.app.ctx).health("checkout") == "closed"
    shop.double.faults()
    assert [(await shop.create(order_id)).status_code for order_id in orders] == [200] * len(orders)


async def test_a_busy_call_waits_for_stripes_retry_after(shop: Shop):
    shop.double.faults(rate_limit=1, retry_after=1, operation="create")
    began = time.monotonic()
    assert (await shop.create()).status_code == 200
    assert time.monotonic() - began >= 1
    shop.double.faults(rate_limit=1, retry_after=60, operation="create")
    began = time.monotonic()
    assert (await shop.create()).status_code == 424
    assert time.monotonic() - began < 60


def test_pauses_grow_with_jitter_up_to_a_maximum():
    first = [pause(Busy("x", first_pause=0.03), 0) for _ in range(50)]
    assert 0.015 <= min(first) < max(first) <= 0.03
    assert max(pause(Busy("x"), 50) for _ in range(50)) <= 2
    assert min(pause(Busy("x", retry_after=3), 0) for _ in range(50)) >= 3


async def test_an_unpaid_payment_is_looked_up_twice_in_its_first_two_minutes(shop: Shop):
    await shop.create()
    ahead = "select extract(epoch from next_check_at - updated_at)::float as pause, checks from payments"
    (row,) = await shop.rows(ahead)
    pauses = [row["pause"]]
    for _ in range(2):
        await shop.reconciled()
        (row,) = await shop.rows(ahead)
        pauses.append(row["pause"])
    assert pauses == [30, 30, 60]


async def test_all_replicas_together_stay_below_stripes_limit(bench: Bench, double: Double, listener: Listener):
    double.control("limits", endpoint=25, total=100)
    limited = {**settings(double.url), "stripe_calls_per_second": 100}
    async with running_app("payments", bench, **limited) as app:
        shop = await attended(Shop(app, double, listener))
        began = time.monotonic()
        answers = await asyncio.gather(*(shop.create() for _ in range(60)))
        assert [answer.status_code for answer in answers] == [200] * 60
        assert time.monotonic() - began > 1
        # Look-ups are paced below the limit, so that none is refused.
        before = double.shown("limits")["refused"]
        await shop.reconciled()
        assert double.shown("limits")["refused"] == before


async def test_calls_about_customers_wait_for_their_turn_too():
    limiter = Limiter(Valkey(None), "payments", secret=b"x" * 32)
    at_one_moment(limiter)
    stripe = calls.Calls(Budget(limiter, 5))

    async def answered() -> dict[str, Any]:
        return {}

    await stripe.ask("customer_session", answered, lane="checkout", patience=60)
    with pytest.raises(Busy) as refusal:
        await stripe.ask("customer_create", answered, lane="checkout", patience=0.05)
    assert not refusal.value.sent


async def test_a_call_without_budget_before_its_deadline_is_not_sent():
    limiter = Limiter(Valkey(None), "payments", secret=b"x" * 32)
    at_one_moment(limiter)
    budget, loop = Budget(limiter, 5), asyncio.get_running_loop()
    await budget.take("list", "background", loop.time() + 60)
    with pytest.raises(Busy) as refusal:
        await budget.take("list", "background", loop.time() + 0.05)
    assert not refusal.value.sent
    await budget.take("create", "background", loop.time() + 60)
    with pytest.raises(Busy):  # one of nobody's waits behind its own gate; a shopper's does not
        await budget.take("create", "background", loop.time() + 0.05)
    await budget.take("create", "checkout", loop.time() + 60)
