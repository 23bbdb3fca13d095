"""Staff who change placed orders: these are written into the database as a checkout leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from orders.tests.fulfilment.desk import Desk
from orders.tests.pricing.office import BOTH, Office

ADA, EVE = "ada@example.com", "eve@example.com"
SCOPES = ("orders:read", "orders:write", "refunds:write", "payments:write")
BERLIN = {
    "name": "Ada Lovelace",
    "line1": "Am Weg 5",
    "line2": None,
    "city": "Berlin",
    "postal_code": "10115",
    "region": None,
    "country": "DE",
    "phone": None,
}
PARIS = {**BERLIN, "line1": "5 rue du Pont", "city": "Paris", "postal_code": "75001", "country": "FR"}


@dataclass
class Clerk(Desk):
    mailbox: Mailbox

    @property
    def staff(self) -> dict[str, str]:
        return self.service.token(self.account_id, scopes=(*SCOPES, *BOTH))

    @property
    def office(self) -> Office:
        return Office(self.service)

    async def invoicing(self, *, on: bool) -> None:
        """Whether orders that are paid get their invoice by themselves."""
        until = "now() - interval '1 hour'" if on else "now() + interval '1 day'"
        await self.execute(f"update invoicing set paid_until = {until}")

    async def version(self, order_id: UUID) -> int:
        found: int = await self.value("select version from orders where id = $1", order_id)
        return found

    async def edit(self, order_id: UUID, version: int | None = None, **values: Any) -> httpx.Response:
        """At the version of now, unless one is named."""
        body = {"version": version or await self.version(order_id), **values}
        return await self.ask("PATCH", str(order_id), body)

    async def edited(self, order_id: UUID, **values: Any) -> dict[str, Any]:
        answer = await self.edit(order_id, **values)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, order_id: UUID, kind: str, **values: Any) -> dict[str, Any]:
        """The 409 of a change, which leaves the order as it is."""
        before = await self.row("select * from orders where id = $1", order_id)
        answer = await self.edit(order_id, **values)
        assert (answer.status_code, answer.json()["type"]) == (409, kind), answer.text
        assert await self.row("select * from orders where id = $1", order_id) == before
        found: dict[str, Any] = answer.json()
        return found

    async def resend(self, order_id: UUID, kind: str, *, key: str = "", **more: Any) -> httpx.Response:
        return await self.ask("POST", f"{order_id}/mails", {"kind": kind, **more}, key=key)

    async def mails(self, address: str, count: int) -> list[EmailMessage]:
        """So many mails to an address, once they are there."""
        await eventually(lambda: len(self.mailbox.to(address)) >= count, 30, f"{count} mails to {address}")
        found: list[EmailMessage] = self.mailbox.to(address)
        return found
