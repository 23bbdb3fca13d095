"""A cart whose order waits for payment points to it, also where the answer of the checkout never arrived."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from orders.tests.shop import Shop, euros, order_of


async def cart_of(shop: Shop, key: dict[str, str]) -> dict[str, Any]:
    answer = await shop.client.get("/api/v1/cart", headers=key)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_guests_cart_opens_its_order_until_it_is_paid(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(), 2))
    known = await cart_of(shop, key)
    placed = await shop.place(headers=key)
    cart, order = await cart_of(shop, key), placed.body["order"]
    assert (cart["id"], cart["lines"], cart["total"]) == (known["id"], [], euros(0))
    told = (cart["order_id"], cart["order_number"], cart["payable_until"])
    assert told == (order["id"], order["number"], order["expires_at"])
    opened = await shop.client.get(f"/api/v1/orders/{order['id']}", headers={"Order-Token": cart["order_token"]})
    assert (opened.status_code, opened.json()["number"]) == (200, order["number"])
    again = await shop.post_order(order_of(), key)
    assert (again.status_code, again.json()["type"], again.json()["order_number"]) == (
        409,
        "cart-ordered",
        order["number"],
    )
    assert "order_token" not in again.json()
    assert await shop.value("select count(*) from orders") == 1
    await shop.paid(placed)
    gone = await shop.client.get("/api/v1/cart", headers=key)
    assert (gone.status_code, gone.json()["type"]) == (404, "cart-not-found")
    late = await shop.post_order(order_of(), key)
    assert (late.status_code, late.json()["type"]) == (404, "cart-not-found")


async def test_once_it_is_cancelled_the_cart_is_back_and_can_be_ordered_again(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(), 2))
    placed = await shop.place(headers=key)
    await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await shop.until(placed, "cancelled")
    cart = await cart_of(shop, key)
    assert (cart["order_id"], cart["order_token"], [line["quantity"] for line in cart["lines"]]) == (None, None, [2])
    second = await shop.place(headers=key)
    assert (await cart_of(shop, key))["order_id"] == second.id != placed.id


async def test_an_accounts_cart_has_the_latest_order_also_when_filled_again(shop: Shop) -> None:
    me, article = shop.customer(uuid4()), shop.shelves.article()
    await shop.put(me, article, 1)
    placed = await shop.place(headers=me)
    cart = await cart_of(shop, me)
    assert (cart["id"], cart["order_id"], cart["order_token"]) == (None, placed.id, None)
    again = await shop.post_order(order_of(), me)
    assert (again.status_code, again.json()["type"], again.json()["order_id"]) == (409, "cart-ordered", placed.id)
    put = await shop.put(me, article, 3)
    assert (put.json()["order_id"], [line["quantity"] for line in put.json()["lines"]]) == (placed.id, [3])
    second = await shop.place(headers=me)
    assert (await cart_of(shop, me))["order_id"] == second.id
    assert (await cart_of(shop, shop.customer()))["order_id"] is None


async def test_an_expired_order_is_not_in_the_cart(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(), 1))
    await shop.place(headers=key)
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update orders set expires_at = now() - interval '1 second'")
    assert (await shop.client.get("/api/v1/cart", headers=key)).status_code == 404


async def test_the_same_checkout_again_is_the_same_order_whatever_the_cart_says(shop: Shop) -> None:
    key = {**await shop.cart((shop.shelves.article(), 1)), "Idempotency-Key": str(uuid4())}
    body = {**order_of(), "expected_total": {"amount": 3000, "currency": "EUR"}}
    first, again = await shop.post_order(body, key), await shop.post_order(body, key)
    assert (first.status_code, again.content) == (201, first.content)


async def test_a_token_made_with_another_key_is_not_returned(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(), 1))
    placed = await shop.place(headers=key)
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update orders set token_hash = sha256('of another key')")
    cart = await cart_of(shop, key)
    assert (cart["order_id"], cart["order_token"]) == (placed.id, None)
