"""What a command tells of pictures."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from catalog.picture_report import report_pictures
from catalog.store import pictures as store
from catalog.tests.pictures.images import jpeg
from catalog.tests.pictures.server import Behave, PictureServer, Writer, response
from catalog.tests.pictures.support import rows, settled, showing
from catalog.tests.shop import Shop, simple
from catalog.usecases import await_pictures
from chassis.testing import eventually

Events = list[dict[str, Any]]


async def told(shop: Shop, *, retry: bool = False, begun: asyncio.Event | None = None) -> Events:
    """What is reported; `begun` is set once the first of it is."""
    events: Events = []

    def say(event: str, **values: Any) -> None:
        events.append({"event": event, **values})
        if begun is not None:
            begun.set()

    await eventually(lambda: _service_runs(shop), what="a first sweep, which says that the service runs")
    await report_pictures(shop.db, say, retry=retry)
    return events


async def _service_runs(shop: Shop) -> bool:
    async with shop.db.read() as tx:
        return bool(await tx.value(await_pictures._SERVICE_RUNS))


def after(begun: asyncio.Event, answer: bytes) -> Behave:
    """The answer of a server that waits: no picture has been fetched before the report begins."""

    async def waits(writer: Writer) -> None:
        await begun.wait()
        writer.write(answer)

    return waits


async def test_the_report_waits_for_pictures_and_lists_those_that_failed(picture_shop: Shop, pictures: PictureServer):
    begun = asyncio.Event()
    pictures.answers["/a.jpg"] = after(begun, response(jpeg()))
    pictures.answers["/gone.jpg"] = after(begun, response(b"", "404 Not Found"))
    good, gone = pictures.url("/a.jpg"), pictures.url("/gone.jpg")
    away = pictures.url("/lamp.jpg", "img.example.test")
    await picture_shop.stock_up(showing(good, gone), simple("LAMP", media=showing(away).media))
    events = await told(picture_shop, begun=begun)
    problems = [event for event in events if event["event"] == "problem"]
    assert [(each["handle"], each["code"]) for each in problems] == [
        ("tide-no-4", "picture-not-found"),
        ("lamp", "picture-unknown-host"),
    ]
    assert gone in problems[0]["reason"]
    assert away in problems[1]["reason"]
    assert "tried again" in problems[1]["reason"]
    assert all(each["severity"] == "notice" and each["column"] == "Image Src" for each in problems)
    assert events[-1] == {"event": "pictures", "waiting": 1, "failed": 1, "retried": 0}
    assert events[0]["waiting"] == 3
    pictures.answers["/gone.jpg"] = response(jpeg())
    again = await told(picture_shop, retry=True)
    assert again[-1] == {"event": "pictures", "waiting": 1, "failed": 0, "retried": 1}


async def test_without_missing_pictures_no_problem_is_reported(picture_shop: Shop, pictures: PictureServer):
    await picture_shop.stock_up(showing(pictures.serve("/a.jpg", jpeg())))
    await settled(picture_shop)
    assert [event for event in await told(picture_shop) if event["event"] == "problem"] == []
    assert (await told(picture_shop, retry=True))[-1] == {"event": "pictures", "waiting": 0, "failed": 0, "retried": 0}


async def test_pictures_noted_before_they_were_fetched_are_fetched_on_demand(
    picture_shop: Shop, pictures: PictureServer
):
    await picture_shop.stock_up(showing())
    url = pictures.serve("/old.jpg", jpeg())
    async with picture_shop.db.write() as tx:
        await tx.execute("insert into media (product_id, position, source_url) select id, 1, $1 from products", url)
    assert (await told(picture_shop, retry=True))[-1] == {"event": "pictures", "waiting": 0, "failed": 0, "retried": 1}
    assert [row["source_url"] for row in await rows(picture_shop) if row["digest"]] == [url]


async def test_more_than_one_batch_is_retried(picture_shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.usecases.retry_pictures.BATCH", 2)
    monkeypatch.setattr("catalog.picture_report._PAGE", 2)
    await picture_shop.stock_up(showing(*(f"http://10.0.0.{n}/a.jpg" for n in range(5))))
    assert len(await settled(picture_shop)) == 5
    events = await told(picture_shop, retry=True)
    assert events[-1] == {"event": "pictures", "waiting": 0, "failed": 5, "retried": 5}
    assert len({event["reason"] for event in events if event["event"] == "problem"}) == 5


async def test_the_report_ends_when_there_is_no_progress(picture_shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(await_pictures, "STALLED_SECONDS", 0.5)
    await picture_shop.stock_up(showing())
    async with picture_shop.db.write() as tx:
        await tx.execute(
            "insert into media (product_id, position, source_url) select id, 1, 'http://a.test' from products"
        )
    assert (await told(picture_shop))[-1] == {"event": "pictures", "waiting": 1, "failed": 0, "retried": 0}
    async with picture_shop.db.read() as tx:
        assert await store.progress(tx) == store.Progress(waiting=1, fresh=1, tries=0, failed=0)


async def test_a_repeated_interrupted_try_counts_as_no_progress(picture_shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(await_pictures, "STALLED_SECONDS", 1.5)
    await picture_shop.stock_up(showing())
    new = "insert into media (product_id, position, source_url) select id, 1, 'http://a.test' from products"
    async with picture_shop.db.write() as tx:
        await tx.execute(new)
    ended = asyncio.Event()

    async def storage_is_away() -> None:
        while not ended.is_set():
            async with picture_shop.db.write() as tx:
                await tx.execute("update media set tries = 1 - tries")
            await asyncio.sleep(0.2)

    trying = asyncio.create_task(storage_is_away())
    try:
        async with asyncio.timeout(60):
            assert (await told(picture_shop))[-1]["waiting"] == 1
    finally:
        ended.set()
        await trying
