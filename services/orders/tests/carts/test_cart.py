from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from orders.tests.shop import Shop, amounts, euros, order_of


async def test_a_guests_cart_can_be_created_filled_and_changed(shop: Shop) -> None:
    article = shop.shelves.article(price="20.00", stock=7)
    created = await shop.client.post("/api/v1/cart", json={"currency": "EUR"})
    assert created.status_code == 201
    key = {"Cart-Token": created.json()["cart_token"]}
    empty = await shop.client.get("/api/v1/cart", headers=key)
    assert empty.json() == {
        "id": created.json()["id"],
        "currency": "EUR",
        "lines": [],
        "unavailable": [],
        **dict.fromkeys(("subtotal", "discount", "shipping", "rounding", "total"), euros(0)),
        "requires_shipping": False,
        "shipping_known": True,
        "expires_at": created.json()["expires_at"],
        **dict.fromkeys(("order_id", "order_number", "payable_until", "order_token")),
    }
    assert empty.headers["cache-control"] == "no-store"
    put = await shop.put(key, article, 2)
    line = {
        "variant_id": article.variant_id,
        "quantity": 2,
        "sku": article.sku,
        "title": f"Print No. {article.slug.removeprefix('print-')}",
        "variant_title": "",
        "slug": article.slug,
        "image_url": None,
        "unit_price": euros(2000),
        "previous_unit_price": None,
        "total": euros(4000),
        "available": 7,
        "requires_shipping": True,
    }
    assert put.json()["lines"] == [line]
    assert (await shop.put(key, article, 5)).json()["lines"] == [{**line, "quantity": 5, "total": euros(10_000)}]
    shown = (await shop.client.get("/api/v1/cart", headers=key)).json()
    assert amounts(shown, "subtotal", "shipping", "total") == (10_000, 0, 10_000)
    assert shown["expires_at"] >= created.json()["expires_at"]
    for _ in range(2):
        removed = await shop.client.delete(f"/api/v1/cart/lines/{article.variant_id}", headers=key)
        assert (removed.status_code, removed.content) == (204, b"")
    assert (await shop.client.get("/api/v1/cart", headers=key)).json()["lines"] == []
    assert await shop.value("select line_count from carts") == 0


async def test_the_token_is_kept_as_a_hash_only(shop: Shop) -> None:
    token = (await shop.client.post("/api/v1/cart")).json()["cart_token"]
    assert len(token) == 43
    assert await shop.value("select encode(token_hash, 'hex') from carts") != token
    assert await shop.value("select count(*) from carts where carts::text like '%' || $1 || '%'", token) == 0


async def test_a_changed_price_and_an_article_no_longer_sold_are_shown(shop: Shop) -> None:
    dearer, gone = shop.shelves.article(price="10.00"), shop.shelves.article()
    key = await shop.cart((dearer, 1), (gone, 3))
    shop.shelves.set_price(dearer, 1250)
    shop.shelves.withdraw(gone)
    shown = (await shop.client.get("/api/v1/cart", headers=key)).json()
    (line,) = shown["lines"]
    assert amounts(line, "unit_price", "previous_unit_price", "total") == (1250, 1000, 1250)
    assert [(lost["variant_id"], lost["quantity"]) for lost in shown["unavailable"]] == [(gone.variant_id, 3)]
    assert amounts(shown, "subtotal", "shipping", "total") == (1250, 500, 1750)
    refused = await shop.post_order(order_of(), key)
    body = refused.json()
    assert (refused.status_code, body["type"], body["variants"]) == (422, "unknown-variant", [gone.variant_id])
    assert body["errors"][0]["field"] == f"cart.lines.{gone.variant_id}.variant_id"
    assert await shop.value("select count(*) from orders") == 0


async def test_an_accounts_cart_comes_with_its_first_line(shop: Shop) -> None:
    me, article = shop.customer(), shop.shelves.article()
    empty = (await shop.client.get("/api/v1/cart", headers=me)).json()
    assert (empty["id"], empty["lines"], empty["expires_at"]) == (None, [], None)
    assert (await shop.client.delete(f"/api/v1/cart/lines/{article.variant_id}", headers=me)).status_code == 204
    first = (await shop.put(me, article, 1)).json()
    second = (await shop.put(me, shop.shelves.article(), 2)).json()
    assert first["id"] == second["id"]
    assert [line["quantity"] for line in second["lines"]] == [1, 2]


async def test_first_lines_at_once_make_one_cart(shop: Shop) -> None:
    me, articles = shop.customer(), [shop.shelves.article() for _ in range(6)]
    answers = await asyncio.gather(*(shop.put(me, article, 1) for article in articles))
    assert {answer.status_code for answer in answers} == {200}
    assert await shop.value("select count(*) from carts") == 1
    assert await shop.value("select line_count from carts") == 6
    assert len((await shop.client.get("/api/v1/cart", headers=me)).json()["lines"]) == 6


async def test_the_fifty_first_article_is_refused_also_at_once(shop: Shop) -> None:
    key, last = await shop.cart(), [shop.shelves.article() for _ in range(3)]
    async with shop.service.ctx.db.write() as tx:
        await tx.execute(
            "insert into cart_lines (cart_id, variant_id, quantity) "
            "select id, gen_random_uuid(), 1 from carts, generate_series(1, 49)"
        )
        await tx.execute("update carts set line_count = 49")
    answers = await asyncio.gather(*(shop.put(key, article, 1) for article in last))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"cart-full"}
    assert await shop.value("select count(*) from cart_lines") == 50
    assert await shop.value("select line_count from carts") == 50


@pytest.mark.parametrize("key", [{}, {"Cart-Token": "wrong"}, {"Cart-Token": "x" * 5000}, {"Cart-Token": "\u00fc"}])
async def test_without_a_good_token_there_is_no_cart(shop: Shop, key: dict[str, str]) -> None:
    sent: Any = {name: value.encode("latin-1") for name, value in key.items()}
    article = shop.shelves.article()
    path = f"/api/v1/cart/lines/{article.variant_id}"
    for answer in (
        await shop.client.get("/api/v1/cart", headers=sent),
        await shop.client.put(path, json={"quantity": 1}, headers=sent),
        await shop.client.delete(path, headers=sent),
        await shop.client.post("/api/v1/cart/merge", headers={**shop.customer(), **sent}),
        await shop.post_order(order_of(), sent),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "cart-not-found")
    assert await shop.value("select count(*) from carts") == 0


async def test_an_expired_cart_is_404_and_then_deleted(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(), 1))
    kept = await shop.cart()
    await shop.value("select 1")
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update carts set expires_at = now() - interval '1 second' where line_count = 1")
    assert (await shop.client.get("/api/v1/cart", headers=key)).status_code == 404
    await shop.service.ctx.jobs.table.periodic["orders.forget_carts"].sweep(shop.service.ctx)
    assert await shop.value("select count(*) from carts") == 1
    assert await shop.value("select count(*) from cart_lines") == 0
    assert (await shop.client.get("/api/v1/cart", headers=kept)).status_code == 200


async def test_an_article_that_is_not_sold_here_is_not_put_in(shop: Shop) -> None:
    key, dollars = await shop.cart(), shop.shelves.article(currency="USD")
    for variant_id in (str(uuid4()), dollars.variant_id):
        answer = await shop.client.put(f"/api/v1/cart/lines/{variant_id}", json={"quantity": 1}, headers=key)
        body = answer.json()
        assert (answer.status_code, body["type"], body["errors"][0]["field"]) == (
            422,
            "unknown-variant",
            "path.variant_id",
        )
    assert await shop.value("select count(*) from cart_lines") == 0


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**63, 10**400, 1.5, "1", None, True])
async def test_a_wrong_quantity_is_named_and_changes_nothing(shop: Shop, quantity: object) -> None:
    article = shop.shelves.article()
    key = await shop.cart((article, 3))
    path = f"/api/v1/cart/lines/{article.variant_id}"
    answer = await shop.client.put(path, json={"quantity": quantity}, headers=key)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "quantity")
    assert await shop.value("select quantity from cart_lines") == 3


async def test_a_cart_is_ordered_once_whatever_key_comes_with_it(shop: Shop) -> None:
    article = shop.shelves.article(stock=10)
    key = await shop.cart((article, 1))
    answers = await asyncio.gather(*(shop.post_order(order_of(), key) for _ in range(5)))
    placed = [answer for answer in answers if answer.status_code == 201]
    assert len(placed) == 1
    assert {answer.json()["type"] for answer in answers if answer is not placed[0]} <= {
        "cart-changed",
        "cart-not-found",
        "cart-ordered",
    }
    assert await shop.value("select count(*) from orders") == 1
    assert shop.shelves.level(article) == (10, 1)
    late = await shop.post_order(order_of(), key)
    assert (late.status_code, late.json()["type"]) == (409, "cart-ordered")
    assert late.json()["order_id"] == placed[0].json()["order"]["id"]


async def test_an_account_orders_its_cart_and_begins_a_new_one(shop: Shop) -> None:
    me, article = shop.customer(uuid4()), shop.shelves.article()
    nothing = await shop.post_order(order_of(), me)
    assert (nothing.status_code, nothing.json()["type"]) == (404, "cart-not-found")
    await shop.put(me, article, 2)
    placed = await shop.place(headers=me)
    assert placed.body["order"]["lines"][0]["quantity"] == 2
    assert (await shop.client.get("/api/v1/cart", headers=me)).json()["lines"] == []
    await shop.put(me, article, 1)
    cancelled = await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=me)
    assert cancelled.status_code == 200
    await shop.until(placed, "cancelled")
    assert [line["quantity"] for line in (await shop.client.get("/api/v1/cart", headers=me)).json()["lines"]] == [1]


async def test_an_empty_cart_cannot_be_ordered(shop: Shop) -> None:
    answer = await shop.post_order(order_of(), await shop.cart())
    assert (answer.status_code, answer.json()["type"]) == (409, "cart-empty")
    assert await shop.value("select count(*) from orders") == 0
