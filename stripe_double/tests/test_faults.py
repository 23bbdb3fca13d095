from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
import stripe

from stripe_double.tests.running import Double, Shop, until

INTENTS = "/v1/payment_intents"
BACK = "https://shop.example/orders/7"
PAY = {"amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa", "return_url": BACK}


def pay(double: Double, key: str) -> httpx.Response:
    return double.raw("POST", INTENTS, data=PAY, headers={"Idempotency-Key": key})


def test_failure_before_commit_has_no_effect(double: Double) -> None:
    before = double.contents()
    double.faults(fail_before_commit=1)
    answer = pay(double, "before")
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "api_error")
    assert double.contents() == before
    assert pay(double, "before").json()["status"] == "succeeded"


def test_failure_after_commit_is_replayed_by_its_key(double: Double) -> None:
    count = len(double.database()["intents"])
    double.faults(fail_after_commit=1)
    assert pay(double, "after").status_code == 500
    again = pay(double, "after")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (500, "true")
    assert len(double.database()["intents"]) == count + 1


async def test_closed_connection_after_commit_keeps_the_effect(double: Double, sdk: stripe.StripeClient) -> None:
    count = len(double.database()["intents"])
    double.faults(reset_after_commit=1, operation="create")
    with pytest.raises(stripe.APIConnectionError):
        await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd"}, {"idempotency_key": "cut"})
    made = await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd"}, {"idempotency_key": "cut"})
    assert made.status == "requires_payment_method"
    assert len(double.database()["intents"]) == count + 1


async def test_rate_limit_fault_answers_429(double: Double, sdk: stripe.StripeClient) -> None:
    double.faults(rate_limit=1, operation="list")
    assert (await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd"})).id
    with pytest.raises(stripe.RateLimitError):
        await sdk.v1.payment_intents.list_async()
    assert (await sdk.v1.payment_intents.list_async()).data
    assert double.raw("GET", "/_double/faults").json()["rate_limit"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"nonsense",
        b'{"latency": 1}',
        b'{"latency_ms": -1}',
        b'{"latency_ms": 1e3}',
        b'{"latency_ms": true}',
        b'{"latency_ms": 99999999999999999999}',
        b'{"operation": "transfer"}',
        b'{"operation": ["create"]}',
        b'{"webhooks": []}',
        b'{"webhooks": {"paused": 1}}',
        b'{"latency_ms": NaN}',
        b"[" * 5000,
    ],
)
def test_invalid_fault_changes_nothing(double: Double, body: bytes) -> None:
    double.faults(webhooks={"delay_ms": 5})
    before = double.raw("GET", "/_double/faults").json()
    answer = double.raw("POST", "/_double/faults", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert double.raw("GET", "/_double/faults").json() == before


def test_paused_webhooks_are_sent_later(double: Double, shop: Shop) -> None:
    double.faults(webhooks={"paused": True})
    intent = pay(double, "paused").json()["id"]
    assert double.database()["webhooks"]["pending"] >= 2
    assert shop.kinds(intent) == []
    double.faults()
    shop.told(intent, "payment_intent.succeeded")


def test_lost_webhooks_are_never_sent(double: Double, shop: Shop) -> None:
    lost_before = double.database()["webhooks"]["lost"]
    double.faults(webhooks={"lost": True})
    intent = pay(double, "lost").json()["id"]
    double.faults()
    later = pay(double, "after the lost").json()["id"]
    shop.told(later, "payment_intent.succeeded")
    assert shop.kinds(intent) == []
    assert double.database()["webhooks"]["lost"] == lost_before + 3


def test_duplicated_webhooks_are_sent_again(double: Double, shop: Shop) -> None:
    double.faults(webhooks={"duplicate": 2})
    intent = pay(double, "duplicated").json()["id"]
    until(lambda: len(shop.kinds(intent)) == 6, "three copies of two events")
    copies = [event for event in shop.events if event.data.object["id"] == intent]
    assert len({event.id for event in copies}) == 2


def test_delayed_and_shuffled_webhooks_are_sent_late_in_random_order(double: Double, shop: Shop) -> None:
    double.faults(webhooks={"delay_ms": 200, "shuffle_ms": 200})
    began = time.monotonic()
    intents = [pay(double, "shuffled").json()["id"]]
    until(lambda: shop.kinds(intents[0]), "an event")
    assert time.monotonic() - began >= 0.2
    intents += [pay(double, f"shuffled-{n}").json()["id"] for n in range(8)]
    until(lambda: all(len(shop.kinds(intent)) == 2 for intent in intents), "all events")
    orders: list[Any] = [shop.kinds(intent)[0] for intent in intents]
    assert set(orders) <= {"payment_intent.created", "payment_intent.succeeded"}
