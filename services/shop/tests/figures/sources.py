"""Answers as orders and payments do when they are read anew: pages of orders, in the order of their ids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web


@dataclass
class Sources:
    """`orders` and `bookings` are what is held of each order, by its id. `asked`: the pages that were read."""

    port: int = 0
    orders: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    bookings: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    away: bool = False

    @property
    def urls(self) -> dict[str, list[str]]:
        return {name: [f"http://127.0.0.1:{self.port}/{name}"] for name in ("orders", "payments")}

    def sold(self, order_id: UUID, amount: int, at: datetime, **more: Any) -> None:
        """An order, and what was booked for it unless it costs nothing."""
        free = {"free_since": at if amount == 0 else None}
        known = {"order_id": order_id, "currency": "EUR", "placed_at": at, **free}
        self.orders[order_id] = {**known, "account_id": None, "country": "DE", "lines": [], "refunds": [], **more}
        booking = {"kind": "capture", "reference": order_id, "order_id": order_id, "currency": "EUR"}
        self.bookings[order_id] = [{**booking, "amount": amount, "booked_at": at}] if amount else []

    def forget(self, order_id: UUID) -> None:
        del self.orders[order_id], self.bookings[order_id]

    async def answer(self, request: web.Request) -> web.Response:
        if self.away or not request.path.endswith("/internal/sales"):
            return web.Response(status=503)
        self.asked.append(str(request.rel_url))
        after, limit = UUID(request.query["after"]), int(request.query["limit"])
        page = sorted(each for each in self.orders if each > after)[:limit]
        told: dict[str, Any] = {"read_at": datetime.now(UTC), "last": page[-1] if len(page) == limit else None}
        if request.path.startswith("/orders"):
            told["orders"] = [self.orders[each] for each in page]
        else:
            told["bookings"] = [booking for each in page for booking in self.bookings[each]]
        return web.Response(body=msgspec.json.encode(told), content_type="application/json")


@asynccontextmanager
async def answering() -> AsyncIterator[Sources]:
    sources = Sources()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", sources.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sources.port = runner.addresses[0][1]
    try:
        yield sources
    finally:
        await runner.cleanup()
