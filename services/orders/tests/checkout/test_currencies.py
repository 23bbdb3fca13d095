"""Orders in currencies that are counted in other ways than the euro, and in those alone that the shop sells in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from orders.tests.shop import ADDRESS, Placed, Shop, amounts, euros

RATES = {
    "EUR": {"rate": 500, "free_from": 10_000},
    "ISK": {"rate": 990, "free_from": 15_000},
    "KWD": {"rate": 1500},
    "HUF": {"rate": 199_000, "free_from": 2_000_000},
}

SUMS = ("subtotal", "shipping", "rounding", "total")


@pytest.fixture
def overrides() -> dict[str, object]:
    return {"currencies": ("EUR", "ISK", "KWD", "HUF"), "shipping_rates": RATES}


async def cart_of(shop: Shop, price: str, currency: str, **more: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """A guest's cart of one article in a currency: its header, and what it shows."""
    article = shop.shelves.article(price=price, currency=currency, **more)
    begun = await shop.client.post("/api/v1/cart", json={"currency": currency})
    key = {"Cart-Token": begun.json()["cart_token"]}
    return key, (await shop.put(key, article, 1)).json()


async def order(shop: Shop, key: dict[str, str], cart: dict[str, Any]) -> Placed:
    wish = {"email": "ada@example.com", "shipping_address": ADDRESS, "expected_total": cart["total"]}
    answer = await shop.post_order(wish, key)
    assert answer.status_code == 201, answer.text
    return Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


@pytest.mark.parametrize(
    ("price", "currency", "sums", "charged", "told"),
    [
        ("5000", "ISK", (5000, 990, 0, 5990), 599_000, ["Shipping: ISK 990", "Total: ISK 5,990"]),
        ("15000", "ISK", (15_000, 0, 0, 15_000), 1_500_000, ["Shipping: ISK 0", "Total: ISK 15,000"]),
        (
            "5.125",
            "KWD",
            (5125, 1500, 5, 6630),
            6630,
            ["Subtotal: KWD 5.125", "Rounding: KWD 0.005", "Total: KWD 6.630"],
        ),
        ("5.124", "KWD", (5124, 1500, -4, 6620), 6620, ["Rounding: \u2212KWD 0.004", "Total: KWD 6.620"]),
        ("4990.00", "HUF", (499_000, 199_000, 0, 698_000), 698_000, ["Shipping: HUF 1,990.00", "Total: HUF 6,980.00"]),
    ],
)
async def test_the_currency_of_the_cart_is_that_of_order_payment_and_mail(
    shop: Shop, price: str, currency: str, sums: tuple[int, int, int, int], charged: int, told: list[str]
) -> None:
    key, cart = await cart_of(shop, price, currency)
    assert amounts(cart, *SUMS, currency=currency) == sums
    placed = await order(shop, key, cart)
    assert amounts(placed.body["order"], *SUMS, currency=currency) == sums
    assert [intent["amount"] for intent in shop.double.intents_of(placed.id)] == [charged]
    await shop.paid(placed)
    text = (await shop.mail()).get_body(("plain",)).get_content()
    assert [line for line in told if line not in text.replace("\u00a0", " ")] == []
    assert ("Rounding" in text) == (sums[2] != 0)


async def test_the_total_before_rounding_is_not_the_one_to_expect(shop: Shop) -> None:
    key, cart = await cart_of(shop, "5.125", "KWD")
    unrounded = {"amount": 6625, "currency": "KWD"}
    wish = {"email": "ada@example.com", "shipping_address": ADDRESS, "expected_total": unrounded}
    refused = await shop.post_order(wish, key)
    body = refused.json()
    assert (refused.status_code, body["type"]) == (409, "price-changed")
    assert amounts(body, "rounding", "total", currency="KWD") == (5, 6630)
    assert cart["total"] == body["total"]


async def test_only_what_the_shop_sells_in_may_be_chosen(shop: Shop) -> None:
    article = shop.shelves.article(currency="USD")
    line = {"variant_id": article.variant_id, "quantity": 1}
    total = {"amount": 3000, "currency": "USD"}
    wish = {"email": "ada@example.com", "shipping_address": ADDRESS, "expected_total": total, "lines": [line]}
    for refused in (
        await shop.client.post("/api/v1/cart", json={"currency": "USD"}),
        await shop.post_order({**wish, "currency": "USD"}),
    ):
        body = refused.json()
        assert (refused.status_code, body["errors"][0]["field"], body["errors"][0]["code"]) == (
            422,
            "currency",
            "not-sold-in",
        )
        assert body["currencies"] == ["EUR", "ISK", "KWD", "HUF"]
    assert await shop.value("select count(*) from carts") == 0
    assert await shop.value("select count(*) from orders") == 0


async def test_a_cart_of_a_currency_that_is_no_longer_sold_in_goes_on_in_the_default(shop: Shop) -> None:
    customer = shop.customer()
    article, other = shop.shelves.article(price="12.00"), shop.shelves.article(price="3.00")
    await shop.put(customer, article, 1)
    async with shop.service.ctx.db.write() as tx:
        # As if the shop had sold in dollars when the cart was begun.
        await tx.execute("update carts set currency = 'USD'")
    shown = (await shop.client.get("/api/v1/cart", headers=customer)).json()
    assert (shown["currency"], shown["total"], shown["lines"][0]["previous_unit_price"]) == ("EUR", euros(1700), None)
    changed = (await shop.put(customer, other, 1)).json()
    assert (changed["currency"], changed["subtotal"]) == ("EUR", euros(1500))
    assert await shop.value("select currency from carts") == "EUR"
    prices = "select array_agg(unit_price order by unit_price) from cart_lines"
    assert await shop.value(prices) == [300, None]


async def test_a_cart_that_is_merged_from_another_currency_knows_no_earlier_price(shop: Shop) -> None:
    article, me = shop.shelves.article(currency="HUF"), shop.customer()
    await shop.put(me, shop.shelves.article(), 1)
    created = await shop.client.post("/api/v1/cart", json={"currency": "HUF"})
    key = {"Cart-Token": created.json()["cart_token"]}
    await shop.put(key, article, 1)
    shop.shelves.set_price(article, 1111)
    merged = (await shop.client.post("/api/v1/cart/merge", headers={**me, **key})).json()
    (line,) = [line for line in merged["lines"] if line["variant_id"] == article.variant_id]
    assert (merged["currency"], line["unit_price"], line["previous_unit_price"]) == ("EUR", euros(1111), None)


async def test_lines_may_be_ordered_in_a_currency_that_is_named(shop: Shop) -> None:
    article = shop.shelves.article(price="10.00")
    shop.shelves.set_price(article, 123_400, "HUF")
    lines = [{"variant_id": article.variant_id, "quantity": 1}]
    total = {"amount": 322_400, "currency": "HUF"}
    wish = {"email": "ada@example.com", "shipping_address": ADDRESS, "expected_total": total, "lines": lines}
    order = (await shop.post_order({**wish, "currency": "HUF"})).json()["order"]
    assert (order["currency"], order["lines"][0]["unit_price"]["amount"], order["total"]) == ("HUF", 123_400, total)


async def test_the_settings_of_the_checkout_are_told(shop: Shop) -> None:
    answer = await shop.client.get("/api/v1/checkout/settings")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=60")
    body = answer.json()
    assert (body["default_currency"], [each["currency"] for each in body["currencies"]]) == (
        "EUR",
        ["EUR", "ISK", "KWD", "HUF"],
    )
    assert (body["shipping_by_address"], body["payment_methods"]) == (False, ["card"])
    assert body["currencies"][1] == {
        "currency": "ISK",
        "exponent": 0,
        "shipping_rate": {"amount": 990, "currency": "ISK"},
        "free_from": {"amount": 15_000, "currency": "ISK"},
    }
    assert (body["currencies"][2]["exponent"], body["currencies"][2]["free_from"]) == (3, None)


async def test_an_invalid_currency_is_refused_by_field(shop: Shop) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    for wrong in ("eur", "CLF", "XXX", "€", "", 7):
        answer = await shop.client.post("/api/v1/cart", json={"currency": wrong}, headers=key)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "currency")


async def test_a_merge_leaves_what_has_no_price_in_the_accounts_currency(shop: Shop) -> None:
    forints, me = shop.shelves.article(currency="HUF"), shop.customer()
    await shop.put(me, shop.shelves.article(), 1)
    created = await shop.client.post("/api/v1/cart", json={"currency": "HUF"})
    guest = {"Cart-Token": created.json()["cart_token"]}
    await shop.put(guest, forints, 1)
    merged = await shop.client.post("/api/v1/cart/merge", headers={**me, **guest})
    (left,) = merged.json()["not_merged"]
    assert (left["variant_id"], left["reason"]) == (forints.variant_id, "unavailable")
    (line,) = (await shop.client.get("/api/v1/cart", headers=guest)).json()["lines"]
    assert line["variant_id"] == forints.variant_id
