"""What the tests of this room often ask a shop."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx

from catalog.collections.usecases.fill_collections import fill_collections
from catalog.tests.shop import Shop

PREFIX = "/api/v1/admin/collections"


def rule(*conditions: tuple[Any, ...], match: str = "all") -> dict[str, Any]:
    """A rule as staff send it: (about, relation, value), or (price, relation, amount, currency)."""
    made = []
    for about, relation, value, *currency in conditions:
        own = {"price": {"amount": value, "currency": currency[0]}} if currency else {"value": value}
        made.append({"about": about, "relation": relation, **own})
    return {"match": match, "conditions": made}


class Shelf:
    """A shop with collections."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.client = shop.client

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """As staff."""
        headers = {**self.shop.staff, "Idempotency-Key": uuid4().hex}
        return await self.client.request(method, path, json=body, params=query, headers=headers)

    async def create(self, slug: str, **fields: Any) -> dict[str, Any]:
        body = {"slug": slug, "title": slug.title(), "published": True, **fields}
        answer = await self.ask("POST", PREFIX, body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def put(self, made: dict[str, Any], *slugs: str, version: int = 1) -> httpx.Response:
        """Make these the products of a collection."""
        ids = [str(await self.product(slug)) for slug in slugs]
        return await self.ask("PUT", f"{PREFIX}/{made['id']}/products", {"version": version, "product_ids": ids})

    async def product(self, slug: str) -> UUID:
        async with self.shop.db.read() as tx:
            found = await tx.value("select id from products where slug = $1", slug)
        assert found is not None, slug
        return UUID(str(found))

    async def fill(self) -> int:
        """What the periodic work does."""
        moved = await fill_collections(self.shop.app.ctx)
        await self.shop.app.ctx.cache.invalidate("products")
        return moved

    async def shown(self, slug: str, **query: Any) -> list[str]:
        """The slugs of what shoppers see in a collection."""
        answer = await self.client.get(f"/api/v1/collections/{slug}/products", params=query)
        assert answer.status_code == 200, answer.text
        return [item["slug"] for item in answer.json()["items"]]
