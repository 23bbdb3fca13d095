"""What the tests of this room often ask a shop."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID, uuid4

import httpx

from catalog.tests.shop import Shop

ITEMS = "/api/v1/admin/content/items"
REDIRECTS = "/api/v1/admin/content/redirects"
PRODUCTS = "/api/v1/products"


class Desk:
    """Staff who write the texts of a shop; `product_id`: its first product, tide-no-4."""

    def __init__(self, shop: Shop, product_id: UUID) -> None:
        self.shop = shop
        self.client = shop.client
        self.product_id = product_id
        self.product = f"{ITEMS}/products/{product_id}"

    @classmethod
    async def of(cls, shop: Shop) -> Self:
        return cls(shop, await cls.id_of(shop, "tide-no-4"))

    @staticmethod
    async def id_of(shop: Shop, slug: str, table: str = "products") -> UUID:
        async with shop.db.read() as tx:
            return UUID(str(await tx.value(f"select id from {table} where slug = $1", slug)))

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """As staff."""
        sent = {**self.shop.staff, "Idempotency-Key": uuid4().hex, **headers}
        return await self.client.request(method, path, json=body, headers=sent)

    async def done(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        answer = await self.ask(method, path, body, **headers)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    async def translate(self, language: str, of: str = "", **texts: Any) -> dict[str, Any]:
        return await self.done("PUT", f"{of or self.product}/translations/{language}", texts)

    async def rename(self, slug: str, **headers: str) -> httpx.Response:
        return await self.ask("PUT", f"{self.product}/slug", {"slug": slug}, **headers)

    async def redirect(self, from_path: str, to_path: str) -> httpx.Response:
        return await self.ask("POST", REDIRECTS, {"from_path": from_path, "to_path": to_path})

    async def shown(self, slug: str = "tide-no-4", **query: str) -> dict[str, Any]:
        """A product, as shoppers see it."""
        answer = await self.client.get(f"{PRODUCTS}/{slug}", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def found(self, search: str, **query: str) -> list[str]:
        """The titles of a search."""
        answer = await self.client.get(PRODUCTS, params={"search": search, **query})
        assert answer.status_code == 200, answer.text
        return [item["title"] for item in answer.json()["items"]]

    async def leads(self, path: str) -> str | None:
        """Where an address leads."""
        answer = await self.client.get("/api/v1/content/redirects", params={"path": path})
        assert answer.status_code == 200, answer.text
        found: str | None = answer.json()["to_path"]
        return found

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.shop.db.read() as tx:
            found: list[dict[str, Any]] = await tx.rows(dict, sql, *arguments)
        return found
