"""A customer and a guest who buy, get parcels, send back and are paid back, with a word of their own in every field."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from proofs.products import Variant
from proofs.shopper import Shopper
from proofs.staff import Staff
from proofs.waiting import eventually

PATIENCE = 90.0
_INVOICED = "select exists (select from documents where order_id = $1::uuid)"
_SETTLED = """
select not exists (select from refunds where order_id = $1::uuid and status = 'requested')
   and not exists (select from returns where order_id = $1::uuid and ended_at is null)
"""


@dataclass
class Person:
    """`word`: in small letters, in all that they or staff typed about them."""

    buyer: Shopper
    word: str = field(default_factory=lambda: f"canary{uuid.uuid4().hex[:10]}")
    phone: str = field(default_factory=lambda: f"+49 30 9{uuid.uuid4().int % 10**8:08d}")
    orders: list[str] = field(default_factory=list)
    # Of a guest: by order.
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """What must be found nowhere."""
        return [self.word, self.phone.rpartition(" ")[2]]

    @property
    def address(self) -> dict[str, str]:
        """Where they live."""
        return {
            "name": f"Anna {self.word}",
            "line1": f"{self.word} 1",
            "line2": self.word,
            "city": self.word,
            "postal_code": "10115",
            "country": "DE",
            "phone": self.phone,
        }

    async def buy(self, staff: Staff, variant: Variant) -> None:
        """One order by card, of which a piece comes back; and one by transfer."""
        wish = {"lines": [{"variant_id": variant.id, "quantity": 2}], "expected_total": variant.total_of(2)}
        by_card = await self._order(variant, wish)
        outcome = await self.buyer.pay(by_card)
        assert outcome == "bought", outcome
        await self._paid(staff, by_card["order"]["id"], 2)
        await self._send_back(staff, by_card["order"]["id"])
        by_transfer = await self._order(variant, {"payment_method": "bank_transfer"})
        receipt = {"amount": by_transfer["order"]["total"], "reference": f"transfer of {self.word}"}
        order_id = by_transfer["order"]["id"]
        await self.buyer.until(order_id, "pending_payment")
        await staff.ask("POST", f"orders/{order_id}/receipts", receipt)
        await self._paid(staff, order_id, 1)

    async def _order(self, variant: Variant, wish: dict[str, Any]) -> dict[str, Any]:
        billed = {**self.address, "line2": f"c/o {self.word}"}
        whole = {"shipping_address": self.address, "billing_address": billed, **wish}
        placed = await self.buyer.retry(partial(self.buyer.order, variant, uuid.uuid4().hex, **whole))
        assert placed.status == 201, placed
        self.orders.append(placed.body["order"]["id"])
        self.tokens[self.orders[-1]] = self.buyer.headers.get("Order-Token", "")
        body: dict[str, Any] = placed.body
        return body

    async def _paid(self, staff: Staff, order_id: str, pieces: int) -> None:
        await self.buyer.until(order_id, "paid")
        await eventually(partial(self.buyer.store.value, "orders", _INVOICED, order_id), PATIENCE, "the invoice")
        await staff.ask("POST", f"orders/{order_id}/notes", {"body": f"{self.word} rang twice"})
        parcel = {"lines": [{"position": 1, "quantity": pieces}], "carrier": "dhl", "tracking_number": self.word}
        sent = await staff.ask("POST", f"orders/{order_id}/parcels", parcel)
        again = {"carrier": "dhl", "tracking_number": f"{self.word}2"}
        await staff.ask("PATCH", f"orders/{order_id}/parcels/{sent['id']}", again)
        await staff.ask("POST", f"orders/{order_id}/parcels/{sent['id']}/delivered")
        view = {"title": "mine", "filters": {"email": self.buyer.email}}
        await staff.ask("POST", "order-views", {**view, "shared": False})

    async def _send_back(self, staff: Staff, order_id: str) -> None:
        wish = {"lines": [{"position": 1, "quantity": 1}], "reason": "other", "note": f"says {self.word}"}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        asked = await self.buyer.call("POST", f"/api/v1/orders/{order_id}/returns", json=wish, **key)
        assert asked.status == 201, asked
        path = f"orders/{order_id}/returns/{asked.body['id']}"
        await staff.ask("POST", f"{path}/approve", {"answer": f"gladly, {self.word}"})
        await staff.ask("POST", f"{path}/receive", {"lines": [{"position": 1, "restocked": 1}]})
        await staff.ask("POST", f"{path}/refund", {})
        await staff.ask("POST", f"{path}/close")
        preview = {"amount": {"amount": 100, "currency": "EUR"}}
        shown = await staff.ask("POST", f"orders/{order_id}/refunds/previews", preview)
        refund = {**preview, "expected_total": shown["total"], "reason": "other", "note": f"for {self.word}"}
        await staff.ask("POST", f"orders/{order_id}/refunds", refund)

    async def settled(self) -> None:
        """Until nothing of their orders is on its way."""
        for order_id in self.orders:
            ended = partial(self.buyer.store.value, "orders", _SETTLED, order_id)
            await eventually(ended, PATIENCE, f"the end of what is under way of {order_id}")
