"""Where images lie: a folder, and a bucket behind S3's own interface."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from catalog.media import MediaObjects, media_url
from catalog.tests.pictures.images import jpeg
from catalog.tests.pictures.server import PictureServer
from catalog.tests.pictures.support import rows, settled, showing
from catalog.tests.shop import PRINT, Shop
from catalog.usecases.sweep_media import sweep_media
from chassis.problems import Unavailable
from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.testing.servers import answers, child_process, free_port
from chassis.testing.waiting import wait_until

SIZES = [(320, b"small"), (640, b"larger")]
# What is swept though it was shown a moment ago.
AT_ONCE = {"age": timedelta(0), "keep": timedelta(0)}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks as S3 does; its address."""
    port = free_port()
    argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with child_process(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        wait_until(lambda: answers(port), what="S3", timeout=60)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A MEDIA_URL, and the environment that a pod has."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    name = f"media-{time.monotonic_ns()}"
    assert httpx.put(f"{s3}/{name}", timeout=60).status_code == 200
    return f"s3://{name}/pictures"


async def keeps(objects: MediaObjects) -> None:
    digest = await objects.put(b"drawing")
    assert await objects.put(b"drawing") == digest
    assert await objects.get(digest) == b"drawing"
    assert await objects.get("0" * 64) is None
    picture = await objects.put_sizes(SIZES)
    assert await objects.put_sizes(SIZES) == picture
    assert await objects.put_sizes(SIZES, b"salt") != picture
    assert [await objects.get(picture, width) for width, _ in SIZES] == [b"small", b"larger"]
    assert await objects.get(picture, 1280) is None
    found = [kept async for chunk in objects.derived(after="", most=100) for kept in chunk]
    assert len(found) == 4
    assert f"{picture}/320.webp" in {kept.key for kept in found}
    assert not any(kept.digest == digest for kept in found)
    await objects.delete([f"{picture}/320.webp", f"{picture}/gone.webp"])
    assert await objects.get(picture, 320) is None


async def test_a_folder_keeps_objects(tmp_path: Path):
    await keeps(MediaObjects(media_url("", tmp_path / "a folder" / "media")))
    assert (tmp_path / "a folder" / "media").is_dir()


async def test_a_bucket_keeps_objects(bucket: str, s3: str):
    await keeps(MediaObjects(bucket))
    async with httpx.AsyncClient(timeout=60) as client:
        listed = (await client.get(f"{s3}/{bucket.split('/')[2]}?list-type=2")).text
    assert listed.count("<Key>") == listed.count("<Key>pictures/") == 4


async def test_a_bucket_that_does_not_answer_is_an_outage(bucket: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    objects = MediaObjects(bucket)
    with pytest.raises(Unavailable):
        await objects.get("0" * 64)
    with pytest.raises(Unavailable):
        await objects.put(b"x")
    with pytest.raises(Unavailable):
        await MediaObjects("s3://no-such-bucket-here").put(b"x")


async def test_a_shop_serves_its_pictures_from_a_bucket(bucket: str, bench: Bench, pictures: PictureServer):
    own: dict[str, Any] = {"picture_ports": [pictures.port], "picture_networks": ["127.0.0.0/8"], "media_url": bucket}
    url = pictures.serve("/a.jpg", jpeg(400, 300))
    async with running_app("catalog", bench, **own) as app:
        shop = Shop(app)
        await shop.stock_up(showing(url))
        (row,) = await settled(shop)
        answer = await shop.client.get(f"/api/v1/media/{row['id']}?width=320")
    assert (answer.headers["content-type"], answer.content[8:12]) == ("image/webp", b"WEBP")


async def test_objects_that_nothing_shows_are_removed_and_no_others(picture_shop: Shop, pictures: PictureServer):
    kept, gone = (pictures.serve(f"/{width}.jpg", jpeg(width, 100)) for width in (400, 500))
    objects = picture_shop.app.ctx.get(MediaObjects)
    drawing = await objects.put(b"<svg/>")
    await picture_shop.stock_up(showing(kept, gone))
    digests = {row["source_url"]: row["digest"] for row in await settled(picture_shop)}
    await picture_shop.stock_up(showing(kept))
    ctx = picture_shop.app.ctx
    assert await sweep_media(ctx, after="") == 0
    assert await sweep_media(ctx, after="", **AT_ONCE) == 1
    assert await objects.get(digests[gone], 500) is None
    assert await objects.get(digests[gone], 320) is None
    assert await objects.get(digests[kept], 400)
    assert await objects.get(drawing)
    assert [row["digest"] for row in await rows(picture_shop, "select digest from media_removed")] == [digests[gone]]
    assert await sweep_media(ctx, after="", **AT_ONCE) == 0
    async with picture_shop.db.write() as tx:
        await tx.execute("update media_removed set removed_at = now() - interval '2 days'")
    await sweep_media(ctx)
    assert await rows(picture_shop, "select digest from media_removed") == []


async def test_two_sweeps_and_a_fetch_at_once_leave_no_picture_without_its_objects(
    picture_shop: Shop, pictures: PictureServer
):
    url = pictures.serve("/a.jpg", jpeg(200, 100))
    ctx = picture_shop.app.ctx
    for _ in range(3):
        await picture_shop.stock_up(showing(url))
        await settled(picture_shop)
        await picture_shop.stock_up(PRINT)
        await asyncio.gather(
            sweep_media(ctx, after="", **AT_ONCE),
            sweep_media(ctx, after="", **AT_ONCE),
            picture_shop.stock_up(showing(url)),
        )
        (row,) = await settled(picture_shop)
        assert await ctx.get(MediaObjects).get(row["digest"], 200)
        await picture_shop.stock_up(PRINT)


async def test_a_picture_is_kept_as_long_as_backups_may_name_it(picture_shop: Shop, pictures: PictureServer):
    url = pictures.serve("/a.jpg", jpeg(200, 100))
    ctx = picture_shop.app.ctx
    noted = "select digest, since < now() - interval '36 days' as long_ago from media_unnamed"
    long_ago = "update media_unnamed set since = now() - interval '37 days'"
    await picture_shop.stock_up(showing(url))
    (row,) = await settled(picture_shop)
    assert await rows(picture_shop, noted) == []
    # It was left long ago, was shown again, and left once more: it counts from then.
    await picture_shop.stock_up(PRINT)
    async with picture_shop.db.write() as tx:
        assert await tx.execute(long_ago) == 1
    await picture_shop.stock_up(showing(url))
    (row,) = await settled(picture_shop)
    assert await sweep_media(ctx, after="", age=timedelta(0)) == 0
    await picture_shop.stock_up(PRINT)
    assert await rows(picture_shop, noted) == [{"digest": row["digest"], "long_ago": False}]
    assert await sweep_media(ctx, after="", age=timedelta(0)) == 0
    assert await ctx.get(MediaObjects).get(row["digest"], 200)
    async with picture_shop.db.write() as tx:
        await tx.execute(long_ago)
    assert await sweep_media(ctx, after="") == 0, "it has been in the storage for less than a day"
    assert await sweep_media(ctx, after="", age=timedelta(0)) == 1
    assert await ctx.get(MediaObjects).get(row["digest"], 200) is None
    assert await rows(picture_shop, noted) == []


async def test_what_no_picture_ever_named_is_kept_from_its_first_sight_on(picture_shop: Shop, pictures: PictureServer):
    shop, ctx = picture_shop, picture_shop.app.ctx
    await shop.stock_up(showing(pictures.serve("/a.jpg", jpeg(200, 100))))
    await settled(shop)
    digest = await ctx.get(MediaObjects).put_sizes(SIZES)
    assert await sweep_media(ctx, after="", age=timedelta(0)) == 0
    assert [row["digest"] for row in await rows(shop, "select digest from media_unnamed")] == [digest]
    async with shop.db.write() as tx:
        await tx.execute("update media_unnamed set since = now() - interval '36 days 1 hour'")
    assert await sweep_media(ctx, after="", age=timedelta(0)) == 1
    async with shop.db.write() as tx:
        await tx.execute("insert into media_unnamed (digest, since) values ($1, now() - interval '127 days')", "a" * 64)
    await sweep_media(ctx)
    assert await rows(shop, "select digest from media_unnamed") == []
