from __future__ import annotations

import asyncio
from uuid import uuid4

from orders.tests.shop import Shop


async def test_a_merge_takes_the_greater_quantity_and_can_be_repeated(shop: Shop) -> None:
    both, theirs, mine = (shop.shelves.article() for _ in range(3))
    me = shop.customer(uuid4())
    await shop.put(me, both, 2)
    await shop.put(me, mine, 1)
    key = await shop.cart((both, 5), (theirs, 4))
    for _ in range(2):
        merged = await shop.client.post("/api/v1/cart/merge", headers={**me, **key})
        assert merged.status_code == 200, merged.text
        wanted = {line["variant_id"]: line["quantity"] for line in merged.json()["lines"]}
        assert wanted == {both.variant_id: 5, theirs.variant_id: 4, mine.variant_id: 1}
    assert (await shop.client.get("/api/v1/cart", headers=key)).status_code == 404
    assert (await shop.put(key, both, 1)).status_code == 404
    stranger = await shop.client.post("/api/v1/cart/merge", headers={**shop.customer(), **key})
    assert (stranger.status_code, stranger.json()["type"]) == (404, "cart-not-found")
    assert await shop.value("select count(*) from carts where account_id is not null") == 1


async def test_a_merge_needs_a_sign_in(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(), 1))
    assert (await shop.client.post("/api/v1/cart/merge", headers=key)).status_code == 401
    assert len((await shop.client.get("/api/v1/cart", headers=key)).json()["lines"]) == 1


async def test_lines_above_the_limit_stay_in_the_guests_cart(shop: Shop) -> None:
    me, mine = shop.customer(), shop.shelves.article()
    await shop.put(me, mine, 1)
    async with shop.service.ctx.db.write() as tx:
        await tx.execute(
            "insert into cart_lines (cart_id, variant_id, quantity) "
            "select id, gen_random_uuid(), 1 from carts, generate_series(1, 48)"
        )
        await tx.execute("update carts set line_count = 49")
    first, second = shop.shelves.article(), shop.shelves.article()
    key = await shop.cart((first, 1), (second, 1))
    merged = await shop.client.post("/api/v1/cart/merge", headers={**me, **key})
    sold = {line["variant_id"] for line in merged.json()["lines"]}
    assert sold == {mine.variant_id, first.variant_id}
    assert len(merged.json()["unavailable"]) == 48
    assert await shop.value("select line_count from carts where account_id is not null") == 50


async def test_a_merge_during_changes_loses_no_line(shop: Shop) -> None:
    me, shared = shop.customer(), [shop.shelves.article() for _ in range(4)]
    keys = [await shop.cart(*((article, 2) for article in shared)) for _ in range(3)]
    merges = [shop.client.post("/api/v1/cart/merge", headers={**me, **key}) for key in keys]
    puts = [shop.put(me, article, 1) for article in shared]
    answers = await asyncio.gather(*merges, *puts)
    assert {answer.status_code for answer in answers} == {200}
    assert await shop.value("select count(*) from carts where account_id is not null") == 1
    assert await shop.value("select line_count from carts where account_id is not null") == 4
