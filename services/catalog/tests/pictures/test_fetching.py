"""Pictures of an import, from its rows to what shoppers see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from catalog.domain.products import MediaDraft
from catalog.media import MediaObjects
from catalog.store import pictures as store
from catalog.store.pictures import FETCH, FetchPicture
from catalog.tests.pictures.images import encoded, jpeg, opened
from catalog.tests.pictures.server import PictureServer, Writer, response
from catalog.tests.shop import PRINT, Shop, simple
from catalog.usecases import fetch_picture
from chassis.testing import eventually

PRODUCT = "/api/v1/products/tide-no-4"


def showing(*urls: str, **fields: Any) -> Any:
    return replace(PRINT, media=tuple(MediaDraft(source_url=url, alt="A print") for url in urls), **fields)


async def rows(shop: Shop, sql: str = "select * from media order by id", *values: Any) -> list[dict[str, Any]]:
    async with shop.db.read() as tx:
        found: list[dict[str, Any]] = await tx.rows(dict, sql, *values)
    return found


async def settled(shop: Shop) -> list[dict[str, Any]]:
    """All media rows, once none is to be fetched any more."""

    async def done() -> list[dict[str, Any]]:
        found = await rows(shop)
        return found if all(row["digest"] or row["given_up_at"] for row in found) else []

    found: list[dict[str, Any]] = await eventually(done, timeout=30, what="the pictures")
    return found


async def shown(shop: Shop) -> dict[str, Any]:
    image: dict[str, Any] = (await shop.client.get(PRODUCT)).json()["images"][0]
    return image


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
    assert card["sizes"] == image["sizes"] and card["width"] == 1500
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


async def test_what_many_products_show_is_fetched_and_kept_once(
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


async def test_what_cannot_be_had_is_told_with_its_reason(picture_shop: Shop, pictures: PictureServer):
    pictures.answers |= {
        "/not-found": response(b"", "404 Not Found"),
        "/not-an-image": response(b"<html>Sign in</html>"),
        "/svg": response(b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"),
        "/unreadable": response(jpeg(900, 600)[:900]),
        "/refused-address": response(b"", "302 Found", location="http://10.0.0.1/"),
    }
    await picture_shop.stock_up(showing(*map(pictures.url, pictures.answers)))
    for row in await settled(picture_shop):
        assert row["source_url"].endswith(f"/{row['failure']}")
        assert (row["tries"], row["digest"]) == (1, None)
    items = (await picture_shop.client.get("/api/v1/admin/pictures", headers=picture_shop.staff)).json()["items"]
    assert [item["source_url"] for item in items] == [pictures.url(f"/{item['code']}") for item in items]
    assert len(items) == 5
    first = "/api/v1/admin/pictures?limit=2"
    seen, cursor = [], ""
    while cursor is not None:
        page = await picture_shop.client.get(f"{first}{cursor and '&cursor='}{cursor}", headers=picture_shop.staff)
        seen += page.json()["items"]
        cursor = page.json()["next_cursor"]
    assert seen == items
    waiting = await picture_shop.client.get("/api/v1/admin/pictures?status=waiting", headers=picture_shop.staff)
    assert waiting.json()["items"] == []
    assert all(len(item["reason"]) > 20 and item["product_slug"] == "tide-no-4" for item in items)
    image = await shown(picture_shop)
    assert (image["width"], image["sizes"]) == (None, [])
    assert b"<svg" in (await picture_shop.client.get(image["url"])).content
    assert await rows(picture_shop, "select * from jobs where held_at is not null") == []


async def test_an_outage_is_waited_for(picture_shop: Shop, pictures: PictureServer):
    times = 0

    async def recovers(writer: Writer) -> None:
        nonlocal times
        times += 1
        writer.write(response(b"", "503 Later") if times < 3 else response(jpeg()))

    pictures.answers["/a.jpg"] = recovers
    await picture_shop.stock_up(showing(pictures.url("/a.jpg")))
    (row,) = await settled(picture_shop)
    assert (row["tries"], row["failure"]) == (3, None) and row["digest"]


async def test_an_outage_without_an_end_is_given_up_and_can_be_tried_again(
    picture_shop: Shop, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetch_picture, "MAX_TRIES", 2)
    url = pictures.serve("/a.jpg", b"", "500 Oops")
    gone = pictures.serve("/gone.jpg", b"", "404 Not Found")
    await picture_shop.stock_up(showing(url, gone))
    first, second = await settled(picture_shop)
    assert {first["failure"], second["failure"]} == {"server-error", "not-found"}
    pictures.serve("/a.jpg", jpeg())
    (chosen,) = [row["id"] for row in (first, second) if row["source_url"] == url]
    again = await picture_shop.client.post(
        "/api/v1/admin/pictures/retry", json={"ids": [str(chosen), str(uuid4())]}, headers=picture_shop.staff
    )
    assert (again.status_code, again.json()) == (202, {"pictures": 1})
    assert sum(row["digest"] is not None for row in await settled(picture_shop)) == 1
    every = await picture_shop.client.post("/api/v1/admin/pictures/retry", json={}, headers=picture_shop.staff)
    assert every.json() == {"pictures": 1}
    await settled(picture_shop)
    assert pictures.paths().count("/gone.jpg") == 2
    (line, _) = await rows(
        picture_shop, "select action, after from audit_lines where action like 'pictures%' order by id"
    )
    assert line == {
        "action": "pictures.retried",
        "after": {"pictures": 1, "ids": [str(chosen), line["after"]["ids"][1]]},
    }


async def test_only_staff_sees_and_retries(picture_shop: Shop):
    for method, path in (("GET", ""), ("POST", "/retry")):
        url = f"/api/v1/admin/pictures{path}"
        assert (await picture_shop.client.request(method, url)).status_code == 401
        reader = picture_shop.app.token(scopes=("catalog:read",) if method == "POST" else ("stock:write",))
        assert (await picture_shop.client.request(method, url, headers=reader, json={})).status_code == 403
    bad = await picture_shop.client.get("/api/v1/admin/pictures?cursor=abc", headers=picture_shop.staff)
    assert bad.status_code == 422


async def test_the_same_job_twice_at_once_asks_once(picture_shop: Shop, pictures: PictureServer):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def waits(writer: Writer) -> None:
        begun.set()
        await go_on.wait()
        writer.write(response(jpeg()))

    pictures.answers["/a.jpg"] = waits
    url = pictures.url("/a.jpg")
    await picture_shop.stock_up(showing(url))
    await asyncio.wait_for(begun.wait(), 10)
    await fetch_picture.fetch_picture(picture_shop.app.ctx, FetchPicture(url))
    later = await rows(
        picture_shop, "select name, run_at > now() + interval '20 seconds' as later from jobs where name = $1", FETCH
    )
    go_on.set()
    assert {"name": FETCH, "later": True} in later
    (row,) = await settled(picture_shop)
    assert (len(pictures.asked), row["tries"]) == (1, 1)


async def test_a_picture_that_ends_every_process_is_given_up(picture_shop: Shop, pictures: PictureServer):
    url = pictures.serve("/a.jpg", jpeg())
    async with picture_shop.db.write() as tx:
        await tx.execute("update jobs set run_at = now() + interval '1 hour'")
    await picture_shop.stock_up(showing())
    async with picture_shop.db.write() as tx:
        await tx.execute(
            "insert into media (product_id, position, source_url, tries) select id, 1, $1, $2 from products",
            url,
            fetch_picture.MAX_TRIES,
        )
    await fetch_picture.fetch_picture(picture_shop.app.ctx, FetchPicture(url))
    (row,) = await rows(picture_shop)
    assert (row["failure"], pictures.asked) == ("never-ends", []) and row["given_up_at"]


async def test_without_storage_the_picture_waits_and_its_readers_are_told(
    picture_shop: Shop, pictures: PictureServer, tmp_path: Path
):
    folder = tmp_path / "media"
    folder.write_text("no folder")
    url = pictures.serve("/a.jpg", jpeg())
    await picture_shop.stock_up(showing(url))

    async def tried() -> bool:
        return bool(await rows(picture_shop, "select 1 as one from jobs where error like '%storage of images%'"))

    await eventually(tried, what="a try")
    (row,) = await rows(picture_shop)
    assert (row["digest"], row["given_up_at"]) == (None, None)
    folder.unlink()
    (row,) = await settled(picture_shop)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert (await picture_shop.client.get(f"/api/v1/media/{row['id']}")).headers["content-type"] == "image/svg+xml"


async def test_an_object_that_is_being_removed_is_not_shown(
    picture_shop: Shop, pictures: PictureServer, tmp_path: Path
):
    url = pictures.serve("/a.jpg", jpeg(200, 100))
    await picture_shop.stock_up(showing(url))
    (row,) = await settled(picture_shop)
    await picture_shop.stock_up(showing())
    async with picture_shop.db.write() as tx:
        assert await store.remove(tx, row["digest"])
    await picture_shop.stock_up(showing(url))
    (again,) = await settled(picture_shop)
    assert again["digest"] != row["digest"]
    objects = MediaObjects((tmp_path / "media").as_uri())
    assert await objects.get(again["digest"], 200) == await objects.get(row["digest"], 200)
