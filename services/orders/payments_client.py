"""Calls to the payment service. Each is safe to repeat.

Every call may raise chassis.problems.Unavailable: its effect is then unknown.
"""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

import msgspec

from chassis.http import ServiceProblem
from chassis.problems import Unavailable
from orders.context import OrdersContext
from orders.payment_methods import CARD, is_manual


class PaymentDetails(msgspec.Struct, frozen=True):
    """`status` as in the contract of payments; the rest is what a shopper needs to pay: in a browser, or by the shop's
    `instructions`.
    """

    status: str
    client_secret: str | None = None
    publishable_key: str | None = None
    pay_url: str | None = None
    available: bool = True
    method: str = CARD
    instructions: str | None = None

    @property
    def payable(self) -> bool:
        """Whether it is open, and waits for the shopper."""
        waits = self.client_secret is not None or is_manual(self.method)
        return waits and self.status == "requires_payment"


class PaymentNotMade(Exception):
    """The order gets no payment, now or later; `reason` is the type of the refusal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PaymentNotAvailable(Unavailable):
    """The provider refuses the shop's own account, so that nobody can pay now: the order is kept and retried."""


class Payable(Protocol):
    """What the payment service is told of an order."""

    @property
    def id(self) -> UUID:
        """The operation id of the request that placed it."""

    @property
    def number(self) -> str:
        """For people."""

    @property
    def email(self) -> str:
        """Where mails about it go."""

    @property
    def total(self) -> int:
        """Minor units."""

    @property
    def payment_method(self) -> str:
        """How it is paid."""

    @property
    def account_id(self) -> UUID | None:
        """Whose saved cards may pay it; None: a guest's order."""

    @property
    def ordered_from(self) -> bytes | None:
        """A hash of the network address, by which declined cards are counted."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def shipping_address(self) -> dict[str, Any] | None:
        """None where nothing is shipped."""


async def open_payment(ctx: OrdersContext, order: Payable) -> PaymentDetails:
    """The order's payment, made if there is none.

    Raises:
        PaymentNotAvailable: see there.
        PaymentNotMade: it was cancelled before, is for another amount, or is refused.
    """
    body = {
        "order_id": order.id,
        "amount": order.total,
        "currency": order.currency,
        "order_number": order.number,
        "email": order.email,
        "shipping": _shipping(order.shipping_address),
        "method": order.payment_method,
        "account_id": order.account_id,
        "address": order.ordered_from.hex() if order.ordered_from else None,
    }
    try:
        return await ctx.http.call(
            "payments", "POST", "/internal/payments", json=body, into=PaymentDetails, timeout=4.5
        )
    except ServiceProblem as refused:
        if refused.type == "payment-not-available":
            raise PaymentNotAvailable from refused
        # A body that this replica cannot read may be readable for one of another version.
        if refused.status in {409, 422} and refused.type != "validation-error":
            raise PaymentNotMade(refused.type) from refused
        raise Unavailable(f"payments refused what it should know: {refused}") from refused


def _shipping(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """The shipping address in the provider's form, without the telephone; None where nothing is shipped."""
    if not given or not given.get("name"):
        return None
    names = {"state": "region"} | {name: name for name in ("line1", "line2", "city", "postal_code", "country")}
    address = {name: given[ours] for name, ours in names.items() if given.get(ours)}
    return {"name": given["name"], "address": address}


async def payment_of(ctx: OrdersContext, order_id: UUID) -> PaymentDetails | None:
    """The order's payment; None when there is none."""
    try:
        return await ctx.http.call("payments", "GET", f"/internal/payments/{order_id}", into=PaymentDetails, timeout=4)
    except ServiceProblem as refused:
        if refused.status == 404:
            return None
        raise Unavailable(f"payments refused what it should know: {refused}") from refused


async def looked_up_payment(ctx: OrdersContext, order_id: UUID) -> str:
    """The status of the order's payment, once the provider was asked too; "none" when there is no payment."""
    try:
        path = f"/internal/payments/{order_id}/look"
        return (await ctx.http.call("payments", "POST", path, into=PaymentDetails, timeout=8)).status
    except ServiceProblem as refused:
        if refused.status != 404:
            raise Unavailable(f"payments refused what it should know: {refused}") from refused
    # No payment; or no such endpoint in a replica of the version before: then its stored status is used.
    known = await payment_of(ctx, order_id)
    return "none" if known is None else known.status


async def capture(ctx: OrdersContext, order_id: UUID) -> str:
    """Have an authorised payment taken; its status now, whatever it is."""
    return await _settle(ctx, order_id, "capture")


async def void(ctx: OrdersContext, order_id: UUID) -> str:
    """Have a payment cancelled, or forbidden before it is made; its status now, whatever it is."""
    return await _settle(ctx, order_id, "void")


async def give_up_payment(ctx: OrdersContext, order_id: UUID) -> None:
    """Have the payment of an order given up that is not known here any more."""
    try:
        await ctx.http.call("payments", "POST", f"/internal/payments/{order_id}/give-up", timeout=8)
    except ServiceProblem as refused:
        raise Unavailable(f"payments refused what it should know: {refused}") from refused


async def _settle(ctx: OrdersContext, order_id: UUID, how: str) -> str:
    path = f"/internal/payments/{order_id}/{how}"
    try:
        answer = await ctx.http.call("payments", "POST", path, into=PaymentDetails, timeout=8)
    except ServiceProblem as refused:
        if refused.status not in {404, 409}:
            raise Unavailable(f"payments refused what it should know: {refused}") from refused
        known = await payment_of(ctx, order_id)
        return known.status if known else "unknown"
    return answer.status


class RefundState(msgspec.Struct, frozen=True):
    """How far a refund is there: pending, succeeded or failed."""

    status: str


class RefundRefused(Exception):
    """The payment service does not make the refund; `reason` is the type of its problem."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def refund(
    ctx: OrdersContext, order_id: UUID, refund_id: UUID, amount: int, currency: str, reason: str
) -> RefundState:
    """Have money of the order's payment go back: once for each id, however often it is asked.

    Raises:
        RefundRefused: there is not so much, or no such payment.
    """
    body = {"refund_id": refund_id, "amount": amount, "currency": currency, "reason": reason}
    path = f"/internal/payments/{order_id}/refunds"
    try:
        return await ctx.http.call("payments", "POST", path, json=body, into=RefundState, timeout=8)
    except ServiceProblem as refused:
        if refused.type in {"refund-exceeds", "payment-not-captured", "refund-mismatch"}:
            raise RefundRefused(refused.type) from refused
        raise Unavailable(f"payments refused what it should know: {refused}") from refused
