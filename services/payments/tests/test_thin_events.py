"""Events that name their object alone, events of other versions, modes and accounts, and events of no known shape."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chassis.testing import eventually, running_app
from chassis.testing.keys import Bench
from chassis.testing.mailbox import Mailbox
from chassis.values import uuid7
from payments.tests.conftest import STAFF, settings
from payments.tests.double import DECLINED, Double, Listener, Sent, signed
from payments.tests.shop import CAPTURE_ENTRIES, Shop, shuffled
from payments.tests.stripe_front import StripeProxy


async def _story(shop: Shop) -> tuple[Any, list[Sent]]:
    """Declined, paid and captured at Stripe, told by thin events."""
    shop.double.control("destination", payload="thin")
    order_id = uuid7()
    await shop.create(order_id)
    intent_id = shop.double.intent(order_id)["id"]
    shop.double.pay(intent_id, DECLINED)
    shop.double.pay(intent_id)
    shop.double.act(intent_id, "capture")
    await eventually(lambda: len(shop.listener.about(intent_id, "v1.payment_intent.")) == 4)
    return order_id, shop.listener.about(intent_id)


async def test_thin_events_pay_an_order_as_snapshots_do(shop: Shop):
    order_id, story = await _story(shop)
    thin = story[0].event
    assert (thin["object"], thin["related_object"]["type"]) == ("v2.core.event", "payment_intent")
    for sent in shuffled(story, 5, 1):
        assert (await shop.deliver(sent)).json() == {"received": True}
    await shop.becomes(order_id, "captured")
    assert await shop.entries(order_id) == CAPTURE_ENTRIES
    (row,) = (await shop.staff(f"/payments?order_id={order_id}")).json()["items"]

    async def told() -> bool:
        history = (await shop.staff(f"/payments/{row['id']}")).json()["history"]
        return {message["type"] for message in history if message["outcome"] == "applied"} != set()

    await eventually(told)


async def test_a_thin_event_is_accepted_at_once_and_applied_after_an_outage(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    shop.double.control("destination", payload="thin")
    order_id = uuid7()
    await shop.create(order_id)
    intent_id = shop.double.intent(order_id)["id"]
    shop.double.pay(intent_id)
    kind = "payment_intent.amount_capturable_updated"
    await eventually(lambda: shop.listener.about(intent_id, kind))
    front.answer = (503, b"gone")
    assert (await shop.deliver(shop.listener.about(intent_id, kind)[0])).status_code == 200
    await eventually(lambda: "retrieve" in front.calls)
    (row,) = await shop.rows("select outcome from provider_events")
    assert row["outcome"] is None
    front.answer = None
    await shop.becomes(order_id, "authorised")


async def test_a_thin_event_about_an_unknown_object_is_unmatched_or_ignored(shop: Shop):
    event = {"id": "evt_1", "object": "v2.core.event", "type": "v1.payment_intent.succeeded", "livemode": False}
    related = {"id": "pi_unknown", "type": "payment_intent", "url": "/v1/payment_intents/pi_unknown"}
    assert (await shop.deliver(signed({**event, "related_object": related}))).status_code == 200
    await shop.applied(1)
    other = {**event, "id": "evt_2", "type": "v2.core.account.updated"}
    assert (await shop.deliver(signed(other))).status_code == 200
    rows = await shop.rows("select id, outcome from provider_events order by id")
    assert [tuple(row) for row in rows] == [("evt_1", "unmatched"), ("evt_2", "ignored")]


async def test_an_unreadable_signed_event_is_stored_and_staff_get_a_mail(watched: tuple[Shop, StripeProxy, Mailbox]):
    shop, _, mailbox = watched
    for number, data in enumerate(({"object": {"object": "payment_intent", "id": "pi_1"}}, {})):
        event = {"id": f"evt_{number}", "object": "event", "type": "payment_intent.succeeded", "data": data}
        assert (await shop.deliver(signed(event))).status_code == 200
    await shop.applied(2)
    rows = await shop.rows("select outcome from provider_events")
    assert [row["outcome"] for row in rows] == ["unmatched", "unmatched"]
    await eventually(lambda: mailbox.to(STAFF))
    assert [mail["Subject"] for mail in mailbox.to(STAFF)] == ["Stripe sends events that cannot be read"]


async def test_events_of_an_old_version_are_read(shop: Shop):
    shop.double.control("destination", api_version="2020-08-27")
    order_id = await shop.authorised()
    old = shop.listener.of(order_id, "amount_capturable_updated")[0].event
    assert (old["api_version"], "latest_charge" in old["data"]["object"]) == ("2020-08-27", False)
    shop.double.control("destination", api_version="2026-10-28.endive")


STRANGERS: dict[str, dict[str, Any]] = {
    "mode": {"livemode": True},
    "account": {"account": "acct_1Somebody"},
    "context": {"context": "acct_1Somebody"},
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_events_of_another_mode_or_account_are_refused_and_logged(
    watched: tuple[Shop, StripeProxy, Mailbox], stranger: str
):
    shop, _, mailbox = watched
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.pay(shop.double.intent(order_id)["id"])
    true = (await shop.events_of(order_id, 2))[-1]
    refusals = await asyncio.gather(*(shop.deliver(signed({**true.event, **STRANGERS[stranger]})) for _ in range(3)))
    assert {(answer.status_code, answer.json()["type"]) for answer in refusals} == {(409, "webhook-of-another")}
    assert await shop.rows("select from provider_events") == []
    assert await shop.status(order_id) == "requires_payment"
    await eventually(lambda: mailbox.to(STAFF))
    assert len(mailbox.to(STAFF)) == 1
    # Once what was wrong is mended, the same event is taken.
    assert (await shop.deliver(true)).status_code == 200
    await shop.becomes(order_id, "authorised")


async def test_events_of_the_account_that_is_ours_by_name_are_taken(bench: Bench, double: Double, listener: Listener):
    async with running_app("payments", bench, **settings(double.url), stripe_account="acct_1Ours") as app:
        shop = Shop(app, double, listener)
        event = {"id": "evt_1", "object": "event", "type": "x", "account": "acct_1Ours"}
        assert (await shop.deliver(signed(event))).status_code == 200
        assert (await shop.deliver(signed({**event, "id": "evt_2", "account": "acct_2"}))).status_code == 409
