"""Staff who draft orders, over the real catalog and payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from chassis.values import uuid7
from orders.tests.shelves import Article
from orders.tests.shop import ADDRESS, Shop

SCOPES = ("orders:read", "orders:write", "payments:write", "pricing:read", "pricing:write")
STAFF = uuid7()


def wanted(*lines: tuple[Article, int], **more: Any) -> dict[str, Any]:
    """The body of a draft of these lines."""
    return {
        "email": "ada@example.com",
        "currency": "EUR",
        "shipping_address": ADDRESS,
        "lines": [{"variant_id": article.variant_id, "quantity": quantity} for article, quantity in lines],
        **more,
    }


@dataclass
class Agent:
    shop: Shop

    async def ask(self, method: str, path: str = "", body: Any = None, *, key: str = "") -> httpx.Response:
        """Below /api/v1/admin/drafts; each time with a new key, unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid4()), **self.shop.service.token(STAFF, scopes=SCOPES)}
        root = "/api/v1/admin/drafts"
        return await self.shop.client.request(
            method, f"{root}/{path}" if path[:1] not in {"", "?"} else f"{root}{path}", json=body, headers=headers
        )

    async def drafted(self, *lines: tuple[Article, int], **more: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "", wanted(*lines, **more))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def priced(self, draft: dict[str, Any]) -> dict[str, Any]:
        answer = await self.ask("POST", f"{draft['id']}/price")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, draft: dict[str, Any], total: int | None = None, **more: Any) -> httpx.Response:
        """At the total of its price, unless one is named."""
        if total is None:
            total = (await self.priced(draft))["calculation"]["total"]["amount"]
        body = {"version": draft["version"], "expected_total": {"amount": total, "currency": draft["currency"]}, **more}
        return await self.ask("POST", f"{draft['id']}/send", body)

    async def execute(self, sql: str, *arguments: Any) -> int:
        async with self.shop.service.ctx.db.write() as tx:
            return await tx.execute(sql, *arguments)

    async def count(self, sql: str, draft: dict[str, Any]) -> int:
        return int(await self.shop.value(f"select count(*) from {sql}", UUID(draft["id"])))
