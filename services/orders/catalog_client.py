"""Calls to the catalog. Each is safe to repeat.

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
from orders.quantities import VariantQuantity

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
    # A replica of the version before does not send these.
    product_id: UUID | None = None
    product_type: str = ""
    tax_class: str = "standard"
    weight_grams: int | None = None


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


async def reserve(ctx: OrdersContext, order_id: UUID, lines: Sequence[VariantQuantity], seconds: int) -> None:
    """Hold the stock of an order that has so many seconds to be paid.

    Raises:
        SoldOut: some of it is not there, or the reservation was given back before.
    """
    body = {"order_id": order_id, "lines": _lines(lines), "hold_seconds": seconds + HOLD_MARGIN}
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


class Restocked(msgspec.Struct, frozen=True):
    """The catalog's answer to a restock: `unknown` are variants that it has not."""

    unknown: list[UUID]


async def restock(ctx: OrdersContext, restock_id: UUID, lines: Sequence[VariantQuantity]) -> list[UUID]:
    """Put pieces back on the shelf, once for each id; the variants that the catalog does not know."""
    body = {"restock_id": restock_id, "lines": _lines(lines)}
    return (await ctx.http.call("catalog", "POST", "/internal/restocks", json=body, into=Restocked, timeout=5)).unknown
