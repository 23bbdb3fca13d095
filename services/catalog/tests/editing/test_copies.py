"""Products that are duplicated, and drafts that wait for their moment."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from catalog.editing.usecases import publish_due as due
from catalog.tests.catalog_state import books
from catalog.tests.editing.bodies import ADMIN, created, post, price, shown, variant
from catalog.tests.shop import Shop

PICTURE = """
with shown as (
    insert into media (product_id, position, alt, source_url, digest, content_type)
    select id, 1, 'Ink', 'https://a.example/1', repeat('a', 64), 'image/png' from products
    returning id, product_id
), waiting as (
    insert into media (product_id, position, source_url) select id, 2, 'https://a.example/2' from products
)
update variants set media_id = shown.id from shown where sku = 'LOW-L'
"""


async def test_a_copy_is_a_draft_with_all_but_stock_and_barcodes(shop: Shop):
    long = variant("L" * 99, "M", prices=[price(3000, 4000), price(3300, currency="USD")])
    large = variant("LOW-L", "L", on_hand=7, backorder=True, barcode="4006381333931", weight_grams=90)
    await created(shop, status="active", tags=["sea"], variants=[variant("LOW-S", "S"), large, long])
    async with shop.db.write() as tx:
        await tx.execute("update variants set active = false where sku = 'LOW-S'")
        await tx.execute(PICTURE)
    key = str(uuid.uuid4())
    answers = [await post(shop, "/low-tide/duplicate", {"title": "High Tide"}, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    made = answers[0].json()
    assert (made["slug"], made["status"], made["version"], made["variants"]) == ("high-tide", "draft", 1, 2)
    source, copy = await shown(shop, "low-tide"), await shown(shop, "high-tide")
    assert (copy["tags"], copy["options"], len(copy["images"])) == (["sea"], ["Size"], 1)
    first, second = copy["variants"]
    assert (first["option_values"], first["on_hand"], first["barcode"], first["weight_grams"]) == (["L"], 0, None, 90)
    assert first["sku"].startswith("LOW-L-")
    assert first["image_url"] == copy["images"][0]["url"] != source["images"][0]["url"]
    assert second["prices"] == source["variants"][2]["prices"]
    assert second["sku"].startswith("L" * 80 + "-")
    assert source["version"] == 1
    again = await post(shop, "/low-tide/duplicate", {"slug": "high-tide"})
    assert (again.status_code, again.json()["type"]) == (409, "slug-taken")
    assert (await post(shop, "/none/duplicate", {})).status_code == 404
    assert len(await shop.events("product.changed")) == 2
    await books(shop)


async def publication(shop: Shop, slug: str, moment: Any, **headers: str) -> httpx.Response:
    body = {"publish_at": moment.isoformat() if isinstance(moment, datetime) else moment}
    return await shop.client.put(f"{ADMIN}/{slug}/publication", json=body, headers={**shop.staff, **headers})


async def status(shop: Shop, slug: str) -> tuple[str, int, str | None]:
    found = (await shop.client.get(f"{ADMIN}/{slug}/publication", headers=shop.staff)).json()
    return found["status"], found["version"], found["publish_at"]


async def test_a_draft_is_shown_when_its_moment_has_come_and_not_before(shop: Shop, monkeypatch: Any):
    monkeypatch.setattr(due, "BATCH", 1)
    async with shop.db.write() as tx:
        # The service's own sweep rests: the test calls it.
        await tx.execute("update job_schedule set next_at = now() + interval '1 hour' where name like '%publish_due'")
    for name in ("soon", "later", "by-hand", "put-off"):
        await created(shop, slug=name, variants=[variant(name, "S")])
    now = datetime.now(UTC)
    answer = await publication(shop, "soon", now - timedelta(seconds=5), **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (await publication(shop, "soon", now, **{"If-Match": '"1"'})).status_code == 412
    assert (await publication(shop, "later", now + timedelta(hours=1))).status_code == 200
    for moment in (now, now - timedelta(seconds=5)):
        await publication(shop, "by-hand", moment)
        await publication(shop, "put-off", moment)
    await shop.client.patch(f"{ADMIN}/by-hand", json={"status": "archived"}, headers=shop.staff)
    assert (await publication(shop, "put-off", None)).json()["publish_at"] is None
    await asyncio.gather(*(due.publish_due(shop.app.ctx) for _ in range(4)))
    assert await status(shop, "soon") == ("active", 3, None)
    later = await status(shop, "later")
    assert (later[:2], later[2] is not None) == (("draft", 2), True)
    assert (await status(shop, "by-hand"))[0] == "archived"
    assert await status(shop, "put-off") == ("draft", 4, None)
    events = [each["slug"] for each in await shop.events("product.changed")]
    assert events.count("soon") == 3
    assert (await shop.client.get("/api/v1/products/soon")).status_code == 200
    assert (await shop.client.get("/api/v1/products/later")).status_code == 404
    refused = await publication(shop, "soon", now)
    assert (refused.status_code, refused.json()["type"]) == (409, "not-a-draft")
    for wrong in ("2026-12-01T08:00:00", "9999-12-31T23:59:59-14:00", "1000-01-01T00:00:00Z", 5e300, "x"):
        assert (await publication(shop, "later", wrong)).status_code == 422
    for answer in (
        await shop.client.get(f"{ADMIN}/none/publication", headers=shop.staff),
        await publication(shop, "none", now),
    ):
        assert answer.status_code == 404
