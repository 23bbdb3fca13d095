"""Write a new order, `placed`, in the transaction that claims its request's idempotency key. What staff place for a
customer has an id of its own instead of a key, and no limit counts it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from chassis import outbox
from chassis.db import WriteTx
from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.web.idempotency import Claim
from orders.checkout import metrics
from orders.checkout.domain import numbers
from orders.checkout.store import holds, new_order
from orders.checkout.store.new_order import Basket
from orders.checkout.store.rows import Order
from orders.checkout.turns import Turns
from orders.checkout.usecases.limit_holds import Crowded, limit_holds
from orders.checkout.usecases.report_holds import report_holds
from orders.context import OrdersContext
from orders.events import OrderPlaced
from orders.pricing import discounts
from orders.problems import CartChanged, HoldLimit
from orders.sales import country_of, sold_lines
from orders.shoppers import Holder, Holders, OrderTokens, Shopper, hashed_token

_DRAWS = 20
# How often an order is priced while the rules of pricing change.
PRICINGS = 3


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is to be ordered, by whom, and under which key.

    `by_staff`: the account of staff who place it for the shopper, under `order_id` and without a `claim`; the limits of
    unpaid orders are not asked. `hold_seconds`: how long there is to pay it; None: as the payment's method has it.
    """

    shopper: Shopper
    email: str
    basket: Basket
    claim: Claim | None
    hold_seconds: int | None = None
    by_staff: UUID | None = None
    order_id: UUID | None = None
    # What is done first in the transaction that writes it.
    first: Callable[[WriteTx], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """`order_id`: None where another try has the key. `order`: None where an earlier try of the request wrote it."""

    order_id: UUID | None
    order: Order | None = None


async def write_order(ctx: OrdersContext, purchase: Purchase) -> WriteResult:
    """The key is claimed and the order written, or neither.

    Raises:
        HoldLimit, CartChanged, DiscountUsedUp, RulesChanged.
    """
    for _ in range(_DRAWS):
        try:
            written = await _write(ctx, purchase)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name != "orders_number_once":
                raise
            continue
        if written.order is not None and not purchase.shopper.probe:
            kind = "guest" if purchase.shopper.account_id is None else "account"
            sums = purchase.basket.sums
            metrics.placed.inc(kind, sums.currency)
            metrics.value.observe(sums.total, sums.currency)
        return written
    raise RuntimeError("no free order number was found: the alphabet's numbers are running out")


def rules_change() -> Unavailable:
    """The refusal of an order that was priced `PRICINGS` times, by rules that were changed each time."""
    return Unavailable("The shop's prices, taxes or ways of shipping are being changed: send it again in a moment.")


async def _write(ctx: OrdersContext, purchase: Purchase) -> WriteResult:
    if purchase.claim is None:
        return await _write_for_customer(ctx, purchase)
    holder = ctx.get(Holders).of(purchase.shopper, purchase.claim.operation_id)
    try:
        return await _write_limited(ctx, purchase, purchase.claim, holder)
    except HoldLimit as refused:
        await report_holds(ctx, holder, refused)
        raise


async def _write_for_customer(ctx: OrdersContext, purchase: Purchase) -> WriteResult:
    assert purchase.order_id is not None, "staff name the order"  # noqa: S101 -- narrows the type
    async with ctx.db.write() as tx:
        if purchase.first is not None:
            await purchase.first(tx)
        new = _new_order(ctx, purchase, None, purchase.order_id)
        return WriteResult(new.id, await _place(tx, new, first=False))


async def _write_limited(ctx: OrdersContext, purchase: Purchase, claim: Claim, holder: Holder) -> WriteResult:
    """Single pieces side by side, so that a crowd behind one address is served at once; what is more in turn."""
    if sum(line.quantity for line in purchase.basket.lines) == 1:
        with suppress(Crowded):
            return await _write_now(ctx, purchase, claim, holder, alone=False)
    # Here, too: whoever waits for the lock of an address should not keep a connection from everybody else.
    async with ctx.get(Turns).of(holder.network):
        return await _write_now(ctx, purchase, claim, holder, alone=True)


async def _write_now(
    ctx: OrdersContext, purchase: Purchase, claim: Claim, holder: Holder, *, alone: bool
) -> WriteResult:
    async with ctx.db.write() as tx:
        order_id = await holds.claim_and_lock(tx, claim, holder, alone=alone)
        if order_id is None:
            return WriteResult(None)
        await failpoints.point("checkout.claimed")
        # The synthetic shopper's article is not counted, and it cancels at once: it takes nothing from anybody.
        new = _new_order(ctx, purchase, None if purchase.shopper.probe else holder, order_id)
        variants, guest = [line.variant_id for line in new.basket.lines], new.account_id is None
        held = await holds.count(tx, holder, new.id, variants, guest=guest)
        if held.written:
            return WriteResult(order_id)
        first = purchase.shopper.probe or limit_holds(ctx, new, held, alone=alone)
        written = WriteResult(order_id, await _place(tx, new, first=first))
        await failpoints.point("checkout.before_placed")
    return written


def _new_order(ctx: OrdersContext, purchase: Purchase, holder: Holder | None, order_id: UUID) -> new_order.NewOrder:
    """The order's id is the request's operation id: of all its tries."""
    shopper = purchase.shopper
    guest = shopper.account_id is None
    return new_order.NewOrder(
        id=order_id,
        number=numbers.draw(),
        account_id=shopper.account_id,
        token_hash=hashed_token(ctx.get(OrderTokens).token(order_id)) if guest else None,
        email=purchase.email,
        basket=purchase.basket,
        hold_seconds=purchase.hold_seconds or ctx.settings.time_to_pay(purchase.basket.payment_method),
        holder=holder,
        probe=shopper.probe,
        customer=ctx.get(Holders).customer(shopper.account_id, purchase.email),
        by_staff=purchase.by_staff,
    )


async def _place(tx: WriteTx, new: new_order.NewOrder, *, first: bool) -> Order | None:
    placed = await new_order.place(tx, new, first=first)
    if placed is None:
        return None
    if new.basket.cart is not None and not placed.cart_used:
        raise CartChanged("It was changed or ordered while you ordered it. Look at it again.")
    sums = new.basket.sums
    await discounts.take_uses(tx, new.id, sums.uses, new.customer)
    basket = new.basket
    event = OrderPlaced(
        *(new.id, new.number, new.account_id, sums.currency, sums.total),
        country=country_of(basket.address, basket.billing_address),
        probe=new.probe,
        lines=sold_lines(basket.lines),
    )
    await outbox.publish(tx, "order", new.id, 1, event)
    return placed.order
