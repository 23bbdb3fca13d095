"""The tree of categories: made, moved, filled; never a circle."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from catalog.tests.collections.shelf import Shelf
from catalog.tests.shop import simple

PREFIX = "/api/v1/admin/categories"


async def _make(shelf: Shelf, slug: str, parent: dict[str, Any] | None = None, status: int = 201) -> dict[str, Any]:
    body = {"slug": slug, "title": slug.title(), "parent_id": parent and parent["id"]}
    answer = await shelf.ask("POST", PREFIX, body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def _move(shelf: Shelf, made: dict[str, Any], parent: dict[str, Any] | None, version: int = 1) -> Any:
    body = {"slug": made["slug"], "title": made["title"], "parent_id": parent and parent["id"], "version": version}
    return await shelf.ask("PUT", f"{PREFIX}/{made['id']}", body)


async def _assign(shelf: Shelf, made: dict[str, Any] | None, *slugs: str, **more: Any) -> Any:
    ids = [str(await shelf.product(slug)) for slug in slugs]
    return await shelf.ask(
        "POST", f"{PREFIX}/assignments", {"category_id": made and made["id"], "product_ids": ids} | more
    )


async def _tree(shelf: Shelf) -> list[tuple[str, int, int]]:
    items = (await shelf.client.get("/api/v1/category-tree")).json()["items"]
    return [(item["slug"], item["depth"], item["products"]) for item in items]


async def test_products_count_in_their_category_and_in_all_above(shelf: Shelf):
    await shelf.shop.stock_up(simple("A"), simple("B"), simple("C"), simple("D", status="draft"))
    wall = await _make(shelf, "wall")
    prints = await _make(shelf, "prints", wall)
    shelves = await _make(shelf, "shelves")
    preview = (await _assign(shelf, prints, "a", "b", preview=True)).json()["items"]
    assert {each["outcome"] for each in preview} == {"placed"}
    assert await _tree(shelf) == [("shelves", 1, 0), ("wall", 1, 0), ("prints", 2, 0)]
    assert {each["outcome"] for each in (await _assign(shelf, prints, "a", "b", "d")).json()["items"]} == {"placed"}
    await _assign(shelf, wall, "c")
    assert await _tree(shelf) == [("shelves", 1, 0), ("wall", 1, 3), ("prints", 2, 2)]
    again = (await _assign(shelf, prints, "a", "c")).json()["items"]
    assert [(each["outcome"], each["before"]) for each in again] == [
        ("unchanged", prints["id"]),
        ("placed", wall["id"]),
    ]
    assert (await shelf.ask("GET", "/api/v1/admin/products/a")).json()["version"] == 2
    assert (await shelf.ask("GET", "/api/v1/admin/products/c")).json()["version"] == 3
    assert (await _move(shelf, prints, shelves)).json()["depth"] == 2
    assert await _tree(shelf) == [("shelves", 1, 3), ("wall", 1, 0), ("prints", 2, 3)]
    await _assign(shelf, None, "a")
    assert (await _tree(shelf))[0] == ("shelves", 1, 2)
    body = {"category_id": prints["id"], "product_ids": [str(uuid4())]}
    assert (await shelf.ask("POST", f"{PREFIX}/assignments", body)).json()["items"][0]["outcome"] == "unknown"
    for more in ({}, {"preview": True}):
        nowhere = await _assign(shelf, {"id": str(uuid4())}, "a", **more)
        assert nowhere.status_code == 404


async def test_what_is_below_moves_along_and_never_too_deep_nor_below_itself(shelf: Shelf):
    row = [await _make(shelf, "c1")]
    for depth in range(2, 7):
        row.append(await _make(shelf, f"c{depth}", row[-1]))
    assert (await _make(shelf, "c7", row[-1], status=409))["type"] == "category-misplaced"
    assert (await _move(shelf, row[0], row[3])).json()["type"] == "category-misplaced"
    assert (await _move(shelf, row[0], row[0])).json()["type"] == "category-misplaced"
    top = await _make(shelf, "top")
    assert (await _move(shelf, row[0], top)).json()["type"] == "category-misplaced"
    assert (await _move(shelf, row[3], None)).json()["depth"] == 1
    assert (await _move(shelf, row[3], row[0], version=2)).json()["version"] == 3
    listed = (await shelf.ask("GET", PREFIX)).json()["items"]
    assert {each["slug"]: each["depth"] for each in listed} == {
        "c1": 1,
        "c2": 2,
        "c3": 3,
        "c4": 2,
        "c5": 3,
        "c6": 4,
        "top": 1,
    }


async def test_what_is_in_use_stays_and_a_stale_change_is_refused(shelf: Shelf):
    await shelf.shop.stock_up(simple("A"))
    wall = await _make(shelf, "wall")
    prints = await _make(shelf, "prints", wall)
    await _assign(shelf, prints, "a")
    for made in (wall, prints):
        assert (await shelf.ask("DELETE", f"{PREFIX}/{made['id']}", version=1)).json()["type"] == "category-in-use"
    await _assign(shelf, None, "a")
    assert (await shelf.ask("DELETE", f"{PREFIX}/{prints['id']}", version=2)).json()["type"] == "category-changed"
    for _ in range(2):
        assert (await shelf.ask("DELETE", f"{PREFIX}/{prints['id']}", version=1)).status_code == 204
    assert (await _move(shelf, wall, None, version=7)).json()["version"] == 1
    assert (await _move(shelf, prints, None)).status_code == 404
    assert (await _make(shelf, "wall", status=409))["type"] == "slug-taken"
    nowhere = await _make(shelf, "x", {"id": str(uuid4())}, status=422)
    assert nowhere["errors"][0]["field"] == "parent_id"
    headers = {**shelf.shop.staff, "Idempotency-Key": uuid4().hex}
    body = {"slug": "again", "title": "Again"}
    answers = [await shelf.client.post(PREFIX, json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()


async def test_there_are_never_more_categories_than_places(shelf: Shelf):
    async with shelf.shop.db.write() as tx:
        await tx.execute(
            "insert into categories (id, place, depth, position, slug, title) "
            "select uuidv7(), place, 1, 0, 'c-' || place, 'x' from generate_series(1, 999) as place"
        )
    answers = await asyncio.gather(*(shelf.ask("POST", PREFIX, {"slug": f"n-{n}", "title": "x"}) for n in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert {each.json()["type"] for each in answers if each.status_code == 409} == {"too-many-categories"}


async def test_moves_at_once_never_make_a_circle(shelf: Shelf):
    made = [await _make(shelf, f"c{number}") for number in range(6)]
    rng = random.Random(5)

    async def moves(number: int) -> None:
        for version in range(1, 12):
            answer = await _move(shelf, made[number], rng.choice([*made, None]), version=version)
            if answer.status_code == 409 and answer.json()["type"] == "category-changed":
                raise AssertionError(answer.text)
            if answer.status_code == 409:
                # It was refused, and keeps its version.
                await _move(shelf, made[number], None, version=version)

    await asyncio.gather(*(moves(number) for number in range(6)))
    async with shelf.shop.db.read() as tx:
        walked = """
        with recursive tree as (
            select id, 1 as depth from categories where parent_id is null
            union all select c.id, tree.depth + 1 from categories c join tree on c.parent_id = tree.id
        )
        select count(*) from tree join categories using (id, depth)
        """
        assert await tx.value(walked) == 6


async def test_the_database_refuses_a_circle_whoever_writes(shelf: Shelf):
    wall = await _make(shelf, "wall")
    prints = await _make(shelf, "prints", wall)
    statements = [
        "update categories set parent_id = $2, parent_depth = 2, depth = 3 where id = $1",
        "update categories set parent_id = $1, parent_depth = 1 where id = $1 and $2::uuid is not null",
        "update categories set depth = 5 where id = $1 and $2::uuid is not null",
    ]
    for statement in statements:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with shelf.shop.db.write() as tx:
                await tx.execute(statement, wall["id"], prints["id"])
