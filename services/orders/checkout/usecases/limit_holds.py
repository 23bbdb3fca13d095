"""Decide whether a new order may hold what it asks for, beside what is held unpaid already."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orders.checkout.domain.holding import (
    Kind,
    Limit,
    NewHold,
    Refusal,
    Rules,
    Scope,
    Share,
    crowded,
    is_first,
    refusal,
)
from orders.checkout.store.holds import Count, OpenOrder
from orders.checkout.store.new_order import NewOrder
from orders.context import OrdersContext
from orders.payment_methods import is_manual
from orders.problems import HoldLimit
from orders.settings import OrdersSettings


class Crowded(Exception):
    """The limits cannot be checked while others near the shopper order at the same moment."""


def holding_rules(settings: OrdersSettings) -> Rules:
    """How much may be held unpaid, by scope."""
    limits = {
        scope: Limit(
            getattr(settings, f"unpaid_orders_per_{scope}"),
            getattr(settings, f"unpaid_units_per_{scope}"),
            getattr(settings, f"lapsed_orders_per_{scope}"),
            getattr(settings, f"manual_orders_per_{scope}"),
        )
        for scope in Scope
    }
    return Rules(
        limits,
        Share(settings.unpaid_pieces_of_variant, settings.unpaid_percent_of_variant),
        Share(settings.manual_pieces_of_variant, settings.manual_percent_of_variant),
    )


def limit_holds(ctx: OrdersContext, new: NewOrder, found: Count, *, alone: bool) -> bool:
    """Whether it is one piece for a holder who holds nothing else. `alone`: nobody near orders at the same moment.

    Raises:
        HoldLimit: it is too much. Crowded: ask again, alone.
    """
    wanted = {line.variant_id: line.quantity for line in new.basket.lines}
    basket = new.basket
    manual = is_manual(basket.payment_method)
    new_hold = NewHold(wanted, basket.available, signed_in=new.account_id is not None, manual=manual)
    if not alone and crowded(new_hold, found.held, ctx.get(Rules)):
        raise Crowded
    refused = refusal(new_hold, found.held, ctx.get(Rules))
    if refused is not None:
        raise _problem(refused, new, found.open_orders)
    return is_first(new_hold, found.held[Scope.HOLDER])


def _problem(refused: Refusal, new: NewOrder, own: Sequence[OpenOrder]) -> HoldLimit:
    sku = next((line.sku for line in new.basket.lines if line.variant_id == refused.variant_id), None)
    mine = refused.scope is Scope.HOLDER
    words = _mine(refused, sku, own) if mine else _neighbours(refused, sku, signed_in=new.account_id is not None)
    return HoldLimit(
        f"{words} Nothing was ordered.",
        scope=refused.scope.value,
        limit=refused.kind.value,
        allowed=refused.allowed,
        sku=sku,
        orders=msgspec.to_builtins(own),
    )


def _mine(refused: Refusal, sku: str | None, own: Sequence[OpenOrder]) -> str:
    numbers = ", ".join(order.number for order in own)
    end = f"pay or cancel what is open first: {numbers}." if own else "order less."
    match refused.kind:
        case Kind.MANUAL | Kind.MANUAL_VARIANT:
            return _slow(refused, sku)
        case Kind.ORDERS:
            return f"Of your orders {refused.allowed} at most may be unpaid; {end}"
        case Kind.UNITS:
            return f"Of what is not paid yet you may hold at most {refused.allowed} pieces in all; {end}"
        case Kind.VARIANT:
            return f"Of what is not paid yet you may hold at most {refused.allowed} pieces of {sku}; {end}"
    return (
        f"{refused.allowed} of your orders of the last 24 hours were not paid; order again tomorrow, or ask the shop."
    )


def _slow(refused: Refusal, sku: str | None) -> str:
    what = f"pieces of {sku}" if refused.kind is Kind.MANUAL_VARIANT else "orders"
    return (
        f"At most {refused.allowed} {what} may wait for a bank transfer or cash, from you or from where you are: "
        "choose another way to pay, order less, or ask the shop."
    )


def _neighbours(refused: Refusal, sku: str | None, *, signed_in: bool) -> str:
    alone = "Order a single piece, or try again in a few minutes: unpaid orders end by themselves."
    match refused.kind:
        case Kind.MANUAL | Kind.MANUAL_VARIANT:
            return _slow(refused, sku)
        case Kind.UNITS:
            way = alone if signed_in else "Sign in, order a single piece, or try again in a few minutes."
            return f"Unpaid orders from where you are hold as many pieces as they may. {way}"
        case Kind.VARIANT:
            return f"Unpaid orders from where you are may hold at most {refused.allowed} pieces of {sku}. {alone}"
    end = "Order a single piece" if signed_in else "Sign in and order again"
    return f"Too many orders from where you are were not paid. {end}, or try again later."
