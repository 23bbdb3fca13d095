"""Staff at work on paid orders: these are written into the database as a checkout leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from chassis.db.books import find
from chassis.testing import RunningApp
from chassis.values import uuid7
from orders.shoppers import OrderTokens, hashed_token
from orders.tests.shop import ADDRESS

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_numbers = count(1)
_ORDER = """
insert into orders (id, number, account_id, token_hash, email, shipping_address, currency, subtotal, shipping, total,
    status, payment, stock, attention, expires_at, paid_at)
values ($1, $2, $3, $4, 'ada@example.com', $5, 'EUR', $6::bigint, 500, $6::bigint + 500, 'paid', 'captured', $7, $8,
    now() + interval '15 minutes', now())
"""
_LINE = """
insert into order_lines
    (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity, requires_shipping)
select $1, row_number() over (), uuidv7(), 'SKU-' || row_number() over (), 'A print', '', 'print', 1000, quantity, ships
from unnest($2::integer[], $3::boolean[]) as line (quantity, ships)
"""


def _number() -> str:
    rest, letters = next(_numbers), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(_ALPHABET))
        letters += _ALPHABET[digit]
    return f"M-{letters}"


@dataclass
class Desk:
    service: RunningApp
    account_id: UUID

    async def execute(self, sql: str, *arguments: Any) -> int:
        async with self.service.ctx.db.write() as tx:
            return await tx.execute(sql, *arguments)

    async def value(self, sql: str, *arguments: Any) -> Any:
        async with self.service.ctx.db.read() as tx:
            return await tx.value(sql, *arguments)

    async def row(self, sql: str, *arguments: Any) -> dict[str, Any]:
        async with self.service.ctx.db.read() as tx:
            found: dict[str, Any] | None = await tx.row(dict, sql, *arguments)
        assert found is not None, sql
        return found

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.service.ctx.db.read() as tx:
            return await tx.rows(dict, sql, *arguments)

    async def paid(
        self, *quantities: int, digital: tuple[int, ...] = (), account: UUID | None = None, attention: str | None = None
    ) -> UUID:
        """An order with so many pieces on each line; `digital`: positions that are not shipped."""
        order_id = uuid7()
        token = None if account else hashed_token(self.service.ctx.get(OrderTokens).token(order_id))
        stock = "released" if attention else "committed"
        ships = [place not in digital for place in range(1, len(quantities) + 1)]
        async with self.service.ctx.db.write() as tx:
            owner = (order_id, _number(), account, token, ADDRESS)
            await tx.execute(_ORDER, *owner, 1000 * sum(quantities), stock, attention)
            await tx.execute(_LINE, order_id, list(quantities), ships)
            await tx.execute("insert into order_events (order_id, version, kind) values ($1, 1, 'placed')", order_id)
        return order_id

    def key_of(self, order_id: UUID) -> dict[str, str]:
        """The header of the guest whose order it is."""
        return {"Order-Token": self.service.ctx.get(OrderTokens).token(order_id)}

    @property
    def staff(self) -> dict[str, str]:
        return self.service.token(self.account_id, scopes=("orders:read", "orders:write", "refunds:write"))

    async def ask(
        self, method: str, path: str, body: Any = None, *, key: str = "", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """As staff, below /api/v1/admin/orders; each time with a new key, unless one is given."""
        sent = {"Idempotency-Key": key or str(uuid4()), **(self.staff if headers is None else headers)}
        root = "/api/v1/admin/orders/" if headers is None else "/api/v1/orders/"
        return await self.service.client.request(method, f"{root}{path}", json=body, headers=sent)

    async def send(self, order_id: UUID, *, key: str = "", by_hand: bool = False, **pieces: int) -> httpx.Response:
        """A parcel of these lines: send(order, p1=2)."""
        lines = [{"position": int(place[1:]), "quantity": quantity} for place, quantity in pieces.items()]
        return await self.ask("POST", f"{order_id}/parcels", {"lines": lines, "by_hand": by_hand}, key=key)

    async def sent(self, order_id: UUID, **pieces: Any) -> str:
        """The id of a parcel of these lines."""
        answer = await self.send(order_id, **pieces)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def parcel(self, order_id: UUID, parcel_id: str, step: str) -> httpx.Response:
        return await self.ask("POST", f"{order_id}/parcels/{parcel_id}/{step}")

    async def progress(self, order_id: UUID) -> dict[str, Any]:
        return await self.row("select * from order_progress where order_id = $1", order_id)

    async def check_books(self, *names: str) -> None:
        """The books' own queries of these names find no fault, however young."""
        checks = {check.name: check.sql for check in find("orders")}
        for name in names:
            young = (timedelta(),) if "$1" in checks[name] else ()
            found = await self.rows(checks[name], *young)
            assert found == [], (name, found)

    async def pieces(self, order_id: UUID) -> list[tuple[int, ...]]:
        """Of each line: ordered, cancelled, fulfilled, in return, returned."""
        sql = """
        select ordered, cancelled, fulfilled, in_return, returned from line_progress where order_id = $1
        order by position
        """
        return [tuple(row.values()) for row in await self.rows(sql, order_id)]

    async def timeline(self, order_id: UUID) -> list[str]:
        sql = "select kind from order_events where order_id = $1 order by version"
        return [row["kind"] for row in await self.rows(sql, order_id)]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text
