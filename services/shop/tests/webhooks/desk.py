"""Staff who keep webhooks, and events of followed services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from chassis.outbox import Event
from chassis.testing import RunningApp, eventually
from chassis.values import uuid7
from shop.consumers import consumers
from shop.tests.receiver import Receiver

HOOKS = "/api/v1/admin/webhooks"


def paid(order_id: UUID | None = None, version: int = 2, kind: str = "order.paid") -> Event:
    known = {"order_id": order_id or uuid7(), "number": "M-7K2Q9D", "total": 2500, "currency": "EUR"}
    data = msgspec.Raw(msgspec.json.encode(known))
    return Event("1", kind, "order", order_id or uuid7(), version, datetime.now(UTC), None, data)


@dataclass
class Desk:
    shop: RunningApp
    receiver: Receiver
    account: UUID = field(default_factory=uuid7)

    @property
    def headers(self) -> dict[str, str]:
        return self.shop.token(self.account, ("webhooks:write",))

    async def ask(self, method: str, path: str = "", body: Any = None, key: str | None = None) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": key or str(uuid4())}
        return await self.shop.client.request(method, f"{HOOKS}{path}", json=body, headers=headers)

    async def add(self, path: str = "/hook", key: str | None = None, **fields: Any) -> httpx.Response:
        body = {"url": self.receiver.url(path), "title": "ERP", "types": ["order.paid"], **fields}
        return await self.ask("POST", body=body, key=key)

    async def made(self, path: str = "/hook", **fields: Any) -> str:
        answer = await self.add(path, **fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def secrets(self, hook: str) -> dict[str, Any]:
        return (await self.ask("GET", f"/{hook}/secret")).json()

    async def log(self, hook: str, **query: Any) -> list[dict[str, Any]]:
        answer = await self.shop.client.get(f"{HOOKS}/{hook}/deliveries", params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def happened(self, event: Event) -> None:
        """As the poller of the feed of orders does it."""
        consumer = next(each for each in consumers if each.producer == "orders")
        assert consumer.handles(event)
        async with self.shop.ctx.db.write() as tx:
            await consumer.handle(self.shop.ctx, tx, event)

    async def do(self, sql: str, *arguments: Any) -> Any:
        async with self.shop.ctx.db.write() as tx:
            return await tx.value(sql, *arguments)

    async def received(self, count: int) -> None:
        async def all_there() -> bool:
            return len(self.receiver.got) >= count

        await eventually(all_there, what=f"{count} messages")

    async def ended(self, hook: str, state: str, tries: int = 1) -> dict[str, Any]:
        async def so() -> bool:
            found = await self.log(hook)
            answered = bool(found) and (found[0]["last_status"] or found[0]["last_error"]) is not None
            return answered and (found[0]["state"], found[0]["tries"]) == (state, tries)

        await eventually(so, what=f"{state} after {tries}")
        return (await self.log(hook))[0]

    async def is_off(self, hook: str) -> str:
        """Once it is off: why."""

        async def so() -> bool:
            return (await self.ask("GET", f"/{hook}")).json()["status"] == "off"

        await eventually(so, what="the end of an endpoint")
        return (await self.ask("GET", f"/{hook}")).json()["off_reason"]

    async def hurry(self) -> None:
        await self.do("update webhook_deliveries set due_at = now() where state = 'waiting'")
