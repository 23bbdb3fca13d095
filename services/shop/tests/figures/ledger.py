"""A shop that follows a ledger: what happens to orders, as the events and the internal answers of services tell it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from chassis.outbox import Event
from chassis.problems import Unavailable
from chassis.testing import RunningApp, eventually
from chassis.values import uuid7
from shop.consumers import consumers
from shop.figures import read_sources, start_reading

FIGURES = "/api/v1/admin/figures"
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
BUYER = UUID("0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c03")
SHIRT, MUG = (UUID(f"0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c{number:02d}") for number in (11, 12))


def event(kind: str, at: datetime, version: int = 1, **data: Any) -> Event:
    """An event of the feed of orders or payments."""
    about = kind.partition(".")[0]
    subject = data.get("order_id") or uuid7()
    return Event("1", kind, about, subject, version, at, None, msgspec.Raw(msgspec.json.encode(data)))


def line(product: UUID, quantity: int, amount: int) -> dict[str, Any]:
    return {"product_id": product, "quantity": quantity, "amount": amount}


def ordered(order_id: UUID, total: int, at: datetime = NOON, **more: Any) -> list[Event]:
    """It is placed, its money is taken, and it is paid."""
    known: dict[str, Any] = {"order_id": order_id, "currency": "EUR", "number": "M-7K2Q9D", "account_id": None} | {
        name: more.pop(name) for name in ("currency", "account_id") if name in more
    }
    taken = [event("payment.captured", at, order_id=order_id, amount=total, currency=known["currency"])]
    return [
        event("order.placed", at - timedelta(seconds=60), total=total, **known, **more),
        *(taken if total else []),
        event("order.paid", at, 2, total=total, **known),
    ]


def refunded(order_id: UUID, refund_id: UUID, amount: int, at: datetime, *lines: dict[str, Any]) -> list[Event]:
    known = {"order_id": order_id, "refund_id": refund_id, "amount": amount, "currency": "EUR"}
    return [
        event("payment.refunded", at, 2, **known, origin="shop", refunded=amount),
        event("order.refunded", at + timedelta(seconds=1), 3, **known, refunded=amount, lines=lines),
    ]


def failed(order_id: UUID, refund_id: UUID, amount: int, at: datetime) -> Event:
    known = {"order_id": order_id, "refund_id": refund_id, "amount": amount, "currency": "EUR"}
    return event("payment.refund_failed", at, 3, **known, origin="shop", reason="declined", refunded=0)


@dataclass
class Shop:
    service: RunningApp

    async def happened(self, *events: Event) -> None:
        """As the pollers of the feeds do it."""
        for each in events:
            producer = {"order": "orders", "payment": "payments"}[each.aggregate]
            consumer = next(one for one in consumers if one.producer == producer)
            async with self.service.ctx.db.write() as tx:
                await consumer.handle(self.service.ctx, tx, each)

    async def ask(self, path: str, **query: Any) -> Any:
        headers = self.service.token(scopes=("payments:read",))
        query = {"from": "2026-11-01", "until": "2026-11-30", **query}
        return await self.service.client.get(f"{FIGURES}/{path}", params=query, headers=headers)

    async def told(self, path: str = "sales", **query: Any) -> list[dict[str, Any]]:
        answer = await self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def net(self, **query: Any) -> dict[str, int]:
        """What was sold in the days of the answer, by the first of each."""
        return {each["begins"]: each["net"]["amount"] for each in await self.told(**query)}

    async def read(self) -> None:
        """Until all is read anew, by whoever does it first."""

        async def done() -> bool:
            with suppress(Unavailable):
                await read_sources(self.service.ctx)
            return await self.do("select count(*) from figure_readings where finished_at is null") == 0

        await eventually(done, what="the end of a reading")

    async def begin(self) -> None:
        """Have all read anew."""
        async with self.service.ctx.db.write() as tx:
            await start_reading(tx)

    async def do(self, sql: str, *arguments: Any) -> Any:
        async with self.service.ctx.db.write() as tx:
            return await tx.value(sql, *arguments)
