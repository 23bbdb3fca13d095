"""Staff who keep discounts, and orders that use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from chassis.db import WriteTx
from chassis.db.books import find
from chassis.testing import RunningApp
from orders.pricing.discounts import give_back, take_uses
from orders.pricing.domain.basket import DiscountUse

PATH = "/api/v1/admin/discounts"
TENTH = {"title": "Ten percent", "automatic": False, "kind": "percent", "target": "order", "rate": 100_000}
# An order as small as the database takes it.
_ORDER = """
insert into orders (id, number, token_hash, email, currency, subtotal, shipping, rounding, total, expires_at,
                    next_attempt_at)
values ($1, $2, $3, 'ada@example.com', 'EUR', 1000, 0, 0, 1000, now() + interval '1 hour', now() + interval '1 hour')
"""
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def _number(order_id: UUID) -> str:
    rest, signs = order_id.int, ""
    for _ in range(6):
        rest, place = divmod(rest, len(_SIGNS))
        signs += _SIGNS[place]
    return f"M-{signs}"


async def write_order(tx: WriteTx, order_id: UUID) -> None:
    await tx.execute(_ORDER, order_id, _number(order_id), order_id.bytes * 2)


@dataclass
class Desk:
    service: RunningApp
    who: UUID = field(default_factory=uuid4)

    @property
    def headers(self) -> dict[str, str]:
        return self.service.token(self.who, ("pricing:read", "pricing:write"))

    async def call(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        headers = {**self.headers, "Idempotency-Key": str(uuid4()), **request.pop("headers", {})}
        return await self.service.client.request(method, f"{PATH}{path}", headers=headers, **request)

    async def make(self, *codes: str, once: bool = False, **fields: Any) -> dict[str, Any]:
        """A discount with these codes."""
        made = await self.call("POST", json={**TENTH, **fields})
        assert made.status_code == 201, made.text
        shown: dict[str, Any] = made.json()
        if codes:
            await self.add(shown, *codes, once=once)
        return shown

    async def add(self, discount: dict[str, Any], *codes: str, once: bool = False) -> None:
        body = {"codes": list(codes), "once": once}
        added = await self.call("POST", f"/{discount['id']}/codes", json=body)
        assert added.status_code == 201, added.text

    async def change(self, discount: dict[str, Any], **fields: Any) -> httpx.Response:
        """PUT it as it was read, but for these fields."""
        given = (*TENTH, "amounts", "articles", "minimum", "buy_get", "starts_at", "ends_at", "max_uses")
        given = (*given, "max_uses_per_customer", "combines_with", "version")
        body = {name: discount[name] for name in given if name != "automatic"}
        return await self.call("PUT", f"/{discount['id']}", json={**body, **fields})

    async def figures(self, discount: dict[str, Any]) -> dict[str, Any]:
        found = await self.call("GET", f"/{discount['id']}")
        assert found.status_code == 200, found.text
        shown: dict[str, Any] = found.json()
        return shown

    async def use(
        self,
        *uses: tuple[dict[str, Any], str | None],
        customer: bytes | None = None,
        order_id: UUID | None = None,
        written: bool = False,
    ) -> UUID:
        """Place an order that uses these, as a checkout does: the order and the uses, or neither.

        Raises:
            DiscountUsedUp.
        """
        order_id = order_id or uuid4()
        async with self.service.ctx.db.write() as tx:
            if not written:
                await write_order(tx, order_id)
            await self.take(tx, order_id, *uses, customer=customer)
        return order_id

    async def take(
        self, tx: WriteTx, order_id: UUID, *uses: tuple[dict[str, Any], str | None], customer: bytes | None = None
    ) -> None:
        wanted = [DiscountUse(UUID(discount["id"]), code, None) for discount, code in uses]
        await take_uses(tx, order_id, wanted, customer or uuid4().bytes)

    async def cancel(self, order_id: UUID) -> None:
        async with self.service.ctx.db.write() as tx:
            await give_back(tx, order_id)

    async def value(self, sql: str, *arguments: Any) -> Any:
        async with self.service.ctx.db.read() as tx:
            return await tx.value(sql, *arguments)

    async def right(self) -> None:
        """The counts are those of the rows: the books' own query finds nothing."""
        (check,) = [each for each in find("orders") if each.name == "discounts_are_counted"]
        async with self.service.ctx.db.read() as tx:
            assert await tx.rows(dict, check.sql) == []
