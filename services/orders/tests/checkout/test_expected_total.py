"""An order is for the total that the shopper has seen, or it is none."""

from __future__ import annotations

from uuid import uuid4

import pytest

from orders.tests.shop import Shop, amounts, euros, order_of


async def test_a_higher_price_is_refused_and_nothing_is_written(shop: Shop) -> None:
    article, key = shop.shelves.article(price="25.00", stock=5), str(uuid4())
    shop.shelves.set_price(article, 2600)
    for _ in range(2):
        answer = await shop.post_order(order_of((article, 2)), {"Idempotency-Key": key})
        body = answer.json()
        assert (answer.status_code, body["type"]) == (409, "price-changed")
        assert amounts(body, "subtotal", "shipping", "rounding", "total") == (5200, 500, 0, 5700)
        assert body["lines"] == [
            {
                "variant_id": article.variant_id,
                "sku": article.sku,
                "quantity": 2,
                "unit_price": euros(2600),
                "total": euros(5200),
                "previous_unit_price": None,
            }
        ]
        assert "57.00 EUR" in body["detail"]
        assert "55.00 EUR" in body["detail"]
        assert "idempotent-replayed" not in answer.headers
    assert await shop.value("select count(*) from orders") == 0
    assert shop.shelves.level(article) == (5, 0)
    agreed = {**order_of((article, 2)), "expected_total": euros(5700)}
    reused = await shop.post_order(agreed, {"Idempotency-Key": key})
    assert (reused.status_code, reused.json()["type"]) == (422, "idempotency-key-reused")
    assert (await shop.post_order(agreed)).json()["order"]["total"] == euros(5700)


async def test_a_refusal_of_a_cart_names_the_changed_line_and_keeps_the_cart(shop: Shop) -> None:
    dearer, same = shop.shelves.article(price="10.00"), shop.shelves.article(price="7.00")
    cart = await shop.cart((dearer, 1), (same, 1))
    shown = (await shop.client.get("/api/v1/cart", headers=cart)).json()["total"]
    shop.shelves.set_price(dearer, 1100)
    refused = await shop.post_order({**order_of(), "expected_total": shown}, cart)
    before = {line["sku"]: line["previous_unit_price"] for line in refused.json()["lines"]}
    assert (refused.json()["type"], before) == ("price-changed", {dearer.sku: euros(1000), same.sku: None})
    agreed = {**order_of(), "expected_total": refused.json()["total"]}
    assert (await shop.post_order(agreed, cart)).status_code == 201


async def test_a_lower_price_and_another_currency_are_refused_too(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00")
    dollars = {**order_of((article, 1)), "expected_total": {"amount": 3000, "currency": "USD"}}
    assert (await shop.post_order(dollars)).json()["type"] == "price-changed"
    shop.shelves.set_price(article, 2000)
    assert (await shop.post_order(order_of((article, 1)))).json()["total"] == euros(2500)


async def test_a_placed_order_is_answered_again_whatever_the_price_is_by_now(shop: Shop) -> None:
    article, headers = shop.shelves.article(), {"Idempotency-Key": str(uuid4())}
    first = await shop.post_order(order_of((article, 1)), headers)
    shop.shelves.set_price(article, 9900)
    again = await shop.post_order(order_of((article, 1)), headers)
    assert (again.status_code, again.content) == (201, first.content)
    async with shop.service.ctx.db.write() as tx:
        # As if the first try had died before its answer was kept.
        await tx.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    resumed = await shop.post_order(order_of((article, 1)), headers)
    assert (resumed.status_code, resumed.json()["order"]["id"]) == (201, first.json()["order"]["id"])
    assert await shop.value("select count(*) from orders") == 1


class TestShippingChanged:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"shipping_flat_rate": 900}

    async def test_a_higher_shipping_cost_is_refused_too(self, shop: Shop) -> None:
        answer = await shop.post_order(order_of((shop.shelves.article(), 1)))
        assert answer.json()["type"] == "price-changed"
        assert amounts(answer.json(), "shipping", "total") == (900, 3400)
