"""Slugs that change, products that are gone, redirects, the sitemap and robots.txt."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from catalog.content.domain import sitemap
from catalog.content.usecases import keep_redirects
from catalog.tests.content.desk import ITEMS, PRODUCTS, REDIRECTS, Desk
from catalog.tests.editing.bodies import created
from catalog.tests.shop import simple

INVARIANT = "select slug from old_product_slugs where slug in (select slug from products)"


async def test_every_slug_that_a_product_had_leads_to_it_in_one_step(desk: Desk):
    for slug in ("low-tide", "high-tide", "tide"):
        assert (await desk.rename(slug)).json()["slug"] == slug
    for old in ("tide-no-4", "low-tide", "high-tide"):
        answer = await desk.client.get(f"{PRODUCTS}/{old}?currency=EUR&language=de")
        assert answer.status_code == 301
        assert answer.json()["type"] == "moved"
        assert answer.headers["location"] == f"{PRODUCTS}/tide?currency=EUR&language=de"
        assert answer.headers["cache-control"] == "no-store"
        assert await desk.leads(f"/products/{old}/") == "/products/tide"
    assert (await desk.shown("tide"))["slug"] == "tide"
    assert (await desk.shop.events("product.changed"))[-1]["slug"] == "tide"
    view = await desk.done("GET", desk.product)
    assert [each["slug"] for each in view["old_slugs"]] == ["high-tide", "low-tide", "tide-no-4"]
    assert (await desk.rename("low-tide")).status_code == 200  # back
    assert (await desk.client.get(f"{PRODUCTS}/low-tide")).status_code == 200
    assert await desk.leads("/products/tide") == "/products/low-tide"
    assert await desk.rows(INVARIANT) == []


async def test_a_slug_that_is_taken_is_refused_and_one_that_was_left_is_free(desk: Desk):
    await desk.shop.stock_up(simple("BOAT"))
    before = await desk.done("GET", desk.product)
    taken = await desk.rename("boat")
    assert (taken.status_code, taken.json()["type"]) == (409, "slug-taken")
    assert (await desk.rename("tide-no-4")).json()["version"] == before["version"]
    assert (await desk.rename("Tide")).status_code == 422
    assert (await desk.rename("tide", **{"If-Match": '"99"'})).status_code == 412
    assert await desk.done("GET", desk.product) == before
    await desk.rename("tide")
    await created(desk.shop, slug="tide-no-4", status="active")
    assert (await desk.shown("tide-no-4"))["title"] == "Low Tide"
    assert await desk.rows(INVARIANT) == []


async def test_slugs_that_change_at_once_leave_one_owner_each(desk: Desk):
    await desk.shop.stock_up(*(simple(name) for name in ("A", "B", "C")))
    items = [f"{ITEMS}/products/{await desk.id_of(desk.shop, slug)}/slug" for slug in ("a", "b", "c")]
    wishes = [(item, slug) for item in items for slug in ("a", "b", "c", "d", "tide-no-4")]
    answers = await asyncio.gather(*(desk.ask("PUT", item, {"slug": slug}) for item, slug in wishes))
    assert {each.status_code for each in answers} <= {200, 409}
    assert await desk.rows(INVARIANT) == []
    assert len(await desk.rows("select distinct slug from products")) == 4


async def test_the_newest_100_slugs_are_kept(desk: Desk):
    owner = await asyncpg.connect(desk.shop.app.db_owner_url)
    for number in range(103):
        await owner.execute("update products set slug = $2 where id = $1", desk.product_id, f"tide-{number}")
    await owner.close()
    kept = [each["slug"] for each in (await desk.done("GET", desk.product))["old_slugs"]]
    assert kept == [f"tide-{number}" for number in range(101, 1, -1)]


async def test_an_archived_product_that_was_shown_is_gone_and_a_draft_is_not_found(desk: Desk):
    await created(desk.shop, slug="secret", status="draft")
    await desk.rename("tide")
    patch = [("draft", 404), ("archived", 410), ("active", 200)]
    for status, expected in patch:
        await desk.ask("PATCH", "/api/v1/admin/products/tide", {"status": status})
        assert (await desk.client.get(f"{PRODUCTS}/tide")).status_code == expected
        old = await desk.client.get(f"{PRODUCTS}/tide-no-4")
        assert old.status_code == (301 if expected == 200 else expected)
    await desk.ask("PATCH", "/api/v1/admin/products/secret", {"status": "archived"})
    assert (await desk.client.get(f"{PRODUCTS}/secret")).status_code == 404
    assert await desk.leads("/products/nothing") is None


async def test_a_collection_is_found_by_the_slug_that_it_had(desk: Desk):
    body = {"slug": "warm", "title": "Warm", "description_html": "", "published": True}
    made = await desk.done("POST", "/api/v1/admin/collections", body)
    path = f"/api/v1/admin/collections/{made['id']}"
    await desk.done("PUT", path, body | {"slug": "hot", "version": 1})
    for tail in ("", "/products?limit=3"):
        moved = await desk.client.get(f"/api/v1/collections/warm{tail}")
        assert (moved.status_code, moved.headers["location"]) == (301, f"/api/v1/collections/hot{tail}")
    view = await desk.done("GET", f"{ITEMS}/collections/{made['id']}")
    assert [each["slug"] for each in view["old_slugs"]] == ["warm"]
    await desk.done("PUT", path, body | {"slug": "hot", "published": False, "version": 2})
    assert (await desk.client.get("/api/v1/collections/warm")).status_code == 404
    await desk.done("POST", "/api/v1/admin/collections", body)
    assert (await desk.client.get("/api/v1/collections/warm")).status_code == 200


async def test_redirects_are_one_step_however_they_are_made(desk: Desk):
    assert (await desk.redirect("/b", "/c")).json()["to_path"] == "/c"
    assert (await desk.redirect("/a/", "/b")).json()["to_path"] == "/c"
    assert await desk.leads("/a") == "/c"
    assert (await desk.redirect("/c", "/products/tide-no-4")).status_code == 201
    for path in ("/a", "/b", "/c", "/c/"):
        assert await desk.leads(path) == "/products/tide-no-4"
    await desk.rename("tide")
    assert await desk.leads("/a") == "/products/tide"
    refusals = [("/a", "/d", 409), ("/products/tide-no-4", "/b", 422), ("/", "/d", 422), ("/e", "/e/", 422)]
    refusals += [(path, "/d", 422) for path in ("//e", "e", "/a?b", "/a b", "https://else.where", "/%zz", "/e\x00")]
    for from_path, to_path, status in refusals:
        answer = await desk.redirect(from_path, to_path)
        assert answer.status_code == status, (from_path, answer.text)
    listed = await desk.done("GET", f"{REDIRECTS}?limit=2")
    assert [each["from_path"] for each in listed["items"]] == ["/c", "/a"]
    last = await desk.done("GET", f"{REDIRECTS}?limit=2&cursor={listed['next_cursor']}")
    assert ([each["from_path"] for each in last["items"]], last["next_cursor"]) == (["/b"], None)
    for _ in range(2):
        assert (await desk.ask("DELETE", f"{REDIRECTS}/{last['items'][0]['id']}")).status_code == 204
    assert await desk.leads("/b") is None


@pytest.mark.parametrize("path", ["/a//b", "/a//", "/a/./b", "/a/../b", "/.", "/..", "/a/..", "/a/%2e%2E/b", "/.%2E/"])
async def test_an_address_that_browsers_read_as_another_is_refused_by_the_name_of_its_field(desk: Desk, path: str):
    for field, wish in (("from_path", (path, "/d")), ("to_path", ("/exact", path))):
        answer = await desk.redirect(*wish)
        assert answer.status_code == 422, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, "inexact-path")]
    assert await desk.leads("/exact") is None


async def test_redirects_with_dots_in_names_are_made(desk: Desk):
    for path in ("/a.b/..c/...", "/.well-known/x/", "/%2e%2e%2e"):
        assert (await desk.redirect(path, "/d.html")).status_code == 201, path


async def test_redirects_made_at_once_have_no_chain_and_no_circle(desk: Desk):
    names = "abcdef"
    pairs = [(f"/{one}", f"/{other}") for one, other in zip(names, names[1:] + "a", strict=True)]
    answers = await asyncio.gather(*(desk.redirect(*pair) for pair in pairs))
    assert sorted(each.status_code for each in answers) == [*[201] * 5, 422]
    chain = "select 1 as one from redirects one join redirects other on one.to_path = other.from_path"
    assert await desk.rows(chain) == []
    owner = await asyncpg.connect(desk.shop.app.db_owner_url)
    (taken,) = await desk.rows("select from_path from redirects limit 1")
    with pytest.raises(asyncpg.CheckViolationError, match="lead to another"):
        await owner.execute(
            "insert into redirects (id, place, from_path, to_path) values (uuidv7(), 99, '/x', $1)", taken["from_path"]
        )
    await owner.close()


async def test_a_redirect_is_made_once_and_the_shop_has_a_bounded_number(desk: Desk):
    body, key = {"from_path": "/old", "to_path": "/"}, {"Idempotency-Key": "7c1b9c5e-made-once"}
    first, second = [await desk.ask("POST", REDIRECTS, body, **key) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    # As after a death between the redirect and the answer that is kept.
    again = await keep_redirects.create_redirect(desk.shop.app.ctx, UUID(first.json()["id"]), "/old", "/")
    assert again.created_at == datetime.fromisoformat(first.json()["created_at"])
    owner = await asyncpg.connect(desk.shop.app.db_owner_url)
    await owner.execute("alter table redirects disable trigger redirects_one_step")
    await owner.execute(
        "insert into redirects (id, place, from_path, to_path) "
        "select uuidv7(), n, '/from-' || n, '/' from generate_series(2, 5000) as n"
    )
    await owner.close()
    full = await desk.redirect("/more", "/")
    assert (full.status_code, full.json()["type"], full.json()["limit"]) == (409, "too-many-redirects", 5000)


async def test_the_sitemap_has_each_product_that_is_shown_once(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 2)
    await desk.shop.stock_up(simple("B"), simple("C"), simple("D", status="draft"))
    robots = await desk.client.get("/robots.txt")
    index = robots.text.partition("Sitemap: ")[2].strip()
    site, _, path = index.partition("/api/")
    assert "Disallow: /checkout\n" in robots.text
    listed = ET.fromstring((await desk.client.get(f"/api/{path}")).content)  # nosec B314 -- our own sitemap
    files = [each.text or "" for each in listed.findall(".//{*}loc")]
    assert files == [f"{index}/{number}" for number in (1, 2, 3)]
    pages: list[str] = []
    for file in files:
        answer = await desk.client.get(file.removeprefix(site))
        assert answer.headers["content-type"] == "application/xml"
        shown = ET.fromstring(answer.content)  # nosec B314 -- our own sitemap
        pages += [each.text or "" for each in shown.findall(".//{*}loc")]
    assert sorted(pages) == sorted(
        [f"{site}/", f"{site}/products", *(f"{site}/products/{slug}" for slug in ("tide-no-4", "b", "c"))]
    )
    assert (await desk.client.get("/api/v1/content/sitemaps/4")).status_code == 404
