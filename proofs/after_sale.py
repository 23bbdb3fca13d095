"""What becomes of paid orders: staff pay them back, cancel and send them, and take back what was sent."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from proofs.asked import Asked
from proofs.customers import PATIENCE, Customers, Scenario
from proofs.shopper import Shopper
from proofs.staff import Staff

_SHELF, _ANY = ("restock.",), ("orders.after_mail_about", "idempotency.")
_MONEY = ("orders.refund_", "payments.refund_", *_ANY)
# Of an order that is paid back in parts: paying it costs more than the parts do, and each passes the failpoints.
PIECES = 5


class AfterSale:
    """Scenarios of paid orders; `asked` has what was answered."""

    def __init__(self, customers: Customers, staff: Staff, asked: Asked) -> None:
        self._customers, self._staff, self._asked = customers, staff, asked

    @property
    def scenarios(self) -> list[Scenario]:
        """Each with the failpoints that it passes."""
        return [
            Scenario(self.refund_in_parts, (*_MONEY, *_SHELF)),
            Scenario(self.cancel_in_parts, (*_MONEY, *_SHELF, "orders.pieces_cancelled")),
            Scenario(self.send_and_take_back, (*_SHELF, *_ANY, "parcel.", "return.")),
        ]

    async def refund_in_parts(self, customer: Shopper) -> None:
        """Pieces, amounts, then all that is left: each once, though it is asked for twice."""
        order = await self._paid(customer, PIECES)
        for _ in range(2):
            await self._refund(order, {"lines": [{"position": 1, "quantity": 1, "restock": True}]})
            self._asked.on_shelf[order] += 1
            await self._refund(order, {"amount": {"amount": 100, "currency": "EUR"}})
        await self._refund(order, {"whole": True})

    async def cancel_in_parts(self, customer: Shopper) -> None:
        """Piece by piece, then all that are left; they go back on the shelf, and their money to the customer."""
        order = await self._paid(customer, PIECES)
        for lines in ([{"position": 1, "quantity": 1}],) * 3 + (None,):
            wish = {"lines": lines, "reason": "customer", "restock": True, "refund": True}
            done = await self._staff.twice(f"orders/{order}/cancellations", wish)
            self._asked.cancellations[done["id"]] = order
            self._asked.on_shelf[order] += sum(line["quantity"] for line in done["lines"])
            self._keep(order, done["refund"])
        assert self._asked.on_shelf[order] == PIECES, f"{self._asked.on_shelf[order]} pieces were cancelled"

    async def send_and_take_back(self, customer: Shopper) -> None:
        """Two parcels; both pieces come back, and one of them is looked at before it is thrown away."""
        order = await self._paid(customer, pieces=2)
        await asyncio.gather(self._send(order, "dhl"), self._send(order, "dpd"))
        back = await self._asked_back(customer, order)
        path = f"orders/{order}/returns/{back}"
        await self._staff.ask("POST", f"{path}/approve", {})
        line: dict[str, Any] = {"position": 1, "restocked": 1, "to_process": 1}
        await self._staff.ask("POST", f"{path}/receive", {"lines": [line]})
        self._asked.on_shelf[order] += 1
        await self._staff.ask("POST", f"{path}/inspect", {"lines": [{"position": 1, "discarded": 1}]})
        paid = await self._staff.twice(f"{path}/refund", {})
        assert paid["refund_id"], paid
        self._asked.refunds[paid["refund_id"]] = order
        await self._staff.ask("POST", f"{path}/close")

    async def _paid(self, customer: Shopper, pieces: int) -> str:
        order = await self._customers.bought(customer, pieces)
        self._asked.orders.add(order)
        return order

    async def _refund(self, order: str, wish: dict[str, Any]) -> None:
        shown = await self._staff.ask("POST", f"orders/{order}/refunds/previews", wish)
        whole = {**wish, "expected_total": shown["total"], "reason": "requested_by_customer"}
        self._keep(order, await self._staff.twice(f"orders/{order}/refunds", whole))

    def _keep(self, order: str, refund: dict[str, Any]) -> None:
        self._asked.refunds[refund["id"]] = order
        self._asked.amounts[refund["id"]] = refund["total"]["amount"]

    async def _send(self, order: str, carrier: str) -> None:
        parcel = {"lines": [{"position": 1, "quantity": 1}], "carrier": carrier, "tracking_number": "TRACK-1"}
        sent = await self._staff.twice(f"orders/{order}/parcels", parcel)
        self._asked.parcels[sent["id"]] = order
        await self._staff.ask("POST", f"orders/{order}/parcels/{sent['id']}/delivered")

    async def _asked_back(self, customer: Shopper, order: str) -> str:
        """The id of the return that the customer asks for, twice with one key."""
        key, path = uuid.uuid4().hex, f"/api/v1/orders/{order}/returns"
        wish = {"lines": [{"position": 1, "quantity": 2}], "reason": "does_not_fit"}
        answers = [
            await customer.retry(lambda: customer.call("POST", path, json=wish, **{"Idempotency-Key": key}), PATIENCE)
            for _ in range(2)
        ]
        assert all(answer.status == 201 for answer in answers), answers
        first, second = (str(answer.body["id"]) for answer in answers)
        assert first == second, f"one key made the returns {first} and {second}"
        self._asked.returns[first] = order
        return first
