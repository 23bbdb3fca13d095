"""How the queries of this room are planned in a shop of 20,000 products: by index. Facets count all products."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from catalog.collections.domain.rules import Condition, Rule
from catalog.collections.store import categories, filling, listing, members, related, suggestions
from catalog.collections.store import collections as kept
from catalog.store import browse
from catalog.store.browse import Filters
from chassis.testing.databases import database_name, empty_database
from chassis.testing.keys import Bench

MANY = """
with product as (
    insert into products (slug, title, product_type, vendor, tags, status)
    select 'product-' || n, 'Title ' || n, 'type ' || n % 40, 'vendor ' || n % 100, array['tag ' || n % 50], 'active'
    from generate_series(1, 20000) as n returning id
)
insert into product_prices (product_id, currency, amount_from, amount_to, in_stock)
select id, 'EUR', row_number() over (), row_number() over (), true from product;
insert into media (product_id, position, source_url) select id, 1, 'https://pictures.example/' || id from products;
insert into collections (id, place, kind, slug, title, published, rule)
select uuidv7(), n, case when n <= 20 then 'rule' else 'hand' end, 'collection-' || n, 'Collection ' || n, true,
       case when n <= 20 then '{"match": "all", "conditions": []}'::jsonb end
from generate_series(1, 200) as n;
insert into collection_products (collection_id, kind, product_id, position)
select c.id, c.kind, p.id, case when c.kind = 'hand' then row_number() over (partition by c.id order by p.id) end
from collections c, lateral (
    select id from products order by id limit case when c.kind = 'hand' then 100 else 5000 end
) as p;
insert into categories (id, place, depth, position, slug, title)
select uuidv7(), n, 1, 0, 'category-' || n, 'Category ' || n from generate_series(1, 100) as n;
insert into category_products (product_id, category_id)
select p.id, c.id from (select id, row_number() over () as n from products) p
join (select id, row_number() over () as n from categories) c on c.n = 1 + p.n % 100;
insert into related_products (product_id, position, related_id)
select a.id, n, b.id from (select id from products order by id limit 200) a,
    lateral (select id, row_number() over () as n from products where id <> a.id order by id desc limit 5) b;
truncate collection_checks;
insert into collection_checks (product_id) select id from products;
analyze;
"""
RULE = Rule("all", (Condition("tag", "is", "tag 1"), Condition("price", "at_most", amount=5000, currency="EUR")))
# Its rows are bounded, and few.
SMALL = {"categories", "collections"}


class Explained:
    """Explains statements in place of running them, and keeps what they scan from the first to the last row."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.scanned: set[str] = set()

    async def value(self, sql: str, *arguments: Any) -> Any:
        await self._explain(sql, arguments)
        return 0

    async def row(self, _into: Any, sql: str, *arguments: Any) -> Any:
        await self._explain(sql, arguments)
        return None

    async def rows(self, _into: Any, sql: str, *arguments: Any) -> list[Any]:
        await self._explain(sql, arguments)
        return []

    async def execute(self, sql: str, *arguments: Any) -> int:
        await self._explain(sql, arguments)
        return 0

    async def rows_planned(self, into: Any, sql: str, *arguments: Any) -> list[Any]:
        return await self.rows(into, sql, *arguments)

    async def _explain(self, sql: str, arguments: tuple[Any, ...]) -> None:
        plan = await self._connection.fetchval(f"explain (format json) {sql}", *arguments)
        for node in _nodes(json.loads(plan)[0]["Plan"]):
            if node["Node Type"] == "Seq Scan":
                self.scanned.add(node["Relation Name"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


@pytest.fixture
async def owner(bench: Bench) -> AsyncIterator[Any]:
    await empty_database(bench.postgres, "catalog", "plans")
    connection = await asyncpg.connect(bench.postgres.url(database_name("catalog", "plans")))
    await connection.execute("set session_replication_role = replica")
    await connection.execute(MANY)
    yield connection
    await connection.close()


async def test_no_query_scans_a_large_table(owner: Any):
    async def id_of(sql: str) -> UUID:
        found: UUID = await owner.fetchval(sql)
        return found

    by_rule = await id_of("select id from collections where kind = 'rule' limit 1")
    by_hand = await id_of("select id from collections where kind = 'hand' limit 1")
    product, category = await id_of("select id from products limit 1"), await id_of("select id from categories limit 1")
    middle = await id_of("select id from products order by id offset 2500 limit 1")
    some = [row["id"] for row in await owner.fetch("select id from products limit 100")]
    tx: Any = Explained(owner)
    fields = categories.Fields(None, 0, "category-1", "x")
    asked = {
        "a collection by hand": listing.cards(tx, by_hand, "hand", "EUR", 40, 21),
        "a collection by rule": listing.cards(tx, by_rule, "rule", "EUR", middle, 21),
        "its first page": listing.cards(tx, by_rule, "rule", "EUR", None, 21),
        "products by id": listing.cards_of(tx, some[:60], "EUR", 12),
        "collections": kept.newest(tx, by_hand, 21, published_only=True),
        "a collection": kept.published(tx, "collection-7"),
        "members": members.of_collection(tx, by_hand, 1000),
        "ids of members": members.ids(tx, by_hand),
        "number of members": members.count(tx, by_rule),
        "locks": members.lock_products(tx, some),
        "touch": members.touch_products(tx, some),
        "replace members": members.replace(tx, by_hand, some),
        "changed products": tx.rows(dict, filling._TAKE, 100),
        "rules": tx.rows(dict, filling._RULES),
        "compare some": _compare(tx, filling._SOME, by_rule, some),
        "compare a page": _compare(tx, filling._PAGE, by_rule, middle, 2000),
        "categories of": categories.categories_of(tx, some),
        "put into a category": categories.assign(tx, some, category),
        "take out of a category": categories.assign(tx, some, None),
        "category in use": categories.in_use(tx, category),
        "move": categories.change(tx, category, 1, fields, depths=(1, 0), moved=[category]),
        "beside": related.beside(tx, product, 40, 60),
        "chosen": related.chosen(tx, product),
        "replace related": related.replace(tx, product, some[:5]),
        "suggested collections": suggestions.collections(tx, "coll", 3),
        "suggested categories": suggestions.categories(tx, "cat", 3),
        "list of a collection": browse.cards(
            tx, Filters("EUR", collection="collection-30"), sort="newest", after=None, limit=21
        ),
        "list of a category": browse.cards(
            tx, Filters("EUR", category="category-7"), sort="newest", after=None, limit=21
        ),
    }
    wrong = {}
    for name, work in asked.items():
        tx.scanned = set()
        await work
        if tx.scanned - SMALL:
            wrong[name] = sorted(tx.scanned - SMALL)
    assert wrong == {}


async def _compare(tx: Any, page: str, collection: UUID, *arguments: Any) -> None:
    with pytest.raises(IndexError):  # a statement that is explained has no row
        await filling._compare(tx, page, RULE, [collection, *arguments])
