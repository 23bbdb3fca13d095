"""The pictures of a product: their order, their texts, the variants that show them, and their end."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from catalog.tests.pictures.images import jpeg
from catalog.tests.pictures.support import PRODUCT, rows, showing
from catalog.tests.shop import PRINT, simple
from catalog.tests.uploads.desk import Desk


async def test_pictures_are_put_in_order_and_a_repeat_changes_nothing(desk: Desk):
    a, b, c = [await desk.uploaded(colour) for colour in (10, 20, 30)]
    assert await desk.ids() == [a, b, c]
    answer = await desk.ask("PUT", "/order", {"picture_ids": [c, a, b]})
    assert (answer.status_code, [each["id"] for each in answer.json()["items"]]) == (200, [c, a, b])
    assert answer.headers["etag"] == f'"{answer.json()["product_version"]}"'
    assert (await desk.ask("PUT", "/order", {"picture_ids": [c, a, b]})).json() == answer.json()
    shown = (await desk.shop.client.get(PRODUCT)).json()["images"]
    assert [image["url"].rpartition("/")[2] for image in shown] == [c, a, b]
    card = (await desk.shop.client.get("/api/v1/products")).json()["items"][0]
    assert card["image"]["url"].endswith(c)


async def test_an_order_of_other_pictures_is_refused(desk: Desk):
    a, b = [await desk.uploaded(colour) for colour in (10, 20)]
    for wanted in ([a], [a, b, str(uuid4())], [a, str(uuid4())]):
        answer = await desk.ask("PUT", "/order", {"picture_ids": wanted})
        assert (answer.status_code, answer.json()["type"]) == (409, "pictures-differ")
        assert answer.json()["picture_ids"] == [a, b]
    bad: list[Any] = [[], [a, a], ["x"], None, [a] * 1_001]
    for wanted in bad:
        assert (await desk.ask("PUT", "/order", {"picture_ids": wanted})).status_code == 422
    assert await desk.ids() == [a, b]


async def test_orders_at_once_and_a_deletion_leave_one_of_the_orders(desk: Desk):
    made = [await desk.uploaded(colour) for colour in (10, 20, 30)]
    turned = [list(reversed(made)), [made[1], made[2], made[0]], made]
    answers = await asyncio.gather(
        *(desk.ask("PUT", "/order", {"picture_ids": wanted}) for wanted in turned),
        desk.ask("DELETE", f"/{made[0]}"),
    )
    assert {answer.status_code for answer in answers[:3]} <= {200, 409}
    assert answers[3].status_code == 204
    assert sorted(await desk.ids()) == sorted(made[1:])
    places = [row["position"] for row in await rows(desk.shop)]
    assert len(set(places)) == 2


async def test_a_picture_is_described(desk: Desk):
    a = await desk.uploaded(10)
    before = await desk.version()
    answer = await desk.ask("PATCH", f"/{a}", {"alt": " The print, framed "})
    assert (answer.status_code, answer.json()["picture"]["alt"]) == (200, "The print, framed")
    assert answer.json()["product_version"] == before + 1
    assert (await desk.ask("PATCH", f"/{a}", {"alt": "The print, framed"})).json() == answer.json()
    assert (await desk.shop.client.get(PRODUCT)).json()["images"][0]["alt"] == "The print, framed"
    assert (await desk.ask("PATCH", f"/{a}", {"alt": ""})).json()["picture"]["alt"] == ""
    for body in ({"alt": "a" * 513}, {"alt": "a\nb"}, {"alt": "a\0"}, {"alt": None}, {}):
        assert (await desk.ask("PATCH", f"/{a}", body)).status_code == 422
    assert (await desk.ask("PATCH", f"/{uuid4()}", {"alt": "A"})).status_code == 404
    assert (await desk.ask("PATCH", "/x", {"alt": "A"})).status_code == 422
    assert await desk.audited() == ["picture.uploaded", "picture.described", "picture.described"]


async def test_variants_show_a_picture_of_their_own(desk: Desk):
    a, b = [await desk.uploaded(colour) for colour in (10, 20)]
    small, large = [str(await desk.shop.variant(sku)) for sku in ("TIDE-30", "TIDE-50")]
    both = await desk.ask("PUT", f"/{a}/variants", {"variant_ids": [large, small]})
    assert (both.status_code, both.json()["picture"]["variant_ids"]) == (200, [small, large])
    assert (await desk.ask("PUT", f"/{a}/variants", {"variant_ids": [large, small]})).json() == both.json()
    await desk.ask("PUT", f"/{b}/variants", {"variant_ids": [large]})
    shown = (await desk.shop.client.get(PRODUCT)).json()["variants"]
    assert [variant["image_url"].rpartition("/")[2] for variant in shown] == [a, b]
    assert (await desk.ask("PUT", f"/{a}/variants", {"variant_ids": []})).json()["picture"]["variant_ids"] == []
    found = {each["id"]: each["variant_ids"] for each in (await desk.ask("GET")).json()["items"]}
    assert found == {a: [], b: [large]}
    await desk.ask("DELETE", f"/{b}")
    assert [each["image_url"] for each in (await desk.shop.client.get(PRODUCT)).json()["variants"]] == [None, None]


async def test_variants_of_other_products_are_refused(desk: Desk):
    a = await desk.uploaded(10)
    await desk.shop.stock_up(simple("OTHER"))
    own, other = str(await desk.shop.variant("TIDE-30")), str(await desk.shop.variant("OTHER"))
    before = await desk.version()
    answer = await desk.ask("PUT", f"/{a}/variants", {"variant_ids": [own, other]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "variant_ids.1")
    assert (await desk.ask("PUT", f"/{uuid4()}/variants", {"variant_ids": [own]})).status_code == 404
    assert (await desk.ask("PUT", f"/{a}/variants", {"variant_ids": [own] * 2_049})).status_code == 422
    assert await desk.version() == before


async def test_a_deleted_picture_is_gone_and_stays_so(desk: Desk):
    a, b = [await desk.uploaded(colour) for colour in (10, 20)]
    assert (await desk.ask("DELETE", f"/{a}")).status_code == 204
    version = await desk.version()
    assert (await desk.ask("DELETE", f"/{a}")).status_code == 204
    assert (await desk.version(), await desk.ids()) == (version, [b])
    assert [each["url"][-36:] for each in (await desk.shop.client.get(PRODUCT)).json()["images"]] == [b]
    assert (await desk.shop.client.get(f"/api/v1/media/{a}")).status_code == 404
    assert (await desk.audited())[-1] == "picture.deleted"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/order", {"picture_ids": ["{a}"]}),
        ("PATCH", "/{a}", {"alt": "New"}),
        ("PUT", "/{a}/variants", {"variant_ids": ["{v}"]}),
        ("DELETE", "/{a}", None),
    ],
)
async def test_a_change_of_another_version_is_refused(desk: Desk, method: str, path: str, body: Any):
    known = {"{a}": await desk.uploaded(10), "{v}": str(await desk.shop.variant("TIDE-30"))}
    path = path.replace("{a}", known["{a}"])
    body = body and {name: [known[each] for each in v] if isinstance(v, list) else v for name, v in body.items()}
    version = await desk.version()
    stale = await desk.ask(method, path, body, **{"If-Match": f'"{version - 1}"'})
    assert (stale.status_code, stale.json()["version"]) == (412, version)
    assert await desk.version() == version
    assert (await desk.ask(method, path, body, **{"If-Match": f'"{version}"'})).status_code in {200, 204}
    gone = await desk.shop.client.request(
        method, f"/api/v1/admin/products/none/pictures{path}", json=body, headers=desk.shop.staff
    )
    assert gone.status_code == 404


async def test_pictures_of_a_product_that_is_not_there(desk: Desk):
    answer = await desk.shop.client.get("/api/v1/admin/products/none/pictures", headers=desk.shop.staff)
    assert answer.status_code == 404
    assert (await desk.ask("GET")).json() == {"items": [], "product_version": 1}


async def test_an_import_leaves_uploaded_pictures_behind_its_own(desk: Desk):
    # The same file twice: both are pictures of their own.
    same = [(await desk.upload(jpeg(60, 40))).json()["picture"]["id"] for _ in range(2)]
    await desk.ask("PUT", f"/{same[1]}/variants", {"variant_ids": [str(await desk.shop.variant("TIDE-30"))]})
    await desk.shop.stock_up(showing("http://pictures.test:1/a.jpg"))
    (fetched,) = set(await desk.ids()) - set(same)
    assert await desk.ids() == [fetched, *same]
    version = await desk.version()
    await desk.shop.stock_up(showing("http://pictures.test:1/a.jpg"))
    assert (await desk.version(), await desk.ids()) == (version, [fetched, *same])
    await desk.shop.stock_up(PRINT)
    assert await desk.ids() == same
