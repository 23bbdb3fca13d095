"""What is begun at once after its commit, and what is left to the reconciler."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.values import uuid7
from payments import settling
from payments.domain.intent import merge
from payments.domain.payment import Payment, begin_capture
from payments.provider.stripe_payloads import intent_of
from payments.settling import Settling
from payments.store import changes, payments
from payments.tests.double import DECLINED
from payments.tests.shop import CAPTURE_ENTRIES, Shop

FIRST_LOOK = timedelta(seconds=payments.FIRST_LOOK_SECONDS)


def payment() -> Payment:
    now = datetime.now(UTC)
    return Payment(
        id=uuid7(), order_id=uuid7(), amount=1, currency="EUR", status="capturing", create_key="create-x",
        create_key_at=now, created_at=now, updated_at=now,
    )  # fmt: skip


class Work:
    """Notes what is settled, which lasts until `go` is set."""

    def __init__(self) -> None:
        self.begun: list[Payment] = []
        self.ended: list[Payment] = []
        self.go = asyncio.Event()

    async def settle(self, each: Payment) -> None:
        self.begun.append(each)
        await self.go.wait()
        self.ended.append(each)


async def test_concurrent_and_waiting_payments_are_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "AT_ONCE", 2)
    monkeypatch.setattr(settling, "MOST", 5)
    work = Work()
    asked = [payment() for _ in range(7)]
    async with Settling(work.settle).running() as ours:
        for each in asked:
            ours.begin(each)
        await eventually(lambda: len(work.begun) == 2, what="two begun")
        assert work.begun == asked[:2]
        work.go.set()
    assert work.ended == asked[:5]


async def test_one_that_has_waited_until_its_check_was_due_is_left_to_the_reconciler(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "AT_ONCE", 1)
    work = Work()
    async with Settling(work.settle).running() as ours:
        first, second = payment(), payment()
        ours.begin(first)
        await eventually(lambda: work.begun, what="the first begun")
        monkeypatch.setattr(settling, "FIRST_CHECK_SECONDS", 0.0)
        ours.begin(second)
        await asyncio.sleep(0)
        work.go.set()
    assert work.ended == [first]


async def test_an_error_of_one_payment_does_not_stop_the_others():
    work = Work()
    work.go.set()

    async def settle(each: Payment) -> None:
        if not work.begun:
            work.begun.append(each)
            raise RuntimeError("a failure")
        await work.settle(each)

    async with Settling(settle).running() as ours:
        first, second = payment(), payment()
        ours.begin(first)
        ours.begin(second)
    assert work.ended == [second]


async def test_shutdown_waits_a_limited_time_and_starts_nothing_new(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "DRAIN_SECONDS", 0.05)
    work = Work()
    async with Settling(work.settle).running() as ours:
        ours.begin(payment())
    assert (len(work.begun), work.ended) == (1, [])
    ours.begin(payment())
    await asyncio.sleep(0)
    assert len(work.begun) == 1


async def test_a_payment_that_is_not_begun_at_once_is_captured_by_the_reconciler(
    unattended: Shop, monkeypatch: pytest.MonkeyPatch
):
    shop = unattended
    order_id = await shop.authorised()
    monkeypatch.setattr(settling, "MOST", 0)
    assert (await shop.ask(order_id, "capture")).status_code == 202
    assert await shop.rows("select from jobs") == []
    (row,) = await shop.rows("select status, next_check_at - updated_at as due_in from payments")
    assert (row["status"], row["due_in"].total_seconds()) == ("capturing", payments.FIRST_CHECK_SECONDS)
    await shop.due_now()  # the reconciler comes by itself
    await shop.becomes(order_id, "captured")
    assert await shop.entries(order_id) == CAPTURE_ENTRIES


async def test_a_webhook_that_cannot_be_applied_as_it_comes_is_stored_and_applied_by_a_job(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.pay(shop.double.intent(order_id)["id"])
    authorised = (await shop.events_of(order_id, 2))[-1]
    failpoints.configure("payments.before_webhook_applied=raise*1")
    try:
        assert (await shop.deliver(authorised)).status_code == 200
    finally:
        failpoints.configure("")
    await shop.becomes(order_id, "authorised")
    (row,) = await shop.rows("select outcome from provider_events")
    assert row["outcome"] == "applied"


async def test_a_webhook_is_applied_while_its_payment_is_changed_repeatedly(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.act(shop.double.intent(order_id)["id"], "cancel")
    cancelled = (await shop.events_of(order_id, 2))[-1]
    failpoints.configure("payments.before_webhook_merged=sleep:0.3*3")
    try:
        delivery = asyncio.create_task(shop.deliver(cancelled))
        while not delivery.done():
            await shop.rows("update payments set version = version + 1")
        assert (await delivery).status_code == 200
    finally:
        failpoints.configure("")
    await shop.becomes(order_id, "cancelled")
    assert [kind for kind, _ in await shop.facts(order_id)] == ["payment.cancelled"]


async def test_a_payment_that_is_authorised_while_its_capture_is_asked_for_is_captured(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.pay(shop.double.intent(order_id)["id"])
    authorised = (await shop.events_of(order_id, 2))[-1]
    tried, go_on = asyncio.Event(), asyncio.Event()

    async def held(name: str) -> None:
        if name == "payments.capture_not_begun":
            tried.set()
            await go_on.wait()

    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "point", held)
        asked = asyncio.create_task(shop.ask(order_id, "capture"))
        await tried.wait()
        assert (await shop.deliver(authorised)).status_code == 200
        go_on.set()
        assert (await asked).status_code == 202
    await shop.becomes(order_id, "captured")


async def test_a_capture_begun_by_one_statement_is_what_the_domain_decides(shop: Shop):
    quick, slow = [await shop.authorised() for _ in range(2)]
    async with shop.app.ctx.db.write() as tx:
        one = await payments.begin_capture(tx, quick)
        before = await payments.of_order(tx, slow)
        assert before is not None
        other = await changes.save(tx, begin_capture(before), from_provider=False)
        assert await payments.begin_capture(tx, slow) is None
    assert one is not None
    assert other is not None
    assert one.operation_key == f"capture-{one.id}"
    of_each = ("id", "order_id", "trace", "intent_id", "client_secret", "create_key", "create_key_at", "operation_key")
    times = ("created_at", "provider_state_known_at")
    assert replace(one, **{name: getattr(other, name) for name in (*of_each, *times)}) == other


async def test_a_payment_authorised_by_one_statement_is_what_the_domain_decides(shop: Shop):
    paid, other = uuid7(), uuid7()
    for order_id in (paid, other):
        await shop.create(order_id)
        shop.double.pay(shop.double.intent(order_id)["id"], DECLINED)
    await shop.reconciled()
    for order_id in (paid, other):
        shop.double.pay(shop.double.intent(order_id)["id"])
    assert (await shop.deliver((await shop.events_of(paid, 3))[-1])).status_code == 200
    async with shop.app.ctx.db.write() as tx:
        one = await payments.of_order(tx, paid)
        before = await payments.of_order(tx, other)
        assert before is not None
        assert (before.status, before.decline_code) == ("requires_payment", "generic_decline")
        merged = merge(before, intent_of(shop.double.whole(before.intent_id or ""))).payment
        two = await changes.save(tx, replace(merged, facts=merged.facts + 1), from_provider=True)
    assert one is not None
    assert two is not None
    assert (one.status, one.decline_code, one.next_check_at) == ("authorised", None, one.updated_at + FIRST_LOOK)
    of_each = ("id", "order_id", "trace", "intent_id", "client_secret", "create_key", "create_key_at", "next_check_at")
    times = ("created_at", "updated_at", "provider_state_known_at")
    assert replace(one, **{name: getattr(two, name) for name in (*of_each, *times)}) == two
    assert [kind for kind, _ in await shop.facts(paid)] == ["payment.declined", "payment.authorised"]
