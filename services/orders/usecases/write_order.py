"""Write a new order, `placed`, in the transaction that claims its request's idempotency key."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from chassis import outbox
from chassis.db import WriteTx
from chassis.resilience import failpoints
from chassis.web.idempotency import Claim
from orders import metrics, tokens
from orders.context import OrdersContext
from orders.domain import numbers
from orders.domain.shopper import Shopper
from orders.events import OrderPlaced
from orders.holders import Holder, Holders
from orders.problems import CartChanged, HoldLimit
from orders.store import holds, new_order
from orders.store.new_order import Basket
from orders.store.orders import Order
from orders.tokens import OrderTokens
from orders.turns import Turns
from orders.usecases.limit_holds import Crowded, limit_holds
from orders.usecases.report_holds import report_holds

_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is to be ordered, by whom, and under which key."""

    shopper: Shopper
    email: str
    basket: Basket
    claim: Claim


@dataclass(frozen=True, slots=True)
class WriteResult:
    """`order_id`: None where another try has the key. `order`: None where an earlier try of the request wrote it."""

    order_id: UUID | None
    order: Order | None = None


async def write_order(ctx: OrdersContext, purchase: Purchase) -> WriteResult:
    """The key is claimed and the order written, or neither.

    Raises:
        HoldLimit, CartChanged.
    """
    holder = ctx.get(Holders).of(purchase.shopper, purchase.claim.operation_id)
    for _ in range(_DRAWS):
        try:
            written = await _write(ctx, purchase, holder)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name != "orders_number_once":
                raise
            continue
        except HoldLimit as refused:
            await report_holds(ctx, holder, refused)
            raise
        if written.order is not None and not purchase.shopper.probe:
            kind = "guest" if purchase.shopper.account_id is None else "account"
            total = purchase.basket.totals.total
            metrics.placed.inc(kind, total.currency)
            metrics.value.observe(total.amount, total.currency)
        return written
    raise RuntimeError("no free order number was found: the alphabet's numbers are running out")


async def _write(ctx: OrdersContext, purchase: Purchase, holder: Holder) -> WriteResult:
    """Single pieces side by side, so that a crowd behind one address is served at once; what is more in turn."""
    if sum(line.quantity for line in purchase.basket.lines) == 1:
        with suppress(Crowded):
            return await _write_now(ctx, purchase, holder, alone=False)
    # Here, too: whoever waits for the lock of an address should not keep a connection from everybody else.
    async with ctx.get(Turns).of(holder.network):
        return await _write_now(ctx, purchase, holder, alone=True)


async def _write_now(ctx: OrdersContext, purchase: Purchase, holder: Holder, *, alone: bool) -> WriteResult:
    async with ctx.db.write() as tx:
        order_id = await holds.claim_and_lock(tx, purchase.claim, holder, alone=alone)
        if order_id is None:
            return WriteResult(None)
        await failpoints.point("checkout.claimed")
        new = _new_order(ctx, purchase, holder, order_id)
        variants, guest = [line.variant_id for line in new.basket.lines], new.account_id is None
        held = await holds.count(tx, new.holder, new.id, variants, guest=guest)
        if held.written:
            return WriteResult(order_id)
        # The synthetic shopper's article is not counted, and it cancels at once: it takes nothing from anybody.
        first = purchase.shopper.probe or limit_holds(ctx, new, held, alone=alone)
        written = WriteResult(order_id, await _place(tx, new, first=first))
        await failpoints.point("checkout.before_placed")
    return written


def _new_order(ctx: OrdersContext, purchase: Purchase, holder: Holder, order_id: UUID) -> new_order.NewOrder:
    """The order's id is the request's operation id: of all its tries."""
    shopper = purchase.shopper
    guest = shopper.account_id is None
    return new_order.NewOrder(
        id=order_id,
        number=numbers.draw(),
        account_id=shopper.account_id,
        token_hash=tokens.hashed(ctx.get(OrderTokens).token(order_id)) if guest else None,
        email=purchase.email,
        basket=purchase.basket,
        hold_seconds=ctx.settings.hold_seconds,
        holder=holder,
        probe=shopper.probe,
    )


async def _place(tx: WriteTx, new: new_order.NewOrder, *, first: bool) -> Order | None:
    placed = await new_order.place(tx, new, first=first)
    if placed is None:
        return None
    if new.basket.cart is not None and not placed.cart_used:
        raise CartChanged("It was changed or ordered while you ordered it. Look at it again.")
    total = new.basket.totals.total
    event = OrderPlaced(new.id, new.number, new.account_id, total.currency, total.amount)
    await outbox.publish(tx, "order", new.id, 1, event)
    return placed.order
