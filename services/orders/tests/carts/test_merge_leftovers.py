"""What does not fit at a merge stays in the guest's cart and is named; nothing is lost or doubled, however it races."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from orders.tests.shelves import Article
from orders.tests.shop import Shop

Key = dict[str, str]


async def fill(shop: Shop, key: Key, articles: Sequence[Article], quantity: int = 1) -> None:
    answers = [await shop.put(key, article, quantity) for article in articles]
    assert {answer.status_code for answer in answers} <= {200}


async def merge(shop: Shop, me: Key, guest: Key) -> dict[str, Any]:
    answer = await shop.client.post("/api/v1/cart/merge", headers={**me, **guest})
    assert answer.status_code == 200, answer.text
    merged: dict[str, Any] = answer.json()
    return merged


async def wanted(shop: Shop, key: Key) -> dict[str, int]:
    answer = await shop.client.get("/api/v1/cart", headers=key)
    if answer.status_code == 404:
        return {}
    cart = answer.json()
    return {line["variant_id"]: line["quantity"] for line in [*cart["lines"], *cart["unavailable"]]}


async def counts_are_right(shop: Shop) -> None:
    wrong = "select count(*) from carts c where line_count <> (select count(*) from cart_lines where cart_id = c.id)"
    assert await shop.value(wrong) == 0


async def test_a_merge_above_fifty_lines_leaves_the_latest_in_the_guests_cart(shop: Shop) -> None:
    articles = shop.shelves.articles(60)
    me, guest = shop.customer(), await shop.cart()
    await fill(shop, me, articles[:40])
    await fill(shop, guest, articles[30:], 2)
    for _ in range(2):
        merged = await merge(shop, me, guest)
        assert len(merged["lines"]) == 50
        assert {line["reason"] for line in merged["not_merged"]} == {"cart-full"}
        left = {line["variant_id"]: line["quantity"] for line in merged["not_merged"]}
        assert left == {article.variant_id: 2 for article in articles[50:]}, "the latest do not fit"
        assert merged["not_merged"][0]["title"] == articles[50].title
        assert await wanted(shop, guest) == left, "the guest's token stays good for what is left"
    mine = await wanted(shop, me)
    assert mine == {article.variant_id: 1 if place < 30 else 2 for place, article in enumerate(articles[:50])}
    for article in articles[:9]:
        await shop.client.delete(f"/api/v1/cart/lines/{article.variant_id}", headers=me)
    assert len((await merge(shop, me, guest))["not_merged"]) == 1
    await shop.client.delete(f"/api/v1/cart/lines/{articles[9].variant_id}", headers=me)
    assert (await merge(shop, me, guest))["not_merged"] == []
    assert (await shop.client.get("/api/v1/cart", headers=guest)).status_code == 404, "it is used up now"
    assert (await merge(shop, me, guest))["not_merged"] == [], "and that may be said again"
    await counts_are_right(shop)


async def test_lines_that_cannot_be_bought_stay_with_their_reason(shop: Shop) -> None:
    sold, gone, both = (shop.shelves.article() for _ in range(3))
    me, guest = shop.customer(), await shop.cart((sold, 1), (gone, 2), (both, 3))
    await shop.put(me, both, 1)
    shop.shelves.withdraw(gone)
    shop.shelves.withdraw(both)
    merged = await merge(shop, me, guest)
    (left,) = merged["not_merged"]
    assert (left["variant_id"], left["quantity"], left["reason"]) == (gone.variant_id, 2, "unavailable")
    assert (left["title"], left["sku"]) == (gone.title, gone.sku)
    assert await wanted(shop, me) == {sold.variant_id: 1, both.variant_id: 3}
    assert await wanted(shop, guest) == {gone.variant_id: 2}
    await counts_are_right(shop)


@pytest.mark.parametrize("seed", range(3))
async def test_concurrent_merges_and_changes_lose_and_repeat_no_line(shop: Shop, seed: int) -> None:
    draw = random.Random(seed)
    articles = shop.shelves.articles(70)
    me, guests = shop.customer(), [await shop.cart() for _ in range(3)]
    await fill(shop, me, mine := draw.sample(articles, 20))
    held = [draw.sample(articles, 18) for _ in guests]
    asked = {article.variant_id: {7} for article in articles}
    for guest, some, quantity in zip(guests, held, (draw.randint(1, 999) for _ in guests), strict=True):
        await fill(shop, guest, some, quantity)
        for article in some:
            asked[article.variant_id].add(quantity)
    for article in mine:
        asked[article.variant_id].add(1)
    late = draw.sample(articles, 3)
    merges = [shop.client.post("/api/v1/cart/merge", headers={**me, **guest}) for guest in guests * 3]
    puts = [shop.put(guest, article, 7) for guest, article in zip(guests, late, strict=True)]
    answers = await asyncio.gather(*draw.sample([*merges, *puts], len(merges) + len(puts)))
    assert {answer.status_code for answer in answers} <= {200, 404, 409}
    everywhere = [await wanted(shop, key) for key in (me, *guests)]
    there, put = set().union(*everywhere), {article.variant_id for article in late}
    assert {article.variant_id for some in (mine, *held) for article in some} <= there, "nothing is lost"
    assert len(everywhere[0]) <= 50
    for cart in everywhere:
        assert all(quantity in asked[variant_id] for variant_id, quantity in cart.items()), "nothing is added up"
    for still, some in zip(everywhere[1:], held, strict=True):
        assert set(still) <= {article.variant_id for article in some} | put, "nothing comes from another cart"
        kept = {article.variant_id for article in some} & set(still)
        assert not kept & set(everywhere[0]) - put, "a line is in one of the two carts"
    await counts_are_right(shop)
    assert await shop.value("select count(*) from carts where account_id is not null") == 1
