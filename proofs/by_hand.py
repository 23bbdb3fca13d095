"""Orders that staff make and take the money of: a draft that is sent, its address corrected, and cash."""

from __future__ import annotations

import uuid
from typing import Any

from proofs.asked import Asked
from proofs.customers import PATIENCE, Customers, Scenario
from proofs.shopper import ADDRESS, Shopper
from proofs.staff import Staff
from proofs.waiting import eventually

_PAYABLE = "select status = 'pending_payment' from orders where id = $1::uuid"
_PAID = "select status = 'paid' from orders where id = $1::uuid"
_BILLED = {**ADDRESS, "line1": "10 Downing Street"}


class ByHand:
    """It runs only while one of its failpoints is on. `asked` has what was answered."""

    def __init__(self, customers: Customers, staff: Staff, asked: Asked) -> None:
        self._customers, self._staff, self._asked = customers, staff, asked

    @property
    def scenarios(self) -> list[Scenario]:
        """Each with the failpoints that it passes."""
        return [Scenario(self.sell_a_draft, ("drafts.", "orders.money_received"), rare=True)]

    async def sell_a_draft(self, _customer: Shopper) -> None:
        """Each step twice: one draft, which is one order; one change of it, and one receipt."""
        variant = self._customers.plenty
        wish = {
            "email": f"by-hand-{uuid.uuid4().hex[:12]}@example.com",
            "currency": "EUR",
            "shipping_address": ADDRESS,
            "lines": [{"variant_id": variant.id, "quantity": 1}],
            "payment_method": "cash",
        }
        draft = await self._staff.twice("drafts", wish)
        for _ in range(2):
            shown = {"version": draft["version"], "expected_total": variant.total}
            sent = await self._staff.ask("POST", f"drafts/{draft['id']}/send", shown)
            assert sent["id"] == draft["id"], f"the draft {draft['id']} became the order {sent['id']}"
        await self._until(_PAYABLE, draft["id"])
        for _ in range(2):
            await self._correct(draft["id"])
        receipt = {"amount": variant.total, "reference": f"till/{draft['id']}"}
        for _ in range(2):
            await self._staff.ask("POST", f"orders/{draft['id']}/receipts", receipt)
        await self._until(_PAID, draft["id"])
        self._asked.drafts.add(draft["id"])

    async def _correct(self, order: str) -> None:
        """Change the billing address, of whatever version the order is by then."""
        answer: dict[str, Any] = {"type": "order-changed"}
        while answer.get("type") == "order-changed":
            seen = await self._staff.ask("GET", f"orders/{order}")
            edit = {"version": seen["version"], "billing_address": _BILLED}
            answer = await self._staff.ask("PATCH", f"orders/{order}", edit, done="order-changed")

    async def _until(self, sql: str, order: str) -> None:
        await eventually(lambda: self._customers.value("orders", sql, order), PATIENCE, "the order's next state")
