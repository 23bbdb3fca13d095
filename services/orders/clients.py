"""Calls to the catalog and the payment service. Each is safe to repeat.

Every call may raise chassis.problems.Unavailable: its effect is then unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from chassis.http import ServiceProblem
from chassis.problems import Unavailable
from orders.context import OrdersContext
from orders.domain.pricing import VariantQuantity
from orders.store.orders import Order

# The hold outlives the time to pay, so that a payment in the last second still finds its stock.
HOLD_MARGIN = 120
# Longer than the catalog waits for rows that are locked (its database_lock_seconds), twice.
RESERVE_SECONDS = 3.0


class Article(msgspec.Struct, frozen=True):
    """A variant as the catalog names it. `variant_title`: None where it is the only one of its product."""

    variant_id: UUID
    sku: str
    title: str
    variant_title: str | None
    slug: str
    image_url: str | None


class Quote(Article, frozen=True):
    """A variant as it is sold now. `unit_price` in minor units; `available` is None where stock is not counted."""

    unit_price: int
    available: int | None
    requires_shipping: bool = True


class Unsold(Article, frozen=True):
    """A variant that is not sold now, and why: "unpublished", "retired" or "not-in-currency"."""

    reason: str


class Quotes(msgspec.Struct, frozen=True):
    """`missing`: variants that are not sold, or have no price in this currency; `unsold`: what is known of them."""

    lines: list[Quote]
    missing: list[UUID]
    # A replica of the version before does not send it.
    unsold: list[Unsold] = []

    @property
    def by_variant(self) -> dict[UUID, Quote]:
        """The quotes by their variants."""
        return {quote.variant_id: quote for quote in self.lines}


class Shortage(msgspec.Struct, frozen=True):
    """A line of the catalog's refusal."""

    sku: str
    requested: int
    available: int


class PaymentDetails(msgspec.Struct, frozen=True):
    """`status` as in the contract of payments; the rest is what a browser needs to pay."""

    status: str
    client_secret: str | None = None
    publishable_key: str | None = None
    pay_url: str | None = None
    available: bool = True


class PaymentNotAvailable(Unavailable):
    """The provider refuses the shop's own account, so that nobody can pay now: the order is kept and retried."""


class SoldOut(Exception):
    """The catalog cannot reserve all lines."""

    def __init__(self, lines: list[Shortage]) -> None:
        super().__init__("out of stock")
        self.lines = lines


def _lines(lines: Sequence[VariantQuantity]) -> list[dict[str, Any]]:
    return [{"variant_id": line.variant_id, "quantity": line.quantity} for line in lines]


async def quotes(ctx: OrdersContext, lines: Sequence[VariantQuantity], currency: str, *, probe: bool = False) -> Quotes:
    """Prices and stock of these variants; of the synthetic shopper's article, for itself alone."""
    # A replica of the catalog of the version before refuses a field that it does not know.
    body = {"lines": _lines(lines), "currency": currency} | ({"probe": True} if probe else {})
    return await ctx.http.call("catalog", "POST", "/internal/quotes", json=body, into=Quotes, timeout=3)


async def reserve(ctx: OrdersContext, order_id: UUID, lines: Sequence[VariantQuantity]) -> None:
    """Hold the stock of an order.

    Raises:
        SoldOut: some of it is not there, or the reservation was given back before.
    """
    body = {"order_id": order_id, "lines": _lines(lines), "hold_seconds": ctx.settings.hold_seconds + HOLD_MARGIN}
    try:
        await ctx.http.call("catalog", "POST", "/internal/reservations", json=body, timeout=RESERVE_SECONDS)
    except ServiceProblem as refused:
        raise _sold_out(refused) from refused


async def commit_stock(ctx: OrdersContext, order_id: UUID) -> None:
    """Turn an order's reservation into a sale.

    Raises:
        SoldOut: the hold had lapsed and its stock is gone.
    """
    try:
        await ctx.http.call("catalog", "POST", f"/internal/reservations/{order_id}/commit", timeout=5)
    except ServiceProblem as refused:
        raise _sold_out(refused) from refused


def _sold_out(refused: ServiceProblem) -> Exception:
    if refused.type == "out-of-stock":
        return SoldOut(msgspec.convert(refused.extensions.get("lines", []), list[Shortage]))
    if refused.status == 409:
        return SoldOut([])
    return Unavailable(f"The catalog refused what it should know: {refused}")


async def release_stock(ctx: OrdersContext, order_id: UUID) -> bool:
    """Give an order's stock back; whether it was ours to give: False when it had been sold."""
    try:
        await ctx.http.call("catalog", "POST", f"/internal/reservations/{order_id}/release", timeout=5)
    except ServiceProblem as refused:
        if refused.status == 409:
            return False
        raise Unavailable(f"The catalog refused what it should know: {refused}") from refused
    return True


async def open_payment(ctx: OrdersContext, order: Order) -> PaymentDetails | None:
    """The order's payment, made if there is none; None when it was cancelled before or is for another amount.

    Raises:
        PaymentNotAvailable: see there.
    """
    body = {
        "order_id": order.id,
        "amount": order.total,
        "currency": order.currency,
        "order_number": order.number,
        "email": order.email,
        "shipping": _shipping(order.shipping_address),
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
            return None
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
