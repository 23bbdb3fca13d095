"""The counter at which things come back: shoppers and staff, with orders that were sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from orders.tests.fulfilment.desk import Desk


class Counter(Desk):
    async def delivered(self, *quantities: int, **options: Any) -> UUID:
        """An order that is sent whole, and has arrived."""
        order = await self.paid(*quantities, **options)
        pieces = {f"p{place}": quantity for place, quantity in enumerate(quantities, 1)}
        parcel = await self.sent(order, by_hand=bool(options.get("digital")), **pieces)
        if not options.get("digital"):
            assert (await self.parcel(order, parcel, "delivered")).status_code == 200
        return order

    async def request(self, order_id: UUID, *, key: str = "", reason: str = "late", **pieces: int) -> httpx.Response:
        """As the shopper: request(order, p1=2)."""
        body = {"lines": lines_of(pieces), "reason": reason}
        return await self.ask("POST", f"{order_id}/returns", body, key=key, headers=self.key_of(order_id))

    async def opened(self, order_id: UUID, **pieces: int) -> str:
        """The id of a return that staff opened, and thereby approved."""
        body = {"lines": lines_of(pieces), "reason": "damaged"}
        answer = await self.ask("POST", f"{order_id}/returns", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def step(
        self, order_id: UUID, return_id: str, step: str, body: Any = None, *, key: str = ""
    ) -> httpx.Response:
        return await self.ask("POST", f"{order_id}/returns/{return_id}/{step}", {} if body is None else body, key=key)

    async def received(self, order_id: UUID, return_id: str, **outcomes: int) -> httpx.Response:
        """All pieces of line 1: received(order, id, restocked=1)."""
        return await self.step(order_id, return_id, "receive", {"lines": [{"position": 1, **outcomes}]})

    async def restocks(self, order_id: UUID) -> list[int]:
        """How many pieces each restock has."""
        sql = "select lines from restocks where order_id = $1 order by asked_at"
        return [sum(line["quantity"] for line in row["lines"]) for row in await self.rows(sql, order_id)]


def lines_of(pieces: dict[str, int]) -> list[dict[str, int]]:
    return [{"position": int(place[1:]), "quantity": quantity} for place, quantity in pieces.items()]
