"""The same thing asked many times at once, and opposite things asked together."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from payments.tests.shop import CAPTURE_ENTRIES, Shop


async def settled(shop: Shop, order_id: UUID) -> str:
    """The end of an order's payment, which may need the reconciler: an operation may find Stripe's object in use."""

    async def end() -> str | None:
        await shop.reconciled()
        status = await shop.status(order_id)
        return status if status in {"captured", "cancelled"} else None

    return await eventually(end, timeout=60, what="the payment settled") or ""


async def test_twenty_creations_at_once_make_one_intent(shop: Shop):
    order_id = uuid7()
    answers = await asyncio.gather(*(shop.create(order_id) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(shop.double.intents(order_id)) == 1
    assert len(await shop.rows("select from payments")) == 1


async def test_of_two_amounts_at_once_one_wins_and_only_that_is_ever_asked_of_stripe(shop: Shop):
    order_id = uuid7()
    answers = await asyncio.gather(*(shop.create(order_id, 1000 + number % 2) for number in range(10)))
    won = {answer.json()["amount"] for answer in answers if answer.status_code == 200}
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409] * 5
    assert {shop.double.intent(order_id)["amount"]} == won


async def test_many_captures_at_once_take_the_money_once(shop: Shop):
    order_id = await shop.authorised()
    answers = await asyncio.gather(*(shop.ask(order_id, "capture") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    await shop.becomes(order_id, "captured")
    shop.double.act(shop.double.intent(order_id)["id"], "capture")
    assert shop.double.intent(order_id)["captures"] == 1
    assert await shop.entries(order_id) == CAPTURE_ENTRIES
    assert [kind for kind, _ in await shop.facts(order_id)].count("payment.captured") == 1


@pytest.mark.parametrize("round_", range(3))
async def test_a_void_during_a_capture_ends_as_one_of_them_and_the_ledger_agrees(shop: Shop, round_: int):
    order_id = await shop.authorised()
    operations = ["void", "capture"] if round_ % 2 else ["capture", "void"]
    await asyncio.gather(*(shop.ask(order_id, operation) for operation in operations * 3))
    status = await settled(shop, order_id)
    intent = shop.double.intent(order_id)
    if status == "captured":
        assert (intent["status"], intent["captures"]) == ("succeeded", 1)
        assert await shop.entries(order_id) == CAPTURE_ENTRIES
    else:
        assert (intent["status"], intent["captures"]) == ("canceled", 0)
        assert await shop.entries(order_id) == []


@pytest.mark.parametrize("round_", range(3))
async def test_a_void_during_a_creation_leaves_nothing_payable(shop: Shop, round_: int):
    order_id = uuid7()
    shop.double.faults(latency_ms=100 * round_, operation="create")
    await asyncio.gather(shop.create(order_id), shop.ask(order_id, "void"), shop.create(order_id))
    assert await settled(shop, order_id) == "cancelled"
    assert {intent["status"] for intent in shop.double.intents(order_id)} <= {"canceled"}
    assert (await shop.create(order_id)).json()["type"] == "payment-cancelled"


async def test_webhooks_that_race_the_capture_change_nothing(shop: Shop):
    order_id = await shop.authorised()
    earlier = shop.listener.of(order_id)
    await asyncio.gather(shop.ask(order_id, "capture"), *(shop.deliver(sent) for sent in earlier * 5))
    succeeded = (await shop.events_of(order_id, 3))[-1]
    await asyncio.gather(*(shop.deliver(succeeded) for _ in range(10)))
    await shop.applied(3)
    assert await shop.status(order_id) == "captured"
    assert await shop.entries(order_id) == CAPTURE_ENTRIES
    assert [kind for kind, _ in await shop.facts(order_id)] == ["payment.authorised", "payment.captured"]
