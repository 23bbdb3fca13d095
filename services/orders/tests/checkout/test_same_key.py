"""One key, sent as a guest and again after signing in, while the first request is still under way."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from chassis.web import idempotency
from orders import catalog_client
from orders.checkout.api.requests import NewOrderRequest
from orders.tests.shop import ADDRESS, Shop, order_of


async def test_a_key_sent_as_a_guest_is_that_guests_while_the_catalog_is_slow(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = shop.shelves.article(stock=10)
    own, asked, answer = catalog_client.quotes, asyncio.Event(), asyncio.Event()

    async def quotes(*arguments, **options):
        asked.set()
        await answer.wait()
        return await own(*arguments, **options)

    monkeypatch.setattr(catalog_client, "quotes", quotes)
    key = {"Idempotency-Key": str(uuid4())}
    body = order_of((article, 1))
    guest = asyncio.create_task(shop.post_order(body, key))
    await asyncio.wait_for(asked.wait(), 60)
    again = await shop.post_order(body, {**key, **shop.customer(uuid4())})
    answer.set()
    assert ((await guest).status_code, again.status_code) == (201, 409)
    assert again.json()["type"] == "idempotency-key-running"
    assert await shop.value("select count(*) from orders") == 1


@pytest.mark.parametrize("lines", [None, [{"variant_id": str(uuid4()), "quantity": 2}]])
@pytest.mark.parametrize("address", [None, ADDRESS])
def test_a_key_is_bound_to_the_json_of_the_request(lines: object, address: object) -> None:
    total = {"amount": 3000, "currency": "EUR"}
    body = {"email": "a@example.com", "shipping_address": address, "expected_total": total, "lines": lines}
    request = NewOrderRequest.model_validate(body)
    known = request.model_dump(mode="json", include={*body, "currency"})
    stored = idempotency.request_hash("scope", known)
    assert idempotency.request_hash("scope", request.order_request) == stored, "also of before there were other fields"
    more = NewOrderRequest.model_validate({**body, "discount_codes": ["SPRING"]})
    assert idempotency.request_hash("scope", more.order_request) != stored
