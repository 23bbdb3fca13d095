"""Mark an order's payment as received at the payment service. Safe to repeat: a receipt is known by its reference.

The call may raise chassis.problems.Unavailable: its effect is then unknown.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.http import ServiceProblem
from chassis.problems import Unavailable
from chassis.values import Money
from orders.context import OrdersContext
from orders.edits.problems import OF_RECEIPTS, NoPaymentYet

_REFUSALS = {refusal.type: refusal for refusal in OF_RECEIPTS}


class Received(msgspec.Struct, frozen=True):
    """The payment's status afterwards."""

    status: str


async def receive(ctx: OrdersContext, order_id: UUID, amount: Money, reference: str, staff: UUID) -> str:
    """The status of the order's payment, whose money has come.

    Raises:
        NoPaymentYet, and those of OF_RECEIPTS, as the payment service says them.
    """
    body = {"amount": amount.amount, "currency": amount.currency, "reference": reference, "received_by": staff}
    path = f"/internal/payments/{order_id}/receive"
    try:
        return (await ctx.http.call("payments", "POST", path, json=body, into=Received, timeout=8)).status
    except ServiceProblem as refused:
        if refused.status == 404:
            raise NoPaymentYet("Its stock or its payment is not ready, or it has ended.") from refused
        known = _REFUSALS.get(refused.type)
        if known is None:
            raise Unavailable(f"payments refused what it should know: {refused}") from refused
        raise known(refused.detail, **_told(refused)) from refused


def _told(refused: ServiceProblem) -> dict[str, Any]:
    """What the refusal adds, where it says how much was expected."""
    return {name: refused.extensions[name] for name in ("reason", "expected") if name in refused.extensions}
