"""Pictures that staff upload: what is taken, what is refused, and what happens when they come twice."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image

from catalog.media import MediaObjects
from catalog.pictures.bodies import MAX_BYTES
from catalog.store import unnamed
from catalog.tests.pictures.images import encoded, jpeg, opened, png_of
from catalog.tests.pictures.support import PRODUCT, rows
from catalog.tests.shop import simple
from catalog.tests.uploads.desk import SLUG, UPLOAD, Desk
from catalog.uploads import UploadSlots
from catalog.uploads.domain.order import MOST
from chassis.problems import Unavailable
from chassis.resilience import failpoints


def from_a_camera() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "A camera", {1: "N", 2: (52.0, 31.0, 12.0)}
    return jpeg(900, 600, exif=exif)


async def test_an_uploaded_picture_is_drawn_anew_and_shown_to_everybody(desk: Desk):
    answer = await desk.upload(from_a_camera(), alt=" A print ")
    assert answer.status_code == 201, answer.text
    changed = answer.json()
    assert answer.headers["etag"] == f'"{changed["product_version"]}"'
    picture = changed["picture"]
    assert {name: picture[name] for name in ("alt", "position", "width", "height", "source_url", "variant_ids")} == {
        "alt": "A print",
        "position": 1,
        "width": 600,
        "height": 900,
        "source_url": None,
        "variant_ids": [],
    }
    assert [size["width"] for size in picture["sizes"]] == [320, 600]
    shown = (await desk.shop.client.get(PRODUCT)).json()["images"]
    assert [image["url"] for image in shown] == [picture["url"]]
    file = await desk.shop.client.get(picture["url"])
    assert (file.headers["content-type"], opened(file.content).size) == ("image/webp", (600, 900))
    assert not any(word in file.content for word in (b"camera", b"EXIF"))
    assert await desk.audited() == ["picture.uploaded"]
    assert len(await desk.shop.events("product.changed")) == 2


async def test_a_picture_that_is_sent_twice_is_there_once(desk: Desk):
    first, second = [await desk.upload(key="k1", alt="A") for _ in range(2)]
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"
    assert (await desk.upload(key="k1", alt="B")).json()["type"] == "idempotency-key-reused"
    assert (await desk.upload(jpeg(9, 9), key="k1", alt="A")).json()["type"] == "idempotency-key-reused"
    # A try that was committed and whose answer was not kept is found by its id.
    async with desk.shop.db.write() as tx:
        await tx.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    again = await desk.upload(key="k1", alt="A")
    assert (again.status_code, again.json()) == (201, first.json())
    other = await desk.upload(key="k2", alt="A")
    assert [row["digest"] for row in await rows(desk.shop)] == [(await rows(desk.shop))[0]["digest"]] * 2
    assert other.json()["picture"]["position"] == 2


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("a.class", b"program")
    return file.getvalue()


async def test_what_is_no_picture_or_something_else_as_well_is_refused(desk: Desk):
    refused = {
        b"": "not-an-image",
        b"%PDF-1.7": "not-an-image",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>": "svg",
        jpeg(90, 60)[:200]: "unreadable",
        png_of(30_000, 30_000): "too-many-pixels",
        jpeg(90, 60) + b"<SCRIPT>alert(1)</script>": "two-kinds",
        encoded(Image.new("RGB", (9, 9)), "GIF") + b"<?php system($_GET[0]);": "two-kinds",
        encoded(Image.new("RGB", (9, 9))) + archive(): "two-kinds",
        jpeg(90, 60, comment=b"%PDF-1.4 1 0 obj"): "two-kinds",
    }
    before = await desk.version()
    for content, code in refused.items():
        answer = await desk.upload(content)
        assert (answer.status_code, answer.json()["type"]) == (422, "picture-refused"), content[:40]
        assert answer.json()["code"] == code, content[:40]
    kinds = [await desk.upload(kind=kind) for kind in ("text/csv", "image/svg+xml", "multipart/form-data", "")]
    assert {answer.status_code for answer in kinds} == {415}
    assert (await desk.upload(b"\xff\xd8\xff" + b"\0" * MAX_BYTES)).status_code == 413
    assert (await desk.upload(alt="a" * 513)).json()["errors"][0]["field"] == "query.alt"
    assert (await desk.upload(alt="a\nb")).status_code == 422
    assert (await desk.upload(product="Not A Slug")).json()["errors"][0]["field"] == "query.product"
    assert (await desk.upload(product="none")).status_code == 404
    without = await desk.shop.client.post(f"{UPLOAD}?product={SLUG}", content=b"x", headers=desk.shop.staff)
    assert without.status_code == 400
    assert (await desk.version(), await rows(desk.shop)) == (before, [])


async def test_a_product_has_as_many_pictures_as_it_can_however_many_come_at_once(desk: Desk):
    async with desk.shop.db.write() as tx:
        await tx.execute(
            "insert into media (product_id, position, source_url, given_up_at, failure, failure_reason)"
            " select id, place, 'https://a.example/' || place, now(), 'x', 'x' from products,"
            f" generate_series(1, {MOST - 1}) as place"
        )
    answers = await asyncio.gather(*(desk.upload(jpeg(30, 20 + each)) for each in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-pictures", MOST)


async def test_uploads_at_once_get_a_place_each(desk: Desk):
    answers = await asyncio.gather(*(desk.upload(jpeg(30, 20 + each)) for each in range(4)))
    assert sorted(answer.json()["picture"]["position"] for answer in answers) == [1, 2, 3, 4]
    assert len({answer.json()["product_version"] for answer in answers}) == 4


async def test_an_upload_names_the_version_that_it_is_meant_for(desk: Desk):
    version = str(await desk.version())
    assert (await desk.upload(version=version)).status_code == 201
    late = await desk.upload(version=version)
    assert (late.status_code, late.json()["type"]) == (412, "version-changed")
    assert len(await rows(desk.shop)) == 1


async def test_an_upload_takes_another_name_while_its_files_are_being_deleted(desk: Desk):
    await desk.upload()
    (row,) = await rows(desk.shop)
    await desk.ask("DELETE", f"/{row['id']}")
    async with desk.shop.db.write() as tx:
        assert await unnamed.remove(tx, row["digest"], timedelta(0))
    assert (await desk.upload()).status_code == 201
    (again,) = await rows(desk.shop)
    assert again["digest"] != row["digest"]
    assert await desk.shop.app.ctx.get(MediaObjects).get(again["digest"], 400)


async def test_a_death_behind_the_storage_leaves_no_picture_and_a_repetition_makes_it(desk: Desk):
    failpoints.configure("upload.stored=raise*1")
    try:
        assert (await desk.upload(key="k1")).status_code == 500
    finally:
        failpoints.configure("")
    assert await rows(desk.shop) == []
    assert (await desk.upload(key="k1")).status_code == 201
    assert len(await desk.ids()) == 1


async def test_uploads_wait_for_a_place_and_are_told_when_there_is_none():
    slots, ada, bob = UploadSlots(places=1, wait_seconds=0.01), uuid4(), uuid4()
    async with slots.take(ada):
        for who in (ada, bob):
            with pytest.raises(Unavailable):
                async with slots.take(who):
                    pass
    async with slots.take(bob):
        pass


async def test_who_uploads_much_or_slowly_leaves_places_to_others():
    slots, slow = UploadSlots(wait_seconds=0.01), uuid4()
    async with slots.take(slow), slots.take(slow):
        with pytest.raises(Unavailable):
            async with slots.take(slow):
                pass
        async with slots.take(uuid4()), slots.take(uuid4()):
            pass
    async with slots.take(slow):
        pass


async def test_a_picture_is_for_staff_with_the_right_alone(desk: Desk):
    await desk.shop.stock_up(simple("OTHER"))
    desk.shop.staff = desk.shop.app.token(scopes=("catalog:read", "stock:write"))
    assert (await desk.upload()).status_code == 403
    assert (await desk.ask("GET")).status_code == 200
    assert (await desk.ask("PUT", "/order", {"picture_ids": []})).status_code == 403
