"""Staff at the work list: orders are written as a checkout leaves them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx

from chassis.values import uuid7
from orders.tests.fulfilment import desk as parcels
from orders.tests.refunds.cashier import Cashier
from orders.tests.shop import ADDRESS

LIST, VIEWS = "/api/v1/admin/orders", "/api/v1/admin/order-views"
_ORDER = """
insert into orders (id, number, account_id, email, shipping_address, currency, subtotal, shipping, total, status,
    payment, stock, cancel_reason, attention, shipping_method, placed_at, expires_at, paid_at, cancelled_at,
    next_attempt_at)
values ($1, $2, $3, $4, $5, $6, 1000, 0, 1000, $7, $8, $9, case when $7 = 'cancelled' then 'expired' end, $10, $11,
    now() - make_interval(secs => $12), now(), case when $7 = 'paid' then now() end,
    case when $7 = 'cancelled' then now() end,
    case when $7 not in ('paid', 'cancelled') then now() + interval '1 day' end)
"""
_LINE = """
insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity)
values ($1, 1, uuidv7(), $2, $3, '', 'print', 1000, 1)
"""
_STATES = {
    "paid": ("captured", "committed"),
    "pending_payment": ("open", "held"),
    "cancelled": ("cancelled", "released"),
}


class Clerk(Cashier):
    async def placed(
        self,
        *,
        status: str = "paid",
        age: int = 0,
        name: str = "Ada Lovelace",
        country: str = "GB",
        currency: str = "EUR",
        email: str = "ada@example.com",
        sku: str = "FIFTH-1",
        title: str = "Perfect Fifth",
        account: UUID | None = None,
        attention: str | None = None,
        method: UUID | None = None,
    ) -> UUID:
        """An order of one piece, placed so many seconds ago."""
        order_id, address = uuid7(), ADDRESS | {"name": name, "country": country}
        chosen = None if method is None else {"id": str(method), "title": "Parcel", "pickup": False}
        stock = "released" if attention else _STATES[status][1]
        async with self.service.ctx.db.write() as tx:
            owner = (order_id, parcels._number(), account or uuid7(), email, address, currency)
            state = (status, _STATES[status][0], stock, attention, chosen, float(age))
            await tx.execute(_ORDER, *owner, *state)
            await tx.execute(_LINE, order_id, sku, title)
            await tx.execute("insert into order_events (order_id, version, kind) values ($1, 1, 'placed')", order_id)
        return order_id

    async def get(self, path: str = LIST, *, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.service.client.get(path, params=query, headers=headers or self.staff)

    async def found(self, **query: Any) -> list[UUID]:
        """The orders that a list finds, on all of its pages."""
        ids: list[UUID] = []
        while True:
            answer = await self.get(**query)
            assert answer.status_code == 200, answer.text
            ids += [UUID(each["id"]) for each in answer.json()["items"]]
            query["cursor"] = answer.json()["next_cursor"]
            if query["cursor"] is None:
                return ids

    async def edit(self, *order_ids: UUID, **wish: Any) -> list[dict[str, Any]]:
        """What becomes of each order."""
        answer = await self.ask("POST", "edits", {"order_ids": [str(each) for each in order_ids], **wish})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def shown(self, order_id: UUID) -> dict[str, Any]:
        answer = await self.ask("GET", str(order_id))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def of(self, account_id: UUID, *scopes: str) -> dict[str, str]:
        """The headers of somebody else."""
        return self.service.token(account_id, scopes=scopes or ("orders:read",))

    async def save(self, headers: dict[str, str] | None = None, *, key: str = "", **view: Any) -> httpx.Response:
        sent = {"Idempotency-Key": key or str(uuid4()), **(headers or self.staff)}
        return await self.service.client.post(VIEWS, json={"title": "Mine", "filters": {}, **view}, headers=sent)
