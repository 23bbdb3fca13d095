"""Collections by hand: made, changed, deleted, shown in their order."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from catalog.tests.collections.shelf import PREFIX, Shelf, rule
from catalog.tests.shop import simple


async def _stocked(shelf: Shelf) -> None:
    await shelf.shop.stock_up(simple("A"), simple("B"), simple("C"), simple("D", status="draft"))


async def test_products_are_shown_in_the_order_of_staff(shelf: Shelf):
    await _stocked(shelf)
    made = await shelf.create("warm", description_html="<p>Warm<script>x</script></p>")
    assert (made["version"], made["description_html"], made["filling"]) == (1, "<p>Warm</p>", False)
    assert (await shelf.put(made, "c", "d", "a")).json()["version"] == 2
    assert await shelf.shown("warm") == ["c", "a"]
    assert (await shelf.put(made, "a", "b", "c", version=2)).status_code == 200
    assert await shelf.shown("warm") == ["a", "b", "c"]
    first = (await shelf.client.get("/api/v1/collections/warm/products", params={"limit": 2})).json()
    assert await shelf.shown("warm", limit=2, cursor=first["next_cursor"]) == ["c"]
    assert await shelf.shown("warm", currency="USD") == []
    whole = (await shelf.ask("GET", f"{PREFIX}/{made['id']}")).json()
    assert ([each["slug"] for each in whole["products"]], whole["product_count"]) == (["a", "b", "c"], 3)


async def test_products_that_enter_or_leave_get_a_new_version_with_an_event(shelf: Shelf):
    await _stocked(shelf)
    made = await shelf.create("warm")

    async def versions() -> list[int]:
        paths = [f"/api/v1/admin/products/{slug}" for slug in "abc"]
        return [(await shelf.ask("GET", path)).json()["version"] for path in paths]

    before = len(await shelf.shop.events("product.changed"))
    await shelf.put(made, "a", "b")
    assert await versions() == [2, 2, 1]
    await shelf.put(made, "b", "a", "c", version=2)
    assert await versions() == [2, 2, 2]
    told = await shelf.shop.events("product.changed")
    assert [each["slug"] for each in told[before:]] == ["a", "b", "c"]
    gone = await shelf.ask("DELETE", f"{PREFIX}/{made['id']}", version=3)
    assert (gone.status_code, await versions()) == (204, [3, 3, 3])
    assert (await shelf.ask("DELETE", f"{PREFIX}/{made['id']}", version=3)).status_code == 204


async def test_a_list_with_a_wrong_product_changes_nothing(shelf: Shelf):
    await _stocked(shelf)
    made = await shelf.create("warm")
    await shelf.put(made, "a")
    a, nobody = str(await shelf.product("a")), str(uuid4())
    for ids, field in (([a, nobody], "product_ids.1"), ([a, a], "product_ids.1")):
        answer = await shelf.ask("PUT", f"{PREFIX}/{made['id']}/products", {"version": 2, "product_ids": ids})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await shelf.shown("warm") == ["a"]
    assert (await shelf.put(made, "b", version=2)).status_code == 200


async def test_of_two_changes_of_one_version_one_is_refused(shelf: Shelf):
    await _stocked(shelf)
    made = await shelf.create("warm")
    answers = await asyncio.gather(*(shelf.put(made, *each) for each in (["a", "b"], ["b", "a"], ["c"])))
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    refused = next(each.json() for each in answers if each.status_code == 409)
    assert (refused["type"], refused["version"]) == ("collection-changed", 2)
    path = f"{PREFIX}/{made['id']}"
    assert (await shelf.ask("DELETE", path, version=1)).json()["type"] == "collection-changed"
    change = {"slug": "warm", "title": "Cold", "version": 1}
    assert (await shelf.ask("PUT", path, change)).json()["type"] == "collection-changed"
    assert (await shelf.ask("PUT", f"{PREFIX}/{uuid4()}", change | {"slug": "x"})).status_code == 404


async def test_a_slug_is_one_collections_though_many_ask_for_it(shelf: Shelf):
    bodies = [{"slug": "warm", "title": f"Title {number}"} for number in range(8)]
    answers = await asyncio.gather(*(shelf.ask("POST", PREFIX, body) for body in bodies))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 7
    assert {each.json()["type"] for each in answers if each.status_code == 409} == {"slug-taken"}
    other = await shelf.create("cold")
    taken = await shelf.ask("PUT", f"{PREFIX}/{other['id']}", {"slug": "warm", "title": "x", "version": 1})
    assert taken.json()["type"] == "slug-taken"


async def test_what_is_not_published_is_not_shown(shelf: Shelf):
    await _stocked(shelf)
    made = await shelf.create("warm", published=False)
    await shelf.put(made, "a")
    for path in ("warm", "warm/products", "never"):
        assert (await shelf.client.get(f"/api/v1/collections/{path}")).status_code == 404
    assert (await shelf.client.get("/api/v1/collections")).json()["items"] == []
    body = {"slug": "warm-lines", "title": "Warm lines", "published": True, "version": 2}
    assert (await shelf.ask("PUT", f"{PREFIX}/{made['id']}", body)).json()["version"] == 3
    assert (await shelf.client.get("/api/v1/collections/warm-lines")).json()["title"] == "Warm lines"
    await shelf.create("newer")
    first = (await shelf.client.get("/api/v1/collections", params={"limit": 1})).json()
    assert [each["slug"] for each in first["items"]] == ["newer"]
    query = {"limit": 1, "cursor": first["next_cursor"]}
    assert [each["slug"] for each in (await shelf.client.get("/api/v1/collections", params=query)).json()["items"]] == [
        "warm-lines"
    ]
    assert [each["slug"] for each in (await shelf.ask("GET", PREFIX, limit=1)).json()["items"]] == ["newer"]


async def test_a_request_sent_again_makes_one_collection(shelf: Shelf):
    headers = {**shelf.shop.staff, "Idempotency-Key": uuid4().hex}
    body = {"slug": "warm", "title": "Warm"}
    answers = [await shelf.client.post(PREFIX, json=body, headers=headers) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_there_are_never_more_collections_than_places(shelf: Shelf):
    async with shelf.shop.db.write() as tx:
        await tx.execute(
            "insert into collections (id, place, kind, slug, title, published) "
            "select uuidv7(), place, 'hand', 'c-' || place, 'x', true from generate_series(1, 999) as place"
        )
    answers = await asyncio.gather(*(shelf.ask("POST", PREFIX, {"slug": f"n-{n}", "title": "x"}) for n in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert {each.json()["type"] for each in answers if each.status_code == 409} == {"too-many-collections"}


async def test_the_kind_of_a_collection_stays(shelf: Shelf):
    made = await shelf.create("warm")
    warm = rule(("tag", "is", "warm"))
    body = {"slug": "warm", "title": "Warm", "rule": warm, "version": 1}
    answer = await shelf.ask("PUT", f"{PREFIX}/{made['id']}", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "rule")
    found = await shelf.create("found", rule=warm)
    assert (await shelf.put(found)).json()["type"] == "filled-by-rule"


async def test_the_database_refuses_products_at_no_place(shelf: Shelf):
    await _stocked(shelf)
    made = await shelf.create("warm")
    await shelf.put(made, "a")
    refused = {
        "($1, 'hand', $2, null)": "collection_products_position",
        "($1, 'hand', $2, 1001)": "collection_products_position",
        "($1, 'rule', $2)": "collection_products_collection_id_kind_fkey",
        "($1, 'hand', $2, 1)": "collection_products_position_once",
    }
    for values, constraint in refused.items():
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as told:
            async with shelf.shop.db.write() as tx:
                sql = f"insert into collection_products values {values}"
                await tx.execute(sql, made["id"], await shelf.product("b"))
        assert told.value.constraint_name == constraint
