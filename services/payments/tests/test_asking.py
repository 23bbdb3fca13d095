"""An order that is about to be given up is asked about: what the provider knows counts, not what it has told us."""

from __future__ import annotations

import pytest

from chassis.values import uuid7
from payments.provider import calls
from payments.tests.shop import Shop
from payments.tests.stripe_front import StripeProxy
from payments.usecases import ask_provider


async def test_an_authorisation_without_a_webhook_is_found_by_a_look(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    (row,) = await shop.rows("select intent_id from payments where order_id = $1", order_id)
    assert shop.double.pay(row["intent_id"]) == 200
    answer = await shop.ask(order_id, "look")
    assert (answer.status_code, answer.json()) == (200, {"status": "authorised"})
    assert [kind for kind, _ in await shop.facts(order_id)] == ["payment.authorised"]
    assert (await shop.ask(order_id, "look")).json() == {"status": "authorised"}


async def test_an_unpaid_payment_still_requires_payment(shop: Shop):
    order_id = uuid7()
    await shop.create(order_id)
    assert (await shop.ask(order_id, "look")).json() == {"status": "requires_payment"}
    assert (await shop.ask(uuid7(), "look")).status_code == 404


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [("fail_before_commit", (503, "payment-provider-unavailable")), ("rate_limit", (424, "payment-not-ready"))],
)
async def test_without_the_provider_the_status_is_unknown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: str, refusal: tuple[int, str]
):
    # Given up while there is time for a try: one that is cut off would be an outage.
    monkeypatch.setattr(ask_provider, "PATIENCE_SECONDS", 60)
    monkeypatch.setattr(calls, "SHORTEST_SECONDS", 59.5)
    order_id = uuid7()
    await shop.create(order_id)
    shop.double.faults(**{fault: 99}, operation="retrieve")
    answer = await shop.ask(order_id, "look")
    assert (answer.status_code, answer.json()["type"]) == refusal


async def test_an_intent_unknown_to_the_provider_still_requires_payment(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = uuid7()
    await shop.create(order_id)
    front.answer = (404, b'{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such"}}')
    assert (await shop.ask(order_id, "look")).json() == {"status": "requires_payment"}
    assert front.calls[-1] == "retrieve"
