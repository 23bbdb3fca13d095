"""Pictures that cannot be had: told with a reason, tried again, given up, and asked for again by staff."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from catalog.store.pictures import FetchPicture
from catalog.tests.pictures.images import jpeg
from catalog.tests.pictures.server import PictureServer, Writer, response
from catalog.tests.pictures.support import rows, settled, showing, shown
from catalog.tests.shop import Shop
from catalog.usecases import fetch_picture
from chassis.testing import eventually


async def test_a_permanent_failure_is_stored_with_its_reason(picture_shop: Shop, pictures: PictureServer):
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
    seen: list[dict[str, object]] = []
    more = ""
    while len(seen) < len(items):
        page = (await picture_shop.client.get(f"{first}{more}", headers=picture_shop.staff)).json()
        assert len(page["items"]) == min(2, len(items) - len(seen))
        seen += page["items"]
        more = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == (items, None)
    waiting = await picture_shop.client.get("/api/v1/admin/pictures?status=waiting", headers=picture_shop.staff)
    assert waiting.json()["items"] == []
    assert all(len(item["reason"]) > 20 and item["product_slug"] == "tide-no-4" for item in items)
    image = await shown(picture_shop)
    assert (image["width"], image["sizes"]) == (None, [])
    assert b"<svg" in (await picture_shop.client.get(image["url"])).content
    assert await rows(picture_shop, "select * from jobs where held_at is not null") == []


async def test_a_picture_is_fetched_after_an_outage(picture_shop: Shop, pictures: PictureServer):
    times = 0

    async def recovers(writer: Writer) -> None:
        nonlocal times
        times += 1
        writer.write(response(b"", "503 Later") if times < 3 else response(jpeg()))

    pictures.answers["/a.jpg"] = recovers
    await picture_shop.stock_up(showing(pictures.url("/a.jpg")))
    (row,) = await settled(picture_shop)
    assert (row["tries"], row["failure"]) == (3, None)
    assert row["digest"]


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


async def test_a_picture_that_kills_every_process_is_given_up(picture_shop: Shop, pictures: PictureServer):
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
    assert (row["failure"], pictures.asked) == ("never-ends", [])
    assert row["given_up_at"]


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


async def test_a_process_that_is_stopped_leaves_the_picture_to_the_next(picture_shop: Shop, pictures: PictureServer):
    begun = asyncio.Event()

    async def hangs(writer: Writer) -> None:
        begun.set()
        await asyncio.sleep(60)
        writer.close()

    url = pictures.url("/a.jpg")
    await picture_shop.stock_up(showing())
    async with picture_shop.db.write() as tx:
        await tx.execute("insert into media (product_id, position, source_url) select id, 1, $1 from products", url)
    pictures.answers["/a.jpg"] = hangs
    job = asyncio.create_task(fetch_picture.fetch_picture(picture_shop.app.ctx, FetchPicture(url)))
    await asyncio.wait_for(begun.wait(), 60)
    (row,) = await rows(picture_shop)
    assert (row["tries"], row["fetching_until"] is None) == (1, False)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    (row,) = await rows(picture_shop)
    assert (row["tries"], row["fetching_until"]) == (0, None)
