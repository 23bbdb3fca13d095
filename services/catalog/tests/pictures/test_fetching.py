"""Pictures of an import, from its rows to what shoppers see."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from catalog.media import MediaObjects
from catalog.store import unnamed
from catalog.store.pictures import FETCH, FetchPicture
from catalog.tests.pictures.images import encoded, jpeg, opened
from catalog.tests.pictures.server import PictureServer, Writer, response
from catalog.tests.pictures.support import rows, settled, showing, shown
from catalog.tests.shop import Shop, simple
from catalog.usecases import fetch_picture
from chassis.testing import eventually


async def test_a_picture_of_an_import_is_fetched_and_served_in_sizes(picture_shop: Shop, pictures: PictureServer):
    url = pictures.serve("/tide.jpg", jpeg(1500, 1000), content_type="text/html")
    await picture_shop.stock_up(showing(url))
    await settled(picture_shop)
    image = await eventually(lambda: _with_sizes(picture_shop), what="the picture in the product")
    assert (image["width"], image["height"], image["alt"]) == (1500, 1000, "A print")
    assert [(size["width"], size["height"]) for size in image["sizes"]] == [
        (320, 213),
        (640, 427),
        (1280, 853),
        (1500, 1000),
    ]
    for size in image["sizes"]:
        answer = await picture_shop.client.get(size["url"])
        assert opened(answer.content).size == (size["width"], size["height"])
        assert answer.headers["content-type"] == "image/webp"
    whole = await picture_shop.client.get(image["url"])
    assert opened(whole.content).size == (1500, 1000)
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    again = await picture_shop.client.get(image["url"], headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    card = (await picture_shop.client.get("/api/v1/products")).json()["items"][0]["image"]
    assert card["sizes"] == image["sizes"]
    assert card["width"] == 1500
    assert [event["slug"] for event in await picture_shop.events("product.changed")] == ["tide-no-4"] * 2


async def _with_sizes(shop: Shop) -> dict[str, Any]:
    image = await shown(shop)
    return image if image["sizes"] else {}


async def test_the_smallest_size_that_is_large_enough_is_given(picture_shop: Shop, pictures: PictureServer):
    await picture_shop.stock_up(showing(pictures.serve("/a.png", encoded(opened(jpeg(800, 100))))))
    (row,) = await settled(picture_shop)
    for wanted, got in ((1, 320), (320, 320), (321, 640), (640, 640), (700, 800), (10_000, 800)):
        answer = await picture_shop.client.get(f"/api/v1/media/{row['id']}?width={wanted}")
        assert opened(answer.content).width == got
        assert answer.headers["etag"] == f'"{row["digest"]}-{got}"'
    for wrong in ("0", "-1", "10001", "x", "9" * 30):
        assert (await picture_shop.client.get(f"/api/v1/media/{row['id']}?width={wrong}")).status_code == 422


async def test_a_second_import_of_the_same_file_changes_nothing(picture_shop: Shop, pictures: PictureServer):
    url = pictures.serve("/a.jpg", jpeg())
    await picture_shop.stock_up(showing(url))
    before = await settled(picture_shop)
    done = await picture_shop.stock_up(showing(url))
    assert (done.unchanged, done.updated) == (1, 0)
    assert await rows(picture_shop) == before


async def test_a_picture_of_many_products_is_fetched_and_stored_once(
    picture_shop: Shop, pictures: PictureServer, tmp_path: Path
):
    url = pictures.serve("/same.jpg", jpeg(300, 200))
    other = pictures.serve("/other.jpg?v=2", jpeg(300, 200))
    await picture_shop.stock_up(*(simple(f"A-{n}", media=showing(url).media) for n in range(30)), showing(other))
    found = await settled(picture_shop)
    assert sorted(pictures.paths()) == ["/other.jpg?v=2", "/same.jpg"]
    assert len({row["digest"] for row in found}) == 1
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 1
    await picture_shop.stock_up(simple("LATE", media=showing(url).media))
    await settled(picture_shop)
    assert len(pictures.asked) == 2


async def test_the_same_job_twice_at_once_fetches_once(picture_shop: Shop, pictures: PictureServer):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def waits(writer: Writer) -> None:
        begun.set()
        await go_on.wait()
        writer.write(response(jpeg()))

    pictures.answers["/a.jpg"] = waits
    url = pictures.url("/a.jpg")
    await picture_shop.stock_up(showing(url))
    await asyncio.wait_for(begun.wait(), 60)
    await fetch_picture.fetch_picture(picture_shop.app.ctx, FetchPicture(url))
    later = await rows(
        picture_shop, "select name, run_at > now() + interval '20 seconds' as later from jobs where name = $1", FETCH
    )
    go_on.set()
    assert {"name": FETCH, "later": True} in later
    (row,) = await settled(picture_shop)
    assert (len(pictures.asked), row["tries"]) == (1, 1)


async def test_an_object_that_is_being_removed_is_not_shown(
    picture_shop: Shop, pictures: PictureServer, tmp_path: Path
):
    url = pictures.serve("/a.jpg", jpeg(200, 100))
    await picture_shop.stock_up(showing(url))
    (row,) = await settled(picture_shop)
    await picture_shop.stock_up(showing())
    async with picture_shop.db.write() as tx:
        assert await unnamed.remove(tx, row["digest"], timedelta(0))
    await picture_shop.stock_up(showing(url))
    (again,) = await settled(picture_shop)
    assert again["digest"] != row["digest"]
    objects = MediaObjects((tmp_path / "media").as_uri())
    assert await objects.get(again["digest"], 200) == await objects.get(row["digest"], 200)
