"""Webhooks: forged ones change nothing, true ones change the same however they come."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
import stripe

from chassis.values import uuid7
from payments.api.public import WEBHOOK_LIMIT
from payments.tests.double import DECLINED, PAYS, WEBHOOK_SECRET, Sent, signed
from payments.tests.shop import CAPTURE_ENTRIES, Shop, shuffled

STATE = (
    "select status, decline_code, cancel_reason, facts, intent_id is null as unknown from payments where order_id = $1"
)


async def whole_story(shop: Shop, order_id: Any) -> list[Sent]:
    """Created, declined, paid and captured at Stripe, and of all that we have heard nothing yet."""
    await shop.create(order_id)
    intent_id = shop.double.intent(order_id)["id"]
    shop.double.pay(intent_id, DECLINED)
    shop.double.pay(intent_id, PAYS)
    shop.double.act(intent_id, "capture")
    return await shop.events_of(order_id, 4)


@pytest.mark.parametrize("seed", range(3))
async def test_repeated_and_shuffled_webhooks_end_like_ordered_ones(shop: Shop, seed: int):
    orderly, wild = uuid7(), uuid7()
    for sent in await whole_story(shop, orderly):
        assert (await shop.deliver(sent)).status_code == 200
    for sent in shuffled(await whole_story(shop, wild), 10, seed):
        assert (await shop.deliver(sent)).json() == {"received": True}
    await shop.applied(8)
    assert await shop.rows(STATE, wild) == await shop.rows(STATE, orderly)
    assert await shop.status(wild) == "captured"
    for order_id in (orderly, wild):
        assert await shop.entries(order_id) == CAPTURE_ENTRIES
        assert [kind for kind, _ in await shop.facts(order_id)][-2:] == ["payment.authorised", "payment.captured"]
    assert len(await shop.rows("select from ledger_transactions")) == 2
    assert len(await shop.rows("select from provider_events")) == 8


def forgeries(true: Sent) -> dict[str, tuple[bytes, str | None]]:
    now = int(time.time())
    event = true.event
    return {
        "no signature": (true.body, None),
        "empty": (true.body, ""),
        "nonsense": (true.body, "v1=00,t=now"),
        "no version": (true.body, f"t={now}"),
        "another secret": (true.body, signed(event, "whsec_other").signature),
        "an altered body": (true.body.replace(b"4200", b"4201"), true.signature),
        "too old": (msgspec.json.encode(event), signed(event, at=now - 301).signature),
        "of a time to come": (msgspec.json.encode(event), signed(event, at=now + 90).signature),
        "of the year 33658": (msgspec.json.encode(event), signed(event, at=10**12 - 1).signature),
        "not ASCII": (true.body, f"{true.signature[:-1]}\xe9"),
        "a time that is not ASCII": (true.body, true.signature.replace("t=", "t=\xb2", 1)),
        "two times": (true.body, f"{true.signature},t={now}"),
        "longer than any": (true.body, f"{true.signature}{',v1=0' * 200}"),
        "a moved time": (true.body, true.signature.replace("t=1", "t=2", 1)),
        "an altered MAC": (true.body, true.signature[:-1] + ("0" if true.signature[-1] != "0" else "1")),
        "not UTF-8": (b"\xff\xfe", true.signature),
    }


async def test_forged_webhooks_are_refused_and_leave_no_trace(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.pay(shop.double.intent(order_id)["id"])
    true = (await shop.events_of(order_id, 2))[-1]
    for what, (body, signature) in forgeries(true).items():
        headers = {} if signature is None else {b"Stripe-Signature": signature.encode("latin-1")}
        answer = await shop.app.client.post("/webhooks/stripe", content=body, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "webhook-not-authentic"), what
    assert await shop.rows("select from provider_events") == []
    assert await shop.rows("select from jobs") == []
    assert await shop.status(order_id) == "requires_payment"
    assert (await shop.deliver(true)).status_code == 200
    await shop.becomes(order_id, "authorised")


async def test_both_webhook_secrets_are_accepted_during_a_change(shop: Shop):
    for number, secret in enumerate(("whsec_old", WEBHOOK_SECRET)):
        event = {"id": f"evt_roll_{number}", "object": "event", "type": "charge.updated", "data": {"object": {}}}
        assert (await shop.deliver(signed(event, secret))).status_code == 200
    assert len(await shop.rows("select from provider_events")) == 2


async def test_types_that_do_not_concern_us_are_stored_and_ignored(shop: Shop):
    event = {
        "id": "evt_other",
        "object": "event",
        "type": "a.type.of.tomorrow",
        "data": {"object": {"id": "x", "object": "y"}},
    }
    for _ in range(2):
        assert (await shop.deliver(signed(event))).status_code == 200
    (row,) = await shop.rows("select type, outcome, applied_at is not null as applied, payment_id from provider_events")
    assert tuple(row) == ("a.type.of.tomorrow", "ignored", True, None)
    assert await shop.rows("select from jobs") == []


NO_EVENTS = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"id":1,"type":"x"}',
    b'{"id":"","type":"x"}',
    b'{"id":"evt_1"}',
    b'{"id":"evt_1","type":"x"}',
    b'{"id":"evt_1","type":"x","object":"v3.event"}',
    b'{"id":"evt_1","type":"a b"}',
    b'{"id":"evt_1","type":"x","data":[]}',
    b'{"id":"' + b"e" * 256 + b'","type":"x"}',
    b'{"id":"evt_1","type":"x","deep":' + b"[" * 5000 + b"]" * 5000 + b"}",
]


async def test_a_signed_body_that_is_no_event_is_refused(shop: Shop):
    for body in NO_EVENTS:
        header = stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET)
        answer = await shop.deliver(Sent(body, header))
        assert (answer.status_code, answer.json()["type"]) == (400, "malformed-request"), body[:60]
    assert await shop.rows("select from provider_events") == []


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(shop: Shop):
    answer = await shop.deliver(signed({"id": "evt_1", "object": "event", "type": "x", "filling": "x" * WEBHOOK_LIMIT}))
    assert (answer.status_code, answer.json()["type"]) == (413, "content-too-large")


async def test_unusual_text_of_a_webhook_is_stored_unchanged(shop: Shop):
    subject = {"object": "payment_intent", "id": "pi_\x00", "metadata": {"payment_id": "no uuid", "note": "\x00"}}
    event = {
        "id": "evt_strange",
        "object": "event",
        "type": "charge.strange",
        "data": {"object": {**subject, "id": "pi_1"}},
    }
    assert (await shop.deliver(signed(event))).status_code == 200
    (row,) = await shop.rows("select payload::text, payment_id, intent_id from provider_events")
    assert msgspec.json.decode(row["payload"]) == event
    assert (row["payment_id"], row["intent_id"]) == (None, "pi_1")


async def test_the_client_secret_is_not_stored_with_the_webhook(shop: Shop):
    order_id = await shop.authorised()
    (row,) = await shop.rows("select client_secret from payments where order_id = $1", order_id)
    for event in await shop.rows("select payload::text as payload from provider_events"):
        assert row["client_secret"] not in event["payload"]
    assert await shop.rows("select from outbox where data::text like '%secret%'") == []


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"amount": 1}, "mismatched"),
        ({"currency": "usd"}, "mismatched"),
        ({"id": "pi_another"}, "mismatched"),
        ({"metadata": {}}, "unmatched"),
        ({"metadata": {"payment_id": "not one of ours"}}, "unmatched"),
        ({"metadata": {"payment_id": "0199a5d0-1f3c-7b7a-9d53-0c8f6d2f4a11"}}, "unmatched"),
        ({"amount": "a lot"}, "unmatched"),
    ],
)
async def test_an_intent_that_does_not_fit_is_never_applied(shop: Shop, change: dict[str, Any], outcome: str):
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.pay(shop.double.intent(order_id)["id"])
    event = (await shop.events_of(order_id, 2))[-1].event
    event["data"]["object"] |= change
    assert (await shop.deliver(signed(event))).status_code == 200
    await shop.applied(1)
    (row,) = await shop.rows("select outcome from provider_events")
    assert row["outcome"] == outcome
    assert await shop.status(order_id) == "requires_payment"
    assert await shop.facts(order_id) == []


async def test_a_webhook_about_another_order_under_our_payments_name_is_not_applied(shop: Shop):
    order_id = uuid7()
    payment_id = (await shop.create(order_id)).json()["payment_id"]
    shop.double.pay(shop.double.intent(order_id)["id"])
    event = (await shop.events_of(order_id, 2))[-1].event
    event["data"]["object"]["metadata"] = {"payment_id": payment_id, "order_id": str(uuid7())}
    await shop.deliver(signed(event))
    await shop.applied(1)
    assert await shop.status(order_id) == "requires_payment"


async def test_a_webhook_before_the_answer_to_the_creation_is_applied(shop: Shop):
    order_id = uuid7()
    shop.double.faults(reset_after_commit=1, operation="create")
    assert (await shop.create(order_id)).status_code == 503
    assert await shop.status(order_id) == "created"
    shop.double.pay(shop.double.intent(order_id)["id"])
    for sent in await shop.events_of(order_id, 2):
        await shop.deliver(sent)
    await shop.becomes(order_id, "authorised")
    assert len(shop.double.intents(order_id)) == 1


async def test_an_early_webhook_during_an_outage_of_stripe_is_left_to_the_reconciler(shop: Shop):
    order_id = uuid7()
    shop.double.faults(reset_after_commit=1, operation="create")
    await shop.create(order_id)
    shop.double.pay(shop.double.intent(order_id)["id"])
    authorised = (await shop.events_of(order_id, 2))[-1]
    shop.double.faults(fail_before_commit=100)
    await shop.deliver(authorised)
    await shop.applied(1)
    (row,) = await shop.rows("select outcome from provider_events")
    assert row["outcome"] == "asked"
    shop.double.faults()
    await shop.reconciled()
    await shop.becomes(order_id, "requires_payment")
    await shop.reconciled()
    await shop.becomes(order_id, "authorised")


async def test_a_late_decline_of_an_authorised_payment_calls_nobody(shop: Shop):
    order_id = uuid7()
    story = await whole_story(shop, order_id)
    for kind in ("succeeded", "payment_failed"):
        await shop.deliver(next(sent for sent in story if kind in sent.event["type"]))
        await shop.becomes(order_id, "captured")
    await shop.applied(2)
    outcomes = await shop.rows("select outcome from provider_events order by received_at")
    assert [row["outcome"] for row in outcomes] == ["applied", "unchanged"]
