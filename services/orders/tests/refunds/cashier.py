"""Staff who give money back: paid orders as a checkout leaves them, and the payment service's events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec

from chassis.outbox import Event
from chassis.values import uuid7
from orders.consumers import payments
from orders.tests.fulfilment import desk as parcels
from orders.tests.fulfilment.desk import Desk
from orders.tests.shop import ADDRESS

_ORDER = """
insert into orders (id, number, account_id, email, shipping_address, currency, subtotal, discount, shipping,
    shipping_tax, shipping_charged, tax, rounding, total, status, payment, stock, attention, expires_at, paid_at,
    next_attempt_at)
values ($1, $2, $3, 'ada@example.com', $4, $5, $6, $7, $8, $9, $8, $10, $11, $12, $13, $14, $15, $16,
    now() + interval '15 minutes', case when $13 = 'paid' then now() end,
    case when $13 <> 'paid' then now() + interval '1 day' end)
"""
_LINES = """
insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity,
    discount, tax, charged)
select $1, row_number() over (), uuidv7(), 'SKU-' || row_number() over (), 'A print', '', 'print', price, quantity,
    discount, tax, price * quantity - discount
from jsonb_to_recordset($2) as line (quantity integer, price bigint, discount bigint, tax bigint)
"""


@dataclass(frozen=True)
class Line:
    """Pieces at a price, with all of the line's discount and of its tax."""

    quantity: int
    price: int
    discount: int = 0
    tax: int = 0


# 3 pieces of 10.00 at 10 % off, and 1 of 10.00, with 19 % in them: 37.00; shipping is 4.90.
TWO = (Line(3, 1000, 300, 431), Line(1, 1000, 0, 160))
TOTAL, SHIPPING, SHIPPING_TAX = 4190, 490, 78


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def piece(position: int, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"position": position, "quantity": quantity, **more}


class Cashier(Desk):
    async def sold(
        self,
        *lines: Line,
        currency: str = "EUR",
        shipping: int = SHIPPING,
        rounding: int = 0,
        status: str = "paid",
        payment: str = "captured",
        attention: str | None = None,
        account: UUID | None = None,
    ) -> UUID:
        lines, order_id = lines or TWO, uuid7()
        subtotal = sum(line.price * line.quantity for line in lines)
        discount = sum(line.discount for line in lines)
        shipping_tax = SHIPPING_TAX if shipping else 0
        tax = sum(line.tax for line in lines) + shipping_tax
        total = subtotal - discount + shipping + rounding
        stock = "committed" if attention is None else "released"
        money = (currency, subtotal, discount, shipping, shipping_tax, tax, rounding, total)
        rows: Sequence[dict[str, int]] = [msgspec.to_builtins(line) for line in lines]
        async with self.service.ctx.db.write() as tx:
            owner = (order_id, parcels._number(), account or uuid7(), ADDRESS)
            await tx.execute(_ORDER, *owner, *money, status, payment, stock, attention)
            await tx.execute(_LINES, order_id, rows)
            await tx.execute("insert into order_events (order_id, version, kind) values ($1, 1, 'placed')", order_id)
        return order_id

    async def preview(self, order_id: UUID, **wish: Any) -> httpx.Response:
        return await self.ask("POST", f"{order_id}/refunds/previews", wish)

    async def refund(
        self, order_id: UUID, expected: int | None = None, *, key: str = "", **wish: Any
    ) -> httpx.Response:
        """A refund of what its preview shows, or of so much."""
        if expected is None:
            shown = await self.preview(order_id, **{name: wish[name] for name in wish if name != "note"})
            if shown.status_code != 200:
                return shown
            expected = shown.json()["total"]["amount"]
        body = {"reason": "requested_by_customer", "expected_total": euros(expected), **wish}
        return await self.ask("POST", f"{order_id}/refunds", body, key=key)

    async def refunded(self, order_id: UUID, **wish: Any) -> dict[str, Any]:
        """A refund that was made."""
        answer = await self.refund(order_id, **wish)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def cancel(self, order_id: UUID, *, key: str = "", **wish: Any) -> httpx.Response:
        body = {"reason": "customer", "restock": True, "refund": True, **wish}
        return await self.ask("POST", f"{order_id}/cancellations", body, key=key)

    async def tell(self, kind: str, order_id: UUID, **data: Any) -> None:
        """An event of payments, as its feed brings it."""
        body = {"order_id": str(order_id), **data}
        async with self.service.ctx.db.write() as tx:
            event = msgspec.convert(
                {
                    "id": "1",
                    "type": f"payment.{kind}",
                    "aggregate": "payment",
                    "aggregate_id": str(order_id),
                    "version": 1,
                    "trace": None,
                    "occurred_at": "2026-01-01T00:00:00Z",
                    "data": msgspec.Raw(msgspec.json.encode(body)),
                },
                Event,
                strict=False,
            )
            await payments.handle(self.service.ctx, tx, event)

    async def accept(self, order_id: UUID, refund: dict[str, Any]) -> None:
        await self.told_refunded(order_id, UUID(refund["id"]), refund["total"]["amount"])

    async def told_refunded(self, order_id: UUID, refund_id: UUID, amount: int, origin: str = "shop") -> None:
        more = {"currency": "EUR", "origin": origin, "refunded": amount}
        await self.tell("refunded", order_id, refund_id=str(refund_id), amount=amount, **more)

    async def fail(self, order_id: UUID, refund: dict[str, Any], reason: str = "lost_or_stolen_card") -> None:
        more = {"amount": refund["total"]["amount"], "currency": "EUR", "origin": "shop", "refunded": 0}
        await self.tell("refund_failed", order_id, refund_id=refund["id"], reason=reason, **more)

    async def money(self, order_id: UUID) -> tuple[int, int]:
        """What went back, and what is on its way."""
        sql = "select refunded, refund_pending from order_progress where order_id = $1"
        found = await self.rows(sql, order_id)
        return (found[0]["refunded"], found[0]["refund_pending"]) if found else (0, 0)

    async def paid_back(self, order_id: UUID) -> list[tuple[int, int, int]]:
        """Of each line: pieces cancelled, fulfilled and paid back."""
        sql = "select cancelled, fulfilled, refunded from line_progress where order_id = $1 order by position"
        return [(row["cancelled"], row["fulfilled"], row["refunded"]) for row in await self.rows(sql, order_id)]

    async def states(self, order_id: UUID) -> tuple[str, str, str]:
        """Of the payment, of what is sent, and of the order."""
        shown = (await self.ask("GET", str(order_id))).json()
        return shown["payment_status"], shown["fulfilment_status"], shown["life"]

    async def books(self) -> None:
        """Every figure is the sum of what it counts, and every refund has its credit note."""
        await self.check_books("given_back", "pieces_add_up", "refund_has_credit_note", "documents_gapless")
